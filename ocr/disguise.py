"""Files that are two things at once: what else a file that is taken in would open as.

Decided: such a file is taken in with a remark. People are shown renditions that we made of its pages, never the file, so
its other face reaches nobody; and a scanner's trailing bytes or a photograph's hidden film are no reason to lose a page.
Where the other face comes first (a program or a web page with a PDF behind it), the file is refused by `ocr.kinds`.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from ocr import kinds
from ocr.facts import Kind, Remark

_LOOKED_AT = 64 << 10
_ZIP_END = b"PK\x05\x06"
_ZIP_END_LENGTH = 22
_ZIP_ENTRY = b"PK\x01\x02"
_SCRIPT = re.compile(rb"<script|<html|<!doctype html|<\?php|<svg", re.IGNORECASE)
_ZIP = Remark("polyglot", "The file is a ZIP archive at the same time; only its pages are shown.")
_PDF = Remark("polyglot", "The file is a PDF at the same time; only its picture is shown.")
_WEB = Remark("polyglot", "The file is a web page or a script at the same time; only its pages are shown.")
_OTHER = Remark("polyglot", "Another file follows within this one; only the pages of the first are shown.")
_TRAILING = Remark("trailing", "More bytes follow after the picture; they are kept and not shown.")


def disguises(source: BinaryIO, kind: Kind, end: int) -> tuple[Remark, ...]:
    """`end`: where the picture ends; the size of the file for a PDF."""
    size = source.seek(0, 2)
    source.seek(0)
    head = source.read(_LOOKED_AT)
    source.seek(end)
    after = source.read(_LOOKED_AT)
    source.seek(max(0, size - _LOOKED_AT))
    tail = source.read(_LOOKED_AT)
    found = []
    if _ends_as_zip(source, size, tail):
        found.append(_ZIP)
    if kind is not Kind.PDF and b"%PDF-" in head[: kinds.HEAD] + after:
        found.append(_PDF)
    if _SCRIPT.search(head[: kinds.HEAD] if kind is Kind.PDF else head + after):
        found.append(_WEB)
    if head[128:132] == b"DICM" or _is_another(after, kind):
        found.append(_OTHER)
    if not found and after.strip(b"\0 \t\r\n") and kinds.kind_by_magic(after) is not kind:
        found.append(_TRAILING)
    return tuple(found)


def _is_another(after: bytes, kind: Kind) -> bool:
    """More of the same kind is told as further pictures."""
    return kinds.kind_by_magic(after) not in {None, kind} or kinds.foreign_by_magic(after) is not None


def _ends_as_zip(source: BinaryIO, size: int, tail: bytes) -> bool:
    """ZIP readers begin at the end: a last record that fits to the byte, and a directory where it says (APPNOTE 4.3.16)."""
    place = tail.rfind(_ZIP_END)
    record = tail[place : place + _ZIP_END_LENGTH]
    if place < 0 or len(record) < _ZIP_END_LENGTH:
        return False
    directory, comment = int.from_bytes(record[12:16], "little"), int.from_bytes(record[20:22], "little")
    at = size - len(tail) + place - directory
    if place + _ZIP_END_LENGTH + comment > len(tail) or at < 0:
        return False
    source.seek(at)
    return source.read(4) == _ZIP_ENTRY
