"""Kinds that are not taken in, and names that say something else than the content."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.hostile.jpegs import PDF_HEAD, zipped
from tests.hostile.making import jpeg, png, saved, sheet, tiff
from tests.hostile.odd import Must, Odd

GOOD, WARNED, REFUSED = Must.ACCEPTED, Must.WARNED, Must.REFUSED


def _boxed(*brands: bytes) -> bytes:
    body = brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(200)


def _archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<x/>" * 1000)
    return out.getvalue()


def _said(name: str, what: str, content: bytes, code: str = "unknown_kind") -> Odd:
    return Odd(name, what, REFUSED, lambda: content, code)


KINDS: tuple[Odd, ...] = (
    _said("photo.heic", "HEIC", _boxed(b"heic", b"mif1", b"heic")),
    _said("photo.jpg", "HEIC with the name of a JPEG", _boxed(b"mif1", b"heic"), "wrong_extension"),
    _said("photo.avif", "AVIF", _boxed(b"avif", b"mif1", b"miaf")),
    _said("film.mp4", "a video", _boxed(b"isom", b"mp42")),
    _said("invoice.ofd", "OFD", _archive("OFD.xml", "Doc_0/Document.xml")),
    _said(
        "invoice.pdf",
        "OFD with the name of a PDF",
        _archive("Doc_0/Document.xml", "OFD.xml"),
        "wrong_extension",
    ),
    _said("letter.docx", "Word", _archive("[Content_Types].xml", "word/document.xml")),
    _said("letter.doc", "old Word", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)),
    _said("letter.rtf", "RTF", b"{\\rtf1 hello}"),
    _said("pages.zip", "ZIP", zipped()),
    _said("none.zip", "an empty ZIP", _archive()),
    _said("pages.tif", "ZIP with the name of a TIFF", zipped(), "wrong_extension"),
    _said("pages.rar", "RAR", b"Rar!\x1a\x07\x01\x00" + bytes(50)),
    _said("pages.7z", "7z", b"7z\xbc\xaf\x27\x1c" + bytes(50)),
    _said("pages.gz", "gzip", b"\x1f\x8b\x08\x00" + bytes(50)),
    _said("pages.tar", "tar", bytes(257) + b"ustar\0" + bytes(300)),
    _said("page.html", "a web page", b"<!DOCTYPE html><html><body>x</body></html>"),
    _said("page.jpg", "a web page with the name of a JPEG", b"\n <html>", "wrong_extension"),
    _said("plan.svg", "SVG", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    _said("plan.eps", "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    _said("notes.txt", "text", "住院号 ZY20240317".encode()),
    _said("notes.pdf", "GB 18030 text with the name of a PDF", "住院号".encode("gb18030"), "wrong_extension"),
    _said("tool.exe", "a Windows program", b"MZ\x90\0" + bytes(100)),
    _said(
        "tool.png", "a Windows program with the name of a PNG", b"MZ\x90\0" + bytes(100), "wrong_extension"
    ),
    _said("tool", "a Linux program", b"\x7fELF\x02\x01\x01" + bytes(100)),
    _said("tool.pdf", "a program with a PDF behind it", b"MZ" + bytes(100) + PDF_HEAD, "wrong_extension"),
    _said("page.pdf", "a web page with a PDF behind it", b"<html>" + PDF_HEAD, "wrong_extension"),
    _said(
        "archive.pdf",
        "a ZIP archive with a PDF behind it",
        b"PK\x03\x04" + bytes(30) + PDF_HEAD,
        "wrong_extension",
    ),
    _said("run.sh", "a script", b"#!/bin/sh\nrm -rf /\n"),
    _said("ct.dcm", "DICOM", bytes(128) + b"DICM" + bytes(50)),
    _said("layers.psd", "Photoshop", b"8BPS\0\1" + bytes(50)),
    _said("icon.ico", "an icon", saved(sheet().resize((32, 32)), "ICO")),
    _said(
        "icon.bmp",
        "an icon with the name of a BMP",
        saved(sheet().resize((32, 32)), "ICO"),
        "wrong_extension",
    ),
    _said("tga.bmp", "a TGA with the name of a BMP", saved(sheet("RGB"), "TGA"), "wrong_extension"),
    _said("sentence.bmp", "a sentence that begins with BM", b"BMW drives into a tree.", "wrong_extension"),
    _said("film.avi", "an AVI video", b"RIFF\0\1\0\0AVI LIST" + bytes(50)),
    _said("mail.eml", "an e-mail", b"Received: from x\nSubject: y\n\nz"),
    _said("noise.jpg", "noise", bytes(range(128, 256)) + bytes(range(128)), "wrong_extension"),
    _said("nothing.jpg", "zeros", bytes(5000), "wrong_extension"),
    _said("empty.pdf", "nothing at all", b"", "empty"),
    *(
        _said(f"{count}.jpg", f"{count} bytes", b"\xff\xd8\xff\xe0\0\x10J"[:count], "wrong_extension")
        for count in (1, 2)
    ),
    _said("7.jpg", "7 bytes", b"\xff\xd8\xff\xe0\0\x10J", "broken"),
    _said("1.pdf", "a percent sign", b"%", "wrong_extension"),
)
NAMES: tuple[Odd, ...] = (
    Odd("scan0001", "no extension", GOOD, jpeg),
    Odd("SCAN.TIF", "upper case", GOOD, tiff),
    Odd("scan.Jpeg", "mixed case", GOOD, jpeg),
    Odd(".jpg", "an extension and no name", GOOD, jpeg),
    Odd("", "no name", GOOD, jpeg),
    Odd("scan.jpg ", "a blank at the end", GOOD, jpeg),
    Odd("CON.jpg", "a name that Windows keeps for itself", GOOD, jpeg),
    Odd("../../etc/passwd.png", "a way out of the folder", GOOD, png),
    Odd("C:\\scans\\page.png", "a way from Windows", GOOD, png),
    Odd("x" * 5000 + ".png", "a name of 5,000 letters", GOOD, png),
    Odd("a\0b.png", "a NUL in the name", GOOD, png),
    Odd("a\nb\r.png", "line ends in the name", GOOD, png),
    Odd("门诊\u202egpj.png", "written from right to left", GOOD, png),
    Odd("\ud800.png", "half a character", GOOD, png),
    _said("scan\u202egpj.exe", "looks like exe.jpg", jpeg(), "wrong_extension"),
    _said("scan.jpg.exe", "two extensions", jpeg(), "wrong_extension"),
    _said("scan.png", "a JPEG named PNG", jpeg(), "wrong_extension"),
    _said("scan.pdf", "a JPEG named PDF", jpeg(), "wrong_extension"),
    Odd("scan.jpg::$DATA", "a stream of NTFS", GOOD, jpeg),
    Odd("a." + "x" * 3000, "an extension of 3,000 letters", GOOD, jpeg),
)
ODD = (*KINDS, *NAMES)
