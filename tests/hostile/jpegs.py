"""Hostile and odd JPEGs."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import partial
from typing import Any

from tests.hostile.making import frame_at, jpeg, saved, segment, sheet, turned, with_frame_size, with_segments
from tests.hostile.odd import Must, Odd


def _cut(share: float, **options: Any) -> bytes:
    whole = jpeg(**options)
    return whole[: int(len(whole) * share)]


def zipped(name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x" * 100)
    return out.getvalue()


def _unmarked_cmyk() -> bytes:
    """Four colours without Adobe's segment, and so without its inversion."""
    whole = jpeg("CMYK")
    at = whole.index(b"\xff\xee")
    return whole[:at] + whole[at + 2 + int.from_bytes(whole[at + 2 : at + 4]) :]


def _ycck() -> bytes:
    whole = jpeg("CMYK")
    at = whole.index(b"Adobe")
    return whole[: at + 11] + b"\x02" + whole[at + 12 :]


def _many_scans(count: int) -> bytes:
    whole = jpeg("L", progressive=True)
    at = whole.index(b"\xff\xda")
    end = whole.index(b"\xff", at + 12)
    while whole[end + 1] == 0:
        end = whole.index(b"\xff", end + 2)
    return whole[:-2] + whole[at:end] * count + b"\xff\xd9"


def _table_ids() -> bytes:
    whole = jpeg()
    at = whole.index(b"\xff\xda")
    return whole[: at + 6] + b"\x33" + whole[at + 7 :]


def _wrong_length() -> bytes:
    whole = jpeg()
    at = whole.index(b"\xff\xdb")
    return whole[: at + 2] + b"\xff\xff" + whole[at + 4 :]


def _flipped_tables() -> bytes:
    whole = jpeg()
    at = whole.index(b"\xff\xc4")
    return whole[: at + 5] + b"\xff" * 16 + whole[at + 21 :]


def _exif_loop() -> bytes:
    """An EXIF directory that names itself as the next and as its own sub-directory."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def _hidden_file(content: bytes) -> bytes:
    return with_segments(jpeg(), segment(0xFE, content))


GOOD, WARNED, REFUSED = Must.ACCEPTED, Must.WARNED, Must.REFUSED
PDF_HEAD = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

ODD: tuple[Odd, ...] = (
    Odd("plain.jpg", "a JPEG", GOOD, jpeg),
    Odd("grey.JPG", "upper-case extension", GOOD, lambda: jpeg("L")),
    Odd("progressive.jpeg", "progressive", GOOD, lambda: jpeg(progressive=True)),
    Odd("cmyk.jpg", "four colours with Adobe's mark", GOOD, lambda: jpeg("CMYK")),
    Odd("unmarked-cmyk.jpg", "four colours without Adobe's mark", GOOD, _unmarked_cmyk),
    Odd("ycck.jpg", "YCCK by Adobe's mark", GOOD, _ycck),
    *(
        Odd(f"turned-{turn}.jpg", f"EXIF orientation {turn}", GOOD, partial(jpeg, exif=turned(turn)))
        for turn in (3, 6, 8, 99)
    ),
    Odd("restarts.jpg", "restart markers", GOOD, lambda: jpeg(restart_marker_rows=1)),
    Odd("dpi-0.jpg", "0 dpi", GOOD, lambda: jpeg(dpi=(0, 0))),
    Odd("dpi-65535.jpg", "65,535 dpi", GOOD, lambda: jpeg(dpi=(65535, 65535))),
    Odd("pixel.jpg", "one pixel", GOOD, lambda: _resized(1, 1)),
    Odd("large.jpg", "5,400 × 5,400 pixels in colour", GOOD, lambda: _resized(5400, 5400, "RGB")),
    Odd("receipt.jpg", "30,000 pixels long", GOOD, lambda: _resized(300, 30_000)),
    Odd("cut-95.jpg", "the last twentieth is missing", WARNED, lambda: _cut(0.95), "cut_off"),
    Odd("cut-70.jpg", "the last third is missing", WARNED, lambda: _cut(0.7), "cut_off"),
    Odd("cut-25.jpg", "three quarters are missing", REFUSED, lambda: _cut(0.25), "broken"),
    Odd("cut-header.jpg", "cut in its tables", REFUSED, lambda: jpeg()[:200], "broken"),
    Odd(
        "cut-progressive.jpg",
        "a progressive one, cut in half",
        WARNED,
        lambda: _cut(0.5, progressive=True),
        "cut_off",
    ),
    Odd("no-end.jpg", "only the end marker is missing", WARNED, lambda: jpeg()[:-2], "cut_off"),
    Odd("magic.jpg", "three bytes of magic", REFUSED, lambda: b"\xff\xd8\xff", "broken"),
    Odd("no-frame.jpg", "a start and an end", REFUSED, lambda: b"\xff\xd8\xff\xd9", "broken"),
    Odd(
        "garbage-after.jpg", "noise after the end", WARNED, lambda: jpeg() + bytes(range(1, 200)), "trailing"
    ),
    Odd("zeros-after.jpg", "padded with zeros to a block", GOOD, lambda: jpeg() + bytes(4096)),
    Odd("jpeg-after.jpg", "a second JPEG follows", WARNED, lambda: jpeg() + jpeg("L"), "more_pictures"),
    Odd("zip-after.jpg", "a ZIP archive follows", WARNED, lambda: jpeg() + zipped(), "polyglot"),
    Odd(
        "rar-after.jpg",
        "a RAR archive follows",
        WARNED,
        lambda: jpeg() + b"Rar!\x1a\x07\x00" + bytes(50),
        "polyglot",
    ),
    Odd("pdf-inside.jpg", "a PDF in a comment", WARNED, lambda: _hidden_file(PDF_HEAD), "polyglot"),
    Odd(
        "html-inside.jpg",
        "a script in a comment",
        WARNED,
        lambda: _hidden_file(b"<script>alert(1)</script>"),
        "polyglot",
    ),
    Odd(
        "php-inside.jpg",
        "a program in a comment",
        WARNED,
        lambda: _hidden_file(b"<?php system(1); ?>"),
        "polyglot",
    ),
    Odd(
        "giant-frame.jpg",
        "65,535 × 65,535 by its header",
        REFUSED,
        lambda: with_frame_size(jpeg(), 65535, 65535),
        "too_many_pixels",
    ),
    Odd(
        "no-height.jpg",
        "height 0, to be told later",
        REFUSED,
        lambda: with_frame_size(jpeg(), 600, 0),
        "broken",
    ),
    Odd(
        "taller.jpg",
        "says to be four times as high as it is",
        REFUSED,
        lambda: with_frame_size(jpeg()[:-2], 600, 3360),
        "broken",
    ),
    Odd("twelve-bits.jpg", "12 bits a sample", REFUSED, lambda: _depth(12), "unsupported"),
    Odd("many-tables.jpg", "5,000 tables of Huffman codes", GOOD, lambda: _many_tables(5000)),
    Odd(
        "endless-tables.jpg",
        "50,000 tables of Huffman codes",
        REFUSED,
        lambda: _many_tables(50_000),
        "broken",
    ),
    Odd("many-scans.jpg", "1,000 passes", REFUSED, lambda: _many_scans(1000), "too_dense"),
    Odd("wrong-length.jpg", "a segment longer than the file", REFUSED, _wrong_length, "broken"),
    Odd("wrong-tables.jpg", "Huffman codes that cannot be", REFUSED, _flipped_tables, "broken"),
    Odd("no-such-table.jpg", "names tables that are not there", REFUSED, _table_ids, "broken"),
    Odd(
        "exif-loop.jpg",
        "EXIF that leads back to itself",
        GOOD,
        lambda: with_segments(jpeg(), segment(0xE1, _exif_loop())),
    ),
    Odd(
        "exif-noise.jpg",
        "64 KiB of EXIF that is none",
        GOOD,
        lambda: with_segments(jpeg(), segment(0xE1, b"Exif\0\0II*\0" + b"\xfe" * 65_000)),
    ),
    Odd(
        "exif-many.jpg",
        "100 EXIF segments of 64 KiB",
        GOOD,
        lambda: with_segments(jpeg(), *[segment(0xE1, b"Exif\0\0" + bytes(65_000))] * 100),
    ),
    Odd(
        "mpf-noise.jpg",
        "a directory of further pictures that is none",
        GOOD,
        lambda: with_segments(jpeg(), segment(0xE2, b"MPF\0" + b"\xff" * 100)),
    ),
    Odd(
        "icc-noise.jpg",
        "a colour profile that is none",
        GOOD,
        lambda: with_segments(jpeg(), segment(0xE2, b"ICC_PROFILE\0\x01\x01" + b"\xff" * 500)),
    ),
    Odd(
        "photoshop-noise.jpg",
        "Photoshop's block that is none",
        GOOD,
        lambda: with_segments(jpeg(), segment(0xED, b"Photoshop 3.0\0" + b"8BIM" * 100)),
    ),
    Odd(
        "fill.jpg",
        "100,000 fill bytes before a marker",
        GOOD,
        lambda: jpeg()[:2] + b"\xff" * 100_000 + jpeg()[2:],
    ),
)


def _resized(width: int, height: int, mode: str = "L") -> bytes:
    return saved(sheet(mode).resize((width, height)), "JPEG")


def _depth(bits: int) -> bytes:
    whole = jpeg()
    at = frame_at(whole) + 4
    return whole[:at] + bytes([bits]) + whole[at + 1 :]


def _many_tables(count: int) -> bytes:
    table = segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\x05")
    return with_segments(jpeg(), *[table] * count)
