"""Which pages make up which document. Pages keep their ids; their objects follow under the key of the new document."""

from archive.core.access.policy import State
from archive.core.errors import Conflict
from archive.core.gate import Work
from archive.core.jobs.tables import JobKind
from archive.desks.binding import queries
from archive.desks.binding.folder import Layout
from archive.holdings.queries import items_by_id
from archive.holdings.tables import Item, Page

VOID = "void"
"""A document that was split off and taken back: it has no pages, and nobody reaches it."""


def layout_of(work: Work, items: list[Item]) -> Layout:
    layout: Layout = {item.id: [] for item in items}
    for page in queries.pages_in(work.session, layout):
        layout[page.item_id].append(page.id)
    return layout


def lay_out(work: Work, layout: Layout, *, emptied: set[int]) -> None:
    """``emptied``: documents that lose all of their pages. Raises ``Conflict`` when pages have gone elsewhere meanwhile."""
    touched = items_by_id(work.session, {*layout, *emptied})
    pages = {page.id: page for page in queries.pages_in(work.session, touched)}
    if set(pages) != {page_id for ids in layout.values() for page_id in ids}:
        raise Conflict("Pages of this document lie elsewhere by now.", "Put them back by hand.")
    slots = _slots(list(pages.values()))
    for item_id, ids in layout.items():
        for seq, page_id in enumerate(ids, start=1):
            page = pages[page_id]
            if page.item_id != item_id:
                slots[item_id] = slots.get(item_id, 0) + 1
                page.item_id, page.slot = item_id, slots[item_id]
            page.seq = seq
    work.session.flush()
    for item in touched.values():
        item.state = VOID if item.id in emptied else State.DRAFT
        _follow(work, item, layout.get(item.id, []))


def _slots(pages: list[Page]) -> dict[int, int]:
    """The highest slot of each document: one that was given is never given again."""
    highest: dict[int, int] = {}
    for page in pages:
        highest[page.item_id] = max(highest.get(page.item_id, 0), page.slot)
    return highest


def _follow(work: Work, item: Item, page_ids: list[int]) -> None:
    """Objects name their document; the index and the keys are put right by jobs of the same commit."""
    for row in queries.objects_of_pages(work.session, page_ids):
        row.item_id = item.id
    item.revision += 1
    item.index_version += 1
    work.unindex(item.id, item.uid, item.index_version)
    key = f"{item.uid}:{item.index_version}"
    work.later(JobKind.INDEX, item.uid, dedupe_key=f"index:{key}", revision=item.index_version, priority=50)
    work.later(JobKind.RESEAL, item.uid, dedupe_key=f"reseal:{key}", revision=item.index_version)
    work.touch(f"item:{item.uid}")
