"""What is taken in, and how what is not is refused."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from PIL import Image

from ocr.probe import Code, Kind, Limits, PageFacts, Probe, Unacceptable, probe
from tests.ocr import drawing

LIMITS = Limits()


def look(data: bytes, name: str, limits: Limits = LIMITS) -> Probe:
    return probe(io.BytesIO(data), name, limits)


def refusal(data: bytes, name: str, limits: Limits = LIMITS) -> Unacceptable:
    with pytest.raises(Unacceptable) as caught:
        look(data, name, limits)
    assert caught.value.reason
    assert caught.value.remedy
    return caught.value


def text_pdf(pages: int = 1) -> bytes:
    return drawing.pdf_bytes(*[drawing.lines_of_text(drawing.SIMPLIFIED)] * pages)


def zip_bytes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("scan.jpg", b"x")
    return out.getvalue()


PICTURE = drawing.page(drawing.SIMPLIFIED, size=(400, 300))
JPEG = drawing.picture_bytes(PICTURE, "JPEG", dpi=(150, 150))
PNG = drawing.picture_bytes(PICTURE, "PNG")


def test_a_jpeg_is_one_page_at_the_resolution_it_names() -> None:
    assert look(JPEG, "a.JPG") == Probe(
        Kind.JPEG, "image/jpeg", (PageFacts(1, 400, 300, 150),), has_text=False
    )


def test_a_picture_that_names_no_resolution_counts_as_a4() -> None:
    assert look(drawing.picture_bytes(Image.new("L", (1654, 2339), 255), "PNG"), "a.png").pages[0].dpi == 200


def test_a_tiff_has_as_many_pages_as_pictures() -> None:
    found = look(drawing.tiff_bytes([PICTURE] * 3), "fax.tif")

    assert (found.kind, [page.number for page in found.pages]) == (Kind.TIFF, [1, 2, 3])


def test_a_pdf_has_its_pages_and_says_that_it_holds_text() -> None:
    found = look(text_pdf(2), "record.pdf")

    assert (found.kind, len(found.pages), found.has_text) == (Kind.PDF, 2, True)
    assert (found.pages[0].width, found.pages[0].height, found.pages[0].dpi) == (2479, 3508, 300)


def test_a_scanned_pdf_holds_no_text() -> None:
    assert not look(drawing.pdf_bytes(drawing.full_page_scan(PICTURE)), "scan.pdf").has_text


def test_a_stack_with_one_broken_page_is_accepted_for_the_others() -> None:
    stack = drawing.with_broken_picture(drawing.tiff_bytes([PICTURE] * 3), 0)

    assert len(look(stack, "stack.tif").pages) == 3


def test_a_stack_that_was_cut_off_is_refused() -> None:
    stack = drawing.tiff_bytes([PICTURE] * 3)

    assert refusal(stack[: len(stack) * 2 // 3], "stack.tif").code is Code.BROKEN


def test_a_single_picture_with_broken_pixels_is_refused() -> None:
    broken = drawing.with_broken_picture(drawing.tiff_bytes([PICTURE]), 0)

    assert refusal(broken, "a.tif").code is Code.BROKEN


def test_a_name_without_extension_is_accepted() -> None:
    assert look(PNG, "scan0001").kind is Kind.PNG


def test_a_pdf_that_only_forbids_changes_is_accepted() -> None:
    assert look(drawing.encrypted(text_pdf(), ""), "form.pdf").kind is Kind.PDF


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", Code.EMPTY),
        (JPEG, "a.png", Code.WRONG_EXTENSION),
        (PNG, "a.pdf", Code.WRONG_EXTENSION),
        (JPEG, "a.exe", Code.WRONG_EXTENSION),
        (zip_bytes(), "a.pdf", Code.WRONG_EXTENSION),
        (b"just some words", "a.tif", Code.WRONG_EXTENSION),
        (zip_bytes(), "a.zip", Code.UNKNOWN_KIND),
        (b"just some words", "a.txt", Code.UNKNOWN_KIND),
        (b"GIF89a" + bytes(60), "a", Code.BROKEN),
        (JPEG[: len(JPEG) // 4], "a.jpg", Code.BROKEN),
        (JPEG[:20], "a.jpg", Code.BROKEN),
        (PNG[: len(PNG) // 2], "a.png", Code.BROKEN),
        (drawing.tiff_bytes([PICTURE])[:200], "a.tif", Code.BROKEN),
        (b"%PDF-1.7\nnothing of a PDF follows", "a.pdf", Code.BROKEN),
        (drawing.pdf_bytes(drawing.full_page_scan(PICTURE))[:300], "a.pdf", Code.BROKEN),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_is_refused_with_its_reason(data: bytes, name: str, code: Code) -> None:
    assert refusal(data, name).code is code


def test_a_zip_named_pdf_is_to_be_unpacked() -> None:
    assert "npack" in refusal(zip_bytes(), "a.pdf").remedy


def test_an_encrypted_pdf_is_to_be_uploaded_without_its_password() -> None:
    refused = refusal(drawing.encrypted(text_pdf(), "secret"), "a.pdf")

    assert refused.code is Code.ENCRYPTED
    assert refused.remedy == "Remove the password and upload it again."


@pytest.mark.parametrize(
    ("data", "name"),
    [(text_pdf(3), "a.pdf"), (drawing.tiff_bytes([PICTURE] * 3), "a.tif")],
    ids=["pdf", "tiff"],
)
def test_too_many_pages_are_refused(data: bytes, name: str) -> None:
    assert refusal(data, name, Limits(max_pages=2)).code is Code.TOO_MANY_PAGES


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    assert refusal(JPEG, "a.jpg", Limits(max_pixels=400 * 300 - 1)).code is Code.TOO_MANY_PIXELS


def test_a_later_picture_with_too_many_pixels_is_refused() -> None:
    stack = drawing.tiff_bytes([PICTURE, drawing.page((), size=(401, 300))])

    assert refusal(stack, "a.tif", Limits(max_pixels=400 * 300)).code is Code.TOO_MANY_PIXELS


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    one_pixel = drawing.picture_bytes(Image.new("1", (1, 1)), "PNG")
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + one_pixel[24:29]
    bomb = one_pixel[:12] + header + zlib.crc32(header).to_bytes(4, "big") + one_pixel[33:]

    assert refusal(bomb, "a.png").code is Code.TOO_MANY_PIXELS


def test_too_many_bytes_are_refused() -> None:
    assert refusal(JPEG, "a.jpg", Limits(max_bytes=len(JPEG) - 1)).code is Code.TOO_LARGE
