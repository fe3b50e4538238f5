"""What a PDF holds: its pages, whether it carries text, and what the archivist should know of it.

Runs in the sandboxed child only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pypdfium2

from ocr.facts import Attachment, Code, Limits, PageFacts, Remark, Unacceptable
from ocr.render import pdf_dpi

_TEXT_SAMPLE = 16
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
        count = len(pdf)
        _check_count(count, limits)
        if count == 0:
            raise Unacceptable(Code.BROKEN, "The PDF has no pages.", _OPEN_IT)
        try:
            pages = tuple(_facts(pdf.get_page_size(index), index + 1) for index in range(count))
            has_text = any(_has_text(pdf, index) for index in range(min(count, _TEXT_SAMPLE)))
        except pypdfium2.PdfiumError as error:
            raise Unacceptable(Code.BROKEN, "A page of the PDF cannot be opened.", _OPEN_IT) from error
        return PdfLook(pages, has_text)


@contextmanager
def _opened(source: BinaryIO) -> Iterator[pypdfium2.PdfDocument]:
    try:
        pdf = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            reason = "The PDF is encrypted and asks for a password."
            raise Unacceptable(Code.ENCRYPTED, reason, "Remove the password and upload it again.") from error
        raise Unacceptable(Code.BROKEN, "The PDF is damaged and cannot be opened.", _OPEN_IT) from error
    try:
        yield pdf
    finally:
        pdf.close()


def _facts(size: tuple[float, float], number: int) -> PageFacts:
    dpi = pdf_dpi(size)
    return PageFacts(number, max(1, round(size[0] * dpi / 72)), max(1, round(size[1] * dpi / 72)), dpi)


def _has_text(pdf: pypdfium2.PdfDocument, index: int) -> bool:
    page = pdf[index]
    text = page.get_textpage()
    found = bool(text.count_chars() > 0)
    text.close()
    page.close()
    return found


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.max_pages:
        reason = f"The file has more than {limits.max_pages} pages."
        raise Unacceptable(Code.TOO_MANY_PAGES, reason, "Split it into several files.")
