"""The structure of a PDF: what it would do, what hangs on it. Bounded in time, and never a reason to refuse a file that
can be drawn, except when its attached files break the limits.

pypdf raises TypeError, IndexError, AssertionError, RecursionError and more on damaged files, so all of it is caught here
and makes the result incomplete.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from pypdf import PdfReader

from ocr.facts import Limits, Unacceptable
from ocr.pdf_active import Finds, Inspection
from ocr.pdf_attached import Embedded, Files, Room, printable, unpacked
from ocr.pdf_bounds import CpuSpent, cpu_share, repairs
from ocr.pdf_sweep import sweep

_DEEPEST = 2
"""Files in the file, and files in those. What lies deeper is reported, not unpacked."""

_WALK, _UNPACK = 0.4, 0.25
"""Shares of the CPU time of a probe. 2,000 pages with 26,000 objects in object streams take 2.3 s of 10 (measured)."""

_HEAD = 1024


@dataclass(frozen=True)
class Structure:
    finds: Finds
    embedded: tuple[Embedded, ...]
    repaired: bool
    has_text: bool


def structure(source: BinaryIO, limits: Limits) -> Structure:
    """Takes at most two thirds of the CPU time of a probe. Raises `Unacceptable` for attached files that break the limits."""
    look = _Look(limits)
    with repairs() as repaired:
        look.into(source)
    return Structure(look.finds, tuple(look.embedded), repaired.count > 0, look.finds.shows_text)


class _Look:
    def __init__(self, limits: Limits) -> None:
        self.finds = Finds()
        self.embedded: list[Embedded] = []
        self._limits = limits
        self._room = Room.of(limits)
        self._files = Files(self._room, limits.max_embedded)

    def into(self, source: BinaryIO) -> None:
        with self._part_of_the_time(_WALK):
            source.seek(0)
            reader = PdfReader(source)
            inspection = Inspection(reader, self._files)
            self.finds = inspection.finds
            inspection.walk()
            self.finds.incomplete |= not sweep(reader, self._files)
        with self._part_of_the_time(_UNPACK):
            if self._files.found:
                self._unpack(reader, self._files, "", _DEEPEST)

    @contextmanager
    def _part_of_the_time(self, share: float) -> Iterator[None]:
        try:
            with cpu_share(share * self._limits.probe_cpu):
                yield
        except Unacceptable:
            raise
        except (CpuSpent, Exception):  # noqa: BLE001 - see above
            self.finds.incomplete = True

    def _unpack(self, reader: PdfReader, files: Files, within: str, deeper: int) -> None:
        for name, reference in files.found.values():
            known = Embedded(printable(f"{within}{name}"), 0, self._opener(reader, reference))
            try:
                data = unpacked(reader, reference, self._limits, self._room.bytes)
            except Unacceptable:
                raise
            except Exception:  # noqa: BLE001 - a broken attached file is listed; asking for it says that it is broken
                self.embedded.append(known)
                continue
            self._room.bytes -= len(data)
            self.embedded.append(replace(known, size=len(data)))
            if b"%PDF-" in data[:_HEAD]:
                self._unpack_pdf(data, f"{within}{name}/", deeper - 1)

    def _unpack_pdf(self, data: bytes, within: str, deeper: int) -> None:
        """The files in an attached PDF. One that cannot be understood is still a file that is scanned as a whole."""
        files = Files(self._room, self._limits.max_embedded)
        try:
            reader = PdfReader(io.BytesIO(data))
            inspection = Inspection(reader, files)
            inspection.walk()
            self.finds.incomplete |= inspection.finds.incomplete | (not sweep(reader, files))
        except Unacceptable:
            raise
        except Exception:  # noqa: BLE001 - see above
            self.finds.incomplete = True
            return
        if deeper > 0:
            self._unpack(reader, files, within, deeper)
        elif files.found:
            self.finds.counts["nested"] += len(files.found)

    def _opener(self, reader: PdfReader, reference: object) -> Callable[[], bytes]:
        return lambda: unpacked(reader, reference, self._limits, self._limits.max_embedded_bytes)
