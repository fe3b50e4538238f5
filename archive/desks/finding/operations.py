"""Searching, and what the worker needs to put an item into the index."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.errors import SearchUnavailable
from archive.core.gate import Found, Look, Work, listing, operation, place
from archive.core.jobs.tables import JobKind
from archive.core.vault.vault import Handle
from archive.desks.finding import facets, queries
from archive.desks.finding.facets import NOT_COUNTED, NOT_NARROWED, Chosen, Counted
from archive.holdings import queries as holdings
from archive.holdings.holds import is_held
from archive.holdings.tables import Item, Page
from search.index import Found as IndexFound
from search.index import Hit, IndexStale, IndexUnavailable, Row, row_id
from search.query import Query

MOST_TEXTS = 10
"""How many texts one search opens for snippets."""

PAGE_OF_HITS = 50


@dataclass(frozen=True)
class Search:
    """``before``: the last page or item of the results above, as ``Results.next`` named it."""

    text: str
    query: Query
    before: UUID | None = None
    chosen: Chosen = NOT_NARROWED


@dataclass(frozen=True)
class PageHit:
    """``is_open``: the asker may see what stands around the words. ``text`` is there for the first open ones."""

    page: UUID
    seq: int
    is_open: bool
    text: Handle | None = None


@dataclass(frozen=True)
class ItemHit:
    """``described``: the words stand in what was described. ``pages``: where they stand in what was read."""

    item: UUID
    reference_code: str | None
    title: str | None
    doc_type: str
    doc_date: date | None
    tier: int
    state: str
    described: bool
    pages: tuple[PageHit, ...]
    may_read: bool
    may_request: bool
    held: bool


@dataclass(frozen=True)
class Results:
    """``next``: where to go on, None at the end. Hits that are not the asker's never reach here, nor does their number."""

    items: tuple[ItemHit, ...]
    next: UUID | None
    counted: Counted = NOT_COUNTED
    is_reading: bool = False
    """Files are still being read, of whomsoever; asked only when nothing was found."""


@operation(Action.ITEM_FIND, on=listing("search"), reads=True)
def search(work: Work, _place: None, asked: Search) -> Results:
    """Every hit of the index is decided again from the main database before it counts. Raises ``SearchUnavailable``."""
    work.tell(query=asked.text)
    if asked.query.is_empty:
        return Results((), None)
    found = _find(work, asked)
    whole = _find_newest(work, asked.query)
    rows = _Rows.of(work, found.hits)
    grouped = [_item_hit(work, rows, item_id, hits) for item_id, hits in _by_item(found.hits).items()]
    shown = [hit for hit in grouped if hit is not None]
    for hit in shown:
        work.touch(f"item:{hit.item}")
    return Results(
        _with_texts(work, rows, shown),
        _last_shown(rows, found, shown) if found.more else None,
        facets.count(work, whole.hits, asked.chosen, is_capped=whole.more),
        is_reading=not shown and queries.is_reading(work.session),
    )


def _find(work: Work, asked: Search) -> IndexFound:
    items, pages = work.scope(Action.ITEM_FIND), work.scope(Action.PAGE_FIND)
    return _asked_of_index(
        lambda: work.index.find(
            asked.query,
            items.filter(),
            pages.filter(),
            restricted=items.reaches_restricted or pages.reaches_restricted,
            limit=PAGE_OF_HITS,
            before=_place_of(work, asked.before),
            only=facets.narrowing(work.session, asked.chosen),
        )
    )


def _find_newest(work: Work, query: Query) -> IndexFound:
    """What is counted: without any narrowing, and never of the restricted index."""
    items, pages = work.scope(Action.ITEM_FIND).filter(), work.scope(Action.PAGE_FIND).filter()
    return _asked_of_index(
        lambda: work.index.find(query, items, pages, restricted=False, limit=facets.MOST_HITS)
    )


def _asked_of_index(ask: Callable[[], IndexFound]) -> IndexFound:
    """Raises ``SearchUnavailable``."""
    try:
        return ask()
    except IndexStale as error:
        raise SearchUnavailable(
            "The search index is of an older version.", "Ask the administrator to run: juanzong reindex."
        ) from error
    except IndexUnavailable as error:
        raise SearchUnavailable(
            "The search index cannot be used just now.", "Try again; if it stays, run: juanzong doctor."
        ) from error


def _place_of(work: Work, uid: UUID | None) -> int | None:
    """Its row in the index. A uid that is unknown, or that the asker may not know, stands before everything: the results
    begin anew, after the same statements.
    """
    if uid is None:
        return None
    found, item = queries.page_by_uid(work.session, uid), holdings.item_by_uid(work.session, uid)
    if found is not None:
        whole, page = found
        is_reached = work.scope(Action.PAGE_FIND).covers(holdings.page_target(whole, page))
        return row_id(whole.id, page.slot) if is_reached else None
    if item is not None and work.scope(Action.ITEM_FIND).covers(holdings.item_target(item)):
        return row_id(item.id, 0)
    return None


@dataclass(frozen=True)
class _Rows:
    items: dict[int, Item]
    pages: dict[tuple[int, int], Page]

    @staticmethod
    def of(work: Work, hits: tuple[Hit, ...]) -> "_Rows":
        return _Rows(
            holdings.items_by_id(work.session, (hit.item_id for hit in hits)),
            queries.pages_at(work.session, ((hit.item_id, hit.slot) for hit in hits if hit.slot)),
        )


def _by_item(hits: tuple[Hit, ...]) -> dict[int, list[Hit]]:
    grouped: dict[int, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.item_id, []).append(hit)
    return grouped


def _item_hit(work: Work, rows: _Rows, item_id: int, hits: list[Hit]) -> ItemHit | None:
    item = rows.items.get(item_id)
    if item is None:
        return None
    target = holdings.item_target(item)
    knows = isinstance(work.decide(Action.ITEM_FIND, target), Allowed)
    pages = [_page_hit(work, item, rows.pages.get((item_id, hit.slot))) for hit in hits if hit.slot]
    shown = tuple(sorted((page for page in pages if page is not None), key=lambda page: page.seq))
    described = knows and any(hit.slot == 0 for hit in hits)
    if not shown and not described:
        return None
    return ItemHit(
        item=item.uid,
        reference_code=item.reference_code,
        title=item.title if knows else None,
        doc_type=item.doc_type,
        doc_date=item.doc_date,
        tier=item.tier,
        state=item.state,
        described=described,
        pages=shown,
        may_read=work.scope(Action.PAGE_SHOW).covers(target),
        may_request=work.scope(Action.LOAN_REQUEST).covers(target),
        held=knows and is_held(item),
    )


def _page_hit(work: Work, item: Item, page: Page | None) -> PageHit | None:
    if page is None or page.is_excluded:
        return None
    decision = work.decide(Action.PAGE_FIND, holdings.page_target(item, page))
    if not isinstance(decision, Allowed):
        return None
    return PageHit(page.uid, page.seq, is_open="no_snippet" not in decision.obligations)


def _with_texts(work: Work, rows: _Rows, items: list[ItemHit]) -> tuple[ItemHit, ...]:
    """Slips for the first open page of every item, then for the second ones, until there are enough."""
    chosen = _chosen(items)
    slips = {page.uid: _slip(work, page) for page in rows.pages.values() if page.uid in chosen}
    return tuple(
        replace(item, pages=tuple(replace(page, text=slips.get(page.page)) for page in item.pages))
        for item in items
    )


def _chosen(items: list[ItemHit]) -> set[UUID]:
    ranked = [
        (rank, place, page.page)
        for place, item in enumerate(items)
        for rank, page in enumerate(page for page in item.pages if page.is_open)
    ]
    return {uid for _, _, uid in sorted(ranked)[:MOST_TEXTS]}


def _slip(work: Work, page: Page) -> Handle | None:
    text = holdings.objects_of_page(work.session, page.id).text
    return None if text is None else work.handle(text.uid, text.dek_id, text.size, text.media_type)


def _last_shown(rows: _Rows, found: IndexFound, shown: list[ItemHit]) -> UUID | None:
    """The last hit that the asker was shown: the name of any other must not leave."""
    pages = {page.page for item in shown for page in item.pages}
    items = {item.item for item in shown if item.described}
    for hit in reversed(found.hits):
        row = rows.pages.get((hit.item_id, hit.slot)) if hit.slot else rows.items.get(hit.item_id)
        if row is not None and row.uid in pages | items:
            return row.uid
    return None


# --- the worker's half -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PageToIndex:
    slot: int
    tier: int
    text: Handle


@dataclass(frozen=True)
class ToIndex:
    """An item as it stands: what the index needs apart from the texts, which are opened after the entry."""

    row: Row
    version: int
    pages: tuple[PageToIndex, ...] = field(default_factory=tuple)


def _item(look: Look, uid: UUID) -> Found[Item] | None:
    item = holdings.item_by_uid(look.session, uid)
    return None if item is None else Found(holdings.item_target(item), item)


@operation(Action.PAGE_INDEX, on=_item, reads=True)
def take_for_index(work: Work, item: Item) -> ToIndex:
    texts = holdings.texts_of_item(work.session, item.id)
    work.touch(f"item:{item.uid}")
    pages = tuple(
        PageToIndex(
            page.slot,
            max(page.tier, item.tier),
            work.handle(
                texts[page.id].uid, texts[page.id].dek_id, texts[page.id].size, texts[page.id].media_type
            ),
        )
        for page in holdings.pages_of(work.session, item.id)
        if page.id in texts
    )
    return ToIndex(_item_row(work, item), item.index_version, pages)


def _item_row(work: Work, item: Item) -> Row:
    return Row(
        row_id=row_id(item.id, 0),
        item_id=item.id,
        slot=0,
        about=_about(work, item),
        body="",
        tier=item.tier,
        unit_id=item.unit_id,
        state=item.state,
        batch_id=item.batch_id,
        volume_id=item.volume_id,
        series_id=item.series_id,
        doc_type=item.doc_type,
        year=None if item.doc_date is None else item.doc_date.year,
        day=None if item.doc_date is None else item.doc_date.toordinal(),
    )


def _about(work: Work, item: Item) -> str:
    """Everything that was described, one thing a line, so that no phrase runs across two of them."""
    lines = [item.title, item.doc_type, item.notes, item.reference_code]
    for person, _ in holdings.persons_of(work.session, item.id):
        lines += [person.name, person.id_no, person.phone]
    lines += [number.value for number in holdings.numbers_of(work.session, item.id)]
    return "。\n".join(line for line in lines if line)


@operation(Action.PAGE_INDEX, on=place("index"), reads=True)
def take_back(work: Work, _place: None, removed: tuple[int, ...]) -> tuple[tuple[int, UUID], ...]:
    """Of items that are out of the index: those that still exist, as (id, uid)."""
    return tuple((item.id, item.uid) for item in holdings.items_by_id(work.session, removed).values())


@operation(Action.PAGE_INDEX, on=place("index"), reads=True)
def list_to_index(work: Work, _place: None, after: int) -> tuple[tuple[int, UUID], ...]:
    """The next items, as (id, uid), in order of their ids."""
    return tuple((item.id, item.uid) for item in holdings.items_after(work.session, after, limit=500))


@operation(Action.PAGE_INDEX, on=_item)
def index_again(work: Work, item: Item, version: int) -> None:
    """A job that puts the item back where it now belongs; ``version`` is what the index remembers of it."""
    item.index_version = max(item.index_version, version)
    work.later(
        JobKind.INDEX,
        item.uid,
        dedupe_key=f"again:{item.uid}:{work.event}",
        revision=item.index_version,
        priority=50,
    )
