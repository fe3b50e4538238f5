"""The mark on a page's image: what it says, how strong it is, where it lies."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from archive.core.access.actions import Purpose
from archive.core.errors import Conflict, NotReady
from archive.desks.reading_room.operations import Leaf, Watermark
from archive.desks.reading_room.watermark import _places, burn, find_font, lines
from archive.web.render import moment
from tests.cast import START


def sheet(mode: str = "L", ground: str = "white") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (1400, 2000), ground).save(file, "JPEG", quality=95)
    return file.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A JPEG whose frame header names another size: opening it is cheap, unfolding it is not."""
    jpeg = sheet()
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + height.to_bytes(2) + width.to_bytes(2) + jpeg[at + 4 :]


def pixels(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def shades(image: Image.Image) -> list[int]:
    """The grey levels that occur, from dark to light."""
    return [level for level, number in enumerate(image.histogram()) if number]


def test_a_font_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(NotReady, match="cannot be read"):
        burn(sheet(), ("王芳",), broken)
    with pytest.raises(NotReady, match="missing"):
        find_font(tmp_path / "none.ttf")


@pytest.mark.parametrize("size", [(2001, 10), (12_000, 12_000), (20_000, 20_000)])
def test_a_picture_larger_than_any_that_was_drawn_is_not_unfolded(
    size: tuple[int, int], recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(Conflict, match="could not be drawn"):
        burn(claiming(*size), ("王芳",), find_font(None))
    recwarn.clear()


@pytest.mark.parametrize("jpeg", [b"\xff\xd8\xff\xd9", b"no picture", sheet()[:300]])
def test_what_is_no_whole_picture_is_a_clear_error(jpeg: bytes) -> None:
    with pytest.raises(Conflict, match="could not be drawn"):
        burn(jpeg, ("王芳",), find_font(None))


LEAF = Leaf(
    item=UUID(int=1),
    page=UUID(int=2),
    number=3,
    of=4,
    width=700,
    height=1000,
    is_blank=False,
    reference_code=None,
    title=None,
    tier=3,
    view=None,
    text=None,
    reason=None,
    watermark=Watermark("王芳", "wangfang", "理赔一部", "L2026-000123", Purpose.CLAIM_HANDLING, START),
)


def test_the_mark_says_who_where_by_which_loan_when_and_for_what() -> None:
    assert lines(LEAF) == (
        "王芳（wangfang） 理赔一部",
        "L2026-000123",
        f"{moment(START)} 第3页",
        "仅供理赔处理使用 严禁翻印",
    )


def test_the_mark_of_a_page_that_needs_no_purpose_names_the_unit() -> None:
    assert (
        lines(replace(LEAF, watermark=replace(LEAF.watermark, purpose="")))[-1]
        == "仅供理赔一部内部使用 严禁翻印"
    )


@pytest.mark.parametrize(("mode", "bands"), [("L", ("L",)), ("RGB", ("R", "G", "B"))])
def test_a_grey_page_stays_grey_and_a_coloured_one_coloured(mode: str, bands: tuple[str, ...]) -> None:
    image = pixels(burn(sheet(mode), lines(LEAF), find_font(None)))
    assert (image.getbands(), image.size) == (bands, (1400, 2000))


@pytest.mark.parametrize(("ground", "expected"), [("white", (209, 225)), ("black", (30, 46))])
def test_the_mark_is_twelve_to_eighteen_percent_on_paper_and_on_a_dark_picture(
    ground: str, expected: tuple[int, int]
) -> None:
    found = shades(pixels(burn(sheet(ground=ground), ("■■■■■■■■",), find_font(None))))
    assert expected[0] <= (found[0] if ground == "white" else found[-1]) <= expected[1]


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)])
def test_the_mark_lies_all_over_the_page(corner: tuple[float, float]) -> None:
    image = pixels(burn(sheet(), lines(LEAF), find_font(None)))
    left, top = round(corner[0] * 900), round(corner[1] * 1500)
    assert shades(image.crop((left, top, left + 500, top + 500)))[0] < 240


def test_the_time_on_the_mark_is_that_of_the_reading() -> None:
    later = replace(LEAF.watermark, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert lines(replace(LEAF, watermark=later))[2] != lines(LEAF)[2]


def test_the_mark_lies_elsewhere_on_every_page_and_for_every_reader() -> None:
    laid = {tuple(_places((1400, 2000), (300, 200), 26, (f"第{number}页",))) for number in range(20)}
    assert len(laid) == 20
