"""The port of full-text search: what every adapter takes, gives and promises.

An index is a filter, never the authority: callers decide every hit again from the main database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.query import Query

SLOT_BITS = 20
MOST_SLOTS = 1 << SLOT_BITS
RESTRICTED_TIER = 5


class IndexUnavailable(Exception):
    """The index cannot be opened, read or written now; what was asked has not been done."""


class IndexStale(Exception):
    """The rows were analysed under another fold. Remedy: `clear` the index and put every item again."""


def row_id(item_id: int, slot: int) -> int:
    """Descending row ids are newest item first. Slot 0 is the item itself; a page keeps its slot for ever."""
    return (item_id << SLOT_BITS) + slot


class Attributes(Protocol):
    """What filters look at."""

    @property
    def item_id(self) -> int: ...
    @property
    def tier(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def batch_id(self) -> int: ...
    @property
    def volume_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """An item (slot 0, empty `body`) or one page of it (slot ≥ 1).

    `about` is what was described, `body` what was read, both as they stand: the adapter analyses them.
    `day` is the document's date as a day number.
    """

    row_id: int
    item_id: int
    slot: int
    about: str
    body: str
    tier: int
    unit_id: int
    state: str
    batch_id: int
    volume_id: int | None
    series_id: int | None
    doc_type: str
    year: int | None
    day: int | None

    def __post_init__(self) -> None:
        if not 0 <= self.slot < MOST_SLOTS or self.row_id != row_id(self.item_id, self.slot):
            raise ValueError(f"row {self.row_id} is not slot {self.slot} of item {self.item_id}")


@dataclass(frozen=True, slots=True)
class Clause:
    """All that is given must hold; but of items, volumes and batches any one that is given is enough.

    None does not restrict; an empty set lets nothing through.
    """

    max_tier: int
    unit_ids: frozenset[int] | None = None
    states: frozenset[str] | None = None
    item_ids: frozenset[int] | None = None
    volume_ids: frozenset[int] | None = None
    batch_ids: frozenset[int] | None = None

    def covers(self, attributes: Attributes) -> bool:
        return (
            attributes.tier <= self.max_tier
            and (self.unit_ids is None or attributes.unit_id in self.unit_ids)
            and (self.states is None or attributes.state in self.states)
            and self._names(attributes)
        )

    def _names(self, attributes: Attributes) -> bool:
        named = (
            (self.item_ids, attributes.item_id),
            (self.volume_ids, attributes.volume_id),
            (self.batch_ids, attributes.batch_id),
        )
        given = [(ids, own) for ids, own in named if ids is not None]
        return not given or any(own in ids for ids, own in given)


@dataclass(frozen=True, slots=True)
class Filter:
    """One clause is enough. Without clauses nothing passes."""

    clauses: tuple[Clause, ...]

    def covers(self, attributes: Attributes) -> bool:
        return any(clause.covers(attributes) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Only:
    """What the asker herself narrowed to, beside what she may reach: all that is given must hold.

    None does not restrict; an empty set lets nothing through. A row without a series or a year has none of those given.
    """

    item_id: int | None = None
    series_ids: frozenset[int] | None = None
    doc_types: frozenset[str] | None = None
    years: frozenset[int] | None = None
    unit_ids: frozenset[int] | None = None
    tiers: frozenset[int] | None = None

    def covers(self, row: Row) -> bool:
        named = (
            (self.series_ids, row.series_id),
            (self.doc_types, row.doc_type),
            (self.years, row.year),
            (self.unit_ids, row.unit_id),
            (self.tiers, row.tier),
        )
        is_item = self.item_id is None or row.item_id == self.item_id
        return is_item and all(wanted is None or own in wanted for wanted, own in named)


ANYTHING = Only()


@dataclass(frozen=True, slots=True)
class Hit:
    row_id: int
    item_id: int
    slot: int

    @classmethod
    def of(cls, row: int) -> "Hit":
        return cls(row, row >> SLOT_BITS, row & (MOST_SLOTS - 1))


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: there are hits below the last one; ask again with `before` = its row id."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Count:
    """`capped`: there are more than `number`."""

    number: int
    capped: bool


class Index(Protocol):
    """Every method may raise `IndexUnavailable`; all but `clear` and `versions` raise `IndexStale`."""

    def put(self, item_id: int, rows: Sequence[Row], version: int) -> bool:
        """Replace all rows of the item, in one step for readers.

        Rows of tier 5 go to the restricted index. A version below the highest that was seen of the item
        changes nothing and returns False; the same version again is done again.
        """
        ...

    def remove(self, item_id: int, version: int) -> None:
        """Take the item out and remember the version, so that an older put that comes late stays out."""
        ...

    def find(
        self,
        query: Query,
        items: Filter,
        pages: Filter,
        *,
        restricted: bool,
        limit: int,
        before: int | None = None,
        only: Only = ANYTHING,
    ) -> Found:
        """Newest first. Item rows must pass `items`, page rows `pages`, and both `only`.

        A page is found when its `about` and `body` together match and at least one of the terms asked for stands
        in its body: what was described alone finds the item, once, and not each of its pages.
        Without `restricted` the restricted index is not touched at all. `before` is a row id: only rows
        below it are found.
        """
        ...

    def count(
        self, query: Query, items: Filter, pages: Filter, *, restricted: bool, cap: int = 1000
    ) -> Count: ...

    def versions(self) -> str:
        """The fold under which the rows were analysed."""
        ...

    def items_indexed(self) -> Iterator[tuple[int, int]]:
        """Item id and version of every item that was put and not removed since, by item id."""
        ...

    def items_removed(self) -> Iterator[tuple[int, int]]:
        """Item id and version of every item that was removed and not put since: what a caller may have to put back."""
        ...

    def rows_of(self, item_id: int) -> list[int]:
        """Row ids of the item in both indexes, ascending."""
        ...

    def rows(self, after: int, limit: int) -> list[tuple[int, int]]:
        """The next rows of both indexes above a row id, ascending, each with the version of its item."""
        ...

    def optimize(self) -> None:
        """Merge fully. Only then is the text of removed and replaced rows gone from the index."""
        ...

    def clear(self) -> None:
        """Take everything out and start anew under the present fold; versions stay remembered."""
        ...
