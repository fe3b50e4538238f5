"""Reading order, and lines that keep their promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr.han import language_of, looks_traditional, without_han_gaps
from ocr.layout import quad_of, reading_order, tidy_line
from ocr.page import Line, PageText, page_text


def at(text: str, left: float, top: float) -> Line:
    quad = quad_of((left, top, left + 0.1, top + 0.02))
    return Line(text, quad, 1.0, (0.5,) * len(text), vertical=False)


def order(*lines: Line) -> str:
    return "".join(line.text for line in reading_order(lines))


def test_rows_are_read_from_top_to_bottom_and_left_to_right() -> None:
    assert order(at("丁", 0.5, 0.2), at("乙", 0.5, 0.1), at("丙", 0.1, 0.2), at("甲", 0.1, 0.1)) == "甲乙丙丁"


def test_cells_that_are_not_quite_level_are_one_row() -> None:
    assert order(at("乙", 0.5, 0.1), at("甲", 0.1, 0.105)) == "甲乙"


def test_the_lines_of_a_skewed_page_keep_their_order() -> None:
    rising = [at(str(index), 0.1, 0.1 + index * 0.021) for index in range(9)]

    assert order(*reversed(rising)) == "012345678"


def test_the_rows_of_a_skewed_table_do_not_run_into_each_other() -> None:
    rows = [("甲", "乙"), ("丙", "丁"), ("戊", "己")]
    cells = [
        turned(text, 0.1 + 0.6 * column, 0.1 + 0.03 * row, slope=0.05)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]

    assert order(*reversed(cells)) == "甲乙丙丁戊己"


def turned(text: str, left: float, top: float, *, slope: float) -> Line:
    def corner(across: float, down: float) -> tuple[float, float]:
        return left + across, top + down + slope * (left + across)

    quad = (corner(0, 0), corner(0.1, 0), corner(0.1, 0.02), corner(0, 0.02))
    return Line(text, quad, 1.0, (0.5,), vertical=False)


def test_no_lines_have_an_order_too() -> None:
    assert reading_order([]) == []


@given(st.text(max_size=20), st.data())
def test_a_tidy_line_can_be_stored(text: str, data: st.DataObject) -> None:
    centres = data.draw(st.lists(st.floats(-1, 2), min_size=len(text), max_size=len(text)))

    line = tidy_line(text, quad_of((0, 0, 1, 1)), 1.5, centres)

    if line is not None:
        stored = page_text([line], "e", "m", "und").to_json()
        assert PageText.from_json(stored).text == line.text


def test_a_line_of_nothing_visible_is_no_line() -> None:
    assert tidy_line(" \n ", quad_of((0, 0, 1, 1)), 1.0, (0.1, 0.2, 0.3)) is None


def test_the_script_of_a_page_is_the_one_with_more_characters_of_its_own() -> None:
    assert looks_traditional("汽車保險理賠申請書")
    assert not looks_traditional("汽车保险理赔申请书")
    assert [language_of(text) for text in ("入院记录", "保險", "Claim", "12-3")] == [
        "zh-Hans",
        "zh-Hant",
        "en",
        "und",
    ]


def test_gaps_between_han_characters_are_closed_and_others_stay() -> None:
    assert without_han_gaps("姓 名 ： 陈 小明 was admitted 于 3 月") == "姓名：陈小明 was admitted 于 3 月"
