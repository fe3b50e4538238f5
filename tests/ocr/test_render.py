"""Pictures of pages."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat
from reportlab.pdfgen.canvas import Canvas

from ocr import pictures
from ocr.facts import Limits
from ocr.probe import probe
from ocr.render import is_blank, pdf_dpi, render, view_jpeg
from tests.hostile.making import SHORT, grey_tiff, turned
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


def sixteen_bits(top: int) -> Image.Image:
    """The page with values from 0 to `top`."""
    return PAGE.point(lambda value: value * top // 255, "I").convert("I;16")


@pytest.mark.parametrize("top", [1023, 4095, 65535], ids=["10 bits", "12 bits", "16 bits"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_of_more_than_8_bits_keeps_its_greys(kind: str, top: int) -> None:
    page, _ = rendered(drawing.picture_bytes(sixteen_bits(top), kind), f"a.{kind.lower()}")

    assert difference(page, PAGE) < 2


def test_16_bits_that_count_ink_are_turned_over() -> None:
    light, _ = rendered(grey_tiff(bits=16), "a.tif")
    ink, _ = rendered(grey_tiff((262, SHORT, 1, 0), bits=16), "a.tif")

    assert difference(ImageOps.invert(ink), light) == 0


def test_a_page_of_16_bits_is_turned_upright_too() -> None:
    turned_page = sixteen_bits(65535).transpose(Image.Transpose.ROTATE_90)

    upright, _ = rendered(drawing.picture_bytes(turned_page, "PNG", exif=turned(6)), "a.png")

    assert difference(upright, PAGE) < 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(2, 9))
def test_every_turn_of_exif_is_undone(kind: str, turn: int) -> None:
    corner = Image.new("L", (64, 32), 255)
    corner.paste(0, (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = turn
    expected = ImageOps.exif_transpose(_with_exif(corner, exif))

    page, _ = rendered(
        drawing.picture_bytes(corner.convert("RGB"), kind, exif=exif.tobytes()), f"a.{kind.lower()}"
    )

    assert page.size == expected.size
    assert difference(page, expected) < 3


def _with_exif(picture: Image.Image, exif: Image.Exif) -> Image.Image:
    marked = picture.copy()
    marked.info["exif"] = exif.tobytes()
    return marked


def test_four_colours_with_adobes_mark_look_as_printed() -> None:
    page, _ = rendered(drawing.picture_bytes(PAGE.convert("RGB").convert("CMYK"), "JPEG"), "a.jpg")

    assert difference(page, PAGE) < 2


def test_four_colours_without_the_mark_are_ink() -> None:
    ink = ImageChops.invert(PAGE.convert("RGB").convert("CMYK"))
    marked = drawing.picture_bytes(ink, "JPEG")
    at = marked.index(b"\xff\xee")

    page, _ = rendered(marked[:at] + marked[at + 16 :], "a.jpg")

    assert difference(page, PAGE) < 2


def test_a_fax_of_uneven_dots_is_shown_as_long_as_it_is() -> None:
    fax = PAGE.resize((1728, 1143)).convert("1")

    page, dpi = rendered(drawing.picture_bytes(fax, "TIFF", compression="group3", dpi=(204, 98)), "a.tif")

    assert (page.size, dpi) == ((1728, 2379), 204)


@pytest.mark.parametrize("told", [(0, 0), (65535, 65535), (1, 1), (72, 72), (96, 96)])
def test_dots_that_cannot_be_true_are_not_believed(told: tuple[int, int]) -> None:
    _, dpi = rendered(drawing.picture_bytes(PAGE, "JPEG", dpi=told), "a.jpg")

    assert dpi == 150


def test_a_receipt_of_30_000_pixels_is_drawn() -> None:
    page, _ = rendered(drawing.picture_bytes(Image.new("L", (600, 30_000), 255), "PNG"), "a.png")

    assert page.size == (600, 30_000)
    assert view_jpeg(page)[1] == (40, 2000)


def test_what_is_missing_of_a_jpeg_that_was_cut_off_is_grey_and_the_rest_is_there() -> None:
    noise = drawing.noise()
    whole = drawing.picture_bytes(noise, "JPEG", quality=95)

    page, _ = rendered(whole[: len(whole) * 3 // 4], "a.jpg")

    upper, lower = (0, 0, page.width, page.height // 2), (0, page.height - 8, page.width, page.height)
    assert difference(page.crop(upper), noise.crop(upper)) < 2
    assert page.crop(lower).getextrema() == (128, 128)


def test_of_a_thousand_pages_one_costs_the_bytes_of_one() -> None:
    source = Counting(drawing.tiff_bytes([PAGE] * 8))
    found = probe(source, "a.tif", Limits())
    source.read_bytes = 0

    render(source, found, 8)

    assert source.read_bytes < len(source.getvalue()) / 4


class Counting(io.BytesIO):
    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


def test_a_jpeg_2000_that_needs_too_much_memory_is_decoded_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    large = PAGE.resize((2480, 3508))
    monkeypatch.setattr(pictures, "_LARGEST_DECODED", 40 << 20)

    page, dpi = rendered(
        drawing.picture_bytes(large.convert("RGB"), "JPEG2000", quality_layers=[20]), "a.jp2"
    )

    assert (page.size, dpi) == (PAGE.size, 150)
    assert difference(page, PAGE) < 4


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
