"""What kind of file this is, how many pages it has, and whether it may be taken in.

Runs in the sandboxed child only. The names that callers need stand in `ocr.facts` and are passed on here.
"""

from __future__ import annotations

from typing import BinaryIO

from ocr import pdfs, pictures
from ocr.disguise import disguises
from ocr.facts import MEDIA_TYPES, Code, Kind, Limits, PageFacts, Probe, Unacceptable
from ocr.kinds import kind_of

__all__ = ["Code", "Kind", "Limits", "PageFacts", "Probe", "Unacceptable", "probe"]

_MIB = 1 << 20


def probe(source: BinaryIO, name: str, limits: Limits) -> Probe:
    """Raises `Unacceptable`. Libraries may die of a hostile file; the sandbox answers for that."""
    size = source.seek(0, 2)
    _check_size(size, limits)
    kind = kind_of(source, name)
    source.seek(0)
    if kind is Kind.PDF:
        pdf = pdfs.look(source, limits)
        remarks = pdf.remarks + disguises(source, kind, size)
        return Probe(kind, MEDIA_TYPES[kind], pdf.pages, pdf.has_text, remarks, pdf.attachments)
    picture = pictures.look(source, kind, limits)
    remarks = picture.remarks + disguises(source, kind, picture.end)
    return Probe(kind, MEDIA_TYPES[kind], picture.pages, has_text=False, remarks=remarks)


def _check_size(size: int, limits: Limits) -> None:
    if size == 0:
        raise Unacceptable(
            Code.EMPTY, "The file is empty.", "Check the scanner or the copy and upload it again."
        )
    if size > limits.max_bytes:
        reason = f"The file has {size // _MIB} MiB; {limits.max_bytes // _MIB} MiB are allowed."
        raise Unacceptable(Code.TOO_LARGE, reason, "Split it into several files.")
