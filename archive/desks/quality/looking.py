"""Looking through pages, many at a time: what may be wrong with each, and what was said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from archive.core.access.actions import Action
from archive.core.access.policy import State
from archive.core.gate import Work, listing, operation
from archive.core.vault.vault import Handle
from archive.desks.quality import queries
from archive.desks.quality.queries import PAGE_COLUMNS, BatchCount, Said, Within
from archive.holdings import queries as holdings
from archive.holdings.holds import is_held
from archive.holdings.quality import Facts, Limits, Reason, facts_of, with_reasons
from archive.holdings.tables import Item

ON_A_SCREEN = 40
MOST_BATCHES = 8


@dataclass(frozen=True)
class PageSeen:
    """One page of the grid. ``is_first``: the first of its item on this screen. ``is_fixed``: it is archived or held, so it
    is neither left out nor called blank any more.
    """

    uid: UUID
    item: UUID
    title: str | None
    reference_code: str | None
    is_first: bool
    seq: int
    revision: int
    rotation: int
    is_blank: bool
    is_excluded: bool
    is_accepted: bool
    wants_rescan: bool
    is_fixed: bool
    width: int
    height: int
    dpi: int
    skew: float | None
    confidence: float | None
    reasons: tuple[Reason, ...]
    marks: tuple[Said, ...]


@dataclass(frozen=True)
class Asked:
    """``start``: how many pages stand before the screen."""

    within: Within
    start: int
    limits: Limits


@dataclass(frozen=True)
class Screen:
    """``checked``: of all ``total`` pages, those that are accepted or left out."""

    pages: tuple[PageSeen, ...]
    start: int
    total: int
    checked: int


@operation(Action.QUALITY_SHOW, on=listing("batches"), reads=True)
def list_batches(work: Work, _place: None, before: UUID | None) -> tuple[BatchCount, ...]:
    """The newest eight batches with drafts whose pages the asker may check, or the next eight behind ``before``."""
    reach = work.scope(Action.QUALITY_SHOW).where(PAGE_COLUMNS)
    found = queries.batches_where(work.session, reach, before=before, limit=MOST_BATCHES)
    for batch in found:
        work.touch(f"batch:{batch.uid}")
    return tuple(found)


@operation(Action.QUALITY_SHOW, on=listing("pages"), reads=True)
def show_pages(work: Work, _place: None, asked: Asked) -> Screen:
    """One screen of pages. Of a batch or an item that is hidden there are none, as of one that does not exist."""
    reach = work.scope(Action.QUALITY_SHOW).where(PAGE_COLUMNS)
    total, checked = queries.counts(work.session, reach, asked.within)
    ids = queries.page_ids(work.session, reach, asked.within, start=asked.start, limit=ON_A_SCREEN)
    pages = seen(work.session, ids, asked.limits)
    for item in dict.fromkeys(page.item for page in pages):
        work.touch(f"item:{item}")
    return Screen(pages, asked.start, total, checked)


@operation(Action.QUALITY_SHOW, on=listing("pages"), reads=True)
def show_images(work: Work, _place: None, asked: Asked) -> tuple[Handle | None, ...]:
    """The images of the same screen, in the same order: one act, which names each page. None: it could not be drawn."""
    reach = work.scope(Action.QUALITY_SHOW).where(PAGE_COLUMNS)
    ids = queries.page_ids(work.session, reach, asked.within, start=asked.start, limit=ON_A_SCREEN)
    views = queries.views_of(work.session, ids)
    for facts in facts_of(work.session, ids):
        work.touch(f"page:{facts.page.uid}")
    return tuple(
        None
        if (view := views.get(page)) is None
        else work.handle(view.uid, view.dek_id, view.size, view.media_type)
        for page in ids
    )


def seen(session: Session, ids: Iterable[int], limits: Limits) -> tuple[PageSeen, ...]:
    facts = facts_of(session, ids)
    items = holdings.items_by_id(session, (one.page.item_id for one in facts))
    marks = queries.marks_of(session, [one.page.id for one in facts])
    shown, before = [], None
    for one, reasons in with_reasons(facts, limits):
        item = items[one.page.item_id]
        said = tuple(marks.get(one.page.id, ()))
        shown.append(_seen(one, item, reasons, said, is_first=item is not before))
        before = item
    return tuple(shown)


def _seen(
    facts: Facts, item: Item, reasons: tuple[Reason, ...], marks: tuple[Said, ...], *, is_first: bool
) -> PageSeen:
    page = facts.page
    return PageSeen(
        uid=page.uid,
        item=item.uid,
        title=item.title,
        reference_code=item.reference_code,
        is_first=is_first,
        seq=page.seq,
        revision=page.revision,
        rotation=page.rotation,
        is_blank=page.is_blank,
        is_excluded=page.is_excluded,
        is_accepted=page.is_accepted,
        wants_rescan=page.wants_rescan,
        is_fixed=item.state != State.DRAFT or is_held(item),
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        skew=page.skew,
        confidence=facts.confidence,
        reasons=reasons,
        marks=marks,
    )
