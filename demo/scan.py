"""What a scanner does to a sheet: skew, soft edges, grey paper, shadows, grain, dust, holes."""

import random
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Mode = Literal["RGB", "L", "1"]
_BILEVEL_AT = 175


@dataclass(frozen=True)
class Look:
    """`skew` is in degrees counter-clockwise, `soft` a blur radius in pixels, `grain` the largest deviation in grey levels."""

    dpi: int
    mode: Mode
    skew: float
    soft: float = 0.5
    grain: int = 7
    paper: int = 249
    punched: bool = False


def scan(sheet: Image.Image, look: Look, rng: random.Random) -> Image.Image:
    image = sheet if look.mode == "RGB" else sheet.convert("L")
    if look.punched:
        image = _punch(image, look.dpi)
    image = image.rotate(look.skew, Image.Resampling.BICUBIC, fillcolor="white")
    image = _shift(image, rng)
    image = image.filter(ImageFilter.GaussianBlur(look.soft))
    if look.mode == "1":
        return _bilevel(image, look, rng)
    image = ImageChops.multiply(image, _paper(image, look, rng))
    image = _grainy(image, look.grain, rng)
    _dust(image, look.dpi, rng)
    return image


def _shift(image: Image.Image, rng: random.Random) -> Image.Image:
    moved = Image.new(image.mode, image.size, "white")
    moved.paste(image, (rng.randint(-8, 8), rng.randint(-8, 8)))
    return moved


def _punch(image: Image.Image, dpi: int) -> Image.Image:
    """Two filing holes 80 mm apart, 12 mm from the left edge (ISO 838), dark because the lid behind them is."""
    punched = image.copy()
    pen = ImageDraw.Draw(punched)
    millimetre = dpi / 25.4
    for y in (image.height / 2 - 40 * millimetre, image.height / 2 + 40 * millimetre):
        x, radius = 12 * millimetre, 3 * millimetre
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#6a6866")
    return punched


def _paper(image: Image.Image, look: Look, rng: random.Random) -> Image.Image:
    """Paper that is not quite white, darker towards the spine side, in the image's own mode."""
    width, height = image.size
    spine = rng.randint(14, 26)
    row = bytes(max(0, look.paper - round(spine * max(0.0, 1 - x / (width * 0.05)))) for x in range(width))
    shade = Image.frombytes("L", (width, 1), row).resize((width, height))
    fall = (
        Image.linear_gradient("L").resize((width, height)).point([255 - value // 42 for value in range(256)])
    )
    shade = ImageChops.multiply(shade, fall)
    if image.mode == "L":
        return shade
    warm = shade.point([round(value * 0.975) for value in range(256)])
    return Image.merge("RGB", (shade, shade, warm))


def _grainy(image: Image.Image, grain: int, rng: random.Random) -> Image.Image:
    """Grain of whole grey levels: few of them, so that lossless pages stay small."""
    noise = Image.frombytes("L", image.size, rng.randbytes(image.width * image.height))
    noise = noise.filter(ImageFilter.GaussianBlur(0.7))
    noise = noise.point([128 + round((value - 128) * grain / 90) for value in range(256)])
    if image.mode == "RGB":
        noise = Image.merge("RGB", (noise, noise, noise))
    return ImageChops.add(image, noise, 1, -128)


def _dust(image: Image.Image, dpi: int, rng: random.Random) -> None:
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randint(12, 26)):
        x, y = rng.randrange(image.width), rng.randrange(image.height)
        reach = rng.choice((0, 0, 1)) * dpi / 200
        pen.ellipse((x, y, x + reach, y + reach), fill="#8c8a88")


def _bilevel(image: Image.Image, look: Look, rng: random.Random) -> Image.Image:
    """Black or white by a threshold, with grain enough to fray the edges, and some pepper."""
    frayed = _grainy(image, look.grain * 4, rng)
    pen = ImageDraw.Draw(frayed)
    for _ in range(rng.randint(60, 110)):
        pen.point((rng.randrange(image.width), rng.randrange(image.height)), fill=0)
    return frayed.point([0 if value < _BILEVEL_AT else 255 for value in range(256)]).convert("1")
