"""The dictionaries of streams, without their data: pypdf reads and keeps all of it, and a scan has megabytes a page."""

from __future__ import annotations

import re
from typing import Any

from pypdf import PdfReader
from pypdf.generic import IndirectObject

_HEAD = 1024
_ELSEWHERE = re.compile(rb"/F\s*(?:\(|<[0-9A-Fa-f]|<<[^>]{0,200}/(?:Filespec|UF|FS)\b)|/FFilter\b")


def lies_elsewhere(reader: PdfReader, stream: Any) -> bool:
    """Whether the data of the stream are in another file (ISO 32000-2 §7.3.8.2), as far as its first KiB says."""
    if not isinstance(stream, IndirectObject):
        return False
    offset = reader.xref.get(stream.generation, {}).get(stream.idnum)
    if not isinstance(offset, int):
        return False
    reader.stream.seek(offset)
    told = reader.stream.read(_HEAD).partition(b"stream")[0]
    return _ELSEWHERE.search(told) is not None
