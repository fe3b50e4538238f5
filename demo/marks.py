"""A laid-out page: marks on A4 paper, in points from the upper left corner, y downwards."""

from dataclasses import dataclass
from typing import Literal

PAPER_WIDTH = 595.0
PAPER_HEIGHT = 842.0

Face = Literal["song-cn", "song-tw", "hei"]
Ink = Literal["black", "blue"]


@dataclass(frozen=True)
class Run:
    """One line of text; `y` is its baseline."""

    x: float
    y: float
    size: float
    face: Face
    ink: Ink
    text: str


@dataclass(frozen=True)
class Rule:
    x0: float
    y0: float
    x1: float
    y1: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A square box with its upper left corner at x, y."""

    x: float
    y: float
    side: float
    ticked: bool


@dataclass(frozen=True)
class Seal:
    """A round red stamp around the centre x, y: words on the ring, a star, words below the star."""

    x: float
    y: float
    radius: float
    ring: str
    foot: str


@dataclass(frozen=True)
class Scrawl:
    """A signature nobody can read, from the left end x on the baseline y."""

    x: float
    y: float
    width: float


Mark = Run | Rule | Tick | Seal | Scrawl


def printed_text(marks: tuple[Mark, ...]) -> str:
    return "\n".join(mark.text for mark in marks if isinstance(mark, Run))
