"""What was read on a page, and how its picture looks. Pure data: nothing here opens a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Corners top left, top right, bottom right, bottom left, as fractions 0..1 of the page's width and height."""

BLANK = "the page is blank"
NO_TEXT = "no text was found on this page"
UNDECODED = "the picture of this page cannot be decoded"

_QUAD_STEPS = 100_000
_CENTRE_STEPS = 10_000
_SCORE_STEPS = 1_000
_MOST_LINES = 20_000
_MOST_CHARACTERS = 2_000_000
_LONGEST_LABEL = 1_000


class UnreadableReading(ValueError):
    """The bytes are no reading that this version wrote."""


@dataclass(frozen=True)
class Word:
    text: str
    quad: Quad
    score: float


@dataclass(frozen=True)
class Line:
    """One line of text.

    `centres` holds for every character of `text` its centre as a fraction 0..1 along the line: from the left
    edge of the quad to the right one, or from the top edge to the bottom one when `vertical`.
    """

    text: str
    quad: Quad
    score: float
    centres: tuple[float, ...]
    vertical: bool

    def words(self) -> tuple[Word, ...]:
        """Runs of Latin letters and digits are one word each; any other visible character is its own word."""
        return tuple(
            Word(self.text[start:end], self.part(start, end), self.score)
            for start, end in _word_spans(self.text)
        )

    def part(self, start: int, end: int) -> Quad:
        """The quad of the characters `start` to `end`. Borders lie midway between neighbouring centres."""
        borders = (0.0, *((a + b) / 2 for a, b in pairwise(self.centres)), 1.0)
        return _cut(self.quad, borders[start], borders[end], vertical=self.vertical)


@dataclass(frozen=True)
class PageText:
    """A reading of one page. `text` is the lines joined by newlines exactly.

    `reason` says why there is nothing to read (blank page, no text found, the engine failed); it is None when
    there is text. `language` is a BCP 47 tag (`zh-Hans`, `zh-Hant`, `en`, `und`).
    """

    text: str
    lines: tuple[Line, ...]
    engine: str
    model: str
    language: str
    reason: str | None

    def to_json(self) -> bytes:
        """Compact JSON. Coordinates are kept to 1/100000 of the page, centres to 1/10000 of the line."""
        record = {
            "v": 1,
            "engine": self.engine,
            "model": self.model,
            "language": self.language,
            "reason": self.reason,
            "lines": [_pack(line) for line in self.lines],
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def from_json(data: bytes) -> PageText:
        """Raises `UnreadableReading` on anything that `to_json` could not have written."""
        try:
            record = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UnreadableReading("the reading is not JSON") from error
        if not isinstance(record, dict) or record.get("v") != 1 or len(record) != 6:
            raise UnreadableReading("the reading has an unknown version or shape")
        packed = _list(record.get("lines"), _MOST_LINES)
        reason = None if record.get("reason") is None else _label(record["reason"])
        labels = [_label(record.get(key)) for key in ("engine", "model", "language")]
        return page_text([_unpack(line) for line in packed], *labels, reason=reason)

    def spans_to_quads(self, spans: Sequence[tuple[int, int]]) -> list[Quad]:
        """Where the character ranges of `text` lie on the page: one quad per range and line it touches."""
        return [quad for start, end in spans for quad in self._quads(start, end)]

    def _quads(self, start: int, end: int) -> Iterator[Quad]:
        offset = 0
        for line in self.lines:
            first, last = max(start - offset, 0), min(end - offset, len(line.text))
            if first < last:
                yield line.part(first, last)
            offset += len(line.text) + 1


@dataclass(frozen=True)
class PageImage:
    """The picture of a page that people look at. `dpi` and the size in pixels are those of `jpeg`."""

    number: int
    width: int
    height: int
    dpi: int
    is_blank: bool
    grey: bool
    jpeg: bytes


def page_text(
    lines: Sequence[Line], engine: str, model: str, language: str, *, reason: str | None = None
) -> PageText:
    """The reading that these lines make."""
    text = "\n".join(line.text for line in lines)
    return PageText(text, tuple(lines), engine, model, language, reason)


def unread(engine: str, reason: str, model: str = "") -> PageText:
    """A reading without text that says why."""
    return page_text([], engine, model, "und", reason=reason)


def even_centres(count: int) -> tuple[float, ...]:
    return tuple((index + 0.5) / count for index in range(count))


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = start + 1
        if _joins(text[start]):
            while end < len(text) and _joins(text[end]):
                end += 1
        if not text[start].isspace():
            yield start, end
        start = end


def _joins(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


def _cut(quad: Quad, start: float, end: float, *, vertical: bool) -> Quad:
    top_left, top_right, bottom_right, bottom_left = quad
    if vertical:
        return (
            _between(top_left, bottom_left, start),
            _between(top_right, bottom_right, start),
            _between(top_right, bottom_right, end),
            _between(top_left, bottom_left, end),
        )
    return (
        _between(top_left, top_right, start),
        _between(top_left, top_right, end),
        _between(bottom_left, bottom_right, end),
        _between(bottom_left, bottom_right, start),
    )


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _pack(line: Line) -> list[Any]:
    corners = [round(value * _QUAD_STEPS) for point in line.quad for value in point]
    centres = [round(centre * _CENTRE_STEPS) for centre in line.centres]
    return [line.text, corners, round(line.score * _SCORE_STEPS), centres, int(line.vertical)]


def _unpack(packed: Any) -> Line:
    text, corners, score, centres, vertical = _list(packed, 5, exactly=True)
    _check_text(text)
    _check_steps(corners, 8, _QUAD_STEPS)
    _check_steps(centres, len(text), _CENTRE_STEPS)
    _check_steps([score], 1, _SCORE_STEPS)
    _check_steps([vertical], 1, 1)
    if any(a > b for a, b in pairwise(centres)):
        raise UnreadableReading("the characters of a line are not in order")
    points = [(x / _QUAD_STEPS, y / _QUAD_STEPS) for x, y in zip(corners[::2], corners[1::2], strict=True)]
    quad: Quad = (points[0], points[1], points[2], points[3])
    return Line(
        text, quad, score / _SCORE_STEPS, tuple(centre / _CENTRE_STEPS for centre in centres), bool(vertical)
    )


def is_line_text(text: str) -> bool:
    """Whether a line may hold this text: no control characters (a newline would shift every index), no surrogates."""
    return text != "" and not any(
        character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"
        for character in text
    )


def _check_text(text: Any) -> None:
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not is_line_text(text):
        raise UnreadableReading("the text of a line cannot stand in a reading")


def _check_steps(values: Any, count: int, most: int) -> None:
    for value in _list(values, count, exactly=True):
        if type(value) is not int or not 0 <= value <= most:
            raise UnreadableReading("a position or score lies outside its range")


def _list(value: Any, most: int, *, exactly: bool = False) -> list[Any]:
    if not isinstance(value, list) or len(value) > most or (exactly and len(value) != most):
        raise UnreadableReading("a list of the reading has the wrong length")
    return value


def _label(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_LABEL or (value and not is_line_text(value)):
        raise UnreadableReading("a label of the reading is no short text")
    return value
