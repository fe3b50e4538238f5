"""PDF pages that are one JPEG and nothing else: their own bytes are decoded, nothing is rendered or resampled."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

_COVERS = 0.97
_SMALLEST_DPI = 100
_PLAIN_COLOURS = {
    pdfium.FPDF_COLORSPACE_DEVICEGRAY,
    pdfium.FPDF_COLORSPACE_DEVICERGB,
    pdfium.FPDF_COLORSPACE_ICCBASED,
}
_ALTERING_KEYS = ("/SMask", "/Mask", "/Decode", "/ImageMask", "/DecodeParms")


@dataclass(frozen=True)
class Scan:
    picture: Image.Image
    dpi: int


def only_image(source: BinaryIO, number: int) -> Scan | None:
    """The JPEG that is the whole page `number`; None when the page holds anything else or alters the picture."""
    pdf = pypdfium2.PdfDocument(source)
    try:
        data, inches = _page_jpeg(pdf[number - 1])
    finally:
        pdf.close()
    if data is None or _is_altered(source, number):
        return None
    picture = Image.open(io.BytesIO(data), formats=["JPEG"])
    dpi = round(picture.width / inches) if inches else 0
    if picture.mode not in {"L", "RGB"} or dpi < _SMALLEST_DPI:
        return None
    picture.load()
    return Scan(picture, dpi)


def _page_jpeg(page: pypdfium2.PdfPage) -> tuple[bytes | None, float]:
    """The raw JPEG and the width of the page in inches."""
    width, height = page.get_size()
    objects = list(page.get_objects(max_depth=2))
    is_single = len(objects) == 1 and isinstance(objects[0], pypdfium2.PdfImage)
    if not is_single or page.get_rotation() != 0 or pdfium.FPDFPage_GetAnnotCount(page) > 0:
        return None, 0.0
    image = objects[0]
    matrix = image.get_matrix()
    left, bottom, right, top = image.get_bounds()
    upright = matrix.a > 0 and matrix.d > 0 and abs(matrix.b) < 1e-3 and abs(matrix.c) < 1e-3
    box_left, box_bottom, _, _ = page.get_bbox()
    covers = (
        abs(right - left - width) <= (1 - _COVERS) * width
        and abs(top - bottom - height) <= (1 - _COVERS) * height
        and abs(left - box_left) <= (1 - _COVERS) * width
        and abs(bottom - box_bottom) <= (1 - _COVERS) * height
    )
    if not upright or not covers or list(image.get_filters()) != ["DCTDecode"]:
        return None, 0.0
    if image.get_metadata().colorspace not in _PLAIN_COLOURS:
        return None, 0.0
    return bytes(image.get_data(decode_simple=False)), (right - left) / 72


def _is_altered(source: BinaryIO, number: int) -> bool:
    """Whether a mask or a decode array changes how the page's one image looks. pdfium does not tell."""
    source.seek(0)
    try:
        return _has_altering_key(PdfReader(source), number)
    except Exception:  # noqa: BLE001 - pypdf raises TypeError, AssertionError and others on what pdfium can render
        return True


def _has_altering_key(reader: PdfReader, number: int) -> bool:
    resources = reader.pages[number - 1]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    named = resources["/XObject"].get_object()
    assert isinstance(named, DictionaryObject)
    pictures = [entry.get_object() for entry in named.values()]
    if len(pictures) != 1 or not isinstance(pictures[0], StreamObject):
        return True
    return any(key in pictures[0] for key in _ALTERING_KEYS)
