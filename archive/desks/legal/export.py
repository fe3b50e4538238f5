"""Taking a released package out: what the bag is made of, found and decided again at that moment, in one entry."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.queries import names_by_uid, names_of
from archive.core.access.actions import Action, Purpose
from archive.core.errors import Conflict, Invalid, NotFound, Refused
from archive.core.gate import Work, operation
from archive.core.vault.vault import Handle
from archive.desks.legal.bates import bates
from archive.desks.legal.custody import Custody, custody_of, event_of
from archive.desks.legal.evidence import Packed, package
from archive.desks.legal.originals import Leaving, leaving, slip
from archive.desks.legal.statement import statement
from archive.desks.legal.tables import EvidenceItem, EvidencePackage, Matter
from archive.holdings.tables import Item


@dataclass(frozen=True)
class OriginalOut:
    """``sha256`` in hex, as it was sealed at intake."""

    deposit: UUID
    media_type: str
    size: int
    sha256: str
    handle: Handle


@dataclass(frozen=True)
class PageOut:
    """``view`` None: the page could not be drawn."""

    page: UUID
    number: str
    width: int
    height: int
    dpi: int
    view: Handle | None


@dataclass(frozen=True)
class ItemOut:
    item: UUID
    reference_code: str
    title: str
    originals: tuple[OriginalOut, ...]
    pages: tuple[PageOut, ...]


@dataclass(frozen=True)
class Export:
    """``names``: who stands behind the accounts of the custody."""

    no: str
    package: UUID
    matter_no: str
    matter_title: str
    purpose: str
    recipient: str
    document_no: str
    asked_by: str
    released_by: str
    released_at: datetime
    taken_at: datetime
    event: UUID
    items: tuple[ItemOut, ...]
    custody: Custody
    names: dict[str, str]


@operation(Action.EVIDENCE_EXPORT, on=package, reads=True)
def export(work: Work, packed: Packed, verifier_key: str) -> Export:
    """Raises ``Conflict`` unless it is released, still in time, and all of it still open to whoever asked for it."""
    row, lines = packed
    _check(work, row)
    parts = [_part(work, row, line, item) for line, item in lines]
    labels = {f"evidence:{row.uid}"}
    for _, part in parts:
        labels |= {f"item:{part.item.uid}", *(f"page:{page.page}" for page in part.pages)}
        labels |= {f"deposit:{one.deposit}" for one in part.originals}
    for label in sorted(labels):
        work.touch(label)
    released = event_of(work.session, Action.EVIDENCE_RELEASE, f"evidence:{row.uid}")
    custody = custody_of(work.session, labels, verifier_key, released)
    _check_unchanged(custody, statement(row, parts))
    it = work.session.get_one(Matter, row.matter_id)
    assert row.decided_by is not None
    assert row.decided_at is not None
    people = names_of(work.session, {row.account_id, row.decided_by})
    return Export(
        no=row.no,
        package=row.uid,
        matter_no=it.no,
        matter_title=it.title or "",
        purpose=row.purpose,
        recipient=row.recipient or "",
        document_no=row.document_no or "",
        asked_by=people[row.account_id],
        released_by=people[row.decided_by],
        released_at=row.decided_at,
        taken_at=work.now,
        event=work.event,
        items=tuple(_out(work, row.prefix, line, part) for line, part in parts),
        custody=custody,
        names=names_by_uid(work.session, {link.entry.actor for link in custody.links}),
    )


@operation(Action.EVIDENCE_EXPORT, on=package, reads=True)
def go_on(work: Work, packed: Packed) -> None:
    """A permit lasts a minute and a large package takes longer: all of it is decided again, for the next minute.

    An entry of its own. Raises what ``export`` raises.
    """
    row, lines = packed
    _check(work, row)
    for line, item in lines:
        _out(work, row.prefix, line, _part(work, row, line, item)[1])
    work.touch(f"evidence:{row.uid}")


def _check(work: Work, row: EvidencePackage) -> None:
    if row.state != "released" or row.until is None:
        raise Conflict("This package has not been released.", "A second person has to release it.")
    if row.until <= work.now:
        raise Conflict("The time in which this package could be taken is over.", "Ask for it again.")
    if work.purpose != row.purpose:
        raise Invalid(
            "purpose", "The package was released for another purpose.", "Take it from the list of packages."
        )


def _part(work: Work, row: EvidencePackage, line: EvidenceItem, item: Item) -> tuple[EvidenceItem, Leaving]:
    try:
        part = leaving(work, item, Purpose(row.purpose))
    except (NotFound, Refused) as error:
        raise _not_open_any_more() from error
    return line, part


def _check_unchanged(custody: Custody, now: str) -> None:
    """A page image that was made again since would not be the one that the log tells of."""
    details = [link.detail[1] for link in custody.links if link.detail is not None]
    if not details or json.loads(details[-1]).get("released") != now:
        raise Conflict("An item of this package has other pages now.", "Ask for a new package.")


def _not_open_any_more() -> Conflict:
    """Which item, and why, would tell of a tier that was raised meanwhile."""
    return Conflict(
        "Not everything in this package is open to you any more.", "Ask for a new package of what is."
    )


def _out(work: Work, prefix: str, line: EvidenceItem, part: Leaving) -> ItemOut:
    return ItemOut(
        item=part.item.uid,
        reference_code=part.item.reference_code or "",
        title=part.item.title or "",
        originals=tuple(
            OriginalOut(o.deposit, o.media_type, o.size, o.sha256, slip(work, o.stored))
            for o in part.originals
        ),
        pages=tuple(
            PageOut(
                p.page,
                bates(prefix, line.first_number + place),
                p.width,
                p.height,
                p.dpi,
                None if p.view is None else slip(work, p.view),
            )
            for place, p in enumerate(part.pages)
        ),
    )
