"""Who reads this page, when and for what, burnt into its image.

A screen can be photographed; the mark says by whom. It lies in the pixels, so nothing in the browser takes it away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from archive.core.errors import Conflict, NotReady
from archive.desks.reading_room.operations import Leaf
from archive.web.language import _
from archive.web.render import moment
from archive.web.words import word
from ocr.answers import LARGEST_VIEW_SIDE

FONTS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
)
OPACITY = 0.16
DEGREES = 24
SMALLEST_LETTER = 8
LETTERS_ACROSS = 52
"""So many letters of the mark would fill the short side of a page."""

STRIP = 48
"""Pixels. A slanted tile is pasted in upright strips, each cut to its text: most of the tile's box is empty."""

DARK = 96
BLACK, WHITE = 0, 255


def find_font(chosen: Path | None) -> Path:
    """The setting's font, else Debian's. Raises ``NotReady``."""
    for path in FONTS if chosen is None else (chosen,):
        if path.is_file():
            return path
    raise NotReady(
        "The font of the watermark is missing; pages cannot be shown without it.",
        "Run: apt install fonts-wqy-microhei, or set JUANZONG_WATERMARK_FONT to a font with Chinese.",
    )


def lines(leaf: Leaf) -> tuple[str, ...]:
    """What the mark says."""
    mark = leaf.watermark
    use = word(mark.purpose, "purpose") if mark.purpose else _("{0}内部").format(mark.unit)
    return (
        f"{mark.name}（{mark.login}） {mark.unit}",
        mark.number,
        _("{0} 第{1}页").format(moment(mark.at), leaf.number),
        _("仅供{0}使用 严禁翻印").format(use),
    )


def burn(jpeg: bytes, words: tuple[str, ...], font: Path) -> bytes:
    """The same image, same tables of compression, with the words all over it. A grey image stays grey."""
    image = decode(jpeg)
    spread(image, words, font)
    return encode(image)


def decode(jpeg: bytes) -> Image.Image:
    """Raises ``Conflict`` for what no reading program of ours drew: a few bytes can unfold to gigabytes of pixels."""
    try:
        image = Image.open(BytesIO(jpeg), formats=("JPEG",))
        if max(image.size) > LARGEST_VIEW_SIDE:
            raise not_drawn()
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise not_drawn() from error
    return image


def not_drawn() -> Conflict:
    return Conflict("This page could not be drawn.", "Ask the archivist to scan it again.")


def encode(image: Image.Image) -> bytes:
    """With the quantisation of the JPEG that the image came from: what the mark does not cover stays as it is."""
    file = BytesIO()
    image.save(file, "JPEG", quality="keep")
    return file.getvalue()


def spread(image: Image.Image, words: tuple[str, ...], font: Path) -> None:
    letter = max(SMALLEST_LETTER, min(image.size) // LETTERS_ACROSS)
    tile = _tile(words, font, letter)
    shades = image.resize((64, 64), Image.Resampling.NEAREST).convert("L")
    shades = shades.resize((8, 8), Image.Resampling.BOX)
    for x, y in _places(image.size, tile.size, letter, words):
        ink = (
            WHITE
            if _shade_at(shades, image.size, x + tile.size[0] // 2, y + tile.size[1] // 2) < DARK
            else BLACK
        )
        for left, top, strip in tile.strips:
            image.paste((ink,) * len(image.getbands()), (x + left, y + top), strip)


@dataclass(frozen=True)
class _Tile:
    size: tuple[int, int]
    strips: tuple[tuple[int, int, Image.Image], ...]


def _tile(words: tuple[str, ...], font: Path, letter: int) -> _Tile:
    typeface = _typeface(font, letter)
    pitch = letter * 3 // 2
    width = max(round(typeface.getlength(line)) for line in words)
    upright = Image.new("L", (width + 2, pitch * len(words)), 0)
    pen = ImageDraw.Draw(upright)
    for row, line in enumerate(words):
        pen.text((0, row * pitch), line, fill=round(OPACITY * 255), font=typeface)
    slanted = upright.rotate(DEGREES, Image.Resampling.BILINEAR, expand=True)
    return _Tile(slanted.size, tuple(_strips(slanted)))


def _strips(slanted: Image.Image) -> Iterator[tuple[int, int, Image.Image]]:
    for left in range(0, slanted.width, STRIP):
        strip = slanted.crop((left, 0, min(left + STRIP, slanted.width), slanted.height))
        box = strip.getbbox()
        if box is not None:
            yield left + box[0], box[1], strip.crop(box)


def _places(
    page: tuple[int, int], tile: tuple[int, int], letter: int, words: tuple[str, ...]
) -> Iterator[tuple[int, int]]:
    """Staggered rows that begin elsewhere on every page and for every reader."""
    across, down = tile[0] + 4 * letter, tile[1] + 2 * letter
    chance = int.from_bytes(sha256("\n".join(words).encode()).digest()[:8])
    first_x, first_y = -(chance % across), -(chance // across % down)
    for row, y in enumerate(range(first_y, page[1], down)):
        for x in range(first_x - (row % 2) * across // 2, page[0], across):
            yield x, y


def _shade_at(shades: Image.Image, page: tuple[int, int], x: int, y: int) -> int:
    column = min(max(x * shades.width // page[0], 0), shades.width - 1)
    row = min(max(y * shades.height // page[1], 0), shades.height - 1)
    shade = shades.getpixel((column, row))
    assert isinstance(shade, int | float)
    return int(shade)


@lru_cache(maxsize=32)
def _typeface(font: Path, letter: int) -> ImageFont.FreeTypeFont:
    """Raises ``NotReady``."""
    try:
        return ImageFont.truetype(str(font), letter)
    except OSError as error:
        raise NotReady(
            "The font of the watermark cannot be read.",
            "Run: apt install fonts-wqy-microhei, or correct JUANZONG_WATERMARK_FONT.",
        ) from error
