"""How the bytes of a PDF are laid out: what stands before and after it, and how often it was written to.

Read from the bytes themselves, because the libraries repair what is wrong and do not tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 1024
_TAIL = 4096
_LONG_TAIL = 8 << 20
_DICTIONARY = 4096
_MOST_SECTIONS = 500
_ENTRY = 20
_START = re.compile(rb"startxref\s+(\d{1,11})")
_SUBSECTION = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})[ \t]*\r?\n?")
_STREAM_SECTION = re.compile(rb"\s*\d{1,10}\s+\d{1,5}\s+obj")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,11})")
_END = b"%%EOF"
_BLANK = b"\0\t\n\f\r "


@dataclass(frozen=True)
class Body:
    """In bytes. `revisions` counts the writings after the first; `is_whole` is false where the table of objects is not
    where the file says, so that it has to be put together from what is found.
    """

    before: int
    after: int
    end: int
    revisions: int
    is_whole: bool


def body(source: BinaryIO, size: int) -> Body:
    source.seek(0)
    head = source.read(_HEAD)
    before = max(head.find(b"%PDF-"), 0)
    at, tail, marker = _end(source, size)
    end = at + marker + len(_END) if marker >= 0 else size
    told = _START.findall(tail[: marker if marker >= 0 else None])
    added = _later_sections(source, int(told[-1]), before) if told else None
    linear = b"/Linearized" in head
    return Body(
        before=before,
        after=len(tail[end - at :].strip(_BLANK)),
        end=end,
        revisions=max(0, (added or 0) - linear),
        is_whole=marker >= 0 and added is not None,
    )


def _end(source: BinaryIO, size: int) -> tuple[int, bytes, int]:
    """The last bytes, where they begin, and where in them the last end marker stands (-1: nowhere)."""
    for length in (_TAIL, _LONG_TAIL):
        at = max(0, size - length)
        tail = _piece(source, at, length)
        marker = tail.rfind(_END)
        if marker >= 0:
            break
    return at, tail, marker


def _later_sections(source: BinaryIO, offset: int, before: int) -> int | None:
    """How many cross-reference sections were added to the first; None where one is not where it should be.

    Word writes every file in two: the second is empty and names a stream (/XRefStm). That is no later writing.
    """
    seen: set[int] = set()
    added = 0
    while len(seen) < _MOST_SECTIONS:
        if offset in seen:
            return None
        seen.add(offset)
        trailer = _trailer(source, offset) or _trailer(source, offset + before)
        if trailer is None:
            return None
        previous = _PREVIOUS.search(trailer)
        if previous is None:
            return added
        added += b"/XRefStm" not in trailer
        offset = int(previous[1])
    return added


def _trailer(source: BinaryIO, offset: int) -> bytes | None:
    """The dictionary of the cross-reference section at the offset; None where there is none."""
    start = _piece(source, offset, _DICTIONARY)
    if _STREAM_SECTION.match(start):
        return start.partition(b"stream")[0]
    if not start.lstrip().startswith(b"xref"):
        return None
    at = offset + start.index(b"xref") + len(b"xref")
    for _ in range(_MOST_SECTIONS):
        piece = _piece(source, at, _DICTIONARY)
        subsection = _SUBSECTION.match(piece)
        if subsection is None:
            _, found, trailer = piece.partition(b"trailer")
            return trailer.partition(b"startxref")[0] if found else None
        at += subsection.end() + int(subsection[2]) * _ENTRY
    return None


def _piece(source: BinaryIO, offset: int, length: int) -> bytes:
    source.seek(offset)
    return source.read(length)
