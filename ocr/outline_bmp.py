"""The outline of a BMP: one header, one table of colours, the pixels."""

from __future__ import annotations

import struct
from typing import BinaryIO

from ocr.facts import Code, Unacceptable
from ocr.outline import Outline, damaged, exactly, unsupported

_OLD_HEADER = 12
_PLAIN, _RLE8, _RLE4, _MASKS, _ALPHA_MASKS = 0, 1, 2, 3, 6
_DEPTHS = {1, 2, 4, 8, 16, 24, 32}
_MOST_RUNS = 25_000_000
"""Pixels of a run-length picture: its decoder is slow, and A4 at 600 dpi in 256 colours has no more than 35 million."""


def bmp_outline(source: BinaryIO, size: int) -> Outline:
    source.seek(2)
    told, _, offset, header = struct.unpack("<IIII", exactly(source, 16))
    if header == _OLD_HEADER:
        width, height, _, bits = struct.unpack("<HHHH", exactly(source, 8))
        packing = _PLAIN
    else:
        width, height, _, bits, packing = struct.unpack("<iiHHI", exactly(source, 16))
    width, height = abs(width), abs(height)
    if bits not in _DEPTHS or packing not in {_PLAIN, _RLE8, _RLE4, _MASKS, _ALPHA_MASKS}:
        raise unsupported("The BMP holds its pixels in a form that cannot be read here.")
    if packing in {_RLE8, _RLE4}:
        _check_runs(width, height)
        end = told if offset < told <= size else size
    else:
        end = offset + (width * bits + 31) // 32 * 4 * height
        if end > size:
            raise damaged()
        end = max(end, told if told <= size else 0)
    return Outline(width, height, bits, end, ((0, size),))


def _check_runs(width: int, height: int) -> None:
    if width * height > _MOST_RUNS:
        reason = f"The run-length BMP has {width} × {height} pixels; {_MOST_RUNS // 1_000_000} million are allowed."
        raise Unacceptable(Code.TOO_MANY_PIXELS, reason, "Save it as PNG and upload it again.")
