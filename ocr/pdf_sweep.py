"""The embedded files of a PDF that the walk does not come to: each object is asked what it is, wherever it may hang.

A file may be tied to a picture, to a part of the structure, to a rendition or to nothing at all (ISO 32000-2 §14.13), and
a viewer may still offer it. Only the heads of the objects are read: pypdf keeps all that it reads, and a scan is large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from ocr.pdf_attached import Files
from ocr.pdf_objects import resolved, text

_HEAD = 4096
_LONGEST_HEAD = 64 << 10
_MOST_PARTS = 100_000
_OBJECT = re.compile(rb"\s*\d{1,10}\s+\d{1,5}\s+obj\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_HINT = re.compile(rb"/EF(?![A-Za-z0-9])|/EmbeddedFile(?![A-Za-z0-9])")


def sweep(reader: PdfReader, files: Files) -> bool:
    """Adds what was not found before. False where an object could not be looked at.

    Raises `Unacceptable` as `Files` does, and `MemoryError`.
    """
    told, is_whole = [], True
    for reference in _suspects(reader):
        try:
            told.append((reference, resolved(reference)))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - pypdf raises anything on a damaged object; the others are still looked at
            is_whole = False
    for _, found in told:
        for part in _parts(found):
            files.add(part, "")
    for reference, found in told:
        if isinstance(found, StreamObject) and text(found, "/Type") == "/EmbeddedFile":
            files.add_loose(reference)
    return is_whole


def _suspects(reader: PdfReader) -> Iterator[IndirectObject]:
    """References to the objects whose bytes speak of embedded files, and to those that are not where the file says."""
    holders = set()
    for reference, head in _heads(reader):
        if _OBJECT_STREAM.search(head):
            holders.add(reference.idnum)
        elif _HINT.search(head) or not _OBJECT.match(head):
            yield reference
    holding = {holder for holder in holders if _holds_a_hint(reader, holder)}
    for number, (holder, _) in reader.xref_objStm.items():
        if holder in holding or holder not in holders:
            yield IndirectObject(number, 0, reader)


def _heads(reader: PdfReader) -> Iterator[tuple[IndirectObject, bytes]]:
    """In the order of the file, so that no part of it is fetched twice."""
    placed = sorted(
        (offset, number, generation)
        for generation, numbers in reader.xref.items()
        for number, offset in numbers.items()
        if offset > 0
    )
    end = (reader.stream.seek(0, 2), 0, 0)
    for (offset, number, generation), (following, _, _) in pairwise([*placed, end]):
        reader.stream.seek(offset)
        room = max(_HEAD, following - offset)
        head = reader.stream.read(min(room, _HEAD))
        if room > _HEAD and b"stream" not in head:
            head += reader.stream.read(min(room, _LONGEST_HEAD) - _HEAD)
        yield IndirectObject(number, generation, reader), _unescaped(head)


def _holds_a_hint(reader: PdfReader, holder: int) -> bool:
    """Also where the object stream cannot be unpacked: its objects are asked one by one, and tell."""
    try:
        found = resolved(IndirectObject(holder, 0, reader))
        return not isinstance(found, StreamObject) or bool(_HINT.search(_unescaped(found.get_data())))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - see above
        return True


def _unescaped(data: bytes) -> bytes:
    """Names may be spelled in hexadecimal: /E#46 is /EF."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), data) if b"#" in data else data


def _parts(found: Any) -> Iterator[DictionaryObject]:
    """The dictionaries with /EF in an object, as far as it holds them itself."""
    waiting, seen = [found], 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop()
        seen += 1
        if isinstance(part, DictionaryObject):
            if "/EF" in part:
                yield part
            waiting.extend(part.raw_get(key) for key in part)
        elif isinstance(part, ArrayObject):
            waiting.extend(part)
