"""From a file to the picture of one page. Runs in the sandboxed child only."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from ocr.dots import likely_dpi
from ocr.facts import Kind, Probe
from ocr.onlyimage import only_image
from ocr.pictures import opened
from ocr.plain import is_coloured, plain, reduced

RENDER_DPI = 300
_MOST_RENDERED_PIXELS = 40_000_000
_VIEW_SIDE = 2000
_VIEW_QUALITY = 80
_PREVIEW_DPI = 50
_BLANK_SAMPLE = 700
_LIGHT = 128


def render(source: BinaryIO, probe: Probe, number: int) -> tuple[Image.Image, int]:
    """The upright page `number` (from 1) in mode L, or RGB when it is coloured, and its resolution in dpi.

    Raises `Unacceptable`, and what Pillow and pdfium raise on a broken page.
    """
    source.seek(0)
    if probe.kind is Kind.PDF:
        return _pdf_page(source, number)
    with opened(source, probe.kind, probe.pages[number - 1]) as found:
        told = found.picture.info.get("dpi")
        page = plain(found.picture, told, is_negative=found.is_negative)
        return page, likely_dpi(told, page.size)


def pdf_dpi(size: tuple[float, float]) -> int:
    """300 dpi, less for a page (in points) so large that it would have more than 40 million pixels."""
    square_inches = max(size[0] * size[1] / 72**2, 1e-6)
    return max(1, min(RENDER_DPI, int((_MOST_RENDERED_PIXELS / square_inches) ** 0.5)))


def _pdf_page(source: BinaryIO, number: int) -> tuple[Image.Image, int]:
    scan = only_image(source, number)
    if scan is not None:
        return plain(scan.picture), scan.dpi
    pdf = pypdfium2.PdfDocument(source)
    try:
        pdf.init_forms()  # before the page is opened, or what was filled in is not drawn
        page = pdf[number - 1]
        dpi = pdf_dpi(page.get_size())
        coloured = is_coloured(page.render(scale=_PREVIEW_DPI / 72).to_pil())
        picture = page.render(scale=dpi / 72, grayscale=not coloured).to_pil()
        return picture.convert("RGB" if coloured else "L"), dpi
    finally:
        pdf.close()


def view_jpeg(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """The JPEG that people look at, without any metadata, and its size in pixels."""
    view = within(image, _VIEW_SIDE)
    out = io.BytesIO()
    view.save(out, "JPEG", quality=_VIEW_QUALITY, optimize=True, comment=b"", exif=b"", dpi=(0, 0))
    return out.getvalue(), view.size


def within(image: Image.Image, side: int) -> Image.Image:
    """The picture, made smaller if one of its sides is longer than `side`."""
    share = side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def is_blank(image: Image.Image) -> bool:
    """Light, and no blob of ink on it: noise and tinted paper have none, the sparsest page of text 261 (measured)."""
    small = within(reduced(image, _BLANK_SAMPLE), _BLANK_SAMPLE).convert("L")
    across, down = round(small.width * 0.03), round(small.height * 0.03)
    inner = small.crop((across, down, small.width - across, small.height - down))
    if min(inner.size) < 1:
        return False
    pixels: np.ndarray[Any, Any] = np.asarray(inner)
    paper = cv2.medianBlur(pixels, 31)
    if np.median(paper) < _LIGHT:
        return False
    ink = (paper.astype(np.int16) - pixels > 28).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return not bool((stats[1:, cv2.CC_STAT_AREA] >= 6).any())
