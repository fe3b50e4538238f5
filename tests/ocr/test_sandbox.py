"""The sandbox: what happens to a file, a page and the next page when reading goes wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ocr.page import BLANK, UNDECODED
from ocr.sandbox import (
    AttachmentUnreadable,
    BareLauncher,
    ByteSource,
    Code,
    Kind,
    Launcher,
    Limits,
    PageUnreadable,
    Sandbox,
    Unacceptable,
    choose_launcher,
    launch,
)
from tests.hostile import pdf_active
from tests.hostile.pdf_writer import Pdf
from tests.ocr import drawing

SCAN = drawing.page(drawing.SIMPLIFIED)
TWO_SCANS = drawing.tiff_bytes([SCAN, SCAN])
STRICT = Limits(engine_cpu=1, patience=60.0)


@pytest.fixture(scope="module")
def launcher() -> Launcher:
    return choose_launcher()


def ranges(data: bytes) -> ByteSource:
    return lambda offset, length: data[offset : offset + length]


def opened(
    launcher: Launcher, data: bytes, name: str, engine: str = "failing:raise", limits: Limits = STRICT
) -> Sandbox:
    return launch(launcher, ranges(data), name, len(data), limits, engine)


def test_a_stack_of_scans_is_read_page_by_page(launcher: Launcher) -> None:
    stack = drawing.tiff_bytes([SCAN, drawing.page(drawing.TRADITIONAL, drawing.MING)])

    with opened(launcher, stack, "stack.tif", "rapidocr", Limits()) as sandbox:
        pages = sandbox.probe().pages
        first, second = (sandbox.read_page(page.number) for page in pages)

    assert "陈小明" in first.text.text
    assert "陳小明" in second.text.text
    assert (first.image.number, first.image.width, first.image.grey) == (1, 1240, True)
    assert first.image.jpeg.startswith(b"\xff\xd8\xff")


def test_a_born_digital_page_needs_no_engine(launcher: Launcher) -> None:
    pdf = drawing.pdf_bytes(drawing.lines_of_text(drawing.SIMPLIFIED))

    with opened(launcher, pdf, "record.pdf", "failing:crash") as sandbox:
        found, page = sandbox.probe(), sandbox.read_page(1)

    assert found.kind is Kind.PDF
    assert (page.text.engine, page.text.text) == ("text-layer", "\n".join(drawing.SIMPLIFIED))


def test_a_blank_page_is_marked_and_needs_no_engine(launcher: Launcher) -> None:
    sheet = drawing.picture_bytes(drawing.noise(), "JPEG")

    with opened(launcher, sheet, "empty.jpg", "failing:crash") as sandbox:
        page = sandbox.read_page(1)

    assert page.image.is_blank
    assert (page.text.text, page.text.reason) == ("", BLANK)


def scanned(jpeg: bytes) -> bytes:
    """One page that is this picture of 400 × 560, as a scanner writes it."""
    pdf = Pdf()
    told = b"/Subtype/Image/Width 400/Height 560/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"
    picture = pdf.plain(jpeg, told)
    pdf.page(b"q 595 0 0 842 0 0 cm /I Do Q", b"/MediaBox[0 0 595 842]", b"/XObject<</I %d 0 R>>" % picture)
    return pdf.file()


WRITTEN = drawing.picture_bytes(drawing.page(drawing.SIMPLIFIED).resize((400, 560)).convert("L"), "JPEG")
WHITE = drawing.picture_bytes(Image.new("L", (400, 560), 255), "JPEG")


@pytest.mark.parametrize(
    ("jpeg", "reason"),
    [
        (WHITE, BLANK),
        (WHITE[:-2], UNDECODED),
        (WRITTEN[:2] + bytes(200) + WRITTEN[202:], UNDECODED),
        (WRITTEN[:150], UNDECODED),
        (b"", UNDECODED),
    ],
    ids=["white", "without its end", "damaged head", "cut in its tables", "empty"],
)
def test_a_white_sheet_is_blank_and_a_picture_that_cannot_be_decoded_is_not(
    launcher: Launcher, jpeg: bytes, reason: str
) -> None:
    with opened(launcher, scanned(jpeg), "scan.pdf") as sandbox:
        page = sandbox.read_page(1)

    assert (page.text.reason, page.image.is_blank) == (reason, reason == BLANK)


def test_a_bad_file_is_refused_with_what_to_do(launcher: Launcher) -> None:
    with (
        opened(launcher, b"PK\x03\x04 and so on", "scan.pdf") as sandbox,
        pytest.raises(Unacceptable) as caught,
    ):
        sandbox.probe()

    assert caught.value.code is Code.WRONG_EXTENSION
    assert caught.value.remedy


IMPATIENT = Limits(engine_cpu=1, patience=1.5)
POOR = Limits(engine_memory=800 << 20)


@pytest.mark.parametrize(
    ("engine", "limits", "reason"),
    [
        ("failing:raise", STRICT, "always raises"),
        ("failing:spin", STRICT, "after 1 s of CPU time"),
        ("failing:hang", IMPATIENT, "no answer in time"),
        ("failing:crash", STRICT, "SIGABRT"),
        ("failing:hoard", POOR, "more memory than is allowed"),
        ("failing:rubbish", STRICT, "malformed reading"),
        ("no-such-engine", STRICT, "no engine named"),
    ],
)
def test_when_the_engine_fails_the_picture_stays_and_the_next_page_is_served(
    launcher: Launcher, engine: str, limits: Limits, reason: str
) -> None:
    with opened(launcher, TWO_SCANS, "stack.tif", engine, limits) as sandbox:
        sandbox.probe()
        pages = [sandbox.read_page(1), sandbox.read_page(2)]

    for page in pages:
        assert page.text.text == ""
        assert reason in (page.text.reason or "")
        assert page.image.jpeg.startswith(b"\xff\xd8\xff")


def test_a_page_that_cannot_be_drawn_leaves_the_others_alone(launcher: Launcher) -> None:
    stack = drawing.with_broken_picture(drawing.tiff_bytes([SCAN] * 3), 1)

    with opened(launcher, stack, "stack.tif") as sandbox:
        assert len(sandbox.probe().pages) == 3
        with pytest.raises(PageUnreadable) as caught:
            sandbox.read_page(2)
        third = sandbox.read_page(3)

    assert caught.value.code is Code.BROKEN
    assert third.image.number == 3


def test_the_files_in_a_pdf_are_handed_over_one_by_one(launcher: Launcher) -> None:
    pdf = pdf_active.attached((b"eicar.com", pdf_active.EICAR), (b"b.txt", b"b" * 300))

    with opened(launcher, pdf, "letter.pdf") as sandbox:
        found = sandbox.probe()
        contents = [sandbox.attachment(file.number) for file in found.attachments]
        assert sandbox.read_page(1).image.number == 1

    assert [remark.code for remark in found.remarks] == ["attachment"]
    assert contents == [pdf_active.EICAR, b"b" * 300]


def test_a_file_in_a_pdf_that_cannot_be_unpacked_leaves_the_others_alone(launcher: Launcher) -> None:
    pdf = pdf_active.attached((b"large", bytes(65 << 20)), (b"b.txt", b"b"))

    with opened(launcher, pdf, "letter.pdf") as sandbox:
        sandbox.probe()
        with pytest.raises(AttachmentUnreadable) as caught:
            sandbox.attachment(1)
        with pytest.raises(AttachmentUnreadable, match="IndexError"):
            sandbox.attachment(3)
        assert sandbox.attachment(2) == b"b"

    assert (caught.value.code, "65 MiB" in caught.value.reason) == (Code.TOO_LARGE, True)


def test_a_page_beyond_the_last_is_unreadable(launcher: Launcher) -> None:
    with opened(launcher, TWO_SCANS, "stack.tif") as sandbox, pytest.raises(PageUnreadable):
        sandbox.read_page(3)


def test_the_largest_page_that_is_allowed_fits_into_the_limits(launcher: Launcher) -> None:
    poster = Image.new("RGB", (9940, 8040), "white")
    poster.paste((200, 30, 40), (1000, 1000, 3000, 3000))

    with opened(launcher, drawing.picture_bytes(poster, "JPEG"), "poster.jpg") as sandbox:
        page = sandbox.read_page(1)

    assert (page.image.width, page.image.height, page.image.grey) == (2000, 1618, False)


def test_drawing_is_limited_too(launcher: Launcher) -> None:
    huge = drawing.picture_bytes(Image.new("RGB", (8000, 8000), "white"), "PNG")

    with (
        opened(launcher, huge, "a.png", limits=Limits(render_memory=64 << 20)) as sandbox,
        pytest.raises(Unacceptable) as caught,
    ):
        sandbox.probe()

    assert caught.value.code is Code.OUT_OF_MEMORY


def test_the_file_arrives_in_ranges_within_it(launcher: Launcher) -> None:
    data = drawing.picture_bytes(Image.effect_noise((1500, 1500), 90), "PNG")
    asked: list[tuple[int, int]] = []

    def source(offset: int, length: int) -> bytes:
        asked.append((offset, length))
        return data[offset : offset + length]

    with launch(launcher, source, "a.png", len(data), STRICT, "failing:raise") as sandbox:
        sandbox.probe()

    assert len(data) > 1 << 20
    assert all(0 <= offset < offset + length <= len(data) for offset, length in asked)
    assert max(length for _, length in asked) <= 256 << 10


def test_what_the_source_raises_reaches_the_caller(launcher: Launcher) -> None:
    class SealBroken(Exception):
        pass

    def source(_offset: int, _length: int) -> bytes:
        raise SealBroken

    with launch(launcher, source, "a.png", 100, STRICT, "rapidocr") as sandbox, pytest.raises(SealBroken):
        sandbox.probe()


def test_a_source_that_gives_too_little_is_a_fault_of_the_caller(launcher: Launcher) -> None:
    with (
        launch(launcher, ranges(b"short"), "a.png", 100, STRICT, "rapidocr") as sandbox,
        pytest.raises(OSError, match="fewer bytes"),
    ):
        sandbox.probe()


def test_the_bare_launcher_reads_too_and_leaves_nothing_behind(scratch_folders: Callable[[], int]) -> None:
    before = scratch_folders()

    with opened(BareLauncher(), TWO_SCANS, "stack.tif", "tesseract", Limits()) as sandbox:
        page = sandbox.read_page(1)
        assert scratch_folders() == before + 1

    assert "ZY20240317" in page.text.text
    assert scratch_folders() == before


def test_the_bare_launcher_removes_what_a_killed_process_left() -> None:
    ended = subprocess.run(["/bin/sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    left = Path(f"/dev/shm/juanzong-ocr-{ended.stdout.strip()}-left")
    left.mkdir()

    with opened(BareLauncher(), TWO_SCANS, "stack.tif") as sandbox:
        sandbox.probe()

    assert not left.exists()


@pytest.mark.parametrize("engine", ["failing:crash", "failing:hang"])
def test_the_bare_launcher_leaves_nothing_behind_when_the_engine_fails(
    scratch_folders: Callable[[], int], engine: str
) -> None:
    before = scratch_folders()

    with opened(BareLauncher(), TWO_SCANS, "stack.tif", engine, IMPATIENT) as sandbox:
        sandbox.read_page(1)

    assert scratch_folders() == before


@pytest.fixture
def scratch_folders() -> Callable[[], int]:
    from ocr import launchers

    own = f"{launchers._SCRATCH}{os.getpid()}-*"  # not those of other tests that run beside this one
    return lambda: len(list(launchers._SHARED_MEMORY.glob(own)))
