"""Whether a page of a PDF is white because its pictures are: pdfium draws a picture that it cannot decode as nothing."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

_DEEPEST = 15
_MOST_PICTURES = 50
_JPEG_END = b"\xff\xd9"
_PADDING = 1024


def loses_a_picture(source: BinaryIO, number: int) -> bool:
    """Whether one of the first 50 pictures of page `number` (from 1) cannot be decoded, or is a JPEG without its end.

    Takes as long as drawing the page once more: ask for blank pages only. Raises `PdfiumError` where it cannot be opened.
    """
    source.seek(0)
    pdf = pypdfium2.PdfDocument(source)
    try:
        drawn = pdf[number - 1].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST)
        return any(_is_lost(each) for each in islice(drawn, _MOST_PICTURES))
    finally:
        pdf.close()


def _is_lost(drawn: pypdfium2.PdfObject) -> bool:
    if not isinstance(drawn, pypdfium2.PdfImage):
        return False
    try:
        drawn.get_bitmap().close()
    except pypdfium2.PdfiumError:
        return True
    if list(drawn.get_filters()) != ["DCTDecode"]:
        return False
    return _JPEG_END not in bytes(drawn.get_data(decode_simple=False))[-_PADDING:]
