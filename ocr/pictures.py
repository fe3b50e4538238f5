"""What a picture file holds: its pages, whether they decode, and what the archivist should know of it.

Runs in the sandboxed child only. Each limit is checked on the outline of the file, before anything is decoded.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from ocr import tiffs
from ocr.dots import likely_dpi, squared
from ocr.facts import Code, Kind, Limits, PageFacts, Remark, Unacceptable
from ocr.outline import Outline, check_density, check_pixels, damaged, unsupported
from ocr.outline_bmp import bmp_outline
from ocr.outline_gif import gif_outline
from ocr.outline_jp2 import jp2_outline
from ocr.outline_jpeg import jpeg_outline
from ocr.outline_png import png_outline
from ocr.outline_webp import webp_outline
from ocr.plain import plain
from ocr.splice import spliced

_OUTLINES = {
    Kind.JPEG: jpeg_outline,
    Kind.PNG: png_outline,
    Kind.JPEG2000: jp2_outline,
    Kind.WEBP: webp_outline,
    Kind.BMP: bmp_outline,
    Kind.GIF: gif_outline,
}
FAULTS = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on damaged files."""

_LARGEST_DECODED = 400 << 20
"""JPEG 2000 is decoded into four bytes a sample and copied once; a larger picture is halved while it is decoded."""

_BAND = 16
_MIDDLE_GREY = range(126, 131)
_MOST_VALUES = 20_000_000
"""Of all directories of a TIFF: two thousand pages in strips of one row have 14 million."""

_MOST_NAMED = 10


@dataclass(frozen=True)
class PictureLook:
    """`end`: where the picture ends; what follows is no part of it."""

    pages: tuple[PageFacts, ...]
    end: int
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A picture that decodes when it is used. `is_negative`: its values count ink where the decoder takes them for light."""

    picture: Image.Image
    is_negative: bool = False


def look(source: BinaryIO, kind: Kind, limits: Limits) -> PictureLook:
    """Raises `Unacceptable`. Decoders may die of a hostile file; the sandbox answers for that."""
    size = source.seek(0, 2)
    with faults():
        return _stack(source, size, limits) if kind is Kind.TIFF else _single(source, kind, size, limits)


@contextmanager
def opened(source: BinaryIO, kind: Kind, page: PageFacts) -> Iterator[Opened]:
    """Raises `Unacceptable`, and what Pillow raises."""
    if kind is Kind.TIFF:
        with _tiff_page(source, page) as found:
            yield found
    else:
        with _picture(source, kind, _OUTLINES[kind](source, source.seek(0, 2))) as found:
            yield found


@contextmanager
def faults() -> Iterator[None]:
    """Pillow's ways of saying that a picture is broken or far too large, as our one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            reason = "The picture has far too many pixels."
            remedy = "Scan it at 300 dpi and upload it again."
            raise Unacceptable(Code.TOO_MANY_PIXELS, reason, remedy) from error
        except MemoryError as error:
            reason = "The picture needs more memory than is allowed."
            remedy = "Scan it at 300 dpi and upload it again."
            raise Unacceptable(Code.OUT_OF_MEMORY, reason, remedy) from error
        except FAULTS as error:
            raise damaged() from error


def _single(source: BinaryIO, kind: Kind, size: int, limits: Limits) -> PictureLook:
    outline = _OUTLINES[kind](source, size)
    check_pixels(1, outline.width, outline.height, limits)
    packed = sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in outline.pieces)
    check_density(outline.width * outline.height * outline.bits // 8, packed, limits)
    with _picture(source, kind, outline) as found:
        check_pixels(1, *found.picture.size, limits)
        page = _facts(1, (outline.width, outline.height), found.picture.info.get("dpi"))
        plain(found.picture, is_negative=found.is_negative)  # what cannot be drawn is refused now
        remarks = _remarks(found.picture, kind, outline)
    return PictureLook((page,), outline.end, remarks)


def _facts(number: int, size: tuple[int, int], told: object, at: int = 0) -> PageFacts:
    return PageFacts(number, *squared(told, size), likely_dpi(told, size), at)


def _remarks(picture: Image.Image, kind: Kind, outline: Outline) -> tuple[Remark, ...]:
    """Raises `Unacceptable` where most of a picture that was cut off is missing."""
    found = []
    if not outline.is_whole:
        missing = _missing_rows(picture) if kind is Kind.JPEG else 0
        if missing * 2 > picture.height:
            raise damaged()
        words = "The lower part is missing." if missing else "Its pixels are all there."
        found.append(Remark("cut_off", f"The file was cut off. {words}"))
    if outline.has_more_frames:
        found.append(Remark("more_pictures", "Only the first of the pictures in this file is a page."))
    return tuple(found)


def _missing_rows(picture: Image.Image) -> int:
    """Rows at the lower end that were not in the file: the decoder leaves them middle grey."""
    for bottom in range(picture.height, 0, -_BAND):
        band = picture.crop((0, max(0, bottom - _BAND), picture.width, bottom))
        channels = [band.getchannel(index).getextrema() for index in range(len(band.getbands()))]
        if any(low != high or low not in _MIDDLE_GREY for low, high in channels):
            return picture.height - bottom
    return picture.height


@contextmanager
def _picture(source: BinaryIO, kind: Kind, outline: Outline) -> Iterator[Opened]:
    file = spliced(source, outline.pieces)
    with Image.open(file, formats=[kind.upper()]) as picture:
        if kind is Kind.JPEG2000:
            if picture.size != (outline.width, outline.height):
                raise damaged()
            _decode_halved(picture, _halvings(outline))
        # Without Adobe's mark the values of a JPEG in four colours are ink; Pillow takes the mark for granted.
        yield Opened(
            picture, is_negative=kind is Kind.JPEG and picture.mode == "CMYK" and not _is_adobe(picture)
        )


def _decode_halved(picture: Image.Image, halvings: int) -> None:
    """While `reduce` is not 0 it hides the method of that name."""
    told = picture.info.get("dpi", (0, 0))
    setattr(picture, "reduce", halvings)  # noqa: B010 - a property of this one format, unknown to the types
    picture.load()
    setattr(picture, "reduce", 0)  # noqa: B010 - as above
    picture.info["dpi"] = tuple(float(dots) / 2**halvings for dots in told)


def _is_adobe(picture: Image.Image) -> bool:
    return "adobe" in picture.info


def _halvings(outline: Outline) -> int:
    """How often a JPEG 2000 picture must be halved to be decoded within the memory."""
    samples = max(1, outline.bits // 8)
    for halvings in range(outline.reducible + 1):
        if outline.width * outline.height * samples * 5 >> 2 * halvings <= _LARGEST_DECODED:
            return halvings
    raise unsupported("The picture is too large to be decoded as JPEG 2000.")


def _stack(source: BinaryIO, size: int, limits: Limits) -> PictureLook:
    pages: list[PageFacts] = []
    broken: list[int] = []
    guessed: list[int] = []
    unpacked, values = 0, 0
    for number, page in enumerate(tiffs.directories(source), start=1):
        check_count(number, limits)
        values += sum(map(len, page.values.values()))
        if values > _MOST_VALUES:
            raise damaged()
        if not _is_whole(page, size):
            broken.append(number)
        else:
            check_pixels(number, page.width, page.height, limits)
            unpacked += _check_page_density(page, limits)
            guessed += [number] * page.is_guessed
        seen = (max(1, min(page.width, limits.max_side)), max(1, min(page.height, limits.max_side)))
        pages.append(_facts(number, seen, page.dpi, page.at))
    check_density(unpacked, size, limits)
    if len(broken) == len(pages):
        raise damaged()
    if len(pages) == 1:
        with _tiff_page(source, pages[0]) as found:
            plain(
                found.picture, is_negative=found.is_negative
            )  # of a stack, only the broken page will be missing
    return PictureLook(tuple(pages), size, (*_damaged_pages(broken), *_guessed_pages(guessed)))


def check_count(count: int, limits: Limits) -> None:
    if count > limits.max_pages:
        reason = f"The file has more than {limits.max_pages} pages."
        raise Unacceptable(Code.TOO_MANY_PAGES, reason, "Split it into several files.")


def _is_whole(page: tiffs.Directory, size: int) -> bool:
    """Has pixels, and says where within the file they are."""
    if page.number(tiffs.COMPRESSION, 1) == tiffs.OLD_JPEG:
        return min(page.width, page.height) > 0
    try:
        ranges = page.ranges()
    except Unacceptable:
        return False
    return min(page.width, page.height) > 0 and all(offset + length <= size for offset, length in ranges)


def _check_page_density(page: tiffs.Directory, limits: Limits) -> int:
    """The bytes that the page unpacks to."""
    unpacked = page.width * page.height * page.bits // 8
    if page.number(tiffs.COMPRESSION, 1) != tiffs.OLD_JPEG:
        check_density(unpacked, sum(length for _, length in page.ranges()), limits)
    return unpacked


def _damaged_pages(broken: list[int]) -> tuple[Remark, ...]:
    if not broken:
        return ()
    return (Remark("damaged_pages", f"Pages that are damaged and cannot be shown: {_named(broken)}."),)


def _guessed_pages(guessed: list[int]) -> tuple[Remark, ...]:
    if not guessed:
        return ()
    words = f"Pages that do not say where their pixels end: {_named(guessed)}. Compare them with the paper."
    return (Remark("guessed_pages", words),)


def _named(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:_MOST_NAMED])) + (", …" if len(numbers) > _MOST_NAMED else "")


@contextmanager
def _tiff_page(source: BinaryIO, facts: PageFacts) -> Iterator[Opened]:
    page = tiffs.directory(source, facts.at)
    if page.number(tiffs.COMPRESSION, 1) == tiffs.OLD_JPEG:
        with _old_jpeg(source, page, facts.number) as found:
            yield found
        return
    # Pillow turns WhiteIsZero of up to 8 bits only, and knows none of 16 bits in the big-endian order.
    negative = page.number(tiffs.PHOTOMETRIC) == 0 and max(page.values.get(tiffs.BITS, (1,))) > 8
    changed = {tiffs.PHOTOMETRIC: 1} if negative else {}
    with _understood(tiffs.page_file(source, page, changed=changed)) as picture:
        yield Opened(picture, is_negative=negative)


@contextmanager
def _old_jpeg(source: BinaryIO, page: tiffs.Directory, number: int) -> Iterator[Opened]:
    """TIFF 6.0, section 22. Mostly a whole JPEG is named; otherwise its tables lie anywhere in the file."""
    start, length = page.number(tiffs.JPEG_START), page.number(tiffs.JPEG_LENGTH)
    source.seek(start)
    if start and source.read(3) == b"\xff\xd8\xff":
        file = spliced(source, [(start, length or source.seek(0, 2) - start)])
        outline = jpeg_outline(file, file.seek(0, 2))
        if (outline.width, outline.height) != (page.width, page.height):
            raise damaged()
        with _picture(file, Kind.JPEG, outline) as found:
            yield found
        return
    source.seek(0)
    with _understood(source) as picture:
        picture.seek(number - 1)
        yield Opened(picture)


def _understood(file: BinaryIO) -> Image.Image:
    """Raises `Unacceptable` for a form of pixels that Pillow does not know: the directory was found in order before."""
    try:
        return Image.open(file, formats=["TIFF"])
    except UnidentifiedImageError as error:
        raise unsupported("The TIFF holds its pixels in a form that cannot be read here.") from error
