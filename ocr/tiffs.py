"""The directories of a TIFF or BigTIFF, and one of its pages as a file of its own.

Pillow hands libtiff the whole file for each compressed page and walks to the page from the start: a volume of a
thousand pages would be read a thousand times. Here each page is found once and handed on by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ocr.outline import damaged
from ocr.splice import Piece, merged, spliced

_MOST_ENTRIES = 1000
_MOST_PIECES = 500_000
"""Strips or tiles of a page: 80 million pixels in the smallest tiles of 16 × 16 are 312,500."""

_MOST_VALUES = 1 << 20
_TYPES = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 10: "ii", 13: "I"}
_BIG_TYPES = {16: "Q", 17: "q", 18: "Q"}
_SHORT, _LONG = 3, 4

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS, STRIP_COUNTS = 273, 277, 278, 279
ACROSS, DOWN, UNIT = 282, 283, 296
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
JPEG_START, JPEG_LENGTH = 513, 514
_COPIED = {
    *(
        WIDTH,
        HEIGHT,
        BITS,
        COMPRESSION,
        PHOTOMETRIC,
        SAMPLES,
        ROWS,
        ACROSS,
        DOWN,
        UNIT,
        TILE_WIDTH,
        TILE_HEIGHT,
    ),
    *(266, 274, 284, 292, 293, 317, 320, 326, 327, 328, 332, 338, 339, 347, 529, 530, 531, 532),
}
"""What decoders need: fill and turn, planes, fax options, predictor, colours, JPEG tables, YCbCr."""

OLD_JPEG = 6
_CENTIMETRE = 3


@dataclass(frozen=True)
class Directory:
    """One page as it describes itself. `next`: where the next directory lies, 0 at the end; `size`: of the file, in bytes."""

    at: int
    next: int
    size: int
    order: str
    values: dict[int, tuple[int, ...]]
    types: dict[int, int]

    def number(self, tag: int, default: int = 0) -> int:
        found = self.values.get(tag)
        return found[0] if found else default

    @property
    def width(self) -> int:
        return self.number(WIDTH)

    @property
    def height(self) -> int:
        return self.number(HEIGHT)

    @property
    def bits(self) -> int:
        """Of a pixel. The depth stands once, or once for each sample."""
        depths = self.values.get(BITS, (1,))
        return max(sum(depths), depths[0] * self.number(SAMPLES, 1))

    @property
    def dpi(self) -> tuple[float, float]:
        """Across and down; 0 where it is not told."""
        factor = 2.54 if self.number(UNIT, 2) == _CENTIMETRE else 1.0
        across, down = (self._rational(tag) * factor for tag in (ACROSS, DOWN))
        return across, down

    def _rational(self, tag: int) -> float:
        found = self.values.get(tag, ())
        return found[0] / found[1] if len(found) >= 2 and found[1] else 0.0

    def ranges(self) -> list[tuple[int, int]]:
        """Where the pixels lie: (offset, length) of each strip or tile. Raises `Unacceptable` where they cannot be so many."""
        tags = (TILE_OFFSETS, TILE_COUNTS) if TILE_OFFSETS in self.values else (STRIP_OFFSETS, STRIP_COUNTS)
        offsets, counts = (self.values.get(tag, ()) for tag in tags)
        if not offsets or len(offsets) > _MOST_PIECES or len(counts) not in {len(offsets), 0}:
            raise damaged()
        if any(counts):
            return list(zip(offsets, counts, strict=True))
        if len(offsets) != 1:
            raise damaged()
        return [(offsets[0], self._guessed(offsets[0]))]

    @property
    def is_guessed(self) -> bool:
        """Whether it does not say how long its packed pixels are."""
        told = self.values.get(TILE_COUNTS, ()) + self.values.get(STRIP_COUNTS, ())
        return not any(told) and self.number(COMPRESSION, 1) not in {1, OLD_JPEG}

    def _guessed(self, offset: int) -> int:
        """Old programs leave out the length of a page's one strip, or write 0: it ends where the next thing begins."""
        if self.number(COMPRESSION, 1) == 1:
            return (self.width * self.bits + 7) // 8 * self.height
        if offset >= self.size:
            raise damaged()
        return min(end for end in (self.at, self.next, self.size) if end > offset) - offset


def directories(source: BinaryIO) -> Iterator[Directory]:
    """One after the other; ends where the chain ends or leads back. Raises `Unacceptable` where it leads nowhere."""
    source.seek(0)
    head = source.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    if len(head) < (16 if big else 8):
        raise damaged()
    (at,) = struct.unpack_from(f"{order}Q" if big else f"{order}I", head, 8 if big else 4)
    seen: set[int] = set()
    while at and at not in seen:
        seen.add(at)
        found = directory(source, at)
        yield found
        at = found.next


def directory(source: BinaryIO, at: int) -> Directory:
    source.seek(0)
    head = source.read(4)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(f"{order}H", head[2:])[0] == 43
    return _Reader(source, order, big=big).directory(at)


class _Reader:
    def __init__(self, source: BinaryIO, order: str, *, big: bool) -> None:
        self._source = source
        self._size = source.seek(0, 2)
        self._order = order
        self._word = "Q" if big else "I"
        self._count = "Q" if big else "H"
        self._types = _TYPES | _BIG_TYPES if big else _TYPES

    def directory(self, at: int) -> Directory:
        (count,) = self._unpack(self._count, at)
        if not 0 < count <= _MOST_ENTRIES:
            raise damaged()
        start = at + struct.calcsize(f"<{self._count}")
        entry = f"HH{self._word}"
        step = struct.calcsize(f"<{entry}{self._word}")
        values, types = {}, {}
        for place in range(start, start + count * step, step):
            tag, kind, many = self._unpack(entry, place)
            if tag in _WANTED:
                values[tag] = self._values(kind, many, place + struct.calcsize(f"<{entry}"))
                types[tag] = kind
        (following,) = self._unpack(self._word, start + count * step)
        return Directory(at, following, self._size, self._order, values, types)

    def _values(self, kind: int, many: int, place: int) -> tuple[int, ...]:
        """Empty where the entry is nonsense: the page will say what it misses."""
        letters = self._types.get(kind, "")
        length = struct.calcsize(f"<{letters}") * many
        if not letters or many > _MOST_VALUES:
            return ()
        if length > struct.calcsize(f"<{self._word}"):
            (place,) = self._unpack(self._word, place)
        if place + length > self._size:
            return ()
        return self._unpack(letters * many if len(letters) > 1 else f"{many}{letters}", place)

    def _unpack(self, form: str, at: int) -> tuple[int, ...]:
        form = self._order + form
        length = struct.calcsize(form)
        if at + length > self._size:
            raise damaged()
        self._source.seek(at)
        return struct.unpack(form, self._source.read(length))


_WANTED = _COPIED | {STRIP_OFFSETS, STRIP_COUNTS, TILE_OFFSETS, TILE_COUNTS, JPEG_START, JPEG_LENGTH}


def page_file(source: BinaryIO, page: Directory, *, changed: dict[int, int]) -> BinaryIO:
    """The page as a classic TIFF with one directory, in the byte order of the file. `changed`: tags with other values.

    Raises `Unacceptable` where the page does not say where its pixels are.
    """
    ranges = page.ranges()
    tags = {tag: page.values[tag] for tag in sorted(page.values) if tag in _COPIED and page.values[tag]}
    tags |= {tag: (value,) for tag, value in changed.items()}
    tiled = TILE_OFFSETS in page.values
    offsets_tag, counts_tag = (TILE_OFFSETS, TILE_COUNTS) if tiled else (STRIP_OFFSETS, STRIP_COUNTS)
    tags[counts_tag] = tuple(length for _, length in ranges)
    tags[offsets_tag] = tags[counts_tag]  # as many; the true ones depend on how long the directory gets
    at = len(_packed(page, tags))
    places = []
    for _, length in ranges:
        places.append(at)
        at += length
    tags[offsets_tag] = tuple(places)
    pieces: list[Piece] = [_packed(page, tags), *merged(ranges)]
    return spliced(source, pieces)


def _packed(page: Directory, tags: dict[int, tuple[int, ...]]) -> bytes:
    order = page.order
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    after = 8 + 2 + 12 * len(tags) + 4
    entries, data = b"", b""
    for tag in sorted(tags):
        kind = _kind(page, tag)
        letters = _TYPES[kind]
        many = len(tags[tag]) // len(letters)
        packed = struct.pack(f"{order}{many * len(letters)}{letters[0]}", *tags[tag][: many * len(letters)])
        if len(packed) <= 4:
            place = packed.ljust(4, b"\0")
        else:
            place = struct.pack(f"{order}I", after + len(data))
            data += packed + b"\0" * (len(packed) % 2)
        entries += struct.pack(f"{order}HHI", tag, kind, many) + place
    return head + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + data


def _kind(page: Directory, tag: int) -> int:
    """BigTIFF's wider numbers become LONG: the page is a classic file again."""
    if tag in {STRIP_OFFSETS, STRIP_COUNTS, TILE_OFFSETS, TILE_COUNTS}:
        return _LONG
    kind = page.types.get(tag, _SHORT)
    return _LONG if kind in _BIG_TYPES else kind
