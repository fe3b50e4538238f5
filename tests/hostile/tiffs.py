"""Hostile and odd TIFFs."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

from tests.hostile.jpegs import zipped
from tests.hostile.making import (
    LONG,
    RATIONAL,
    SHORT,
    Entry,
    grey_entries,
    grey_tiff,
    jpeg,
    saved,
    sheet,
    sixteen,
    tiff,
    tiff_of,
    turned,
)
from tests.hostile.odd import Must, Odd

GOOD, WARNED, REFUSED = Must.ACCEPTED, Must.WARNED, Must.REFUSED


def _old_jpeg() -> bytes:
    """JPEG in a TIFF as TIFF 6.0 had it: a whole JPEG file, named by an offset and a length."""
    data = jpeg("L")
    entries = grey_entries(600, 840, 8, len(data), (513, LONG, 1, 8), (514, LONG, 1, len(data)), packing=6)
    return tiff_of(entries, data=data)


def _strips(count: int, *, height: int = 16) -> bytes:
    """So many strips, all of them the same bytes."""
    data = bytes(256) + struct.pack("<I", 8) * count + struct.pack("<I", 16) * count
    offsets, counts = (273, LONG, count, 8 + 256), (279, LONG, count, 8 + 256 + 4 * count)
    rows = (278, LONG, 1, max(1, height // count))
    return tiff_of(grey_entries(16, height, 8, 256, offsets, counts, rows), data=data)


def _tiled() -> bytes:
    """Four tiles of 16 × 16 for 24 × 24 pixels."""
    data = b"".join(bytes([value]) * 256 for value in (0, 80, 160, 255))
    places = struct.pack("<8I", *(8 + 256 * tile for tile in range(4)), *[256] * 4)
    entries = [entry for entry in grey_entries(24, 24, 0, 0) if entry[0] not in {273, 278, 279}]
    at = 8 + len(data)
    entries += [(322, SHORT, 1, 16), (323, SHORT, 1, 16), (324, LONG, 4, at), (325, LONG, 4, at + 16)]
    return tiff_of(entries, data=data + places)


def _pages(*wrong: int, of: int = 3, far: bool = False) -> bytes:
    """Grey pages, some of which point behind the end of the file, or have no width."""
    data = bytes(range(256))
    broken = grey_entries(16, 16, 1 << 30, 256) if far else grey_entries(0, 16, 8, 256)
    good = grey_entries(16, 16, 8, 256)
    return tiff_of(*[broken if page in wrong else good for page in range(of)], data=data)


def _chain(*following: int) -> bytes:
    """Pages whose directories point wherever they like."""
    return tiff_of(
        *[grey_entries(16, 16, 8, 256)] * len(following), data=bytes(range(256)), following=following
    )


def _endless(count: int) -> bytes:
    """So many pages with the same few bytes."""
    return tiff_of(*[grey_entries(16, 16, 8, 256)] * count, data=bytes(range(256)))


def _same_big_page(count: int) -> bytes:
    """Each page has 70 million pixels, and all are the same strip of an empty page of group 4."""
    strip = b"\xff" * 1100
    entries = grey_entries(8000, 8800, 8, len(strip), bits=1, packing=4)
    return tiff_of(*[entries] * count, data=strip)


def _unmeasured(*counts: int, strips: int = 1) -> bytes:
    """Group 4 in so many strips, which says 0 of their lengths, or nothing."""
    with Image.open(io.BytesIO(tiff(tiffinfo={278: 5000}))) as whole:
        [at], [length] = whole.tag_v2[273], whole.tag_v2[279]  # type: ignore[attr-defined]  # a TIFF has them
        width, height = whole.size
    entries = grey_entries(width, height, 8, 0, bits=1, packing=4)
    told = [entry for entry in entries if entry[0] != 279 or counts]
    if strips > 1:
        told = [entry for entry in told if entry[0] != 273] + [(273, SHORT, strips, 8)]
    return tiff_of(told, data=tiff(tiffinfo={278: 5000})[at : at + length])


def _sub_directories() -> bytes:
    return grey_tiff((330, LONG, 1, 8 + 256))


def _resolution(across: tuple[int, int], down: tuple[int, int], kind: int = RATIONAL) -> bytes:
    data = bytes(range(256)) + struct.pack("<4I", *across, *down)
    more: tuple[Entry, ...] = ((282, kind, 1, 264), (283, kind, 1, 272), (296, SHORT, 1, 2))
    return tiff_of(grey_entries(16, 16, 8, 256, *more), data=data)


def _fax() -> bytes:
    return saved(sheet("1").resize((1728, 1143)), "TIFF", compression="group3", dpi=(204, 98))


def _floats(top: float) -> bytes:
    return saved(Image.fromarray(np.asarray(sheet()).astype(np.float32) / 255 * top), "TIFF")


def _scrambled() -> bytes:
    """The pixels of the first of two pages are noise."""
    whole = tiff("L", 2)
    at = whole.index(b"\x80", 200)
    return whole[:at] + b"\xff" * 60 + whole[at + 60 :]


def _big(count: int = 10, following: int = 0) -> bytes:
    """A BigTIFF of 16 × 16 grey pixels, by hand."""
    data = bytes(range(256))
    entries = grey_entries(16, 16, 16, 256)
    out = b"II" + struct.pack("<HHHQ", 43, 8, 0, 16 + 256) + data + struct.pack("<Q", len(entries))
    for tag, kind, many, value in sorted(entries):
        out += struct.pack("<HHQQ", tag, kind, many, value)
    return out + struct.pack("<Q", following)


def _dicom() -> bytes:
    """What pathologists' scanners write: a TIFF that is a DICOM file too."""
    return tiff_of(grey_entries(16, 16, 200, 256), data=bytes(120) + b"DICM" + bytes(400))


ODD: tuple[Odd, ...] = (
    Odd("group4.tif", "bilevel, group 4", GOOD, tiff),
    Odd("group3.tiff", "bilevel, group 3", GOOD, lambda: tiff(compression="group3")),
    Odd("fax.tif", "a fax of 204 × 98 dpi", GOOD, _fax),
    Odd("many.tif", "300 pages", GOOD, lambda: _endless(300), pages=300),
    Odd("lzw.tif", "colour, LZW", GOOD, lambda: tiff("RGB")),
    Odd("deflate.tif", "colour, deflate", GOOD, lambda: tiff("RGB", compression="tiff_adobe_deflate")),
    Odd("packbits.tif", "grey, PackBits", GOOD, lambda: tiff("L", compression="packbits")),
    Odd("plain.tif", "colour, not packed", GOOD, lambda: tiff("RGB", compression="raw")),
    Odd("jpeg.tif", "JPEG in a TIFF", GOOD, lambda: tiff("RGB", compression="jpeg")),
    Odd("old-jpeg.tif", "JPEG in a TIFF, old style", GOOD, _old_jpeg),
    Odd("lzma.tif", "LZMA", GOOD, lambda: tiff("L", compression="lzma")),
    Odd("zstd.tif", "Zstandard", GOOD, lambda: tiff("L", compression="zstd")),
    Odd("palette.tif", "a palette", GOOD, lambda: tiff("P")),
    Odd("cmyk.tif", "four colours", GOOD, lambda: tiff("CMYK")),
    Odd("sixteen.tif", "16 bits a pixel", GOOD, lambda: saved(sixteen(sheet()), "TIFF")),
    Odd(
        "sixteen-big.tif",
        "16 bits, big-endian, ink counted",
        GOOD,
        lambda: grey_tiff((262, SHORT, 1, 0), bits=16, order=">"),
    ),
    Odd("float.tif", "floats from 0 to 1", GOOD, lambda: _floats(1.0)),
    Odd("float-nan.tif", "floats that are no numbers", GOOD, lambda: _floats(float("nan"))),
    Odd("lab.tif", "CIE Lab", GOOD, lambda: saved(Image.merge("LAB", [sheet()] * 3), "TIFF")),
    Odd("alpha.tif", "with transparency", GOOD, lambda: tiff("RGBA")),
    Odd("tiled.tif", "four tiles", GOOD, _tiled),
    Odd("strips.tif", "16 strips", GOOD, lambda: _strips(16)),
    Odd("turned.tif", "turned", GOOD, lambda: tiff("L", exif=turned(6))),
    Odd("big.tif", "BigTIFF", GOOD, _big),
    Odd("motorola.tif", "big-endian", GOOD, lambda: grey_tiff(order=">")),
    Odd("zero-dpi.tif", "0/0 dots per inch", GOOD, lambda: _resolution((0, 0), (0, 0))),
    Odd(
        "absurd-dpi.tif",
        "four billion dots per inch",
        GOOD,
        lambda: _resolution((2**32 - 1, 1), (1, 2**32 - 1)),
    ),
    Odd(
        "negative-dpi.tif",
        "dots per inch below zero",
        GOOD,
        lambda: _resolution((2**32 - 300, 1), (300, 1), 10),
    ),
    Odd("unmeasured.tif", "a fax that does not say how long it is", WARNED, _unmeasured, "guessed_pages"),
    Odd(
        "measured-0.tif",
        "a fax that says that it has 0 bytes",
        WARNED,
        lambda: _unmeasured(0),
        "guessed_pages",
    ),
    Odd(
        "unmeasured-2.tif",
        "two strips of unknown length",
        REFUSED,
        lambda: _unmeasured(strips=2),
        "broken",
    ),
    Odd("loop.tif", "its second page is followed by the first", GOOD, lambda: _chain(378, 264), pages=2),
    Odd("itself.tif", "its page is followed by itself", GOOD, lambda: _chain(264)),
    Odd("sub.tif", "a sub-directory that is the directory", GOOD, _sub_directories),
    Odd("nowhere.tif", "the next page lies behind the end", REFUSED, lambda: _chain(1 << 30), "broken"),
    Odd("inside-out.tif", "the next page lies within the pixels", REFUSED, lambda: _chain(9), "broken"),
    Odd("thousands.tif", "5,000 pages", REFUSED, lambda: _endless(5000), "too_many_pages"),
    Odd("one-broken.tif", "one page of three has no width", WARNED, lambda: _pages(1), "damaged_pages", 3),
    Odd(
        "one-far.tif",
        "one page of three lies behind the end",
        WARNED,
        lambda: _pages(2, far=True),
        "damaged_pages",
        3,
    ),
    Odd("all-broken.tif", "no page has a width", REFUSED, lambda: _pages(0, 1, 2), "broken"),
    Odd("one-scrambled.tif", "the pixels of one page of two are noise", WARNED, _scrambled, "broken", 2),
    Odd(
        "cut.tif",
        "two thirds of a stack",
        REFUSED,
        lambda: tiff("L", 3)[: len(tiff("L", 3)) * 2 // 3],
        "broken",
    ),
    Odd("cut-one.tif", "half of a page", REFUSED, lambda: grey_tiff()[:100], "broken"),
    Odd("magic.tif", "four bytes of magic", REFUSED, lambda: b"II*\0", "broken"),
    Odd("header.tif", "eight bytes of header", REFUSED, lambda: b"II*\0\x08\0\0\0", "broken"),
    Odd("no-pages.tif", "no directory", REFUSED, lambda: b"II*\0\0\0\0\0" + bytes(50), "broken"),
    Odd("no-size.tif", "neither width nor height", REFUSED, lambda: tiff_of([(259, SHORT, 1, 1)]), "broken"),
    Odd(
        "no-strips.tif",
        "does not say where its pixels are",
        REFUSED,
        lambda: tiff_of([(256, LONG, 1, 9), (257, LONG, 1, 9)]),
        "broken",
    ),
    Odd(
        "bomb.tif",
        "60,000 × 60,000 pixels",
        REFUSED,
        lambda: grey_tiff((256, LONG, 1, 60_000), (257, LONG, 1, 60_000)),
        "too_many_pixels",
    ),
    Odd(
        "same-page.tif",
        "1,000 times the same 70 million pixels",
        REFUSED,
        lambda: _same_big_page(1000),
        "too_dense",
    ),
    Odd("many-strips.tif", "16 rows in 600,000 strips", REFUSED, lambda: _strips(600_000), "broken"),
    Odd(
        "huge-count.tif",
        "four billion strips announced",
        REFUSED,
        lambda: grey_tiff((273, LONG, 2**32 - 1, 8), (279, LONG, 2**32 - 1, 8)),
        "broken",
    ),
    Odd(
        "packing.tif",
        "a packing that does not exist",
        REFUSED,
        lambda: grey_tiff((259, SHORT, 1, 999)),
        "unsupported",
    ),
    Odd(
        "samples.tif", "200 samples a pixel", REFUSED, lambda: grey_tiff((277, SHORT, 1, 200)), "unsupported"
    ),
    Odd("bits.tif", "7 bits a sample", REFUSED, lambda: grey_tiff((258, SHORT, 1, 7)), "unsupported"),
    Odd("big-loop.tif", "BigTIFF that leads back", GOOD, lambda: _big(following=16 + 256)),
    Odd("dicom.tif", "a DICOM file at the same time", WARNED, _dicom, "polyglot"),
    Odd("zip-after.tif", "a ZIP archive follows", WARNED, lambda: tiff() + zipped(), "polyglot"),
)
