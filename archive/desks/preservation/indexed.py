"""The index against the items: rows of nothing, and items that are not in it as they now stand."""

from collections.abc import Iterator
from uuid import UUID

from archive.desks.preservation import looking, repairing
from archive.desks.preservation.findings import Kind, Tally
from archive.desks.preservation.keeper import Keeper
from archive.desks.preservation.queries import Expected
from search.index import MOST_SLOTS, SLOT_BITS, Index, IndexStale, IndexUnavailable, row_id

ROWS_AT_ONCE = 1000

Stands = dict[int, tuple[int, set[int]]]
"""By item id: the version, and the slots that have a row."""


def sweep_index(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    """Item ids and row ids ascend alike, so both are walked side by side, a slice of items at a time."""
    last, is_end = 0, False
    try:
        while not is_end:
            keeper.step()
            items = keeper.gate.run(looking.next_items, round_, last).value
            is_end = len(items) < looking.ITEMS_AT_ONCE
            until = None if is_end else items[-1].id
            for stands in _slices(keeper.index, last, until):
                keeper.step()
                _strays(keeper, round_, tally, items, stands)
            _unindexed(keeper, round_, tally, items)
            tally.count("seen.items", len(items))
            last = until or last
    except (IndexUnavailable, IndexStale):
        tally.found(Kind.INDEX_UNUSABLE)


def _slices(index: Index, last: int, until: int | None) -> Iterator[Stands]:
    """What stands in the index for the items above ``last`` up to ``until``."""
    after = row_id(last, MOST_SLOTS - 1)
    end = None if until is None else row_id(until, MOST_SLOTS - 1)
    while rows := [row for row in index.rows(after, ROWS_AT_ONCE) if end is None or row[0] <= end]:
        stands: Stands = {}
        for row, version in rows:
            stands.setdefault(row >> SLOT_BITS, (version, set()))[1].add(row & (MOST_SLOTS - 1))
        yield stands
        after = rows[-1][0]


def _strays(keeper: Keeper, round_: UUID, tally: Tally, items: tuple[Expected, ...], stands: Stands) -> None:
    there = {item.id for item in items}
    strays = tuple((item_id, version) for item_id, (version, _) in stands.items() if item_id not in there)
    tally.found(Kind.INDEX_STRAY, number=len(strays))
    if keeper.repairs and strays:
        tally.repaired(Kind.INDEX_STRAY, keeper.gate.run(repairing.drop_index_rows, round_, strays).value)


def _unindexed(keeper: Keeper, round_: UUID, tally: Tally, items: tuple[Expected, ...]) -> None:
    wrong = tuple(item for item in items if item.is_settled and not _stands(keeper.index, item))
    for item in wrong:
        tally.found(Kind.NOT_INDEXED, item.uid)
    if keeper.repairs and wrong:
        tally.repaired(Kind.NOT_INDEXED, keeper.gate.run(repairing.index_anew, round_, wrong).value)


def _stands(index: Index, item: Expected) -> bool:
    rows = index.rows(row_id(item.id, 0) - 1, len(item.slots) + 1)
    own = [(row & (MOST_SLOTS - 1), version) for row, version in rows if row >> SLOT_BITS == item.id]
    return {slot for slot, _ in own} == item.slots and {version for _, version in own} == {item.version}
