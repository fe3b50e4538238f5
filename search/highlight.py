"""Where a text holds what was asked for, in places of the original text; no engine takes part.

A hit is found as the index finds it, on the folded text, so it may cross a line break of the page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.analysis import Folded, fold, runs
from search.query import Leaf, Number, Prefix, Query

_WHITE = re.compile(r"[\s\x00-\x1f]")
_NO_PLACE = -1


@dataclass(frozen=True, slots=True)
class Snippet:
    """`start` is the place of `text` in the original, `marks` are spans within `text`.

    `text` is the original's own script, with every line break as one space.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    start: int


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int
    hits: tuple[_Hit, ...]

    @property
    def terms(self) -> int:
        return len({hit.leaf for hit in self.hits})


def spans(original_text: str, query: Query) -> list[tuple[int, int]]:
    """Ascending; hits that overlap are one span."""
    return _merged(_hits(original_text, query))


def snippets(original_text: str, query: Query, width: int = 60, most: int = 3) -> list[Snippet]:
    """The passages with the most different terms, in the order of the text; none when nothing is hit.

    About `width` characters each: a longer hit is shown whole.
    """
    windows = _windows(_hits(original_text, query), len(original_text), width)
    best = sorted(windows, key=lambda window: (-window.terms, window.start))[:most]
    return [_snippet(original_text, window) for window in sorted(best, key=lambda window: window.start)]


def _hits(original_text: str, query: Query) -> list[_Hit]:
    folded = fold(original_text)
    text, places = _normal_places(folded)
    found: set[_Hit] = set()
    for leaf in query.wanted:
        for match in _pattern(leaf).finditer(text):
            first, last = places[match.start(1)], places[match.end(1) - 1]
            start, end = folded.original_span(first, last + 1)
            found.add(_Hit(start, end, leaf))
    return sorted(found, key=lambda hit: (hit.start, hit.end))


def _normal_places(folded: Folded) -> tuple[str, list[int]]:
    """The normal text and, for each of its characters, the place in the folded text."""
    found = runs(folded)
    places: list[int] = []
    for run in found:
        places += (*run.places, _NO_PLACE)
    return " ".join(run.text for run in found), places


def _pattern(leaf: Leaf) -> re.Pattern[str]:
    """Looking ahead finds hits that overlap each other."""
    if isinstance(leaf, Number):
        return re.compile(f"(?=({re.escape(leaf.digits)}))")
    text = leaf.text
    before = "(?<![0-9a-z])" if text[0].isascii() else ""
    after = "(?![0-9a-z])" if text[-1].isascii() and not isinstance(leaf, Prefix) else ""
    return re.compile(f"{before}(?=({re.escape(text)}){after})")


def _windows(hits: Sequence[_Hit], length: int, width: int) -> list[_Window]:
    windows: list[_Window] = []
    for hit in hits:
        if windows and hit.start < windows[-1].end:
            last = windows.pop()
            windows.append(_Window(last.start, max(last.end, hit.end), (*last.hits, hit)))
        else:
            taken = windows[-1].end if windows else 0
            start = max(0, min(hit.start - (width - (hit.end - hit.start)) // 2, length - width, hit.start))
            start = max(start, taken)
            windows.append(_Window(start, max(hit.end, min(start + width, length)), (hit,)))
    return windows


def _snippet(original_text: str, window: _Window) -> Snippet:
    text = _WHITE.sub(" ", original_text[window.start : window.end])
    marks = tuple((start - window.start, end - window.start) for start, end in _merged(window.hits))
    return Snippet(text, marks, window.start)


def _merged(hits: Sequence[_Hit]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((hit.start, hit.end) for hit in hits):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
