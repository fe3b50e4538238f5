"""From boxes to lines in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from ocr.page import Line, Quad, is_line_text

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_ROW_SHARE = 0.5


def quad_of(box: Box) -> Quad:
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


def fraction(value: float, whole: float) -> float:
    """`value` of `whole` as 0..1; what reaches over the edge of the page is cut there."""
    return min(max(value / whole, 0.0), 1.0) if whole > 0 else 0.0


def tidy_line(
    text: str, quad: Quad, score: float, centres: Sequence[float], *, vertical: bool = False
) -> Line | None:
    """A line that keeps the promises of `Line`: one ordered centre per character, no control characters.

    Characters that a line may not hold are left out together with their centres. None when nothing is left.
    """
    kept = [(c, m) for c, m in zip(text, centres, strict=True) if is_line_text(c)]
    while kept and kept[0][0].isspace():
        kept.pop(0)
    while kept and kept[-1][0].isspace():
        kept.pop()
    if not kept:
        return None
    ordered = _never_falling(min(max(centre, 0.0), 1.0) for _, centre in kept)
    return Line("".join(c for c, _ in kept), quad, min(max(score, 0.0), 1.0), ordered, vertical)


def _never_falling(centres: Iterable[float]) -> tuple[float, ...]:
    highest, ordered = 0.0, []
    for centre in centres:
        highest = max(highest, centre)
        ordered.append(highest)
    return tuple(ordered)


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """Rows by vertical centre, each from left to right, as if the page lay straight.

    A line joins a row while its centre lies within half a typical line height of the centre of the row's first
    line: cells of a table row stand together, lines of a slightly skewed page do not run into each other.
    Columns and vertical text are not untangled.
    """
    if not lines:
        return []
    slope = page_slope(lines)
    reach = _ROW_SHARE * median(_height(line) for line in lines)
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: _level(line, slope)):
        fall = _level(line, slope) - _level(rows[-1][0], slope) if rows else 1.0
        if fall < min(reach, _ROW_SHARE * _height(line)):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=_left)]


def page_slope(lines: Sequence[Line]) -> float:
    """How far the page's lines fall (in page heights) per page width; the longer half of the lines decides."""
    across = sorted((line.quad for line in lines if not line.vertical), key=_width, reverse=True)
    longer = [quad for quad in across[: (len(across) + 1) // 2] if _width(quad) > 0]
    return median((quad[1][1] - quad[0][1]) / _width(quad) for quad in longer) if longer else 0.0


def _width(quad: Quad) -> float:
    return quad[1][0] - quad[0][0]


def _level(line: Line, slope: float) -> float:
    """The height at which the line's middle would stand if the page lay straight."""
    x, y = (sum(values) / 4 for values in zip(*line.quad, strict=True))
    return y - slope * x


def _height(line: Line) -> float:
    (_, a), (_, b), (_, c), (_, d) = line.quad
    return (c + d - a - b) / 2


def _left(line: Line) -> float:
    return line.quad[0][0]
