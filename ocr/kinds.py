"""What kind of file this is by its first bytes, and whether its name agrees.

What is not taken in is refused by name, with the way in which its content can come in all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from ocr.facts import Code, Kind, Unacceptable

HEAD = 1024
"""Bytes from the start in which a PDF reader looks for the header (ISO 32000-1, annex H, note 13)."""

_TAIL = 64 << 10
_EXTENSIONS = {
    Kind.PDF: {".pdf"},
    Kind.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"},
    Kind.PNG: {".png", ".apng"},
    Kind.TIFF: {".tif", ".tiff"},
    Kind.JPEG2000: {".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"},
    Kind.WEBP: {".webp"},
    Kind.BMP: {".bmp", ".dib"},
    Kind.GIF: {".gif"},
}
_USUAL = {Kind.JPEG: ".jpg", Kind.TIFF: ".tif", Kind.JPEG2000: ".jp2"}
"""What people name them, where that is not the kind's own name."""

_OTHER_ENDS = (
    "7z apk arw avi avif bat bz2 cab cmd com cr2 csv dcm djvu dll dng doc docm docx dotx dps eml eps et exe flac gz "
    "heic heif hta htm html ico iso jar jng js json jxl jxr lnk m4a md mht mhtml mkv mng mov mp3 mp4 msg msi nef "
    "odp ods odt ofd ogg php pif pps ppsx ppt pptx ps ps1 psd py rar rtf scr sh svg tar tgz txt vbs wav webm wmv "
    "wps wsf xcf xhtml xls xlsb xlsm xlsx xml xps xz zip"
)
"""Ends of names that mean a kind that is not taken in. Any other end of a name means nothing: 扫描 2024.03.17."""

_OTHERS = frozenset(f".{end}" for end in _OTHER_ENDS.split())
_COPY = re.compile(r";\d+$")
_SHOWN = {Kind.JPEG2000: "JPEG 2000", Kind.WEBP: "WebP"}
_MAGIC = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind.JPEG2000),
    (b"\xff\x4f\xff\x51", Kind.JPEG2000),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
)


@dataclass(frozen=True)
class Foreign:
    """A kind that is not taken in: what it is (a sentence), and how its content can come in."""

    reason: str
    remedy: str


_UNPACK = "Unpack it and upload the documents in it."
_AS_PDF = "Open it in the program that made it and save it as PDF."
_AS_PICTURE = "Export it as JPEG, PNG or TIFF."
HEIC = Foreign(
    "This is a HEIC picture, as phones make them.",
    "Export it as JPEG; on an iPhone choose Settings, Camera, Formats, Most Compatible for the next ones.",
)
AVIF = Foreign("This is an AVIF picture.", _AS_PICTURE)
OFD = Foreign("This is an OFD document.", "Open it in an OFD reader and export it as PDF.")
OFFICE = Foreign("This is an Office document.", _AS_PDF)
ARCHIVE = Foreign("This is an archive of packed files.", _UNPACK)
WEB_PAGE = Foreign("This is a web page.", "Open it in a browser and print it to PDF.")
DRAWING = Foreign("This is a drawing in SVG, PostScript or XML.", _AS_PDF)
TEXT = Foreign("This is plain text.", "Print it to PDF.")
PROGRAM = Foreign(
    "This is a program or a script.", "Do not open it. Ask whoever sent it what it was meant to be."
)
RECORDING = Foreign("This is a video or a sound recording.", "Only documents and pictures are kept here.")
DICOM = Foreign(
    "This is a DICOM image.", "Keep it in the PACS; export the report as PDF or the image as JPEG."
)
OTHER_PICTURE = Foreign("This is a picture in a format that is not taken in.", _AS_PICTURE)
MAIL = Foreign("This is an e-mail.", "Print it to PDF, and upload its attachments beside it.")
_FOREIGN: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"Rar!\x1a\x07", ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xfd7zXZ\x00", ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
    (0, b"MSCF", ARCHIVE),
    (257, b"ustar", ARCHIVE),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (0, b"{\\rtf", OFFICE),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"#!", PROGRAM),
    (0, b"@echo off", PROGRAM),
    (0, b"<?php", PROGRAM),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),
    (0, b"%!PS", DRAWING),
    (0, b"\xc5\xd0\xd3\xc6", DRAWING),
    (0, b"8BPS", OTHER_PICTURE),
    (0, b"\x00\x00\x01\x00", OTHER_PICTURE),
    (0, b"\x00\x00\x02\x00", OTHER_PICTURE),
    (0, b"AT&TFORM", OTHER_PICTURE),
    (0, b"\x97JB2\r\n\x1a\n", OTHER_PICTURE),
    (0, b"\xff\x0a", OTHER_PICTURE),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", OTHER_PICTURE),
    (0, b"II\xbc\x01", OTHER_PICTURE),
    (0, b"\x8aMNG\r\n\x1a\n", OTHER_PICTURE),
    (0, b"\x8bJNG\r\n\x1a\n", OTHER_PICTURE),
    (0, b"gimp xcf", OTHER_PICTURE),
    (128, b"DICM", DICOM),
    (0, b"OggS", RECORDING),
    (0, b"ID3", RECORDING),
    (0, b"fLaC", RECORDING),
    (0, b"\x1a\x45\xdf\xa3", RECORDING),
    (0, b"From ", MAIL),
    (0, b"Received: ", MAIL),
    (0, b"Return-Path: ", MAIL),
    (0, b"MIME-Version: ", MAIL),
)
_BRANDS = (
    ({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}, HEIC),
    ({b"avif", b"avis"}, AVIF),
)
_IN_A_ZIP: tuple[tuple[bytes, Foreign], ...] = (
    (b"OFD.xml", OFD),
    (b"[Content_Types].xml", OFFICE),
    (b"application/vnd.oasis.opendocument", OFFICE),
    (b"META-INF/MANIFEST.MF", PROGRAM),
)
_MARKUP: tuple[tuple[bytes, Foreign], ...] = (
    (b"<!doctype html", WEB_PAGE),
    (b"<html", WEB_PAGE),
    (b"<script", WEB_PAGE),
    (b"<head", WEB_PAGE),
    (b"<body", WEB_PAGE),
    (b"<svg", DRAWING),
    (b"<?xml", DRAWING),
)


def kind_of(source: BinaryIO, name: str) -> Kind:
    """Raises `Unacceptable` for what is not taken in, and where the name says something else than the content."""
    source.seek(0)
    head = source.read(HEAD)
    extension = extension_of(name)
    kind = kind_by_magic(head)
    if kind is not None:
        _check_extension(kind, extension)
        return kind
    foreign = foreign_by_magic(head) or _zipped(source, head) or _text(head)
    claims = any(extension in known for known in _EXTENSIONS.values())
    code = Code.WRONG_EXTENSION if claims else Code.UNKNOWN_KIND
    if foreign is not None:
        raise Unacceptable(code, foreign.reason, foreign.remedy)
    if claims:
        reason = f"The file is named {extension} but holds nothing that is known here."
        remedy = "Open the file on your computer; if it does not open there either, scan or export it again."
        raise Unacceptable(code, reason, remedy)
    raise Unacceptable(
        code, "The file holds nothing that is known here.", "Export it as PDF, TIFF, JPEG or PNG."
    )


def extension_of(name: str) -> str:
    """The end of the name that says what kind it is, in small letters; empty where it says nothing.

    Characters that cannot be seen, and the number of the version that a disc (ISO 9660) appends, are no part of it.
    """
    seen = "".join(character for character in name if character.isprintable()).replace("\\", "/").strip()
    end = PurePath(_COPY.sub("", seen).rstrip(". ")).suffix.lower()
    return end if end in _OTHERS or any(end in known for known in _EXTENSIONS.values()) else ""


def kind_by_magic(head: bytes) -> Kind | None:
    """A PDF may have a few bytes before its header, unless these make it something else."""
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is not None:
        return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"BM") and _is_bitmap(head):
        return Kind.BMP
    if b"%PDF-" in head and foreign_by_magic(head) is None and not head.startswith(b"PK"):
        return Kind.PDF
    return None


def foreign_by_magic(head: bytes) -> Foreign | None:
    """What else these bytes begin, other than a ZIP archive."""
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head.startswith(b"RIFF") and head[8:12] in {b"AVI ", b"WAVE"}:
        return RECORDING
    found = next((what for at, magic, what in _FOREIGN if head.startswith(magic, at)), None)
    return found or _markup(head)


def _is_bitmap(head: bytes) -> bool:
    """``BM`` is also how English sentences begin: the length of the second header must be one that exists."""
    return int.from_bytes(head[14:18], "little") in {12, 16, 40, 52, 56, 64, 108, 124}


def _by_brands(head: bytes) -> Foreign:
    """ISO 14496-12: the major brand, a version, then the compatible brands."""
    end = min(int.from_bytes(head[:4]), HEAD)
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, end, 4)}
    avif_first = sorted(_BRANDS, key=lambda entry: head[8:12] not in entry[0])
    return next((what for known, what in avif_first if brands & known), RECORDING)


def _markup(head: bytes) -> Foreign | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not start.startswith(b"<"):
        return None
    found = [(start.find(tag), what) for tag, what in _MARKUP if tag in start]
    web = next((what for _, what in found if what is WEB_PAGE), None)
    return web or (found[0][1] if found else None)


def _zipped(source: BinaryIO, head: bytes) -> Foreign | None:
    """Office documents and OFD are ZIP archives; the names of what is in them stand at the start and at the end."""
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return None
    end = source.seek(0, 2)
    source.seek(max(0, end - _TAIL))
    names = head + source.read(_TAIL)
    return next((what for name, what in _IN_A_ZIP if name in names), ARCHIVE)


def _text(head: bytes) -> Foreign | None:
    """UTF-8, or GB 18030, without control characters. A character may be cut at the end of a full head."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    if any(byte < 0x20 and byte not in b"\t\n\f\r\x1b" for byte in head) or not head:
        return None
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4 if len(head) == HEAD else 1):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return TEXT
    return None


def _check_extension(kind: Kind, extension: str) -> None:
    if extension and extension not in _EXTENSIONS[kind]:
        reason = f"The file is named {extension} but holds {_SHOWN.get(kind, kind.upper())}."
        remedy = f"Check that it is the right file, then name it {_USUAL.get(kind, f'.{kind}')}."
        raise Unacceptable(Code.WRONG_EXTENSION, reason, remedy)
