"""What a PDF holds: its pages, whether it carries text, and what the archivist should know of it.

Runs in the sandboxed child only. Whatever a viewer would do with the file (programs, links, attached files) is found and
told, and never done: pages are drawn by pdfium without any of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from ocr.facts import Attachment, Code, Limits, PageFacts, Remark, Unacceptable
from ocr.pdf_body import body
from ocr.pdf_remarks import remarks
from ocr.pdf_structure import structure
from ocr.render import pdf_dpi

_A4 = (595.0, 842.0)
_CM = 2.54 / 72
_OPEN_IT = "Open the file on your computer; if it does not open there either, scan or export it again."


@dataclass(frozen=True)
class PdfLook:
    pages: tuple[PageFacts, ...]
    has_text: bool
    remarks: tuple[Remark, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def look(source: BinaryIO, limits: Limits) -> PdfLook:
    """Raises `Unacceptable`. pdfium may die of a hostile file; the sandbox answers for that."""
    with _opened(source) as pdf:
        sizes = _sizes(pdf, limits)
        is_locked = pdfium.FPDF_GetSecurityHandlerRevision(pdf) >= 0
    pages = tuple(_facts(size or _A4, number, limits) for number, size in enumerate(sizes, start=1))
    laid_out = body(source, source.seek(0, 2))
    known = structure(source, limits)
    return PdfLook(
        pages,
        known.has_text,
        remarks(known, laid_out, sizes.count(None), is_locked),
        tuple(
            Attachment(number, file.name, file.size) for number, file in enumerate(known.embedded, start=1)
        ),
    )


@contextmanager
def _opened(source: BinaryIO) -> Iterator[pypdfium2.PdfDocument]:
    source.seek(0)
    try:
        pdf = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise _unopened(str(error).lower()) from error
    try:
        yield pdf
    finally:
        pdf.close()


def _unopened(why: str) -> Unacceptable:
    if "password" in why:
        reason = "The PDF is encrypted and asks for a password."
        return Unacceptable(Code.ENCRYPTED, reason, "Remove the password and upload it again.")
    if "security" in why:
        reason = "The PDF is locked by a method that is not known here."
        return Unacceptable(
            Code.ENCRYPTED, reason, "Open it in the program that made it and export it without the lock."
        )
    return Unacceptable(Code.BROKEN, "The PDF is damaged and cannot be opened.", _OPEN_IT)


def _sizes(pdf: pypdfium2.PdfDocument, limits: Limits) -> list[tuple[float, float] | None]:
    """In points; None for a page that cannot be opened or is cropped to nothing, as long as there are others."""
    count = len(pdf)
    if count > limits.max_pages:
        reason = f"The file has more than {limits.max_pages} pages."
        raise Unacceptable(Code.TOO_MANY_PAGES, reason, "Split it into several files.")
    if count == 0:
        raise Unacceptable(Code.BROKEN, "The PDF has no pages.", _OPEN_IT)
    sizes = [_size(pdf, index) for index in range(count)]
    if not any(sizes):
        raise Unacceptable(Code.BROKEN, "No page of the PDF can be opened.", _OPEN_IT)
    return sizes


def _size(pdf: pypdfium2.PdfDocument, index: int) -> tuple[float, float] | None:
    try:
        width, height = pdf.get_page_size(index)
    except pypdfium2.PdfiumError:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _facts(size: tuple[float, float], number: int, limits: Limits) -> PageFacts:
    """Raises `Unacceptable` for a page that cannot be paper."""
    dpi = pdf_dpi(size) if max(size) < limits.max_side * limits.max_side else 0
    width, height = (max(1, round(side * dpi / 72)) for side in size) if dpi else (0, 0)
    if not 0 < max(width, height) <= limits.max_side or width * height > limits.max_pixels:
        reason = f"Page {number} of the PDF measures {size[0] * _CM:.0f} × {size[1] * _CM:.0f} cm."
        raise Unacceptable(
            Code.TOO_MANY_PIXELS, reason, "Print it to a PDF of ordinary size and upload that."
        )
    return PageFacts(number, width, height, dpi)
