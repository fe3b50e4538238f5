"""Marks to pixels: a clean print of a page, before the scanner has had it."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo import fonts
from demo.marks import PAPER_HEIGHT, PAPER_WIDTH, Ink, Mark, Rule, Run, Scrawl, Seal, Tick

_INKS: dict[Ink, tuple[int, int, int]] = {"black": (28, 28, 32), "blue": (26, 38, 112)}
_SIGNATURE_INK = (24, 34, 120)
_SEAL_INK = (206, 38, 44)
_SEAL_DETAIL = 2
_STAR_INNER = 0.382


def paint(marks: tuple[Mark, ...], dpi: int, rng: random.Random) -> Image.Image:
    """An RGB picture of the sheet. Stamps come last and let the print shine through, as their ink does."""
    scale = dpi / 72
    image = Image.new("RGB", (round(PAPER_WIDTH * scale), round(PAPER_HEIGHT * scale)), "white")
    pen = ImageDraw.Draw(image)
    for mark in marks:
        if not isinstance(mark, Seal):
            _draw(pen, mark, scale, rng)
    for mark in marks:
        if isinstance(mark, Seal):
            image = _stamped(image, mark, scale, rng)
    return image


def _draw(
    pen: ImageDraw.ImageDraw, mark: Run | Rule | Tick | Scrawl, scale: float, rng: random.Random
) -> None:
    match mark:
        case Run():
            font = fonts.load(mark.face, mark.size * scale)
            position = (mark.x * scale, mark.y * scale)
            pen.text(position, mark.text, font=font, fill=_INKS[mark.ink], anchor="ls")
        case Rule():
            ends = (mark.x0 * scale, mark.y0 * scale, mark.x1 * scale, mark.y1 * scale)
            pen.line(ends, fill=_INKS["black"], width=max(1, round(mark.width * scale)))
        case Tick():
            _draw_tick(pen, mark, scale)
        case Scrawl():
            _draw_scrawl(pen, mark, scale, rng)


def _draw_tick(pen: ImageDraw.ImageDraw, tick: Tick, scale: float) -> None:
    left, top, side = tick.x * scale, tick.y * scale, tick.side * scale
    pen.rectangle(
        (left, top, left + side, top + side), outline=_INKS["black"], width=max(1, round(0.7 * scale))
    )
    if tick.ticked:
        strokes = [(0.12, 0.5), (0.42, 0.86), (1.15, -0.18)]
        points = [(left + x * side, top + y * side) for x, y in strokes]
        pen.line(points, fill=_SIGNATURE_INK, width=max(2, round(1.1 * scale)), joint="curve")


def _draw_scrawl(pen: ImageDraw.ImageDraw, scrawl: Scrawl, scale: float, rng: random.Random) -> None:
    """Loops that lean to the right, drawn as one stroke that grows flatter."""
    loops, steps = rng.uniform(2.2, 5.4), 240
    phase, lean = rng.uniform(0, math.tau), rng.uniform(0.3, 1.1)
    ripple, pitch = rng.uniform(0.2, 0.7), rng.uniform(1.6, 3.1)
    points = []
    for step in range(steps + 1):
        part = step / steps
        turn = phase + part * loops * math.tau
        rise = (9 - 5 * part) * (math.sin(turn) + ripple * math.sin(pitch * turn)) + 3
        x = scrawl.x + part * scrawl.width + 6 * math.cos(turn * 1.03) + lean * rise * 0.5
        points.append((x * scale, (scrawl.y - rise) * scale))
    pen.line(points, fill=_SIGNATURE_INK, width=max(1, round(1.0 * scale)), joint="curve")


def _stamped(image: Image.Image, seal: Seal, scale: float, rng: random.Random) -> Image.Image:
    mask = _seal_mask(seal, scale * _SEAL_DETAIL)
    mask = mask.rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC)
    mask = mask.resize((mask.width // _SEAL_DETAIL, mask.height // _SEAL_DETAIL), Image.Resampling.LANCZOS)
    mask = ImageChops.multiply(mask, _uneven_ink(mask.size, rng))
    ink = Image.composite(Image.new("RGB", mask.size, _SEAL_INK), Image.new("RGB", mask.size, "white"), mask)
    layer = Image.new("RGB", image.size, "white")
    layer.paste(ink, (round(seal.x * scale - mask.width / 2), round(seal.y * scale - mask.height / 2)))
    return ImageChops.multiply(image, layer)


def _uneven_ink(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Between three fifths and full strength, in blotches, as a rubber stamp leaves it."""
    coarse = (max(2, size[0] // 14), max(2, size[1] // 14))
    blotches = Image.frombytes("L", coarse, rng.randbytes(coarse[0] * coarse[1]))
    smooth = blotches.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC)
    return smooth.point([min(240, 120 + value) for value in range(256)])


def _seal_mask(seal: Seal, scale: float) -> Image.Image:
    radius = seal.radius * scale
    side = 2 * math.ceil(radius) + 4
    mask = Image.new("L", (side, side), 0)
    centre = side / 2
    pen = ImageDraw.Draw(mask)
    pen.ellipse(
        (centre - radius, centre - radius, centre + radius, centre + radius),
        outline=255,
        width=round(radius * 0.06),
    )
    pen.polygon(_star(centre, centre, radius * 0.3), fill=255)
    foot_font = fonts.load("song-cn", radius * 0.2)
    pen.text((centre, centre + radius * 0.56), seal.foot, font=foot_font, fill=255, anchor="mm")
    _letters_on_ring(mask, seal.ring, radius)
    return mask


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * _STAR_INNER
        angle = corner * math.pi / 5
        points.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return points


def _letters_on_ring(mask: Image.Image, words: str, radius: float) -> None:
    font = fonts.load("song-cn", radius * 0.27)
    step = min(27.0, 250 / len(words))
    cell = round(radius * 0.4)
    for place, letter in enumerate(words):
        degrees = (place - (len(words) - 1) / 2) * step
        tile = Image.new("L", (cell, cell), 0)
        ImageDraw.Draw(tile).text((cell / 2, cell / 2), letter, font=font, fill=255, anchor="mm")
        tile = tile.rotate(-degrees, Image.Resampling.BICUBIC)
        angle = math.radians(degrees)
        x = mask.width / 2 + radius * 0.76 * math.sin(angle) - cell / 2
        y = mask.height / 2 - radius * 0.76 * math.cos(angle) - cell / 2
        mask.paste(255, (round(x), round(y)), tile)
