"""The prints of a folder, for browsers and for programs: cover, spine, register, remarks sheet. Each is an entry of the log."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from archive.desks.binding import pages_words, seeing
from archive.desks.binding.folder import ARCHIVED
from archive.desks.binding.pages import look_at
from archive.desks.binding.printing import layout
from archive.desks.binding.printing.folder import Folder, Line, Supplement, Waived
from archive.desks.binding.printing.layout import CoverSize, SpineSize
from archive.desks.binding.seen import DocumentSeen, FolderSeen
from archive.holdings.vocabulary import DOC_TYPES, word
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import _

router = GuardedRouter()

_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "Ready to be printed at 100 %"}
}


class Sheet(StrEnum):
    """What a spine is printed on: a strip of its own size, or A4 with lines to cut along."""

    TRUE = "true"
    A4 = "a4"


@router.get("/binding/{uid}/cover.pdf")
@serves(seeing.show_folder)
def cover_page(request: Request, door: Door, uid: UUID, size: CoverSize = CoverSize.TRUE) -> Response:
    return cover(request, door, uid, size)


@router.get("/api/v1/volumes/{uid}/prints/cover", response_class=Response, responses=_PDF)
@serves(seeing.show_folder)
def cover(request: Request, door: Door, uid: UUID, size: CoverSize = CoverSize.TRUE) -> Response:
    """封面 of GB/T 9705. Its QR holds ``V1;VOL=<reference code>;UID=<uid>;CRC=<CRC-32 of all before it>``."""
    folder = facts(look_at(request, door, uid))
    return _pdf(layout.cover(folder, size, _font(request)), folder, "cover")


@router.get("/binding/{uid}/spine.pdf")
@serves(seeing.show_folder)
def spine_page(
    request: Request, door: Door, uid: UUID, size: SpineSize = SpineSize.MM20, sheet: Sheet = Sheet.TRUE
) -> Response:
    return spine(request, door, uid, size, sheet)


@router.get("/api/v1/volumes/{uid}/prints/spine", response_class=Response, responses=_PDF)
@serves(seeing.show_folder)
def spine(
    request: Request, door: Door, uid: UUID, size: SpineSize = SpineSize.MM20, sheet: Sheet = Sheet.TRUE
) -> Response:
    """背脊: 10, 15 or 20 mm wide and 310 tall, or a label of 30 by 210. On A4 it is 285 mm tall at most."""
    folder = facts(look_at(request, door, uid))
    on_a4 = sheet is Sheet.A4
    return _pdf(layout.spine(folder, size, on_a4=on_a4, font=_font(request)), folder, "spine")


@router.get("/binding/{uid}/register.pdf")
@serves(seeing.show_folder)
def register_page(request: Request, door: Door, uid: UUID) -> Response:
    return register(request, door, uid)


@router.get("/api/v1/volumes/{uid}/prints/register", response_class=Response, responses=_PDF)
@serves(seeing.show_folder)
def register(request: Request, door: Door, uid: UUID) -> Response:
    """卷内文件目录: every document of the folder with its page numbers."""
    folder = facts(look_at(request, door, uid))
    return _pdf(layout.register(folder, _font(request)), folder, "register")


@router.get("/binding/{uid}/remarks.pdf")
@serves(seeing.show_folder)
def remarks_page(request: Request, door: Door, uid: UUID) -> Response:
    return remarks(request, door, uid)


@router.get("/api/v1/volumes/{uid}/prints/remarks", response_class=Response, responses=_PDF)
@serves(seeing.show_folder)
def remarks(request: Request, door: Door, uid: UUID) -> Response:
    """卷内备考表: remarks, documents that need not be there, supplements, who bound and who checked."""
    folder = facts(look_at(request, door, uid))
    return _pdf(layout.remarks(folder, _font(request)), folder, "remarks")


def facts(seen: FolderSeen) -> Folder:
    """What the prints say of a folder. Until it is archived its reference code is not printed: it is not fixed yet."""
    days = sorted(one.doc_date for one in seen.documents if one.doc_date is not None)
    is_archived = seen.state == ARCHIVED
    return Folder(
        uid=seen.uid,
        reference_code=seen.reference_code if is_archived else "",
        fonds_code=seen.fonds_code,
        fonds=seen.fonds,
        series_code=seen.series_code,
        series=seen.series,
        title=seen.title,
        year=seen.year,
        volume_no=f"{seen.number:05d}",
        retention="",
        filing_no="",
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        items=len(seen.documents),
        pages=seen.pages,
        lines=tuple(_line(one) for one in seen.documents),
        binder=_("、").join(seen.binders),
        bound_on=_day(seen.submitted_at),
        checker=seen.checker,
        checked_on=_day(seen.archived_at),
        remark=seen.remark,
        waived=tuple(
            Waived(word(slot.code, DOC_TYPES), slot.reason, slot.by)
            for slot in seen.slots
            if slot.state == "waived"
        ),
        supplements=tuple(
            Supplement(one.decided_at.astimezone().date(), one.asked_by, one.reason)
            for one in seen.supplements
            if one.state == "approved" and one.decided_at is not None
        ),
    )


def _line(one: DocumentSeen) -> Line:
    """A document's number is its 文号; the first person that is named in it stands for its author 责任者."""
    return Line(
        number=one.place,
        document_no=one.number,
        author=one.author,
        title=pages_words.name(one),
        day=one.doc_date,
        first=one.first,
        last=one.last,
        remark=_("补充") if one.is_supplement else "",
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone().date()


def _font(request: Request) -> Path | None:
    return entrance_of(request).settings.watermark_font


def _pdf(content: bytes, folder: Folder, kind: str) -> Response:
    """Named after the folder's uid: a reference code may hold what file systems do not take, a title names persons."""
    name = f'inline; filename="{kind}-{folder.uid}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})
