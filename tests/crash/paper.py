"""What is uploaded in these tests: two small pages whose words Tesseract reads, and nothing else contains."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

ENGINE = "tesseract:eng"
WORDS = ("HARBOUR", "LANTERN")
"""One on each page, in this order."""

NAME = "two-pages.tif"


@cache
def two_pages() -> bytes:
    return tiff([page(f"{word} {word}") for word in WORDS])


def page(text: str) -> Image.Image:
    picture = Image.new("L", (620, 150), 255)
    ImageDraw.Draw(picture).text((40, 40), text, font=ImageFont.load_default(48), fill=0)
    return picture


def tiff(pages: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    pages[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=pages[1:],
        dpi=(150, 150),
        compression="tiff_adobe_deflate",
    )
    return out.getvalue()
