"""Hostile and odd pictures of the other kinds: GIF, BMP, WebP, JPEG 2000."""

from __future__ import annotations

import struct

from tests.hostile.jpegs import zipped
from tests.hostile.making import (
    bmp_of,
    canvas,
    gif_frame,
    gif_of,
    riff,
    riff_chunk,
    saved,
    sheet,
    sixteen,
    turned,
    with_jp2_size,
)
from tests.hostile.odd import Must, Odd

GOOD, WARNED, REFUSED = Must.ACCEPTED, Must.WARNED, Must.REFUSED


def _gif(**options: object) -> bytes:
    return saved(sheet("P"), "GIF", **options)


def _webp(**options: object) -> bytes:
    return saved(sheet("RGB"), "WEBP", **options)


def _jp2(mode: str = "RGB", **options: object) -> bytes:
    return saved(sheet(mode), "JPEG2000", **options)


def _j2k() -> bytes:
    return _jp2("L", no_jp2=True)


def _bmp(mode: str = "RGB", **options: object) -> bytes:
    return saved(sheet(mode), "BMP", **options)


def _other_frames(kind: str, count: int) -> bytes:
    return saved(sheet("RGB"), kind, save_all=True, append_images=[sheet("L").convert("RGB")] * (count - 1))


def _white_webp(side: int) -> bytes:
    """The header of a lossless picture, and next to nothing behind it."""
    packed = (side - 1) | (side - 1) << 14
    return riff(riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", packed) + bytes(60)))


def _noise_boxes(count: int) -> bytes:
    whole = _jp2()
    return whole[:32] + (struct.pack(">I", 9) + b"uuid\0") * count + whole[32:]


def _two_sizes() -> bytes:
    """A box that says 60,000 × 1,000 pixels around a codestream that says 600 × 840."""
    whole = _jp2()
    at = whole.index(b"ihdr") + 4
    return whole[:at] + struct.pack(">II", 1000, 60_000) + whole[at + 8 :]


def _no_box_length() -> bytes:
    whole = _jp2()
    at = whole.index(b"jp2h") - 4
    return whole[:at] + b"\0\0\0\3" + whole[at + 4 :]


GIFS: tuple[Odd, ...] = (
    Odd("plain.gif", "a GIF", GOOD, _gif),
    Odd("interlaced.gif", "interlaced", GOOD, lambda: _gif(interlace=1)),
    Odd("clear.gif", "with a transparent colour", GOOD, lambda: _gif(transparency=0)),
    Odd("animated.gif", "three frames", WARNED, lambda: _other_frames("GIF", 3), "more_pictures"),
    Odd(
        "frames.gif", "20,000 frames", WARNED, lambda: gif_of(9, 9, *[gif_frame()] * 20_000), "more_pictures"
    ),
    Odd(
        "frames-cut.gif",
        "its second frame is cut off",
        WARNED,
        lambda: gif_of(9, 9, gif_frame(), gif_frame()[:8], end=b""),
        "more_pictures",
    ),
    Odd("no-end.gif", "without its end mark", WARNED, lambda: _gif()[:-1], "cut_off"),
    Odd("cut.gif", "cut in half", REFUSED, lambda: _gif()[:4000], "broken"),
    Odd("no-frame.gif", "no picture", REFUSED, lambda: gif_of(9, 9), "broken"),
    Odd(
        "comments.gif",
        "a comment of 25 MB",
        GOOD,
        lambda: gif_of(9, 9, b"!\xfe" + (b"\xff" + bytes(255)) * 100_000 + b"\0", gif_frame()),
    ),
    Odd(
        "giant.gif",
        "65,535 × 65,535 pixels",
        REFUSED,
        lambda: gif_of(65535, 65535, gif_frame()),
        "too_many_pixels",
    ),
    Odd(
        "giant-frame.gif",
        "a frame larger than its screen",
        REFUSED,
        lambda: gif_of(9, 9, gif_frame(65535, 65535)),
        "too_many_pixels",
    ),
    Odd("no-size.gif", "0 × 0 pixels", REFUSED, lambda: gif_of(0, 0, gif_frame(0, 0)), "broken"),
    Odd(
        "wrong-code.gif",
        "codes of 200 bits",
        REFUSED,
        lambda: gif_of(9, 9, b"," + struct.pack("<HHHHB", 0, 0, 9, 9, 0) + b"\xc8\x02\x4c\x01\0"),
        "broken",
    ),
    Odd("magic.gif", "six bytes of magic", REFUSED, lambda: b"GIF89a", "broken"),
    Odd(
        "html.gif",
        "a web page in a comment",
        WARNED,
        lambda: gif_of(9, 9, b"!\xfe\x0e<html><script>"[:17] + b"\0", gif_frame()),
        "polyglot",
    ),
    Odd(
        "script.gif",
        "a GIF that is a script: GIF89a=1/*",
        WARNED,
        lambda: gif_of(9, 9, gif_frame()) + b"*/=1;<script>alert(1)</script>",
        "polyglot",
    ),
    Odd("zip-after.gif", "a ZIP archive follows", WARNED, lambda: _gif() + zipped("a.class"), "polyglot"),
)
BMPS: tuple[Odd, ...] = (
    Odd("plain.bmp", "a BMP", GOOD, _bmp),
    Odd("one-bit.bmp", "one bit a pixel", GOOD, lambda: _bmp("1")),
    Odd("palette.bmp", "a palette", GOOD, lambda: _bmp("P")),
    Odd("upside-down.bmp", "its first row is the upper one", GOOD, lambda: bmp_of(8, -8, bytes(64))),
    Odd("runs.bmp", "run lengths", GOOD, lambda: bmp_of(8, 8, b"\x08\x01\0\0" * 8 + b"\0\1", packing=1)),
    Odd(
        "runs-bomb.bmp",
        "8,000 × 8,000 pixels of line ends",
        REFUSED,
        lambda: bmp_of(8000, 8000, b"\0\0" * 8000, packing=1),
        "too_many_pixels",
    ),
    Odd(
        "runs-slow.bmp",
        "2,000 × 2,000 pixels of line ends",
        GOOD,
        lambda: bmp_of(2000, 2000, b"\1\1\0\0" * 2000 + b"\0\1", packing=1),
    ),
    Odd("giant.bmp", "two billion pixels wide", REFUSED, lambda: bmp_of(2**31 - 1, 1, b""), "broken"),
    Odd(
        "giant-runs.bmp",
        "65,000 × 65,000 pixels of run lengths",
        REFUSED,
        lambda: bmp_of(65_000, 65_000, b"\0\1", packing=1),
        "too_many_pixels",
    ),
    Odd("no-size.bmp", "0 × 0 pixels", REFUSED, lambda: bmp_of(0, 0, b""), "broken"),
    Odd("cut.bmp", "cut in half", REFUSED, lambda: _bmp()[:700_000], "broken"),
    Odd("magic.bmp", "the header alone", REFUSED, lambda: _bmp()[:54], "broken"),
    Odd(
        "jpeg-inside.bmp",
        "its pixels are a JPEG",
        REFUSED,
        lambda: bmp_of(8, 8, bytes(64), packing=4),
        "unsupported",
    ),
    Odd(
        "colours.bmp",
        "four billion colours",
        REFUSED,
        lambda: bmp_of(8, 8, bytes(64), colours=2**32 - 1),
        "broken",
    ),
    Odd("depth.bmp", "13 bits a pixel", REFUSED, lambda: bmp_of(8, 8, bytes(200), bits=13), "unsupported"),
    Odd("bytes-after.bmp", "noise after the end", WARNED, lambda: _bmp("L") + b"noise" * 99, "trailing"),
)
WEBPS: tuple[Odd, ...] = (
    Odd("plain.webp", "a WebP", GOOD, _webp),
    Odd("lossless.webp", "lossless", GOOD, lambda: _webp(lossless=True)),
    Odd("alpha.webp", "with transparency", GOOD, lambda: saved(sheet("RGBA"), "WEBP")),
    Odd("turned.webp", "EXIF says turned", GOOD, lambda: _webp(exif=turned(6))),
    Odd("animated.webp", "three frames", WARNED, lambda: _other_frames("WEBP", 3), "more_pictures"),
    Odd(
        "bomb.webp",
        "16,000 × 16,000 pixels",
        REFUSED,
        lambda: riff(canvas(16_000, 16_000), riff_chunk(b"VP8L", b"\x2f" + bytes(20))),
        "too_many_pixels",
    ),
    Odd(
        "dense.webp",
        "8,900 × 8,900 pixels in a hundred bytes",
        REFUSED,
        lambda: _white_webp(8900),
        "too_dense",
    ),
    Odd(
        "largest-canvas.webp",
        "a frame of one pixel on 16 million × 5",
        REFUSED,
        lambda: riff(canvas(1 << 24, 5, 2), riff_chunk(b"ANIM", bytes(6)), riff_chunk(b"ANMF", bytes(40))),
        "too_many_pixels",
    ),
    Odd("cut.webp", "cut in half", REFUSED, lambda: _webp()[:4000], "broken"),
    Odd("no-picture.webp", "a canvas and nothing on it", REFUSED, lambda: riff(canvas(9, 9)), "broken"),
    Odd(
        "no-frames.webp",
        "animated, with no frame",
        REFUSED,
        lambda: riff(canvas(9, 9, 2), riff_chunk(b"ANIM", bytes(6))),
        "broken",
    ),
    Odd("magic.webp", "the first twelve bytes", REFUSED, riff, "broken"),
    Odd(
        "length.webp",
        "says to be four GiB long",
        REFUSED,
        lambda: riff(_webp()[12:], told=2**32 - 1),
        "broken",
    ),
    Odd("zip-after.webp", "a ZIP archive follows", WARNED, lambda: _webp() + zipped(), "polyglot"),
)
JP2S: tuple[Odd, ...] = (
    Odd("plain.jp2", "a JPEG 2000", GOOD, _jp2),
    Odd("codestream.j2k", "a codestream without boxes", GOOD, _j2k),
    Odd("grey.jp2", "grey", GOOD, lambda: _jp2("L")),
    Odd("sixteen.jp2", "16 bits a pixel", GOOD, lambda: saved(sixteen(sheet()), "JPEG2000")),
    Odd("tiles.jp2", "tiles of 128 × 128", GOOD, lambda: _jp2(tile_size=(128, 128))),
    Odd("alpha.jp2", "with transparency", GOOD, lambda: _jp2("RGBA")),
    Odd(
        "tiles.j2k",
        "tiles of one pixel",
        REFUSED,
        lambda: with_jp2_size(_j2k(), 8000, 8000, (1, 1)),
        "broken",
    ),
    Odd(
        "no-tiles.j2k",
        "tiles of no pixel",
        REFUSED,
        lambda: with_jp2_size(_j2k(), 600, 840, (0, 0)),
        "broken",
    ),
    Odd(
        "giant.j2k",
        "two billion pixels a side",
        REFUSED,
        lambda: with_jp2_size(_j2k(), 2**31, 2**31),
        "too_many_pixels",
    ),
    Odd(
        "dense.j2k",
        "8,900 × 8,900 pixels in a few bytes",
        REFUSED,
        lambda: with_jp2_size(_j2k(), 8900, 8900)[:2000],
        "too_dense",
    ),
    Odd("no-size.j2k", "0 × 0 pixels", REFUSED, lambda: with_jp2_size(_j2k(), 0, 0, (9, 9)), "broken"),
    Odd(
        "components.j2k",
        "16,384 components",
        REFUSED,
        lambda: _j2k()[:40] + b"\x40\x00" + _j2k()[42:],
        "unsupported",
    ),
    Odd("two-sizes.jp2", "says two sizes of itself", REFUSED, _two_sizes, "broken"),
    Odd("cut-header.jp2", "cut in its header", REFUSED, lambda: _jp2()[:100], "broken"),
    Odd("magic.jp2", "its signature alone", REFUSED, lambda: _jp2()[:12], "broken"),
    Odd("boxes.jp2", "5,000 boxes before the picture", REFUSED, lambda: _noise_boxes(5000), "broken"),
    Odd("box-length.jp2", "a box shorter than its head", REFUSED, _no_box_length, "broken"),
    Odd("zip-after.jp2", "a ZIP archive follows", WARNED, lambda: _jp2() + zipped(), "polyglot"),
)
ODD = (*GIFS, *BMPS, *WEBPS, *JP2S)
