"""Dots per inch: what files say of them, and what can be believed."""

from __future__ import annotations

import math

_A4_INCHES = 11.69
_SCREEN = 96
"""What programs write who know nothing of the paper: 72 and 96 are the dots of screens."""

_HIGHEST = 1200
_UNEVEN = 1.5


def likely_dpi(told: object, size: tuple[int, int]) -> int:
    """What the file says, if it can be true; otherwise as if the longer side were that of an A4 page."""
    across, down = pair(told)
    dots = round(max(across, down))
    if _SCREEN < dots <= _HIGHEST:
        return dots
    return min(max(round(max(size) / _A4_INCHES), 72), 600)


def stretch(told: object) -> tuple[float, float]:
    """By how much a page is widened and lengthened so that its dots are square: fax machines scan 204 × 98 dpi."""
    across, down = pair(told)
    if not (min(across, down) >= _SCREEN and max(across, down) <= _HIGHEST):
        return 1.0, 1.0
    if max(across, down) < _UNEVEN * min(across, down):
        return 1.0, 1.0
    return max(1.0, down / across), max(1.0, across / down)


def squared(told: object, size: tuple[int, int]) -> tuple[int, int]:
    """The size that a picture has once its dots are square."""
    wider, longer = stretch(told)
    return round(size[0] * wider), round(size[1] * longer)


def pair(told: object) -> tuple[float, float]:
    """Zeros for whatever is no pair of numbers: files say anything."""
    try:
        across, down = (float(value) for value in told)  # type: ignore[attr-defined]  # what is no pair raises
    except (TypeError, ValueError, ArithmeticError):
        return 0.0, 0.0
    return (across, down) if math.isfinite(across) and math.isfinite(down) else (0.0, 0.0)
