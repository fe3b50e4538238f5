"""What kind of file this is, how many pages it has, and whether it may be taken in.

Runs in the sandboxed child only. The names that callers need stand in `ocr.facts` and are passed on here.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from PIL import Image, ImageSequence

from ocr.facts import MEDIA_TYPES, Code, Kind, Limits, PageFacts, Probe, Unacceptable
from ocr.pdfs import look
from ocr.render import picture_dpi

__all__ = ["Code", "Kind", "Limits", "PageFacts", "Probe", "Unacceptable", "probe"]

_MIB = 1 << 20
_HEAD = 1024
_EXTENSIONS = {
    Kind.PDF: {".pdf"},
    Kind.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
    Kind.PNG: {".png"},
    Kind.TIFF: {".tif", ".tiff"},
}
_MAGIC = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
)
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive (or an Office document)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
_BROKEN_PICTURE = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    struct.error,
)
"""What Pillow raises on damaged files."""

_ACCEPTED = "JPEG, PNG, TIFF and PDF files are accepted"
_OPEN_IT = "Open the file on your computer; if it does not open there either, scan or export it again."


def probe(source: BinaryIO, name: str, limits: Limits) -> Probe:
    """Raises `Unacceptable`. Libraries may die of a hostile file; the sandbox answers for that."""
    size = source.seek(0, 2)
    source.seek(0)
    if size == 0:
        raise Unacceptable(
            Code.EMPTY, "The file is empty.", "Check the scanner or the copy and upload it again."
        )
    if size > limits.max_bytes:
        reason = f"The file has {size // _MIB} MiB; {limits.max_bytes // _MIB} MiB are allowed."
        raise Unacceptable(Code.TOO_LARGE, reason, "Split it into several files.")
    kind = _kind(source.read(_HEAD), PurePath(name).suffix.lower())
    source.seek(0)
    if kind is Kind.PDF:
        pdf = look(source, limits)
        return Probe(kind, MEDIA_TYPES[kind], pdf.pages, pdf.has_text, pdf.remarks, pdf.attachments)
    return Probe(kind, MEDIA_TYPES[kind], _picture_pages(source, kind, limits), has_text=False)


def _kind(head: bytes, extension: str) -> Kind:
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    foreign = next((what for magic, what in _FOREIGN if head.startswith(magic)), None)
    if kind is None and foreign is None and b"%PDF-" in head:
        kind = Kind.PDF
    if kind is not None:
        _check_extension(kind, extension)
        return kind
    what = foreign or "nothing that is known here"
    if any(extension in known for known in _EXTENSIONS.values()):
        reason = f"The file is named {extension} but holds {what}."
        remedy = "Unpack it and upload the documents in it." if "archive" in what else _OPEN_IT
        raise Unacceptable(Code.WRONG_EXTENSION, reason, remedy)
    raise Unacceptable(
        Code.UNKNOWN_KIND, f"The file holds {what}.", f"{_ACCEPTED}: export it as one of these."
    )


def _check_extension(kind: Kind, extension: str) -> None:
    if extension and extension not in _EXTENSIONS[kind]:
        reason = f"The file is named {_short(extension)} but holds {kind.upper()}."
        remedy = f"Check that it is the right file, then name it {min(_EXTENSIONS[kind], key=len)}."
        raise Unacceptable(Code.WRONG_EXTENSION, reason, remedy)


def _short(extension: str) -> str:
    return extension if len(extension) <= 10 and extension.isprintable() else "otherwise"


def _picture_pages(source: BinaryIO, kind: Kind, limits: Limits) -> tuple[PageFacts, ...]:
    with _picture_faults(), Image.open(source, formats=[kind.upper()]) as picture:
        if kind is not Kind.TIFF:
            pages: tuple[PageFacts, ...] = (_picture_page(picture, 1, limits),)
        else:
            frames = islice(ImageSequence.Iterator(picture), limits.max_pages + 1)
            pages = tuple(
                _picture_page(frame, number, limits) for number, frame in enumerate(frames, start=1)
            )
            _check_count(len(pages), limits)
        if len(pages) == 1:
            picture.load()  # of a stack, only the broken page will be missing
        return pages


def _picture_page(picture: Image.Image, number: int, limits: Limits) -> PageFacts:
    width, height = picture.size
    if width * height > limits.max_pixels:
        allowed = limits.max_pixels // 1_000_000
        reason = f"Page {number} has {width} × {height} pixels; {allowed} million are allowed."
        raise Unacceptable(Code.TOO_MANY_PIXELS, reason, "Scan it at 300 dpi and upload it again.")
    return PageFacts(number, width, height, picture_dpi(picture))


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.max_pages:
        reason = f"The file has more than {limits.max_pages} pages."
        raise Unacceptable(Code.TOO_MANY_PAGES, reason, "Split it into several files.")


@contextmanager
def _picture_faults() -> Iterator[None]:
    """Pillow's ways of saying that a picture is broken or far too large, as our one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            reason = "The picture has far too many pixels."
            raise Unacceptable(
                Code.TOO_MANY_PIXELS, reason, "Scan it at 300 dpi and upload it again."
            ) from error
        except _BROKEN_PICTURE as error:
            raise Unacceptable(Code.BROKEN, "The picture is damaged or cut off.", _OPEN_IT) from error
