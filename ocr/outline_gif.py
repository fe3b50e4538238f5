"""The outline of a GIF: its blocks (GIF89a specification, §§17-27)."""

from __future__ import annotations

from typing import BinaryIO

from ocr.outline import Outline, damaged, exactly
from ocr.splice import Piece

_EXTENSION, _PICTURE, _END = b"!", b",", b";"
_CONTROL = 0xF9
_MOST_BLOCKS = 500_000
"""A walk of two seconds: 120 MiB of animation. What comes after is not looked at."""


def gif_outline(source: BinaryIO, size: int) -> Outline:
    """The decoder gets the first frame alone."""
    source.seek(6)
    screen = exactly(source, 7)
    width, height = _pair(screen)
    look = source.seek(_table(screen[4]), 1)
    pieces: list[Piece] = [(0, look)]
    frames, blocks = 0, 0
    while blocks < _MOST_BLOCKS and (mark := source.read(1)) in {_EXTENSION, _PICTURE}:
        start = source.tell() - 1
        if mark == _PICTURE:
            frames += 1
            place = source.read(9)
            if len(place) < 9:
                break
            across, down = _pair(place, 4)
            if frames == 1:
                left, top = _pair(place)
                width, height = max(width, left + across), max(height, top + down)
            source.seek(_table(place[8]) + 1, 1)
            blocks += _skip(source, _MOST_BLOCKS - blocks)
            if frames == 1:
                pieces.append((start, min(source.tell(), size) - start))
        else:
            is_control = exactly(source, 1)[0] == _CONTROL
            blocks += _skip(source, _MOST_BLOCKS - blocks)
            if is_control and frames == 0:
                pieces[1:] = [(start, source.tell() - start)]
    if len(pieces) < 2 or frames == 0:
        raise damaged()
    is_walked = blocks < _MOST_BLOCKS
    is_whole = not is_walked or mark == _END
    end = source.tell() if is_walked and is_whole else size
    return Outline(width, height, 8, end, (*pieces, _END), has_more_frames=frames > 1, is_whole=is_whole)


def _pair(data: bytes, at: int = 0) -> tuple[int, int]:
    return int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")


def _table(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip(source: BinaryIO, most: int) -> int:
    """Walks over sub-blocks, and says over how many."""
    for count in range(1, most + 1):
        length = source.read(1)
        if length in {b"", b"\0"}:
            return count
        source.seek(length[0], 1)
    return most
