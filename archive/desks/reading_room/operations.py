"""Reading pages: on a loan, in an own case, as a named reader. Every page shown is an entry of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.errors import NotFound
from archive.core.gate import Found, Look, Work, operation
from archive.core.vault.vault import Handle
from archive.desks.reading_room.ticks import pages_with
from archive.holdings import queries as holdings
from archive.holdings.holds import is_held
from archive.holdings.tables import Item, Page
from archive.holdings.turning import turned_size


@dataclass(frozen=True)
class PageAddress:
    """``words``: what was searched for; the answer then says which pages of the item hold it."""

    item: UUID
    number: int
    words: str = ""


@dataclass(frozen=True)
class Leaf:
    """One page as a reader holds it. ``view`` None: it could not be drawn, and ``reason`` says why.

    ``rotation``: degrees clockwise by which the image is turned before it is shown; ``width`` and ``height`` are those of
    the turned image. ``numbers``: the pages that can be turned to. ``hit_pages``: those that hold the words asked for,
    None when the index cannot say.
    """

    item: UUID
    page: UUID
    number: int
    of: int
    width: int
    height: int
    is_blank: bool
    reference_code: str | None
    title: str | None
    tier: int
    view: Handle | None
    text: Handle | None
    reason: str | None
    watermark: "Watermark"
    held: bool = False
    rotation: int = 0
    numbers: tuple[int, ...] = ()
    hit_pages: tuple[int, ...] | None = ()


@dataclass(frozen=True)
class Watermark:
    """What is burnt into the image of a page."""

    name: str
    login: str
    unit: str
    number: str
    purpose: str
    at: datetime


def page(look: Look, where: PageAddress) -> Found[tuple[Item, Page, str]] | None:
    """Finder: a page by its item and its number, from 1. An unknown item costs the same statements as a hidden one."""
    item = holdings.item_by_uid(look.session, where.item)
    row = holdings.page_of_item(look.session, 0 if item is None else item.id, where.number)
    if item is None or row is None:
        return None
    return Found(holdings.page_target(item, row), (item, row, where.words))


@operation(Action.PAGE_SHOW, on=page, reads=True)
def show_page(work: Work, found: tuple[Item, Page, str]) -> Leaf:
    """Raises ``NotFound`` for a page that an archivist has left out, except for whoever may undo that."""
    item, row, words = found
    target = holdings.page_target(item, row)
    if row.is_excluded and not work.scope(Action.QUALITY_MARK).covers(target):
        raise NotFound(hidden=target.label)
    width, height = turned_size(row.width, row.height, row.rotation)
    objects = holdings.objects_of_page(work.session, row.id)
    view, text = objects.view, objects.text
    work.touch(f"item:{item.uid}")
    work.touch(f"page:{row.uid}")
    return Leaf(
        item=item.uid,
        page=row.uid,
        number=row.seq,
        of=holdings.page_count(work.session, item.id),
        width=width,
        height=height,
        is_blank=row.is_blank,
        reference_code=item.reference_code,
        title=item.title,
        tier=item.tier,
        held=is_held(item),
        view=None if view is None else work.handle(view.uid, view.dek_id, view.size, view.media_type),
        text=None if text is None else work.handle(text.uid, text.dek_id, text.size, text.media_type),
        reason=objects.reason,
        watermark=_watermark(work),
        rotation=row.rotation,
        numbers=tuple(holdings.seqs_shown(work.session, item.id)),
        hit_pages=pages_with(work, item, words),
    )


def _watermark(work: Work) -> Watermark:
    grant = work.allowed.grant
    return Watermark(
        name=work.actor.name,
        login=work.actor.login,
        unit=work.actor.unit_name,
        number=(grant.source_no if grant is not None else "") or str(work.event),
        purpose=work.purpose or "",
        at=work.now,
    )
