"""Lays the entries of an export beside its event rows, and both beside the signed roots; tells which differ, and where.

Entries and rows are two accounts of the same log. Where only one of them was changed, the signed roots say which one
is genuine, and the difference names the place. Where both were changed alike, the signed roots alone speak.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from archive.core.audit.parts import EventRow
from archive.core.audit.tree import EMPTY_ROOT, HASH, Frontier

WINDOW = 256
"""How far a removed or moved line is searched for before it counts as replaced."""

MOST_DIFFERENCES = 1000


@dataclass(frozen=True)
class Leaf:
    """``position`` is the number of its line, from 0; ``data`` is empty when the event is gone."""

    position: int
    data: bytes
    hash: bytes


@dataclass(frozen=True)
class PlacedRow:
    """``row`` is None when the line could not be read; ``hash`` is the stored one, empty when there is none."""

    position: int
    row: EventRow | None
    hash: bytes


@dataclass
class SignedRoots:
    """The checkpoints whose signatures hold, by rising size. Compact, since a busy log has one for every second."""

    sizes: "array[int]" = field(default_factory=lambda: array("Q"))
    roots: bytearray = field(default_factory=bytearray)

    def add(self, size: int, root: bytes) -> None:
        self.sizes.append(size)
        self.roots += root

    @property
    def newest(self) -> int:
        return self.sizes[-1] if self.sizes else 0

    def root(self, number: int) -> bytes:
        return bytes(self.roots[HASH * number : HASH * (number + 1)])


class TreeWatch:
    """Grows a tree and compares it with every signed root on the way.

    ``matched`` is the largest signed size that agrees, ``broken`` the first that does not; ``remembered`` is the root
    at the size for which it is wanted.
    """

    def __init__(self, signed: SignedRoots, remembered_size: int | None) -> None:
        self._tree = Frontier()
        self._signed = signed
        self._next = 0
        self._remembered_size = remembered_size
        self.matched = 0
        self.broken: int | None = None
        self.remembered = EMPTY_ROOT if remembered_size == 0 else None
        self._pass_checkpoints()

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def is_right(self) -> bool:
        """Exactly what was signed, no more and no less."""
        return self.broken is None and self.size == self._signed.newest

    def append(self, leaf: bytes) -> None:
        self._tree.append(leaf)
        self._pass_checkpoints()
        if self.size == self._remembered_size:
            self.remembered = self._tree.root()

    def _pass_checkpoints(self) -> None:
        sizes = self._signed.sizes
        if self._next < len(sizes) and sizes[self._next] == self.size:
            if self._tree.root() != self._signed.root(self._next):
                self.broken = self.size if self.broken is None else self.broken
            elif self.broken is None:
                self.matched = self.size
            self._next += 1


@dataclass
class Differences:
    """What fits nothing on the other side: ``surplus`` leaves, ``missing`` rows' leaves, ``replaced`` where both stand.

    ``surplus_tail`` and ``missing_tail`` are the first positions behind which only one side goes on. ``more`` counts
    what was no longer kept.
    """

    surplus: list[Leaf] = field(default_factory=list)
    missing: list[PlacedRow] = field(default_factory=list)
    replaced: list[tuple[Leaf, PlacedRow]] = field(default_factory=list)
    surplus_tail: range = range(0)
    missing_tail: range = range(0)
    more: int = 0

    @property
    def kept(self) -> int:
        return len(self.surplus) + len(self.missing) + len(self.replaced)


class _Hashed(Protocol):
    @property
    def hash(self) -> bytes: ...


T = TypeVar("T", bound=_Hashed)


class _Ahead(Generic[T]):
    """A stream with its next lines at hand."""

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self._lines: deque[T] = deque()

    def head(self) -> T | None:
        self._fill(1)
        return self._lines[0] if self._lines else None

    def drop(self) -> None:
        self._lines.popleft()

    def distance(self, wanted: bytes) -> int | None:
        """How many lines ahead this hash comes; None when it is not within the window."""
        self._fill(WINDOW)
        return next((number for number, line in enumerate(self._lines) if line.hash == wanted), None)

    def _fill(self, length: int) -> None:
        while len(self._lines) < length and (line := next(self._source, None)) is not None:
            self._lines.append(line)


def align(
    leaves: Iterator[Leaf], rows: Iterator[PlacedRow], on_match: Callable[[Leaf, PlacedRow, EventRow], None]
) -> Differences:
    """Walks both streams once. ``on_match`` sees every leaf whose row holds its hash."""
    found = Differences()
    left, right = _Ahead(leaves), _Ahead(rows)
    while (leaf := left.head()) is not None and (row := right.head()) is not None:
        if row.row is not None and leaf.hash == row.hash:
            on_match(leaf, row, row.row)
            left.drop()
            right.drop()
        else:
            _note_difference(found, left, right, leaf, row)
    found.surplus_tail = _rest(left)
    found.missing_tail = _rest(right)
    return found


def _note_difference(
    found: Differences, left: _Ahead[Leaf], right: _Ahead[PlacedRow], leaf: Leaf, row: PlacedRow
) -> None:
    is_full = found.kept >= MOST_DIFFERENCES
    row_comes = None if is_full else right.distance(leaf.hash)
    leaf_comes = None if is_full else left.distance(row.hash)
    if is_full:
        found.more += 1
    if row_comes is None and leaf_comes is None:
        if not is_full:
            found.replaced.append((leaf, row))
        left.drop()
        right.drop()
    elif leaf_comes is None or (row_comes is not None and row_comes <= leaf_comes):
        found.missing.append(row)
        right.drop()
    else:
        found.surplus.append(leaf)
        left.drop()


def _rest(stream: _Ahead[Any]) -> range:
    """The positions that are left when the other stream has ended."""
    first = last = stream.head()
    while (line := stream.head()) is not None:
        last = line
        stream.drop()
    return range(0) if first is None or last is None else range(first.position, last.position + 1)
