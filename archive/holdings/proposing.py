"""What stands beside the description form: what was read on the pages, which draft comes next, who described last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from archive.accounts.queries import names_by_uid
from archive.core.access.actions import Action
from archive.core.access.policy import State
from archive.core.audit.tables import AuditEvent
from archive.core.errors import ArchiveError
from archive.core.gate import BoundGate, Released, Work, operation
from archive.core.vault.vault import Handle
from archive.holdings import queries
from archive.holdings.operations import item
from archive.holdings.reading_fields import Proposal, proposals
from archive.holdings.tables import Item, Page, StoredObject
from archive.holdings.turning import turned_quad
from ocr.page import PageText

MOST_PAGES = 20
"""How many pages of an item are looked through; what a description needs stands on the first ones."""


@dataclass(frozen=True)
class PageToRead:
    number: int
    rotation: int
    text: Handle


@operation(Action.PAGE_SHOW, on=item, reads=True)
def read_pages(work: Work, it: Item) -> tuple[PageToRead, ...]:
    """The texts of the first pages that the asker may see, each named in the entry. Pages that are left out stay out."""
    texts = queries.texts_of_item(work.session, it.id)
    reach = work.scope(Action.PAGE_SHOW)
    pages = [
        page
        for page in queries.pages_of(work.session, it.id)
        if page.id in texts and reach.covers(queries.page_target(it, page))
    ]
    work.touch(f"item:{it.uid}")
    return tuple(_to_read(work, page, texts[page.id]) for page in pages[:MOST_PAGES])


def _to_read(work: Work, page: Page, text: StoredObject) -> PageToRead:
    work.touch(f"page:{page.uid}")
    return PageToRead(page.seq, page.rotation, work.handle(text.uid, text.dek_id, text.size, text.media_type))


@dataclass(frozen=True)
class Proposed:
    """``points``: for SVG polygons in a view box of 1 by 1, on the page as its mark turns it."""

    proposal: Proposal
    points: tuple[str, ...]


def proposed(gate: BoundGate, released: Released[tuple[PageToRead, ...]]) -> tuple[Proposed, ...]:
    """A text that does not open is left away; the gate has entered that into the log."""
    rotations = {page.number: page.rotation for page in released.value}
    readings = []
    for page in released.value:
        try:
            reading = PageText.from_json(gate.load(released.permit, page.text))
        except ArchiveError:  # the form is there for its own sake: it is filled in by hand then
            continue
        readings.append((page.number, reading))
    return tuple(_placed(one, rotations[one.page]) for one in proposals(readings))


def _placed(proposal: Proposal, rotation: int) -> Proposed:
    quads = (turned_quad(quad, rotation) for quad in proposal.quads)
    return Proposed(proposal, tuple(" ".join(f"{x:.5f},{y:.5f}" for x, y in quad) for quad in quads))


@operation(Action.ITEM_DESCRIBE, on=item, reads=True)
def next_draft(work: Work, it: Item) -> UUID | None:
    """The next of the same batch that nobody described, or else the first one; None when all are described."""
    reach = work.scope(Action.ITEM_DESCRIBE).where(queries.ITEM_COLUMNS)
    waiting = select(Item.uid).where(
        reach,
        Item.batch_id == it.batch_id,
        Item.state == State.DRAFT.value,
        Item.title.is_(None),
        Item.id != it.id,
    )
    return work.session.scalars(waiting.order_by(Item.id < it.id, Item.id).limit(1)).one_or_none()


@dataclass(frozen=True)
class Describer:
    name: str
    at: datetime


@operation(Action.ITEM_SHOW, on=item, reads=True)
def last_describer(work: Work, it: Item) -> Describer | None:
    """For a colleague whose form has become stale."""
    row = work.session.execute(
        select(AuditEvent.actor, AuditEvent.at)
        .where(
            AuditEvent.target == f"item:{it.uid}",
            AuditEvent.action == Action.ITEM_DESCRIBE.value,
            AuditEvent.outcome == "done",
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Describer(names_by_uid(work.session, {row.actor}).get(row.actor, ""), row.at)
