"""The outline of a PNG: its chunks (W3C PNG, third edition, §5)."""

from __future__ import annotations

from typing import BinaryIO

from ocr.outline import Outline, damaged, exactly
from ocr.splice import Piece, merged

_SIGNATURE = 8
_AROUND = 12
_END = bytes.fromhex("0000000049454e44ae426082")
_DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT"}
_LARGEST_EXIF = 64 << 10
_MOST_CHUNKS = 200_000
"""The largest picture, written in chunks of 8 KiB as libpng does, has half as many."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png_outline(source: BinaryIO, size: int) -> Outline:
    """Texts and profiles are left out of what the decoder gets: they unpack to whatever their maker liked."""
    width, height, bits = _header(source)
    at, name, frames = _SIGNATURE, b"", 1
    kept: list[tuple[int, int]] = []
    cut: tuple[Piece, ...] = ()
    for _ in range(_MOST_CHUNKS):
        source.seek(at)
        head = source.read(8)
        length, name = int.from_bytes(head[:4]), head[4:]
        if len(head) < 8 or name == b"IEND" or not (name.isalpha() and name.isascii()):
            break
        if name == b"acTL":
            frames = int.from_bytes(source.read(4))
        if at + length + _AROUND > size:
            cut = _shortened(name, at, size)
        elif name in _DRAWN or (name == b"eXIf" and length <= _LARGEST_EXIF):
            kept.append((at, length + _AROUND))
        at += length + _AROUND
    else:
        raise damaged()
    pieces: tuple[Piece, ...] = ((0, _SIGNATURE), *merged(kept), *cut, _END)
    is_whole = name == b"IEND" and at + _AROUND <= size
    end = at + _AROUND if is_whole else size
    return Outline(width, height, bits, end, pieces, has_more_frames=frames > 1, is_whole=is_whole)


def _shortened(name: bytes, at: int, size: int) -> tuple[Piece, ...]:
    """Pixels that are announced longer than the file is, as long as they are: decoders take memory for what is announced."""
    there = size - at - 8
    return (there.to_bytes(4) + name, (at + 8, there), bytes(4)) if name == b"IDAT" and there > 0 else ()


def _header(source: BinaryIO) -> tuple[int, int, int]:
    source.seek(_SIGNATURE)
    head = exactly(source, 8 + 13)
    if head[4:8] != b"IHDR" or head[17] not in _CHANNELS:
        raise damaged()
    return int.from_bytes(head[8:12]), int.from_bytes(head[12:16]), head[16] * _CHANNELS[head[17]]
