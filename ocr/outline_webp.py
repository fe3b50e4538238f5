"""The outline of a WebP: the chunks of its RIFF file (RFC 9649, §2)."""

from __future__ import annotations

from typing import BinaryIO

from ocr.outline import Outline, damaged, exactly
from ocr.splice import Piece

_FIRST_CHUNK = 12
_ANIMATED, _ALPHA = 0x02, 0x10
_MOST_CHUNKS = 100_000


def webp_outline(source: BinaryIO, size: int) -> Outline:
    source.seek(4)
    end = int.from_bytes(exactly(source, 4), "little") + 8
    source.seek(_FIRST_CHUNK)
    head = exactly(source, 18)
    name, body = head[:4], head[8:]
    if name == b"VP8X":
        width, height = _little(body[4:7]) + 1, _little(body[7:10]) + 1
        if body[0] & _ANIMATED:
            return _animated(source, size, head, (width, height))
    elif name == b"VP8L" and body[0] == 0x2F:
        packed = _little(body[1:5])
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF
    else:
        raise damaged()
    whole = end <= size
    return Outline(width, height, 32, min(end, size), ((0, min(end, size)),), is_whole=whole)


def _animated(source: BinaryIO, size: int, head: bytes, canvas: tuple[int, int]) -> Outline:
    """The decoder gets the canvas and the first frame as a file of its own."""
    frames: list[tuple[int, int]] = []
    settings = b""
    at = _FIRST_CHUNK
    for _ in range(_MOST_CHUNKS):
        source.seek(at)
        chunk = source.read(8)
        length = _little(chunk[4:])
        if len(chunk) < 8 or not chunk[:4].strip().isalnum():
            break
        if chunk[:4] == b"ANIM" and length == 6:
            settings = chunk + source.read(6)
        if chunk[:4] == b"ANMF":
            frames.append((at, length + 8 + length % 2))
        at += length + 8 + length % 2
    if not frames or sum(frames[0]) > size:
        raise damaged()
    flags = bytes([head[8] & (_ANIMATED | _ALPHA)])
    parts = b"WEBP" + head[:8] + flags + head[9:] + settings
    start = b"RIFF" + (len(parts) + frames[0][1]).to_bytes(4, "little") + parts
    pieces: tuple[Piece, ...] = (start, frames[0])
    source.seek(4)
    end = _little(exactly(source, 4)) + 8
    return Outline(*canvas, 32, min(end, size), pieces, has_more_frames=len(frames) > 1, is_whole=end <= size)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
