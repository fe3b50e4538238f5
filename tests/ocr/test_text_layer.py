"""Text layers: a good one is taken as it stands, a bad one is not."""

from __future__ import annotations

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from ocr.page import PageText
from ocr.textlayer import is_garbage, text_layer
from tests.ocr import drawing

LONGER = (
    *drawing.SIMPLIFIED,
    "患者于当日因车祸受伤后送入本院急诊科",
    "The patient was admitted on 2024-03-17.",
)


def layer(pdf_bytes: bytes) -> PageText | None:
    pdf = pypdfium2.PdfDocument(pdf_bytes)
    try:
        return text_layer(pdf, 1)
    finally:
        pdf.close()


def good_layer(*, rotation: int = 0) -> PageText:
    def draw(canvas: Canvas) -> None:
        drawing.lines_of_text(LONGER)(canvas)
        canvas.setPageRotation(rotation)

    found = layer(drawing.pdf_bytes(draw))
    assert found is not None
    return found


def test_a_born_digital_page_is_read_from_its_text() -> None:
    found = good_layer()

    assert (found.text.split("\n"), found.engine, found.language) == (list(LONGER), "text-layer", "zh-Hans")


def test_its_characters_lie_where_they_are_printed() -> None:
    found = good_layer()
    start = found.text.index("ZY20240317")

    (quad,) = found.spans_to_quads([(start, start + 10)])

    left, top, right, bottom = quad[0][0] * 595, quad[0][1] * 842, quad[2][0] * 595, quad[2][1] * 842
    before = pdfmetrics.stringWidth("住院号 ", "hei", 14)
    width = pdfmetrics.stringWidth("ZY20240317", "hei", 14)
    assert left == pytest.approx(72 + before, abs=3)
    assert right == pytest.approx(72 + before + width, abs=3)
    assert top < 842 - 700 < bottom + 1


def test_a_turned_page_is_measured_as_it_is_shown() -> None:
    upright, turned = good_layer(), good_layer(rotation=180)

    assert turned.lines[0].quad[0][1] == pytest.approx(1 - upright.lines[0].quad[2][1], abs=0.001)
    assert upright.lines[0].quad[2][1] < 0.2


def test_the_text_under_a_scan_is_read_anew() -> None:
    scan = drawing.page(drawing.SIMPLIFIED)

    assert layer(drawing.pdf_bytes(drawing.full_page_scan(scan, hidden=LONGER))) is None


def test_text_without_a_map_to_unicode_is_read_anew() -> None:
    private = ["".join(chr(0xE000 + line * 20 + index) for index in range(20)) for line in range(4)]

    assert layer(drawing.pdf_bytes(drawing.lines_of_text(private))) is None


def test_a_page_with_only_its_number_is_read_anew() -> None:
    assert layer(drawing.pdf_bytes(drawing.lines_of_text(["第 3 页"]))) is None


def test_more_text_than_a_page_can_show_is_not_believed() -> None:
    line = LONGER[-1] * 50

    def crowded(lines: int) -> bytes:
        return drawing.pdf_bytes(drawing.lines_of_text([line] * lines))

    assert layer(crowded(49_000 // len(line))) is not None
    assert layer(crowded(52_000 // len(line))) is None


def test_a_filled_form_is_read_anew_because_its_layer_lacks_what_was_filled_in() -> None:
    assert layer(drawing.form("ABC-1234", LONGER)) is None


PROSE = "患者于当日因车祸受伤后送入本院急诊科经检查确认左侧手腕骨折予以石膏固定并收入骨科病房继续治疗"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "…………————…………————",
        PROSE + "\ufffd" * 3,
        PROSE + "\ue000\ue001\ue002",
        PROSE + "\x01\x02\x03",
        "".join(character * 2 for character in PROSE),
        PROSE + "".join(f"{character}的" for character in PROSE[:20]),
    ],
)
def test_garbage_is_recognised(text: str) -> None:
    assert is_garbage(text)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Claim amount NT$ 12,345 for case ABC-1234",
        "姓名：陈小明 住院号 ZY20240317 性别：男",
        PROSE + "天天向上",
    ],
)
def test_good_text_is_not_garbage(text: str) -> None:
    assert not is_garbage(text)
