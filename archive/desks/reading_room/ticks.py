"""Which pages of an item hold the words that were searched for: the ticks along its strip of pages."""

from sqlalchemy import select

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.gate import Work
from archive.holdings.queries import page_target
from archive.holdings.tables import Item, Page
from search.index import Filter, IndexStale, IndexUnavailable, Only
from search.query import parse

MOST_TICKS = 2000
NO_ITEMS = Filter(())


def pages_with(work: Work, item: Item, words: str) -> tuple[int, ...] | None:
    """Their numbers, each decided again from the main database. None: the index cannot be asked, the page opens anyway."""
    query = parse(words)
    if query.is_empty:
        return ()
    work.tell(query=words)
    pages = work.scope(Action.PAGE_FIND)
    try:
        found = work.index.find(
            query,
            NO_ITEMS,
            pages.filter(),
            restricted=pages.reaches_restricted,
            limit=MOST_TICKS,
            only=Only(item_id=item.id),
        )
    except (IndexStale, IndexUnavailable):
        return None
    slots = {hit.slot for hit in found.hits}
    rows = select(Page).where(Page.item_id == item.id, Page.slot.in_(slots), ~Page.is_excluded)
    return tuple(sorted(page.seq for page in work.session.scalars(rows) if _may_find(work, item, page)))


def _may_find(work: Work, item: Item, page: Page) -> bool:
    return isinstance(work.decide(Action.PAGE_FIND, page_target(item, page)), Allowed)
