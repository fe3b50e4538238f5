"""The real engines on small pages, in both scripts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from ocr.engine import EngineFailed, OcrEngine, engine_named
from ocr.page import NO_TEXT, PageText
from tests.ocr import drawing


@pytest.fixture(scope="module")
def rapid() -> OcrEngine:
    return engine_named("rapidocr")


@pytest.fixture(scope="module")
def tesseract() -> OcrEngine:
    return engine_named("tesseract")


def spaceless(text: str) -> str:
    return "".join(text.split()).replace(":", "：").replace(",", "，")


def missed(reading: PageText, lines: Sequence[str]) -> float:
    """The share of neighbouring pairs of characters on the page that the reading lacks."""
    read = spaceless(reading.text)
    pairs = {line[index : index + 2] for line in map(spaceless, lines) for index in range(len(line) - 1)}
    return sum(pair not in read for pair in pairs) / len(pairs)


PAGES = [
    pytest.param(drawing.SIMPLIFIED, drawing.HEI, "zh-Hans", id="simplified"),
    pytest.param(drawing.TRADITIONAL, drawing.MING, "zh-Hant", id="traditional"),
]


@pytest.mark.parametrize(("lines", "font", "language"), PAGES)
def test_rapidocr_reads_both_scripts_line_by_line(
    rapid: OcrEngine, lines: Sequence[str], font: str, language: str
) -> None:
    reading = rapid.read(drawing.page(lines, font), 150)

    assert [spaceless(line) for line in reading.text.split("\n")] == [spaceless(line) for line in lines]
    assert (reading.engine, reading.language, reading.reason) == ("rapidocr", language, None)


@pytest.mark.parametrize(("lines", "font", "language"), PAGES)
def test_tesseract_reads_both_scripts(
    tesseract: OcrEngine, lines: Sequence[str], font: str, language: str
) -> None:
    reading = tesseract.read(drawing.page(lines, font), 150)

    assert missed(reading, lines) < 0.25
    assert (reading.engine, reading.language, reading.reason) == ("tesseract", language, None)


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_a_found_number_lies_where_it_was_printed(name: str, request: pytest.FixtureRequest) -> None:
    engine: OcrEngine = request.getfixturevalue(name.replace("ocr", ""))
    picture = drawing.page(drawing.SIMPLIFIED)
    reading = engine.read(picture, 150)
    start = reading.text.index("ZY20240317")

    (quad,) = reading.spans_to_quads([(start, start + 10)])

    printed = ImageDraw.Draw(picture).textbbox((80, 280), "住院号 ", font=hei())
    number = ImageDraw.Draw(picture).textbbox((printed[2], 280), "ZY20240317", font=hei())
    half = 15
    assert quad[0][0] * picture.width == pytest.approx(printed[2], abs=half)
    assert quad[2][0] * picture.width == pytest.approx(number[2], abs=half)
    assert quad[0][1] * picture.height < number[1] + half < number[3] - half < quad[2][1] * picture.height


def hei() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(drawing.HEI, 46)


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_a_picture_without_text_says_so(name: str, request: pytest.FixtureRequest) -> None:
    engine: OcrEngine = request.getfixturevalue(name.replace("ocr", ""))
    sky = Image.linear_gradient("L").resize((800, 600)).convert("RGB")

    reading = engine.read(sky, 150)

    assert (reading.text, reading.reason) == ("", NO_TEXT)


def test_rapidocr_reads_a_vertical_line_from_top_to_bottom(rapid: OcrEngine) -> None:
    column = Image.new("L", (400, 700), 255)
    for index, character in enumerate("保險單號碼"):
        letters = ImageFont.truetype(drawing.MING, 80)
        ImageDraw.Draw(column).text((150, 60 + index * 100), character, font=letters, fill=0)

    reading = rapid.read(column, 150)

    assert reading.text == "保險單號碼"
    assert reading.lines[0].vertical
    (last,) = reading.spans_to_quads([(4, 5)])
    assert last[0][1] * 700 > 420


def test_tesseract_reads_print_under_a_red_stamp(tesseract: OcrEngine) -> None:
    stamped = drawing.page(drawing.SIMPLIFIED).convert("RGB")
    red = Image.new("RGB", stamped.size, "white")
    draw = ImageDraw.Draw(red)
    for offset in range(0, 400, 24):
        draw.line((150 + offset, 150, 150 + offset, 460), fill=(230, 60, 60), width=8)
    covered = ImageChops.multiply(stamped, red)

    reading = tesseract.read(covered, 150)

    assert missed(reading, drawing.SIMPLIFIED) < 0.25


@pytest.mark.parametrize("name", ["abbyy", "failing:softly", "tesseract:klingon", ""])
def test_an_unknown_engine_is_refused(name: str) -> None:
    with pytest.raises(EngineFailed):
        engine_named(name)
