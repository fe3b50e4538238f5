"""Pictures of pages."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat
from reportlab.pdfgen.canvas import Canvas

from ocr.facts import Limits
from ocr.probe import probe
from ocr.render import is_blank, pdf_dpi, render, view_jpeg
from tests.ocr import drawing

PAGE = drawing.page(drawing.SIMPLIFIED, size=(1240, 1754))


def rendered(data: bytes, name: str, number: int = 1) -> tuple[Image.Image, int]:
    source = io.BytesIO(data)
    return render(source, probe(source, name, Limits()), number)


def stamped(page: Image.Image) -> Image.Image:
    colours = page.convert("RGB")
    ImageDraw.Draw(colours).ellipse((800, 900, 1100, 1200), outline=(200, 30, 40), width=10)
    return colours


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of grey levels."""
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0]


def test_a_grey_scan_stays_grey_and_a_stamped_one_coloured() -> None:
    grey, _ = rendered(drawing.picture_bytes(PAGE.convert("RGB"), "JPEG"), "a.jpg")
    coloured, _ = rendered(drawing.picture_bytes(stamped(PAGE), "JPEG"), "a.jpg")

    assert (grey.mode, coloured.mode) == ("L", "RGB")


def test_a_phone_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = PAGE.transpose(Image.Transpose.ROTATE_90)

    upright, _ = rendered(drawing.picture_bytes(turned, "JPEG", exif=exif.tobytes(), quality=95), "a.jpg")

    assert upright.size == PAGE.size
    assert difference(upright, PAGE) < 2


def test_every_picture_of_a_tiff_is_its_own_page() -> None:
    other = drawing.page(drawing.TRADITIONAL, size=(1240, 1754))

    second, dpi = rendered(drawing.tiff_bytes([PAGE, other]), "a.tif", 2)

    assert (difference(second, other), dpi) == (0, 150)


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "I;16", "RGBA"])
def test_any_pixel_format_looks_the_same(mode: str) -> None:
    picture = PAGE.point(lambda value: value * 257, "I").convert("I;16") if mode == "I;16" else None
    kind = "TIFF" if mode in {"CMYK", "I;16"} else "PNG"
    data = drawing.picture_bytes(picture or PAGE.convert("RGB").convert(mode), kind)

    page, _ = rendered(data, f"a.{kind.lower()}")

    assert page.mode == "L"
    assert difference(page, PAGE) < 2


def test_transparent_paper_is_white() -> None:
    clear = Image.new("RGBA", (200, 100), (0, 0, 0, 0))

    page, _ = rendered(drawing.picture_bytes(clear, "PNG"), "a.png")

    assert page.getextrema() == (255, 255)


def test_a_page_that_is_one_jpeg_is_not_rendered_anew() -> None:
    page, dpi = rendered(drawing.picture_bytes(PAGE, "PDF", resolution=150), "a.pdf")

    assert (page.size, dpi) == (PAGE.size, 150)


def test_a_page_with_something_over_its_scan_is_rendered_with_it() -> None:
    def scan_and_line(canvas: Canvas) -> None:
        drawing.full_page_scan(Image.new("L", PAGE.size, 255))(canvas)
        canvas.setLineWidth(20)
        canvas.line(100, 400, 500, 400)

    page, dpi = rendered(drawing.pdf_bytes(scan_and_line), "a.pdf")

    assert dpi == 300
    assert page.getextrema()[0] == 0


def test_a_scan_under_a_mask_is_rendered_with_its_mask() -> None:
    black = drawing.picture_bytes(Image.new("L", (1240, 1754)), "PDF", resolution=150)

    page, _ = rendered(drawing.hidden_by_mask(black), "a.pdf")

    assert page.getextrema() == (255, 255)


def test_what_was_filled_into_a_form_is_drawn() -> None:
    empty, _ = rendered(drawing.form(""), "a.pdf")
    filled, _ = rendered(drawing.form("ABC-1234"), "a.pdf")

    assert difference(empty, filled) > 0.01


def test_a_page_of_text_is_drawn_at_300_dpi() -> None:
    page, dpi = rendered(drawing.pdf_bytes(drawing.lines_of_text(drawing.SIMPLIFIED)), "a.pdf")

    assert (page.mode, page.size, dpi) == ("L", (2480, 3509), 300)


def test_a_very_large_page_is_drawn_at_fewer_dots() -> None:
    wall_plan = (14_400.0, 14_400.0)

    assert (pdf_dpi(wall_plan) * 200) ** 2 <= 40_000_000


def test_the_view_is_a_jpeg_of_at_most_2000_pixels_without_metadata() -> None:
    page = Image.new("RGB", (3000, 1500), "red")
    page.info = {"comment": b"who scanned this", "dpi": (300, 300)}

    jpeg, size = view_jpeg(page)

    with Image.open(io.BytesIO(jpeg)) as view:
        assert (view.format, view.size, size) == ("JPEG", (2000, 1000), (2000, 1000))
        assert not view.getexif()
        assert "comment" not in view.info


def test_a_dark_page_is_not_blank() -> None:
    assert not is_blank(Image.new("L", (1240, 1754), 30))


def test_an_empty_sheet_with_scanner_noise_is_blank() -> None:
    assert is_blank(drawing.noise())


@pytest.mark.parametrize(
    "lines", [drawing.SIMPLIFIED, ("完",), ("- 3 -",)], ids=["text", "one word", "page number"]
)
def test_a_page_with_any_print_is_not_blank(lines: tuple[str, ...]) -> None:
    assert not is_blank(drawing.page(lines, size=(1240, 1754)))
