"""A reading: what is stored, and where its characters lie on the page."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.page import (
    Line,
    PageText,
    Quad,
    UnreadableReading,
    even_centres,
    is_line_text,
    page_text,
    unread,
)

SQUARE: Quad = ((0.1, 0.2), (0.5, 0.2), (0.5, 0.3), (0.1, 0.3))

share = st.floats(0, 1)
point = st.tuples(share, share)
quads = st.tuples(point, point, point, point)
line_texts = st.text(min_size=1, max_size=30).filter(is_line_text)


@st.composite
def any_line(draw: st.DrawFn) -> Line:
    text = draw(line_texts)
    centres = sorted(draw(st.lists(share, min_size=len(text), max_size=len(text))))
    return Line(text, draw(quads), draw(share), tuple(centres), draw(st.booleans()))


readings = st.builds(
    page_text,
    st.lists(any_line(), max_size=5),
    st.text(max_size=9).filter(lambda label: label.isprintable()),
    st.just("model"),
    st.sampled_from(["zh-Hans", "zh-Hant", "en", "und"]),
    reason=st.none() | st.just("the engine failed"),
)


def line(text: str, *, vertical: bool = False) -> Line:
    return Line(text, SQUARE, 0.9, even_centres(len(text)), vertical)


def packed(**changes: Any) -> bytes:
    record = json.loads(page_text([line("甲乙")], "e", "m", "zh-Hans").to_json())
    return json.dumps(record | changes).encode()


@given(readings)
def test_a_stored_reading_keeps_text_and_places(reading: PageText) -> None:
    again = PageText.from_json(reading.to_json())

    assert (again.text, again.engine, again.model, again.language, again.reason) == (
        reading.text,
        reading.engine,
        reading.model,
        reading.language,
        reading.reason,
    )
    assert [flat(found) for found in again.lines] == [
        pytest.approx(flat(wanted), abs=6e-4) for wanted in reading.lines
    ]
    assert [found.vertical for found in again.lines] == [wanted.vertical for wanted in reading.lines]


def flat(found: Line) -> list[float]:
    return [*(value for point in found.quad for value in point), *found.centres, found.score]


@given(readings)
def test_storing_what_was_stored_changes_nothing(reading: PageText) -> None:
    stored = reading.to_json()

    assert PageText.from_json(stored).to_json() == stored


@given(st.binary(max_size=200))
def test_random_bytes_are_no_reading(data: bytes) -> None:
    with pytest.raises(UnreadableReading):
        PageText.from_json(data)


QUAD = [0, 0, 9, 0, 9, 9, 0, 9]


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        packed(v=2),
        packed(v=None),
        packed(extra=1),
        packed(engine=7),
        packed(engine="x" * 2000),
        packed(reason=3),
        packed(lines={}),
        packed(lines=[["甲"]]),
        packed(lines=[["甲", QUAD, 900, [5000, 6000], 0]]),
        packed(lines=[["甲乙", QUAD, 900, [6000, 5000], 0]]),
        packed(lines=[["甲", QUAD[:7], 900, [5000], 0]]),
        packed(lines=[["甲", [*QUAD[:7], 100_001], 900, [5000], 0]]),
        packed(lines=[["甲", QUAD, 1001, [5000], 0]]),
        packed(lines=[["甲", QUAD, 900, [-1], 0]]),
        packed(lines=[["甲", QUAD, 900, [0.5], 0]]),
        packed(lines=[["甲", QUAD, 900, [True], 0]]),
        packed(lines=[["甲", QUAD, 900, [5000], 2]]),
        packed(lines=[["甲\n乙", QUAD, 900, [1, 2, 3], 0]]),
        packed(lines=[["\ud800", QUAD, 900, [1], 0]]),
        packed(lines=[["", QUAD, 900, [], 0]]),
    ],
)
def test_a_malformed_reading_is_refused(rubbish: bytes) -> None:
    with pytest.raises(UnreadableReading):
        PageText.from_json(rubbish)


def test_a_reading_without_text_says_why() -> None:
    again = PageText.from_json(unread("rapidocr", "the engine failed").to_json())

    assert (again.text, again.lines, again.reason) == ("", (), "the engine failed")


def test_a_span_covers_its_characters_up_to_midway_to_their_neighbours() -> None:
    reading = page_text([line("甲乙丙丁")], "e", "m", "zh-Hans")

    (quad,) = reading.spans_to_quads([(1, 3)])

    assert quad[0] == pytest.approx((0.2, 0.2))
    assert quad[1] == pytest.approx((0.4, 0.2))
    assert quad[2] == pytest.approx((0.4, 0.3))
    assert quad[3] == pytest.approx((0.2, 0.3))


def test_a_span_in_a_vertical_line_runs_downwards() -> None:
    reading = page_text([line("甲乙", vertical=True)], "e", "m", "zh-Hant")

    (quad,) = reading.spans_to_quads([(1, 2)])

    assert quad[0] == pytest.approx((0.1, 0.25))
    assert quad[2] == pytest.approx((0.5, 0.3))


def test_a_span_over_a_line_break_gives_one_quad_a_line() -> None:
    reading = page_text([line("甲乙"), line("丙丁")], "e", "m", "zh-Hans")

    assert len(reading.spans_to_quads([(1, 4)])) == 2
    assert reading.text[1:4] == "乙\n丙"


@given(readings, st.data())
def test_a_span_gives_one_quad_for_every_line_it_touches(reading: PageText, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(reading.text)))
    end = data.draw(st.integers(start, len(reading.text)))
    touched = [part for part in reading.text[start:end].split("\n") if part]

    assert len(reading.spans_to_quads([(start, end)])) == len(touched)


@given(any_line())
def test_the_parts_of_a_line_lie_end_to_end(found: Line) -> None:
    pieces = [found.part(index, index + 1) for index in range(len(found.text))]

    ends, starts = ((3, 2), (0, 1)) if found.vertical else ((1, 2), (0, 3))
    for before, after in pairwise(pieces):
        for end, start in zip(ends, starts, strict=True):
            assert before[end] == pytest.approx(after[start])
    assert pieces[0][0] == pytest.approx(found.quad[0])
    assert pieces[-1][2] == pytest.approx(found.quad[2])


def test_han_characters_are_words_one_by_one_and_letters_together() -> None:
    words = line("保单 TW2024号").words()

    assert [word.text for word in words] == ["保", "单", "TW2024", "号"]
    assert words[2].quad == page_text([line("保单 TW2024号")], "", "", "").spans_to_quads([(3, 9)])[0]
