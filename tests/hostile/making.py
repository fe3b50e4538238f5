"""How odd pictures are put together: the parts of each format, small and deterministic."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

SIZE = (600, 840)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


@cache
def sheet(mode: str = "L") -> Image.Image:
    """A page with lines of bars and, where the mode has colours, a red stamp."""
    page = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(page)
    for row in range(60, 780, 40):
        for column in range(50, 540, 30):
            draw.rectangle((column, row, column + (row * column) % 23, row + 14), fill="black")
    draw.ellipse((380, 600, 520, 740), outline=(200, 30, 40), width=8)
    return page.convert(mode)


def sixteen(page: Image.Image) -> Image.Image:
    return page.convert("L").point(lambda value: value * 257, "I").convert("I;16")


def saved(page: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    return saved(sheet(mode), "JPEG", **({"quality": 80} | options))


def png(mode: str = "RGB", **options: Any) -> bytes:
    return saved(sheet(mode), "PNG", **options)


def tiff(mode: str = "1", pages: int = 1, **options: Any) -> bytes:
    options = {"compression": "group4" if mode == "1" else "tiff_lzw", "dpi": (200, 200)} | options
    if pages > 1:
        options |= {"save_all": True, "append_images": [sheet(mode)] * (pages - 1)}
    return saved(sheet(mode), "TIFF", **options)


# --- PNG ---------------------------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, pixels: bytes, *between: bytes, depth: int = 1, colour: int = 0) -> bytes:
    """`pixels`: compressed already. `between`: whole chunks that stand before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        SIGNATURE + chunk(b"IHDR", header) + b"".join(between) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def rows(width: int, height: int, depth: int = 1) -> bytes:
    """White or empty rows of a grey PNG, compressed piece by piece."""
    row = b"\0" + b"\xff" * ((width * depth + 7) // 8)
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(row) for _ in range(height)) + packer.flush()


def with_chunks(picture: bytes, *chunks: bytes) -> bytes:
    """After the header of a PNG."""
    return picture[:33] + b"".join(chunks) + picture[33:]


# --- JPEG --------------------------------------------------------------------------------------------------------


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def with_segments(picture: bytes, *segments: bytes) -> bytes:
    """After the start marker of a JPEG."""
    return picture[:2] + b"".join(segments) + picture[2:]


def frame_at(picture: bytes) -> int:
    """Where the frame header of a JPEG lies: behind its marker and length stand depth, height and width."""
    at = 2
    while picture[at + 1] not in {0xC0, 0xC2}:
        at += 2 + int.from_bytes(picture[at + 2 : at + 4])
    return at


def with_frame_size(picture: bytes, width: int, height: int) -> bytes:
    at = frame_at(picture) + 5
    return picture[:at] + struct.pack(">HH", height, width) + picture[at + 4 :]


def turned(orientation: int) -> bytes:
    """An EXIF block that says no more than how the picture is turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


# --- TIFF --------------------------------------------------------------------------------------------------------

Entry = tuple[int, int, int, int]
"""Tag, type, count, and the value or where it lies."""

SHORT, LONG, RATIONAL = 3, 4, 5


def tiff_of(
    *directories: Sequence[Entry], data: bytes = b"", following: Sequence[int] | None = None, order: str = "<"
) -> bytes:
    """A TIFF whose data begins at byte 8, and whose directories follow it. `following`: where each points to, if elsewhere."""
    data += b"\0" * (len(data) % 2)
    places = [8 + len(data)]
    for entries in directories:
        places.append(places[-1] + 6 + 12 * len(entries))
    magic = b"II" if order == "<" else b"MM"
    out = magic + struct.pack(f"{order}HI", 42, places[0]) + data
    for index, entries in enumerate(directories):
        out += struct.pack(f"{order}H", len(entries))
        for tag, kind, count, value in sorted(entries):
            wide = "HH" if kind == SHORT and count == 1 else "I"
            packed = struct.pack(f"{order}{wide}", *((value, 0) if wide == "HH" else (value,)))
            out += struct.pack(f"{order}HHI", tag, kind, count) + packed
        last = 0 if index + 1 == len(directories) else places[index + 1]
        out += struct.pack(f"{order}I", last if following is None else following[index])
    return out


def grey_entries(
    width: int, height: int, offset: int, length: int, *more: Entry, bits: int = 8, packing: int = 1
) -> list[Entry]:
    entries = [
        (256, LONG, 1, width),
        (257, LONG, 1, height),
        (258, SHORT, 1, bits),
        (259, SHORT, 1, packing),
        (262, SHORT, 1, 1),
        (273, LONG, 1, offset),
        (277, SHORT, 1, 1),
        (278, LONG, 1, height),
        (279, LONG, 1, length),
    ]
    given = {entry[0] for entry in more}
    return [entry for entry in entries if entry[0] not in given] + list(more)


def grey_tiff(*more: Entry, bits: int = 8, order: str = "<") -> bytes:
    """16 × 16 pixels from black to white; `more` replaces entries or adds to them."""
    letter = "B" if bits == 8 else "H"
    top = 255 if bits == 8 else 65535
    data = struct.pack(f"{order}256{letter}", *(min(top, value * (top + 1) // 256) for value in range(256)))
    return tiff_of(grey_entries(16, 16, 8, len(data), *more, bits=bits), data=data, order=order)


# --- GIF, BMP, WebP, JPEG 2000 -----------------------------------------------------------------------------------


def gif_of(width: int, height: int, *blocks: bytes, end: bytes = b";") -> bytes:
    """With a table of two colours."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + b"".join(blocks) + end


def gif_frame(width: int = 1, height: int = 1, left: int = 0, top: int = 0) -> bytes:
    return b"," + struct.pack("<HHHHB", left, top, width, height, 0) + b"\x02\x02\x4c\x01\x00"


def bmp_of(
    width: int, height: int, pixels: bytes, *, bits: int = 8, packing: int = 0, colours: int = 2
) -> bytes:
    table = b"\0\0\0\0\xff\xff\xff\0" if bits <= 8 else b""
    offset = 54 + len(table)
    head = b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, packing, len(pixels), 0, 0, colours, 0)
    return head + info + table + pixels


def riff(*chunks: bytes, told: int | None = None) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if told is None else told) + body


def riff_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def canvas(width: int, height: int, flags: int = 0) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)


def with_jp2_size(codestream: bytes, width: int, height: int, tile: tuple[int, int] | None = None) -> bytes:
    """A raw codestream that says another size of itself, and of its tiles."""
    across, down = tile or (width, height)
    return codestream[:8] + struct.pack(">IIIIII", width, height, 0, 0, across, down) + codestream[32:]
