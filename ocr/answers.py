"""Checks what the child says. It may have been taken over: every value is looked at before it is believed."""

from __future__ import annotations

import re
from typing import Any

from ocr.facts import (
    MEDIA_TYPES,
    Attachment,
    Code,
    Kind,
    Limits,
    PageFacts,
    PageUnreadable,
    Probe,
    Remark,
    Unacceptable,
)
from ocr.frames import ProtocolError
from ocr.page import PageImage

_LONGEST_SENTENCE = 500
_LONGEST_NAME = 255
_MOST_REMARKS = 50
_REMARK = re.compile(r"[a-z][a-z_]{0,39}")
_LARGEST_SIDE = 1_000_000
LARGEST_VIEW_SIDE = 2_000
_FRAME_HEADERS = {0xC0, 0xC1, 0xC2}
_START_OF_SCAN = 0xDA
_HIGHEST_DPI = 10_000


def probed(record: dict[str, Any], limits: Limits) -> Probe:
    pages = record.get("pages")
    if not isinstance(pages, list) or not 0 < len(pages) <= limits.max_pages:
        raise ProtocolError("the child counts pages that cannot be")
    kind = _kind(record.get("kind"))
    facts = tuple(_page_facts(page, number) for number, page in enumerate(pages, start=1))
    return Probe(
        kind,
        MEDIA_TYPES[kind],
        facts,
        _flag(record.get("has_text")),
        tuple(_remark(told) for told in _few(record.get("remarks"), _MOST_REMARKS)),
        tuple(
            _attachment(told, number, limits)
            for number, told in enumerate(_few(record.get("attachments"), limits.max_embedded), start=1)
        ),
    )


def refused(record: dict[str, Any]) -> Unacceptable:
    return Unacceptable(
        _code(record.get("code")), _sentence(record.get("reason")), _sentence(record.get("remedy"))
    )


def page_unreadable(record: dict[str, Any]) -> PageUnreadable:
    return PageUnreadable(_code(record.get("code")), _sentence(record.get("reason")))


def page_image(record: dict[str, Any], jpeg: bytes, number: int) -> PageImage:
    if not (jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")):
        raise ProtocolError("the child sent a picture that is no JPEG")
    if _jpeg_size(jpeg) != (record.get("width"), record.get("height")):
        raise ProtocolError("the child sent a picture of another size than it says")
    return PageImage(
        number=_count(record.get("number"), number, number),
        width=_count(record.get("width"), 1, LARGEST_VIEW_SIDE),
        height=_count(record.get("height"), 1, LARGEST_VIEW_SIDE),
        dpi=_count(record.get("dpi"), 1, _HIGHEST_DPI),
        is_blank=_flag(record.get("is_blank")),
        grey=_flag(record.get("grey")),
        jpeg=jpeg,
    )


def _jpeg_size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height as the first frame header says (ITU-T T.81 §B.2.2); None where none comes before the picture."""
    at = 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1] != _START_OF_SCAN:
        if jpeg[at + 1] in _FRAME_HEADERS:
            return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None


def _page_facts(page: Any, number: int) -> PageFacts:
    if not isinstance(page, dict):
        raise ProtocolError("the child describes a page wrongly")
    return PageFacts(
        number=_count(page.get("number"), number, number),
        width=_count(page.get("width"), 1, _LARGEST_SIDE),
        height=_count(page.get("height"), 1, _LARGEST_SIDE),
        dpi=_count(page.get("dpi"), 1, _HIGHEST_DPI),
    )


def _few(value: Any, most: int) -> list[Any]:
    """A list of at most so many; none where nothing was said."""
    if not isinstance(value, list | None) or len(value or ()) > most:
        raise ProtocolError("the child gives a list that is none or too long")
    return value or []


def _remark(told: Any) -> Remark:
    code = told.get("code") if isinstance(told, dict) else None
    if not isinstance(code, str) or _REMARK.fullmatch(code) is None:
        raise ProtocolError("the child gives a remark without a code")
    return Remark(code, _sentence(told.get("words")))


def _attachment(told: Any, number: int, limits: Limits) -> Attachment:
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ProtocolError("the child names an attached file wrongly")
    return Attachment(
        number=_count(told.get("number"), number, number),
        name=name,
        size=_count(told.get("size"), 0, limits.max_embedded_bytes),
    )


def _kind(value: Any) -> Kind:
    try:
        return Kind(value)
    except ValueError as error:
        raise ProtocolError("the child names an unknown kind of file") from error


def _code(value: Any) -> Code:
    try:
        return Code(value)
    except ValueError as error:
        raise ProtocolError("the child gives an unknown code") from error


def _count(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ProtocolError("the child gives a number outside its range")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError("the child gives no yes or no")
    return value


def _sentence(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_SENTENCE or not value.isprintable():
        raise ProtocolError("the child gives a reason that cannot be shown")
    return value
