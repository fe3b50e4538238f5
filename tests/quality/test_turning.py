"""A page that is turned takes its words with it."""

import io

import pytest
from PIL import Image

from archive.holdings.quality import skew_of
from archive.holdings.turning import turned_jpeg, turned_quad, turned_size
from ocr.page import Line, Quad, even_centres, page_text

TOP_LEFT: Quad = ((0.0, 0.0), (0.25, 0.0), (0.25, 0.1), (0.0, 0.1))


def marked_jpeg() -> bytes:
    """White, with a black top left corner."""
    image = Image.new("L", (80, 160), 255)
    image.paste(0, (0, 0, 20, 16))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def dark_part(jpeg: bytes) -> tuple[float, ...]:
    """Where the black is, as fractions of the picture: left, top, right, bottom."""
    image = Image.open(io.BytesIO(jpeg)).convert("L").point(lambda shade: 255 if shade < 100 else 0)
    box = image.getbbox()
    assert box is not None
    return tuple(side / image.size[n % 2] for n, side in enumerate(box))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_word_stands_on_the_turned_page_where_its_ink_does(degrees: int) -> None:
    xs, ys = zip(*turned_quad(TOP_LEFT, degrees), strict=True)
    assert dark_part(turned_jpeg(marked_jpeg(), degrees)) == pytest.approx(
        (min(xs), min(ys), max(xs), max(ys)), abs=0.03
    )


def test_a_page_that_is_not_turned_keeps_its_bytes() -> None:
    assert turned_jpeg(marked_jpeg(), 0) == marked_jpeg()


def test_a_quarter_exchanges_width_and_height() -> None:
    assert [turned_size(3, 4, degrees) for degrees in (0, 90, 180, 270)] == [(3, 4), (4, 3), (3, 4), (4, 3)]


def leaning(rise: float, count: int = 5) -> float | None:
    lines = [
        Line(
            "一行文字",
            ((0.1, y), (0.9, y + rise), (0.9, y + rise), (0.1, y)),
            1.0,
            even_centres(4),
            vertical=False,
        )
        for y in (0.1 * n for n in range(1, count + 1))
    ]
    return skew_of(page_text(lines, "engine", "1", "zh-Hans"), 1000, 1000)


def test_skew_is_what_the_lines_lean_by_clockwise() -> None:
    assert leaning(0.028) == pytest.approx(2.0, abs=0.01)
    assert leaning(-0.028) == pytest.approx(-2.0, abs=0.01)


def test_too_few_lines_tell_nothing() -> None:
    assert leaning(0.028, count=2) is None
