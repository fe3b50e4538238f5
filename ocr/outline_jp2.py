"""The outline of a JPEG 2000 picture: boxes (ISO 15444-1, annex I) around a codestream (annex A)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from ocr.outline import Outline, damaged, exactly, unsupported

_CODESTREAM = b"\xff\x4f\xff\x51"
_END_MARKER = b"\xff\xd9"
_CODING, _FIRST_TILE = 0xFF52, 0xFF90
_MOST_BOXES = 1000
_MOST_MARKERS = 1000
_MOST_TILES = 65_535
"""More cannot be numbered (annex A.4.2)."""

_MOST_COMPONENTS = 4


@dataclass(frozen=True)
class _Place:
    """Where the codestream lies, and where the last box ends."""

    start: int
    stop: int
    end: int


def jp2_outline(source: BinaryIO, size: int) -> Outline:
    source.seek(0)
    place = _Place(0, size, size) if source.read(4) == _CODESTREAM else _codestream(source, size)
    source.seek(place.start)
    if exactly(source, 4) != _CODESTREAM:
        raise damaged()
    width, height, bits = _sizes(source)
    reducible = _levels(source)
    source.seek(max(place.start, place.stop - 2))
    is_whole = source.read(2) == _END_MARKER
    return Outline(width, height, bits, place.end, ((0, place.end),), is_whole=is_whole, reducible=reducible)


def _codestream(source: BinaryIO, size: int) -> _Place:
    at, start, stop = 0, 0, 0
    for _ in range(_MOST_BOXES):
        source.seek(at)
        head = source.read(16)
        length, header = int.from_bytes(head[:4]), 8
        if length == 1:
            length, header = int.from_bytes(head[8:16]), 16
        if length == 0:
            length = size - at
        is_box = len(head) >= 8 and all(0x20 <= byte < 0x7F for byte in head[4:8])
        if not is_box or length < header:
            break
        if head[4:8] == b"jp2c" and start == 0:
            start, stop = at + header, min(at + length, size)
        if at + length > size:
            at = size if stop == size else at
            break
        at += length
    if start == 0:
        raise damaged()
    return _Place(start, stop, at)


def _sizes(source: BinaryIO) -> tuple[int, int, int]:
    """Width, height and bits of a pixel, from the SIZ marker segment (annex A.5.1)."""
    fields = struct.unpack(">HHIIIIIIIIH", exactly(source, 38))
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top, components = fields[2:]
    if components not in range(1, _MOST_COMPONENTS + 1):
        raise unsupported(f"The JPEG 2000 picture has {components} components.")
    depths = exactly(source, 3 * components)[::3]
    if min(tile_width, tile_height) < 1 or tile_left > left or tile_top > top:
        raise damaged()
    across, down = -(-(right - tile_left) // tile_width), -(-(bottom - tile_top) // tile_height)
    if across * down > _MOST_TILES:
        raise damaged("The picture is cut into more tiles than there can be.")
    return max(0, right - left), max(0, bottom - top), sum((depth & 0x7F) + 1 for depth in depths)


def _levels(source: BinaryIO) -> int:
    """How often the picture was halved (COD, annex A.6.1)."""
    for _ in range(_MOST_MARKERS):
        head = exactly(source, 4)
        marker, length = int.from_bytes(head[:2]), int.from_bytes(head[2:])
        if marker == _FIRST_TILE or marker < 0xFF00 or length < 2:
            break
        if marker == _CODING:
            return min(exactly(source, 6)[5], 32)
        source.seek(length - 2, 1)
    raise damaged()
