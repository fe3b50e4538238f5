from pathlib import Path

import pytest

from demo import fonts
from demo.blocks import Body, Fields, FormPage
from demo.fonts import FontMissingError, locate
from demo.layout import BOTTOM, LEFT, RIGHT, PageOverflowError, lay_out, wrap
from demo.marks import Run, printed_text


def test_a_missing_font_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(FontMissingError, match="apt-get install fonts-arphic-uming"):
        locate("song-tw", tmp_path)


def test_a_line_never_begins_with_a_closing_mark() -> None:
    assert wrap("一二三四，五六", "hei", 10, room=40) == ["一二三四，", "五六"]


def test_a_number_is_never_broken() -> None:
    assert wrap("编号CLM2024", "hei", 10, room=60) == ["编号", "CLM2024"]


def test_a_word_wider_than_its_cell_is_refused() -> None:
    page = FormPage("hans", (Fields(widths=(4, 4, 20, 20), rows=(("号", "990105196602110037", "a", "b"),)),))
    with pytest.raises(PageOverflowError, match="990105196602110037"):
        lay_out(page)


def test_a_form_longer_than_its_page_is_refused() -> None:
    with pytest.raises(PageOverflowError, match="the page ends at"):
        lay_out(FormPage("hans", tuple(Body("字" * 40) for _ in range(60))))


def test_everything_stays_inside_the_margins() -> None:
    marks = lay_out(FormPage("hant", (Body("保險" * 400), Fields((1, 1), (("姓名", "陳怡君" * 60),)))))
    runs = [mark for mark in marks if isinstance(mark, Run)]
    ends = [run.x + fonts.width(run.text, run.face, run.size) for run in runs]
    assert min(run.x for run in runs) >= LEFT
    assert max(ends) <= RIGHT + runs[0].size  # a closing mark may hang over
    assert max(run.y for run in runs) <= BOTTOM


def test_the_truth_has_one_line_a_cell_in_reading_order() -> None:
    page = FormPage("hans", (Fields((1, 2, 1, 2), (("姓名", "张伟", "性别", "男"), ("住址", "永宁里"))),))
    assert printed_text(lay_out(page)) == "姓名\n张伟\n性别\n男\n住址\n永宁里"
