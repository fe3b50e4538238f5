"""From what may leave to the files of the bag: names, lists, the custody report, how to verify."""

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import resources
from pathlib import Path

from archive.core.audit.checkpoint import keepsake
from archive.core.errors import Altered
from archive.core.vault.vault import Handle
from archive.desks.legal.bag import Member, stream_bag
from archive.desks.legal.custody import as_lines
from archive.desks.legal.documents import Sheet, pdf
from archive.desks.legal.export import Export, ItemOut, OriginalOut, PageOut
from archive.desks.legal.report import report, report_on_paper, report_to_print, verify_text

Open = Callable[[Handle], Iterator[bytes]]
"""The bytes of a sealed object, piece by piece, under a permit of the export."""

OVERHEAD, PER_PAGE = 10_000, 6_000
"""Bytes of a PDF beside its images, at most: decides whether its entry in the ZIP needs 64-bit sizes."""

_SUFFIXES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/webp": "webp",
}


def pack(out: Export, opened: Open, font: Path | None = None) -> Iterator[bytes]:
    """The ZIP, piece by piece. Raises ``Altered`` in the middle rather than pass on an original that is not what came in.

    ``font``: a font file that the site chose for paper. Raises ``NotReady``, before the first piece, without a Chinese one.
    """
    info = {
        "Source-Organization": "Juanzong",
        "External-Identifier": out.no,
        "External-Description": f"Evidence for {out.recipient}, {out.document_no}",
        "Bagging-Date": out.taken_at.date().isoformat(),
        "Internal-Sender-Identifier": str(out.package),
    }
    return stream_bag(out.no, _payload(out, opened), _tags(out, font), info)


def _payload(out: Export, opened: Open) -> Iterator[Member]:
    for place, item in enumerate(out.items, start=1):
        for part, original in enumerate(item.originals, start=1):
            path = _original_path(place, item, part, original)
            yield Member(path, original.size, _untouched(original, opened))
    for item in out.items:
        size = OVERHEAD + sum(PER_PAGE + (p.view.size if p.view else 0) for p in item.pages)
        yield Member(_document_path(item), size, pdf(_sheet(page, opened) for page in item.pages))


def _untouched(original: OriginalOut, opened: Open) -> Iterator[bytes]:
    digest = sha256()
    for chunk in opened(original.handle):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != original.sha256:
        raise Altered(
            "An original is not the file that came in; the package was cut off.",
            "Have the archive checked, and restore the file from a backup.",
        )


def _sheet(page: PageOut, opened: Open) -> Sheet:
    view = page.view
    return Sheet(page.number, page.dpi, None if view is None else lambda: b"".join(opened(view)))


def _original_path(place: int, item: ItemOut, part: int, original: OriginalOut) -> str:
    """``0001-A001-LP-2026-00001-001.pdf``; of several files of one item the second ends in ``-2.pdf``."""
    code = re.sub(r"[^A-Za-z0-9._-]", "_", item.reference_code) or "item"
    more = "" if part == 1 else f"-{part}"
    return f"data/originals/{place:04d}-{code}{more}.{_SUFFIXES.get(original.media_type, 'bin')}"


def _document_path(item: ItemOut) -> str:
    return f"data/documents/{item.pages[0].number}.pdf"


def _tags(out: Export, font: Path | None) -> dict[str, bytes]:
    verifier = resources.files(__package__).joinpath("packed_verifier.py").read_bytes()
    package = json.dumps(_package(out), ensure_ascii=False, indent=1)
    return {
        "VERIFY.txt": verify_text(out).encode(),
        "verify.py": verifier,
        "custody/package.json": f"{package}\n".encode(),
        "custody/custody.jsonl": as_lines(out.custody).encode(),
        "custody/report.txt": report(out).encode(),
        "custody/report.pdf": report_on_paper(out, font),
        "custody/report.html": report_to_print(out).encode(),
        "custody/checkpoint.txt": keepsake(out.custody.verifier_key, out.custody.note).encode(),
    }


def _package(out: Export) -> dict[str, object]:
    return {
        "no": out.no,
        "uid": str(out.package),
        "matter": out.matter_no,
        "purpose": out.purpose,
        "recipient": out.recipient,
        "document_no": out.document_no,
        "asked_by": out.asked_by,
        "released_by": out.released_by,
        "released_at": out.released_at.isoformat(),
        "taken_at": out.taken_at.isoformat(),
        "taken_event": str(out.event),
        "items": [_listed(place, item) for place, item in enumerate(out.items, start=1)],
    }


def _listed(place: int, item: ItemOut) -> dict[str, object]:
    return {
        "place": place,
        "item": str(item.item),
        "reference_code": item.reference_code,
        "title": item.title,
        "document": _document_path(item),
        "first": item.pages[0].number,
        "last": item.pages[-1].number,
        "pages": [str(page.page) for page in item.pages],
        "originals": [
            {
                "path": _original_path(place, item, part, original),
                "deposit": str(original.deposit),
                "media_type": original.media_type,
                "size": original.size,
                "sha256": original.sha256,
            }
            for part, original in enumerate(item.originals, start=1)
        ],
    }
