"""From a decoded picture in any form of pixels to the plain page: upright, 8 bits, on white, grey unless coloured."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageChops

from ocr.dots import squared

_COLOUR_SAMPLE = 500
_COLOURED = 48
_COLOURED_SHARE = 0.0005
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture is turned by its EXIF mark (Exif 3.0, tag 274)."""

_BROKEN_EXIF = (SyntaxError, OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


def plain(picture: Image.Image, dpi: object = None, *, is_negative: bool = False) -> Image.Image:
    """Decodes what is not decoded yet. `dpi`: as the file tells it, to make dots square."""
    picture.load()
    size = squared(dpi, picture.size)
    page = _eight_bits(_upright(picture), is_negative=is_negative)
    if size != picture.size:
        wanted = size if page.size == picture.size else size[::-1]
        page = page.resize(wanted, Image.Resampling.BILINEAR)
    if page.mode == "L":
        return page
    return page if is_coloured(page) else page.convert("L")


def _upright(picture: Image.Image) -> Image.Image:
    """An EXIF block that cannot be read turns nothing. TIFF pages are turned by their decoder."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN_EXIF:
        return picture
    return picture if turn is None else picture.transpose(turn)


def _eight_bits(picture: Image.Image, *, is_negative: bool) -> Image.Image:
    """In mode L or RGB."""
    mode = picture.mode
    if mode.startswith("I") or mode == "F":
        grey = _scaled(np.asarray(picture))
        return ImageChops.invert(grey) if is_negative else grey
    if mode == "LAB":
        return picture.getchannel(0)
    if is_negative:
        picture = ImageChops.invert(picture)
    if mode in {"1", "L"} and "transparency" not in picture.info:
        return picture.convert("L")
    if picture.has_transparency_data:
        return _on_white(picture.convert("RGBA"))
    return picture if mode == "RGB" else picture.convert("RGB")


def _scaled(values: np.ndarray[Any, Any]) -> Image.Image:
    """The brightest value becomes white, by whole steps: scanners put 10, 12 or 16 bits into 16."""
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = min(0.0, float(values.min())), float(values.max())
        return Image.fromarray(((values - low) * (255 / ((high - low) or 1))).astype(np.uint8))
    low = min(0, int(values.min()))
    lifted = values.astype(np.int64) - low if low < 0 else values
    shift = max(0, int(lifted.max()).bit_length() - 8)
    return Image.fromarray((lifted >> shift).astype(np.uint8))


def _on_white(clear: Image.Image) -> Image.Image:
    """Pasted, not composited: one copy of a large picture less."""
    page = Image.new("RGB", clear.size, "white")
    page.paste(clear, mask=clear.getchannel("A"))
    return page


def is_coloured(picture: Image.Image) -> bool:
    """Whether anything on the page is clearly coloured (a stamp, a photograph); tinted paper is not."""
    if picture.mode == "L":
        return False
    pixels = np.asarray(reduced(picture, _COLOUR_SAMPLE).convert("RGB")).astype(np.int16)
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return bool((spread > _COLOURED).mean() > _COLOURED_SHARE)


def reduced(image: Image.Image, side: int) -> Image.Image:
    """Quickly, by whole steps, to a longer side of `side` to twice as much; without a copy at full size."""
    step = max(image.size) // side
    return image.reduce(step) if step > 1 else image
