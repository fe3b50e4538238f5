"""From the words of a form to marks on paper."""

import re
from collections.abc import Sequence
from itertools import pairwise

from demo import fonts
from demo.blocks import (
    Block,
    Body,
    Fields,
    Footer,
    FormPage,
    Gap,
    Heading,
    Letterhead,
    Options,
    Signature,
    Stamp,
    Table,
    Title,
)
from demo.marks import PAPER_HEIGHT, PAPER_WIDTH, Face, Ink, Mark, Rule, Run, Scrawl, Seal, Tick

LEFT = 56.0
RIGHT = PAPER_WIDTH - 48.0
TOP = 50.0
BOTTOM = PAPER_HEIGHT - 46.0
TEXT_WIDTH = RIGHT - LEFT
_HAIRLINE = 0.6
_FRAME = 1.2
_CELL_PAD = 4.0
_WORDS = re.compile(r"[\x21-\x7e]+|.", re.DOTALL)
_NEVER_FIRST = "，。、；：！？）》」』”’%"


class PageOverflowError(Exception):
    """A page, or a cell of a form, has more words than room for them."""


def lay_out(page: FormPage) -> tuple[Mark, ...]:
    """Raises PageOverflowError when the form is longer than A4."""
    pen = Pen(page)
    for block in page.blocks:
        pen.place(block)
    if pen.y > BOTTOM:
        raise PageOverflowError(f"the page ends at {pen.y:.0f} of {BOTTOM:.0f} points")
    return tuple(pen.marks)


def wrap(text: str, face: Face, size: float, room: float, *, first_indent: float = 0) -> list[str]:
    """Lines no wider than `room`; Latin words and numbers stay whole, and no line begins with a closing mark.

    Raises PageOverflowError when one word is wider than `room`.
    """
    lines, line, left = [], "", room - first_indent
    for word in _WORDS.findall(text):
        if fonts.width(word, face, size) > room:
            raise PageOverflowError(f"no room for {word!r}: {room:.0f} points")
        fits = fonts.width(line + word, face, size) <= left
        if fits or not line or (word in _NEVER_FIRST and len(word) == 1):
            line += word
        else:
            lines.append(line.rstrip())
            line, left = word.lstrip(), room
    return [*lines, line.rstrip()]


def _edges(widths: Sequence[float]) -> list[float]:
    total, at, edges = sum(widths), LEFT, [LEFT]
    for width in widths:
        at += width / total * TEXT_WIDTH
        edges.append(at)
    return edges


class Pen:
    """Walks down a page and leaves marks."""

    def __init__(self, page: FormPage) -> None:
        self.song: Face = "song-tw" if page.script == "hant" else "song-cn"
        self.size = page.text_size
        self.marks: list[Mark] = []
        self.y = TOP

    def place(self, block: Block) -> None:
        match block:
            case Letterhead() | Title() | Heading() | Body() | Footer():
                self._text_block(block)
            case Fields():
                self._fields(block)
            case Table():
                self._table(block)
            case Options():
                self._options(block)
            case Signature():
                self._signature(block)
            case Stamp():
                centre = LEFT + block.across * TEXT_WIDTH
                self.marks.append(Seal(centre, self.y - block.above, block.radius, block.ring, block.foot))
            case Gap():
                self.y += block.points

    def _text_block(self, block: Letterhead | Title | Heading | Body | Footer) -> None:
        match block:
            case Letterhead():
                self._letterhead(block)
            case Title():
                self.y += 26
                self._centred(block.text, self.y, 18, "hei")
                self.y += 14
            case Heading():
                self.y += self.size + 8
                self._run(LEFT, self.y, block.text, self.size + 0.5, "hei")
                self.y += 4
            case Body():
                self._body(block)
            case Footer():
                self._centred(block.text, PAPER_HEIGHT - 32, 8.5, self.song)

    def _run(self, x: float, y: float, text: str, size: float, face: Face, *, ink: Ink = "black") -> None:
        if text:
            self.marks.append(Run(x, y, size, face, ink, text))

    def _centred(self, text: str, y: float, size: float, face: Face) -> None:
        self._run((LEFT + RIGHT - fonts.width(text, face, size)) / 2, y, text, size, face)

    def _letterhead(self, block: Letterhead) -> None:
        self.y += 12
        self._run(LEFT, self.y, block.organisation, 11, "hei")
        number_width = fonts.width(block.number, "hei", 9.5)
        self._run(RIGHT - number_width, self.y, block.number, 9.5, "hei")
        self.y += 6
        self.marks.append(Rule(LEFT, self.y, RIGHT, self.y, _FRAME))

    def _body(self, block: Body) -> None:
        indent = 2 * self.size if block.indented else 0
        lines = wrap(block.text, self.song, self.size, TEXT_WIDTH - 2, first_indent=indent)
        for number, line in enumerate(lines):
            self.y += self.size * 1.6
            self._run(LEFT + (indent if number == 0 else 0), self.y, line, self.size, self.song)
        self.y += 2

    def _fields(self, block: Fields) -> None:
        edges = _edges(block.widths)
        self.y += 6
        top = self.y
        for row in block.rows:
            borders = [*edges[: len(row)], RIGHT]
            faces: list[tuple[Face, Ink]] = [
                (self.song, "black") if i % 2 == 0 else ("hei", "blue") for i in range(len(row))
            ]
            self._row(row, borders, faces, flush_right=())
        self._frame(top)

    def _table(self, block: Table) -> None:
        edges = _edges(block.widths)
        self.y += 6
        top = self.y
        self._row(block.header, edges, [("hei", "black")] * len(block.header), flush_right=())
        for row in block.rows:
            self._row(row, edges, [(self.song, "black")] * len(row), flush_right=block.numeric)
        self._frame(top)

    def _row(
        self,
        cells: Sequence[str],
        edges: Sequence[float],
        faces: Sequence[tuple[Face, Ink]],
        flush_right: Sequence[int],
    ) -> None:
        spans = list(pairwise(edges))
        wrapped = [
            wrap(cell, face, self.size, right - left - 2 * _CELL_PAD)
            for cell, (face, _), (left, right) in zip(cells, faces, spans, strict=True)
        ]
        leading = self.size * 1.35
        height = max(len(lines) for lines in wrapped) * leading + 7
        for column, (lines, (face, ink), (left, right)) in enumerate(zip(wrapped, faces, spans, strict=True)):
            baseline = self.y + (height - len(lines) * leading) / 2 + self.size * 1.02
            for line in lines:
                slack = right - left - 2 * _CELL_PAD - fonts.width(line, face, self.size)
                shift = slack if column in flush_right else 0
                self._run(left + _CELL_PAD + shift, baseline, line, self.size, face, ink=ink)
                baseline += leading
            self.marks.append(Rule(right, self.y, right, self.y + height, _HAIRLINE))
        self.y += height
        self.marks.append(Rule(LEFT, self.y, RIGHT, self.y, _HAIRLINE))

    def _frame(self, top: float) -> None:
        corners = [(LEFT, top), (RIGHT, top), (RIGHT, self.y), (LEFT, self.y), (LEFT, top)]
        self.marks += [Rule(*start, *end, _FRAME) for start, end in pairwise(corners)]

    def _options(self, block: Options) -> None:
        self.y += self.size * 1.8
        self._run(LEFT, self.y, block.label, self.size, self.song)
        x = LEFT + fonts.width(block.label, self.song, self.size) + 10
        for text, ticked in block.choices:
            self.marks.append(Tick(x, self.y - self.size * 0.85, self.size * 0.9, ticked))
            self._run(x + self.size * 1.25, self.y, text, self.size, self.song)
            x += self.size * 1.25 + fonts.width(text, self.song, self.size) + 14
        self.y += 3

    def _signature(self, block: Signature) -> None:
        self.y += 24
        step = TEXT_WIDTH / len(block.labels)
        for column, (label, signed) in enumerate(zip(block.labels, block.signed, strict=True)):
            x = LEFT + column * step
            self._run(x, self.y, label, self.size, self.song)
            if signed:
                start = x + fonts.width(label, self.song, self.size) + 4
                self.marks.append(Scrawl(start, self.y, 58))
        self.y += 6
