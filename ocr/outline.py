"""What the structure of a picture file says before anything of it is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from ocr.facts import Code, Limits, Unacceptable
from ocr.splice import Piece

OPEN_IT = "Open the file on your computer; if it does not open there either, scan or export it again."
_FEWER_PIXELS = "Scan it at 300 dpi and upload it again."
_LEAST_UNPACKED = 64 << 20


@dataclass(frozen=True)
class Outline:
    """`bits`: of one pixel as the file holds it. `end`: where the picture ends, which may be before the file does.

    `pieces`: what a decoder needs of the file: the first picture and its look, no texts, profiles, further frames.
    `reducible`: how often the decoder can halve the picture while it decodes.
    """

    width: int
    height: int
    bits: int
    end: int
    pieces: tuple[Piece, ...]
    has_more_frames: bool = False
    is_whole: bool = True
    reducible: int = 0


def damaged(reason: str = "The picture is damaged or cut off.") -> Unacceptable:
    return Unacceptable(Code.BROKEN, reason, OPEN_IT)


def unsupported(reason: str) -> Unacceptable:
    """A picture in a form that is allowed and that no decoder here knows."""
    return Unacceptable(
        Code.UNSUPPORTED, reason, "Export it as an 8-bit grey or RGB picture, or scan it again."
    )


def exactly(source: BinaryIO, count: int) -> bytes:
    """Raises `Unacceptable` where the file ends before."""
    data = source.read(count)
    if len(data) != count:
        raise damaged()
    return data


def check_pixels(number: int, width: int, height: int, limits: Limits) -> None:
    """Raises `Unacceptable` for a page that is empty or too large to be drawn."""
    if width < 1 or height < 1:
        raise damaged(f"Page {number} has no pixels.")
    if max(width, height) > limits.max_side:
        reason = f"Page {number} is {max(width, height)} pixels long; {limits.max_side} are allowed."
        raise Unacceptable(Code.TOO_MANY_PIXELS, reason, _FEWER_PIXELS)
    if width * height > limits.max_pixels:
        allowed = limits.max_pixels // 1_000_000
        reason = f"Page {number} has {width} × {height} pixels; {allowed} million are allowed."
        raise Unacceptable(Code.TOO_MANY_PIXELS, reason, _FEWER_PIXELS)


def check_density(unpacked: int, packed: int, limits: Limits) -> None:
    """Raises `Unacceptable` for what was made to unpack to far more than it is. Both in bytes."""
    if unpacked >= _LEAST_UNPACKED and unpacked > limits.max_ratio * max(1, packed):
        reason = f"The file unpacks to more than {limits.max_ratio} times its size."
        raise Unacceptable(Code.TOO_DENSE, reason, "Scan or export it again.")
