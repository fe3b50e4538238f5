"""The files inside a PDF: gathered by the walk (`ocr.pdf_active`) and the sweep (`ocr.pdf_sweep`), and unpacked one at a
time within the limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.filters import decode_stream_data
from pypdf.generic import DictionaryObject, EncodedStreamObject, IndirectObject, StreamObject

from ocr.facts import MIB, Code, Limits, Unacceptable
from ocr.pdf_objects import array, dictionary, identity, raw, resolved, text

_DENSE_FROM = 64 * MIB
_LONGEST_NAME = 255
_TAKE_OUT = "Save the attached files, upload them on their own, and upload the PDF without them."


@dataclass(frozen=True)
class Embedded:
    """`unpack` does it anew, and raises what pypdf raises."""

    name: str
    size: int
    unpack: Callable[[], bytes]


@dataclass
class Room:
    """What is left of the limits, for one PDF and all that it holds."""

    files: int
    bytes: int

    @classmethod
    def of(cls, limits: Limits) -> Room:
        return cls(limits.max_embedded, limits.max_embedded_bytes)


@dataclass
class Files:
    """Collects the embedded files of one PDF. A stream that several names lead to is one file."""

    room: Room
    most: int
    found: dict[tuple[int, int], tuple[str, Any]] = field(default_factory=dict)

    def add(self, spec: Any, name: str) -> None:
        """All that a file specification holds (ISO 32000-2 §7.11.3). Raises `Unacceptable` when there are too many."""
        holder = resolved(spec)
        if not isinstance(holder, DictionaryObject):
            return
        name = text(holder, "/UF") or text(holder, "/F") or name
        streams = dictionary(holder, "/EF")
        for key in list(streams):
            stream = raw(streams, key)
            if identity(stream) not in self.found and isinstance(resolved(stream), StreamObject):
                self._keep(stream, name)

    def linked_from(self, holder: DictionaryObject) -> None:
        """The associated files of a page, a note or the whole (ISO 32000-2 §14.13)."""
        for spec in array(holder, "/AF") or [raw(holder, "/AF")]:
            self.add(spec, "")

    def add_loose(self, stream: IndirectObject) -> None:
        """A stream that says that it is a file and that no file specification holds. Raises as `add` does."""
        if identity(stream) not in self.found:
            self._keep(stream, "")

    def _keep(self, stream: Any, name: str) -> None:
        if self.room.files == 0:
            reason = f"More than {self.most} files are attached to the PDF."
            raise Unacceptable(Code.TOO_MANY_FILES, reason, _TAKE_OUT)
        self.room.files -= 1
        self.found[identity(stream)] = (printable(name), stream)


def printable(name: str) -> str:
    """The name without control, bidirectional and unassigned characters, cut to 255."""
    return "".join(character for character in name if character.isprintable())[:_LONGEST_NAME]


def unpacked(reader: PdfReader, reference: Any, limits: Limits, room: int) -> bytes:
    """Raises `Unacceptable` when it has more than `room` bytes or is a bomb, and what pypdf raises on what is broken."""
    try:
        with apply_configuration(
            maximum_declared_stream_length=limits.max_embedded_bytes,
            zlib_maximum_output_length=room + 1,
            lzw_maximum_output_length=room + 1,
            run_length_maximum_output_length=room + 1,
            brotli_maximum_output_length=room + 1,
            stream_decoding_work_maximum_length=4 * limits.max_embedded_bytes,
        ):
            stream = resolved(reference)
            if not isinstance(stream, StreamObject):
                raise TypeError("the attached file is no stream")
            packed = len(stream._data)  # noqa: SLF001 - the packed bytes; pypdf has no other name for them
            data = (
                decode_stream_data(stream) if isinstance(stream, EncodedStreamObject) else stream.get_data()
            )
    except LimitReachedError as error:
        raise _too_large(limits) from error
    finally:
        _forget(reader, reference)
    if len(data) > room:
        raise _too_large(limits)
    if len(data) >= _DENSE_FROM and len(data) > limits.max_ratio * packed:
        reason = f"A file attached to the PDF unpacks to {len(data) // MIB} MiB from {packed} bytes."
        raise Unacceptable(Code.TOO_DENSE, reason, _TAKE_OUT)
    return data


def _too_large(limits: Limits) -> Unacceptable:
    reason = f"The files attached to the PDF have more than {limits.max_embedded_bytes // MIB} MiB."
    return Unacceptable(Code.TOO_LARGE, reason, _TAKE_OUT)


def _forget(reader: PdfReader, reference: Any) -> None:
    """Because pypdf keeps every object that it has read; attached files are too large for that."""
    if isinstance(reference, IndirectObject):
        reader.resolved_objects.pop((reference.generation, reference.idnum), None)
