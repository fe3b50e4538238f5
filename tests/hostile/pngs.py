"""Hostile and odd PNGs."""

from __future__ import annotations

import struct
import zlib

from tests.hostile.jpegs import PDF_HEAD, zipped
from tests.hostile.making import (
    SIGNATURE,
    chunk,
    png,
    png_of,
    rows,
    saved,
    sheet,
    sixteen,
    turned,
    with_chunks,
)
from tests.hostile.odd import Must, Odd

GOOD, WARNED, REFUSED = Must.ACCEPTED, Must.WARNED, Must.REFUSED


def _packed_zeros(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)) + packer.flush()


def _text(count: int) -> bytes:
    return with_chunks(png(), *[chunk(b"zTXt", b"note\0\0" + _packed_zeros(64))] * count)


def _animated(frames: int = 3) -> bytes:
    return saved(sheet("RGB"), "PNG", save_all=True, append_images=[sheet("L").convert("RGB")] * (frames - 1))


def _wrong_sum() -> bytes:
    whole = bytearray(png())
    whole[29] ^= 0xFF
    return bytes(whole)


def _length(value: int) -> bytes:
    whole = png()
    at = whole.index(b"IDAT") - 4
    return whole[:at] + struct.pack(">I", value) + whole[at + 4 :]


def _interlaced() -> bytes:
    """Adam7 of a white 8 × 8 page: seven small pictures."""
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    passes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    data = b"".join((b"\0" + b"\xff" * width) * height for width, height in passes)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return SIGNATURE + body


def _palette_too_small() -> bytes:
    return png_of(
        8, 8, zlib.compress((b"\0" + b"\xff" * 8) * 8), chunk(b"PLTE", b"\1\2\3"), depth=8, colour=3
    )


ODD: tuple[Odd, ...] = (
    Odd("plain.png", "a PNG", GOOD, png),
    Odd("one-bit.png", "one bit a pixel", GOOD, lambda: png("1")),
    Odd("sixteen.png", "16 bits a pixel", GOOD, lambda: saved(sixteen(sheet()), "PNG")),
    Odd("palette.png", "a palette", GOOD, lambda: png("P")),
    Odd("palette-clear.png", "a palette with a transparent colour", GOOD, lambda: png("P", transparency=0)),
    Odd("alpha.png", "with transparency", GOOD, lambda: png("RGBA")),
    Odd("grey-alpha.png", "grey with transparency", GOOD, lambda: png("LA")),
    Odd("interlaced.png", "interlaced", GOOD, _interlaced),
    Odd("turned.png", "EXIF says turned", GOOD, lambda: png(exif=turned(6))),
    Odd("animated.png", "three frames", WARNED, _animated, "more_pictures"),
    Odd(
        "many-frames.png",
        "2,000 frames announced, one there",
        WARNED,
        lambda: with_chunks(png(), chunk(b"acTL", struct.pack(">II", 2000, 0))),
        "more_pictures",
    ),
    Odd("pixel.png", "one pixel", GOOD, lambda: png_of(1, 1, rows(1, 1))),
    Odd("line.png", "90,000 pixels wide, one high", GOOD, lambda: png_of(90_000, 1, rows(90_000, 1))),
    Odd("receipt.png", "600 × 30,000 pixels", GOOD, lambda: png_of(600, 30_000, rows(600, 30_000))),
    Odd("no-width.png", "width 0", REFUSED, lambda: png_of(0, 10, rows(1, 10)), "broken"),
    Odd(
        "endless.png",
        "a line of two billion pixels",
        REFUSED,
        lambda: png_of(2**31 - 1, 1, b""),
        "too_many_pixels",
    ),
    Odd(
        "column.png",
        "200,000 pixels high",
        REFUSED,
        lambda: png_of(10, 200_000, rows(10, 200_000)),
        "too_many_pixels",
    ),
    Odd(
        "bomb.png",
        "30,000 × 30,000 pixels of one bit",
        REFUSED,
        lambda: png_of(30_000, 30_000, rows(30_000, 1)),
        "too_many_pixels",
    ),
    Odd("largest.png", "8,900 × 8,900 pixels of one bit", GOOD, lambda: png_of(8900, 8900, rows(8900, 8900))),
    Odd(
        "largest-grey.png",
        "8,900 × 8,900 grey pixels",
        GOOD,
        lambda: png_of(8900, 8900, rows(8900, 8900, 8), depth=8),
    ),
    Odd(
        "largest-but-short.png",
        "8,900 × 8,900 pixels in 100 bytes",
        REFUSED,
        lambda: png_of(8900, 8900, rows(8900, 1, 8), depth=8),
        "too_dense",
    ),
    Odd("text-bomb.png", "a text that unpacks to 64 MiB", GOOD, lambda: _text(1)),
    Odd("text-bombs.png", "200 texts that unpack to 64 MiB each", GOOD, lambda: _text(200)),
    Odd(
        "profile-bomb.png",
        "a colour profile that unpacks to 64 MiB",
        GOOD,
        lambda: with_chunks(png(), chunk(b"iCCP", b"p\0\0" + _packed_zeros(64))),
    ),
    Odd(
        "exif-huge.png",
        "an EXIF block of a MiB",
        GOOD,
        lambda: with_chunks(png(), chunk(b"eXIf", b"II*\0" + bytes(1 << 20))),
    ),
    Odd("cut.png", "cut in half", REFUSED, lambda: png()[: len(png()) // 2], "broken"),
    Odd("cut-header.png", "cut in its header", REFUSED, lambda: png()[:20], "broken"),
    Odd("magic.png", "the signature alone", REFUSED, lambda: SIGNATURE, "broken"),
    Odd("no-end.png", "its last chunk is missing", WARNED, lambda: png()[:-12], "cut_off"),
    Odd("no-pixels.png", "header and end only", REFUSED, lambda: png()[:33] + png()[-12:], "broken"),
    Odd("wrong-sum.png", "a wrong check sum of the header", REFUSED, _wrong_sum, "broken"),
    Odd("long-chunk.png", "pixels longer than the file", WARNED, lambda: _length(2**31 - 1), "cut_off"),
    Odd("short-chunk.png", "pixels shorter than they are", REFUSED, lambda: _length(10), "broken"),
    Odd(
        "many-chunks.png",
        "300,000 empty chunks",
        REFUSED,
        lambda: with_chunks(png(), chunk(b"teSt", b"") * 300_000),
        "broken",
    ),
    Odd(
        "wrong-filter.png",
        "a filter that does not exist",
        REFUSED,
        lambda: png_of(8, 8, zlib.compress(b"\x09\xff" * 8)),
        "broken",
    ),
    Odd("wrong-depth.png", "3 bits a pixel", REFUSED, lambda: png_of(8, 8, rows(8, 8), depth=3), "broken"),
    Odd("wrong-colour.png", "colour type 5", REFUSED, lambda: png_of(8, 8, rows(8, 8), colour=5), "broken"),
    Odd("small-palette.png", "a palette shorter than its pixels", GOOD, _palette_too_small),
    Odd(
        "no-palette.png",
        "a palette that is missing",
        REFUSED,
        lambda: png_of(8, 8, rows(8, 8, 8), depth=8, colour=3),
        "broken",
    ),
    Odd(
        "negative-dpi.png",
        "4 billion dots a metre",
        GOOD,
        lambda: with_chunks(png(), chunk(b"pHYs", b"\xff" * 8 + b"\1")),
    ),
    Odd("zip-after.png", "a ZIP archive follows", WARNED, lambda: png() + zipped(), "polyglot"),
    Odd("program-after.png", "a program follows", WARNED, lambda: png() + b"MZ" + bytes(100), "polyglot"),
    Odd(
        "pdf-inside.png",
        "a PDF in a text",
        WARNED,
        lambda: with_chunks(png(), chunk(b"tEXt", b"a\0" + PDF_HEAD)),
        "polyglot",
    ),
    Odd("bytes-after.png", "noise after the end", WARNED, lambda: png() + b"noise", "trailing"),
)
