"""A file put together from ranges of another: a library is handed what it needs of a stranger's file, and no more."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, BinaryIO, cast

Piece = bytes | tuple[int, int]
"""Bytes as they are, or (offset, length) of the source."""


class _Spliced(io.RawIOBase):
    def __init__(self, source: BinaryIO, pieces: Sequence[Piece]) -> None:
        self._source = source
        self._pieces = pieces
        self._ends = list(accumulate(_length(piece) for piece in pieces))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        end = self._ends[-1] if self._ends else 0
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: end}[whence]
        if base + offset < 0:
            raise ValueError("cannot seek before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        index = bisect_right(self._ends, self._at)
        if index == len(self._pieces) or not target:
            return 0
        piece = self._pieces[index]
        inside = self._at - (self._ends[index] - _length(piece))
        found = self._read(piece, inside, len(target))
        target[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _read(self, piece: Piece, inside: int, most: int) -> bytes:
        if isinstance(piece, bytes):
            return piece[inside : inside + most]
        offset, length = piece
        self._source.seek(offset + inside)
        return self._source.read(min(most, length - inside))


def spliced(source: BinaryIO, pieces: Iterable[Piece]) -> BinaryIO:
    """Reads as all the pieces in a row. Ends early where a range reaches beyond the source."""
    kept = [piece for piece in pieces if _length(piece) > 0]
    return cast("BinaryIO", io.BufferedReader(_Spliced(source, kept)))


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes in fewer ranges: what follows immediately is joined."""
    joined: list[tuple[int, int]] = []
    for offset, length in ranges:
        if joined and sum(joined[-1]) == offset:
            joined[-1] = (joined[-1][0], joined[-1][1] + length)
        else:
            joined.append((offset, length))
    return joined


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1]
