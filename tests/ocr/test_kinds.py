"""Magic and name agree; what is not taken in is refused by its own name; what is two things at once is told."""

from __future__ import annotations

import io

import pytest

from ocr.facts import MEDIA_TYPES, Code, Kind, Limits, Unacceptable
from ocr.kinds import kind_by_magic, kind_of
from ocr.probe import probe
from tests.hostile.jpegs import zipped
from tests.hostile.making import chunk, jpeg, png, saved, sheet, with_chunks
from tests.ocr import drawing


def refused(content: bytes, name: str) -> Unacceptable:
    with pytest.raises(Unacceptable) as caught:
        kind_of(io.BytesIO(content), name)
    return caught.value


def remarks(content: bytes, name: str) -> list[str]:
    return [remark.code for remark in probe(io.BytesIO(content), name, Limits()).remarks]


@pytest.mark.parametrize(
    ("kind", "saved_as", "name"),
    [
        (Kind.JPEG2000, "JPEG2000", "a.jp2"),
        (Kind.WEBP, "WEBP", "a.webp"),
        (Kind.BMP, "BMP", "a.bmp"),
        (Kind.GIF, "GIF", "a.gif"),
    ],
)
def test_every_picture_kind_is_known_by_its_first_bytes(kind: Kind, saved_as: str, name: str) -> None:
    assert kind_of(io.BytesIO(saved(sheet(), saved_as)), name) is kind


@pytest.mark.parametrize(
    "name",
    [
        "扫描 2024.03.17",
        "理赔 No.12",
        "合同（终稿）v1.2",
        "scan",
        "scan.pdf;1",
        "scan.pdf\u200b",
        "scan.pdf.",
        "scan.PDF ",
    ],
)
def test_a_name_contradicts_only_when_its_end_is_known_to_mean_something_else(name: str) -> None:
    assert kind_of(io.BytesIO(b"%PDF-1.7\n"), name) is Kind.PDF


def test_a_picture_of_two_views_is_a_jpeg() -> None:
    assert kind_of(io.BytesIO(jpeg()), "3d.mpo") is Kind.JPEG


@pytest.mark.parametrize("name", ["scan.exe", "scan.docx", "scan.jpg", "scan.jpg\u200b", "scan.png;1"])
def test_a_name_that_means_another_kind_contradicts(name: str) -> None:
    assert refused(b"%PDF-1.7\n", name).code is Code.WRONG_EXTENSION


@pytest.mark.parametrize(
    ("content", "name", "usual"),
    [
        (jpeg(), "a.png", ".jpg"),
        (saved(sheet(), "JPEG2000"), "a.jpg", ".jp2"),
        (saved(sheet(), "TIFF"), "a.jpg", ".tif"),
        (png(), "a.pdf", ".png"),
        (b"%PDF-1.7\n", "a.jpg", ".pdf"),
    ],
)
def test_the_name_that_helps_is_the_one_that_people_use(content: bytes, name: str, usual: str) -> None:
    assert refused(content, name).remedy == f"Check that it is the right file, then name it {usual}."


def test_every_kind_has_a_media_type() -> None:
    assert set(MEDIA_TYPES) == set(Kind)


def test_a_heic_picture_is_refused_with_the_setting_of_the_phone() -> None:
    refusal = refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_0001.HEIC")

    assert refusal.code is Code.UNKNOWN_KIND
    assert "Most Compatible" in refusal.remedy


def test_a_heic_picture_named_jpg_is_still_called_heic() -> None:
    assert "HEIC" in refused(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "IMG_0001.jpg").reason


def test_an_ofd_is_refused_with_the_export_that_helps() -> None:
    refusal = refused(zipped("OFD.xml"), "invoice.ofd")

    assert (refusal.reason, "PDF" in refusal.remedy) == ("This is an OFD document.", True)


def test_a_word_document_is_told_from_a_plain_archive() -> None:
    assert "Office" in refused(zipped("[Content_Types].xml"), "letter.docx").reason
    assert "archive" in refused(zipped("scan.jpg"), "scans.zip").reason


def test_a_pdf_may_have_a_few_bytes_before_its_header() -> None:
    assert kind_by_magic(b"\x1b%-12345X@PJL\r\n%PDF-1.4") is Kind.PDF


@pytest.mark.parametrize("before", [b"MZ", b"PK\x03\x04", b"<html>", b"#!/bin/sh\n"])
def test_a_pdf_behind_the_beginning_of_something_else_is_not_a_pdf(before: bytes) -> None:
    assert kind_by_magic(before + b"%PDF-1.4") is None


def test_an_archive_behind_a_picture_is_told() -> None:
    assert remarks(png() + zipped(), "a.png") == ["polyglot"]


def test_an_archive_behind_a_pdf_is_told() -> None:
    assert "polyglot" in remarks(drawing.pdf_bytes(drawing.full_page_scan(sheet())) + zipped(), "a.pdf")


def test_padding_is_not_worth_a_word() -> None:
    assert remarks(jpeg() + bytes(512), "a.jpg") == []


def test_the_letters_of_an_archive_within_a_picture_are_no_archive() -> None:
    assert remarks(with_chunks(png(), chunk(b"teSt", b"PK\x05\x06" + bytes(40))), "a.png") == []
