"""The prints of a folder: what stands on them, at which size, and that every code on them reads back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import UUID
from zlib import crc32

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from archive.desks.binding.printing.folder import Folder, Line, Supplement, Waived
from archive.desks.binding.printing.layout import CoverSize, SpineSize, cover, register, remarks, spine

UID = UUID("01932f6e-7a55-7d1e-9a52-2f9b6d0e1c11")
CODE = "J001-ZY·LP·CX·2024·D10-0001"
TITLE = "张三诉某保险公司机动车交通事故责任纠纷案"


def lines(count: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            number=n,
            document_no=f"京公交认字〔2024〕第{n:05d}号",
            author="海淀交通支队",
            title=f"道路交通事故认定书之{n}",
            day=date(2024, 3, 1 + n % 28),
            first=3 * n - 2,
            last=3 * n,
        )
        for n in range(1, count + 1)
    )


FOLDER = Folder(
    uid=UID,
    reference_code=CODE,
    fonds_code="J001",
    fonds="某财产保险公司北京分公司",
    series_code="ZY·LP·CX",
    series="理赔档案",
    title=TITLE,
    year=2024,
    volume_no="0001",
    retention="10年",
    filing_no="LP-2024-17",
    first_day=date(2024, 3, 1),
    last_day=date(2024, 9, 30),
    items=3,
    pages=9,
    lines=lines(3),
    binder="王芳",
    bound_on=date(2024, 10, 1),
    checker="李强",
    checked_on=date(2024, 10, 3),
    remark="第二页有破损。",
    waived=(Waived("驾驶证", "事故中遗失", "陈静"),),
    supplements=(Supplement(date(2025, 1, 2), "王芳", "补充判决书"),),
)

Print = Callable[[Folder], bytes]
PRINTS: dict[str, Print] = {
    "cover": cover,
    "cover on A4": lambda folder: cover(folder, CoverSize.A4),
    "spine 10": lambda folder: spine(folder, SpineSize.MM10),
    "spine 15": lambda folder: spine(folder, SpineSize.MM15),
    "spine 20": lambda folder: spine(folder, SpineSize.MM20),
    "spine 30x210": lambda folder: spine(folder, SpineSize.LABEL),
    "spine 15 on A4": lambda folder: spine(folder, SpineSize.MM15, on_a4=True),
    "register": register,
    "remarks": remarks,
}
each_print = pytest.mark.parametrize("printed", PRINTS.values(), ids=PRINTS)


def text_of(pdf: bytes) -> str:
    """Without white space: a line may break anywhere in Chinese."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def sizes_of(pdf: bytes) -> set[tuple[int, int]]:
    """Width and height in millimetres."""
    pages = PdfReader(BytesIO(pdf)).pages
    return {
        (round(page.mediabox.width * 25.4 / 72), round(page.mediabox.height * 25.4 / 72)) for page in pages
    }


def codes_on(pdf: bytes, number: int = 0, dpi: int = 300) -> dict[str, list[str]]:
    page = pypdfium2.PdfDocument(pdf)[number]
    image = page.render(scale=dpi / 72, grayscale=True).to_pil()
    read: dict[str, list[str]] = {}
    for code in zxingcpp.read_barcodes(image):
        read.setdefault(code.format.name, []).append(code.text)
    return read


def told_by(text: str) -> dict[str, str]:
    """A payload's fields, its check sum confirmed."""
    before, _, check = text.rpartition(";CRC=")
    assert f"{crc32(before.encode()):08x}" == check
    version, *fields = before.split(";")
    assert version == "V1"
    return dict(field.split("=", 1) for field in fields)


@each_print
def test_both_codes_read_back_from_the_page(printed: Print) -> None:
    read = codes_on(printed(FOLDER))
    assert [told_by(text) for text in read["QRCode"]] == [{"VOL": CODE, "UID": str(UID)}]
    assert read["Code128"] == ["J001-ZY.LP.CX.2024.D10-0001"]


@each_print
def test_the_qr_survives_a_scan_of_200_dpi(printed: Print) -> None:
    assert [told_by(text)["UID"] for text in codes_on(printed(FOLDER), dpi=200)["QRCode"]] == [str(UID)]


@each_print
def test_a_draft_says_so_and_its_qr_names_the_folder_without_a_reference_code(printed: Print) -> None:
    read = codes_on(printed(replace(FOLDER, reference_code="")))
    assert [told_by(text) for text in read["QRCode"]] == [{"VOL": "", "UID": str(UID)}]
    assert "Code128" not in read


@pytest.mark.parametrize("name", ["cover", "register", "remarks"])
def test_a_draft_is_marked_in_words(name: str) -> None:
    assert "草稿尚未归档" in text_of(PRINTS[name](replace(FOLDER, reference_code="")))
    assert "草稿" not in text_of(PRINTS[name](FOLDER))


def test_a_reference_code_in_han_is_in_the_qr_alone() -> None:
    read = codes_on(cover(replace(FOLDER, reference_code="Z109-WS·2011·Y·办公室-0001")))
    assert [told_by(text)["VOL"] for text in read["QRCode"]] == ["Z109-WS·2011·Y·办公室-0001"]
    assert "Code128" not in read


@each_print
def test_the_same_folder_gives_the_same_bytes(printed: Print) -> None:
    assert printed(FOLDER) == printed(FOLDER)


def test_the_cover_has_the_fields_of_the_standard() -> None:
    words = text_of(cover(FOLDER))
    labels = ("案卷题名", "时间", "保管期限", "归档号", "件数", "页数", "档号")
    values = (FOLDER.fonds, FOLDER.series, TITLE, "2024-03-01至2024-09-30", "10年", "LP-2024-17", CODE)
    assert [text for text in (*labels, *values) if text not in words] == []


def test_the_spine_has_the_fields_of_the_standard() -> None:
    words = text_of(spine(FOLDER))
    assert [
        text for text in ("J001", "ZY·LP·CX", "2024", "0001", "10年", "LP-2024-17") if text not in words
    ] == []


def test_the_register_has_every_document_in_its_columns() -> None:
    words = text_of(register(FOLDER))
    columns = ("顺序号", "文号", "责任者", "题名", "日期", "页号", "备注")
    assert [text for text in columns if text not in words] == []
    assert "京公交认字〔2024〕第00002号" in words
    assert "道路交通事故认定书之2" in words
    assert "20240303" in words
    assert "4-6" in words


def test_the_remarks_sheet_says_what_is_missing_what_came_later_and_who_vouches() -> None:
    words = text_of(remarks(FOLDER))
    said = (
        "第二页有破损。",
        "驾驶证",
        "事故中遗失",
        "陈静",
        "补充判决书",
        "立卷人王芳",
        "检查人李强",
        "2024-10-03",
    )
    assert [text for text in said if text not in words] == []


@pytest.mark.parametrize(
    ("printed", "size"),
    [
        (PRINTS["cover"], (220, 310)),
        (PRINTS["cover on A4"], (210, 297)),
        (PRINTS["spine 10"], (10, 310)),
        (PRINTS["spine 15"], (15, 310)),
        (PRINTS["spine 20"], (20, 310)),
        (PRINTS["spine 30x210"], (30, 210)),
        (PRINTS["spine 15 on A4"], (210, 297)),
        (PRINTS["register"], (210, 297)),
        (PRINTS["remarks"], (210, 297)),
    ],
    ids=PRINTS,
)
def test_each_is_one_sheet_of_its_true_size(printed: Print, size: tuple[int, int]) -> None:
    pdf = printed(FOLDER)
    assert sizes_of(pdf) == {size}
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


@each_print
def test_a_long_title_and_empty_fields_stay_on_one_sheet(printed: Print) -> None:
    folder = replace(
        FOLDER, title="很长的案卷题名" * 100, retention="", filing_no="", first_day=None, binder="", remark=""
    )
    pdf = printed(folder)
    assert "很" in text_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    assert len(codes_on(pdf)["QRCode"]) == 1


def test_a_title_of_three_hundred_characters_is_on_the_cover_whole() -> None:
    title = "".join(chr(0x4E00 + n) for n in range(300))
    assert title in text_of(cover(replace(FOLDER, title=title)))


def test_the_heading_and_the_codes_stand_on_every_sheet_of_five_hundred_documents() -> None:
    pdf = register(replace(FOLDER, lines=lines(500)))
    sheets = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert len(sheets) > 10
    assert all("责任者" in sheet and CODE in sheet for sheet in sheets)
    assert f"第 {len(sheets)} 页 共 {len(sheets)} 页" in sheets[-1]
    assert "道路交通事故认定书之 500" in sheets[-1]
    assert [told_by(text)["UID"] for text in codes_on(pdf, len(sheets) - 1)["QRCode"]] == [str(UID)]


def test_a_document_without_pages_or_day_leaves_its_places_empty() -> None:
    bare = Line(1, "", "", "空白", None, 0, 0)
    assert "备注1空白第1页" in text_of(register(replace(FOLDER, lines=(bare,))))


@each_print
def test_a_character_that_no_font_draws_is_marked(printed: Print) -> None:
    words = text_of(printed(replace(FOLDER, title="张\U0003fffd丰案", remark="\U0003fffd", lines=lines(1))))
    assert "\x00" not in words
    assert "\U0003fffd" not in words


@pytest.mark.parametrize("letter", ["㐂", "𠮷"])
def test_a_rare_character_is_drawn_or_named(letter: str) -> None:
    words = text_of(cover(replace(FOLDER, title=f"张{letter}案")))
    assert f"张{letter}案" in words or ("张〓案" in words and f"U+{ord(letter):04X}" in words)


def test_markup_in_a_title_is_printed_as_it_was_typed() -> None:
    title = '#eval("1") $x$ *甲* _乙_ = 丙 @丁 <戊> \\ [己] // 庚'
    assert "".join(title.split()) in text_of(cover(replace(FOLDER, title=title)))
    assert "".join(title.split()) in text_of(
        register(replace(FOLDER, lines=(replace(FOLDER.lines[0], title=title),)))
    )
