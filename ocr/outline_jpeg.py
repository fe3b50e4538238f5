"""The outline of a JPEG: its markers, up to the one that ends it (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from typing import BinaryIO

from ocr.facts import Code, Unacceptable
from ocr.outline import Outline, damaged, exactly, unsupported

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]", re.DOTALL)
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_END_MARKER = b"\xff\xd9"
_MOST_SEGMENTS = 20_000
_MOST_SCANS = 100
"""Each costs a pass over the whole picture; progressive files of cameras and converters have about ten."""


def jpeg_outline(source: BinaryIO, size: int) -> Outline:
    source.seek(2)
    frame: tuple[int, int, int] | None = None
    scans = 0
    for _ in range(_MOST_SEGMENTS):
        marker = _next_marker(source, 1 << 16 if scans else 1 << 12)
        if marker in {None, _END}:
            break
        if marker == _START:
            continue
        length = int.from_bytes(source.read(2))
        start = source.tell()
        if marker in _FRAMES:
            frame = _frame(source)
        scans += marker == _SCAN
        _check_scans(scans)
        source.seek(max(start, start + length - 2))
    else:
        raise damaged()
    if frame is None or scans == 0:
        raise damaged()
    end = source.tell() if marker == _END else size
    width, height, bits = frame
    if marker == _END:
        follows = source.read(3)
        return Outline(width, height, bits, end, ((0, end),), has_more_frames=follows == b"\xff\xd8\xff")
    return Outline(width, height, bits, size, ((0, size), _END_MARKER), is_whole=False)


def _next_marker(source: BinaryIO, block: int) -> int | None:
    """Skips what decoders skip: pixels, restarts, fill bytes and stray ones. None at the end of the file."""
    carried = b""
    while data := source.read(block):
        data = carried + data
        if found := _MARKER.search(data):
            source.seek(found.end() - len(data), 1)
            return found.group()[1]
        carried = b"\xff" if data.endswith(b"\xff") else b""
    return None


def _frame(source: BinaryIO) -> tuple[int, int, int]:
    """Width, height and bits of a pixel (§B.2.2)."""
    header = exactly(source, 6)
    depth, components = header[0], header[5]
    if depth != 8 or components not in {1, 3, 4}:
        raise unsupported(f"The JPEG has {components} colours of {depth} bits.")
    return int.from_bytes(header[3:5]), int.from_bytes(header[1:3]), depth * components


def _check_scans(scans: int) -> None:
    if scans > _MOST_SCANS:
        reason = f"The JPEG is drawn in more than {_MOST_SCANS} passes."
        raise Unacceptable(Code.TOO_DENSE, reason, "Scan or export it again.")
