"""What is released, in one text: it stands as the detail of the release in the log, and the bag discloses it.

Recipient, numbers, the digest of every original and of every page image: whoever changes one of them in a bag, and makes
its manifests anew, is found by the signed log.
"""

import json

from archive.desks.legal.bates import bates
from archive.desks.legal.originals import Leaving
from archive.desks.legal.tables import EvidenceItem, EvidencePackage


def statement(row: EvidencePackage, parts: list[tuple[EvidenceItem, Leaving]]) -> str:
    """The same package gives the same text as long as nothing in it has changed."""
    said = {
        "no": row.no,
        "purpose": row.purpose,
        "recipient": row.recipient,
        "document_no": row.document_no,
        "items": [_item(row.prefix, line, part) for line, part in parts],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _item(prefix: str, line: EvidenceItem, part: Leaving) -> dict[str, object]:
    numbers = [bates(prefix, line.first_number + place) for place in range(len(part.pages))]
    return {
        "item": str(part.item.uid),
        "originals": {str(one.deposit): one.sha256 for one in part.originals},
        "views": [
            [number, None if page.view is None else page.view.sha256]
            for number, page in zip(numbers, part.pages, strict=True)
        ],
    }
