"""From a file to the picture of one page. Runs in the sandboxed child only."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps

from ocr.facts import Kind, Probe
from ocr.onlyimage import only_image

RENDER_DPI = 300
_MOST_RENDERED_PIXELS = 40_000_000
_VIEW_SIDE = 2000
_VIEW_QUALITY = 80
_A4_INCHES = 11.69
_PREVIEW_DPI = 50
_COLOUR_SAMPLE = 500
_BLANK_SAMPLE = 700
_LIGHT = 128
_COLOURED = 48
_COLOURED_SHARE = 0.0005


def render(source: BinaryIO, probe: Probe, number: int) -> tuple[Image.Image, int]:
    """The upright page `number` (from 1) in mode L, or RGB when it is coloured, and its resolution in dpi.

    Raises what Pillow and pdfium raise on a broken page.
    """
    source.seek(0)
    if probe.kind is Kind.PDF:
        return _pdf_page(source, number)
    with Image.open(source, formats=[probe.kind.upper()]) as picture:
        picture.seek(number - 1)
        return plain(picture), picture_dpi(picture)


def plain(picture: Image.Image) -> Image.Image:
    """Upright by its EXIF mark, on white where it is transparent, 8 bits, grey unless it is coloured."""
    if picture.mode.startswith("I"):
        picture = Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in {"1", "L"}:
        return picture.convert("L")
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    colours = picture if picture.mode == "RGB" else picture.convert("RGB")
    return colours if is_coloured(colours) else colours.convert("L")


def is_coloured(picture: Image.Image) -> bool:
    """Whether anything on the page is clearly coloured (a stamp, a photograph); tinted paper is not."""
    if picture.mode == "L":
        return False
    pixels = np.asarray(_reduced(picture, _COLOUR_SAMPLE).convert("RGB")).astype(np.int16)
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return bool((spread > _COLOURED).mean() > _COLOURED_SHARE)


def _reduced(image: Image.Image, side: int) -> Image.Image:
    """Quickly, by whole steps, to a longer side of `side` to twice as much; without a copy at full size."""
    step = max(image.size) // side
    return image.reduce(step) if step > 1 else image


def picture_dpi(picture: Image.Image) -> int:
    """What the file says, if it can be true; otherwise as if the longer side were that of an A4 page."""
    told = picture.info.get("dpi", (0, 0))
    across = float(told[0]) if isinstance(told, tuple) and told else 0.0
    if 72 < across <= 1200:
        return round(across)
    return min(max(round(max(picture.size) / _A4_INCHES), 72), 600)


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
    small = within(_reduced(image, _BLANK_SAMPLE), _BLANK_SAMPLE).convert("L")
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
