"""Checking scans, for programs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from archive.desks.quality import looking, marking
from archive.desks.quality.contact import contact_sheet
from archive.desks.quality.looking import Asked, PageSeen
from archive.desks.quality.marking import Act, Back, Mark, These
from archive.holdings.quality import Limits, limits
from archive.web.entrance import entrance_of
from archive.web.fields import Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

Start = Annotated[int, Query(ge=0, le=10**7)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BatchShown(BaseModel):
    """``checked``: how many of ``pages`` are accepted or left out."""

    uid: UUID
    created_at: datetime
    items: int
    pages: int
    checked: int


class MarkShown(BaseModel):
    """``kind``: rotation, excluded, blank, rescan or accepted; ``after``: degrees, or 1 and 0."""

    kind: str
    after: int
    reason: str | None
    by: str
    at: datetime


class PageShown(BaseModel):
    """``rotation``: degrees clockwise by which the page is turned when it is shown. ``reasons``: what speaks for a look:
    failed, blank, no_text, low_confidence, low_resolution, skewed, repeated, rescan. ``fixed``: it is archived or held, and
    neither left out nor called blank any more. ``skew``: degrees, clockwise.
    """

    uid: UUID
    item: UUID
    number: int
    revision: int
    rotation: int
    is_blank: bool
    is_excluded: bool
    is_accepted: bool
    wants_rescan: bool
    fixed: bool
    width: int
    height: int
    dpi: int
    skew: float | None
    confidence: float | None
    reasons: list[str]
    marks: list[MarkShown]


class ScreenShown(BaseModel):
    """Forty pages at most from ``start`` on, of ``total``."""

    start: int
    total: int
    checked: int
    pages: list[PageShown]


class MarkBody(Body):
    """``reason`` is needed for ``exclude`` and ``rescan``. ``revision`` is that of the page that was looked at."""

    act: Act
    revision: Revision
    reason: str = Field(default="", max_length=marking.MOST_REASON)


class UndoBody(Body):
    revision: Revision


class TheseBody(Body):
    pages: list[UUID] = Field(min_length=1, max_length=200)


class Accepted(BaseModel):
    accepted: int


@router.get("/api/v1/quality/batches")
@serves(looking.list_batches)
def list_batches(door: Door, before: UUID | None = None) -> list[BatchShown]:
    """The newest eight batches with drafts whose pages the asker may check, or the next eight behind ``before``."""
    return [BatchShown(**vars(batch)) for batch in door.run(looking.list_batches, None, before).value]


@router.get("/api/v1/quality/batches/{uid}/pages")
@serves(looking.show_pages)
def show_batch(request: Request, door: Door, uid: UUID, start: Start = 0) -> ScreenShown:
    """Of a batch that is hidden, and of one that does not exist, there are no pages."""
    return _screen(door, Asked(("batch", uid), start, _limits(request)))


@router.get("/api/v1/quality/items/{uid}/pages")
@serves(looking.show_pages)
def show_item(request: Request, door: Door, uid: UUID, start: Start = 0) -> ScreenShown:
    """Of an item that is hidden, and of one that does not exist, there are no pages."""
    return _screen(door, Asked(("item", uid), start, _limits(request)))


_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "The pages in cells of 180 pixels, eight in a row"}
}


@router.get("/api/v1/quality/batches/{uid}/sheet", response_class=Response, responses=_JPEG)
@serves(looking.show_images)
def batch_sheet(request: Request, door: Door, uid: UUID, start: Start = 0) -> Response:
    """The pages of one screen in small, in one picture: one entry of the log, which names each."""
    released = door.run(looking.show_images, None, Asked(("batch", uid), start, _limits(request)))
    return Response(contact_sheet(door, released), media_type="image/jpeg")


@router.get("/api/v1/quality/items/{uid}/sheet", response_class=Response, responses=_JPEG)
@serves(looking.show_images)
def item_sheet(request: Request, door: Door, uid: UUID, start: Start = 0) -> Response:
    """The same of one item."""
    released = door.run(looking.show_images, None, Asked(("item", uid), start, _limits(request)))
    return Response(contact_sheet(door, released), media_type="image/jpeg")


@router.post("/api/v1/pages/{uid}/marks")
@serves(marking.mark)
def mark(request: Request, door: Door, uid: UUID, body: MarkBody) -> PageShown:
    """409 ``stale`` when somebody else marked the page since ``revision``; 409 where the page is fixed."""
    said = Mark(body.act, body.revision, _limits(request), body.reason)
    return _page(door.run(marking.mark, uid, said).value)


@router.post("/api/v1/pages/{uid}/marks/undo")
@serves(marking.undo)
def undo(request: Request, door: Door, uid: UUID, body: UndoBody) -> PageShown:
    """Takes the newest mark back."""
    return _page(door.run(marking.undo, uid, Back(body.revision, _limits(request))).value)


@router.post("/api/v1/quality/accept")
@serves(marking.accept_unmarked)
def accept_unmarked(request: Request, door: Door, body: TheseBody) -> Accepted:
    """Accepts those of the pages that nothing speaks against; the others stay as they are."""
    these = These(tuple(body.pages), _limits(request))
    return Accepted(accepted=door.run(marking.accept_unmarked, None, these).value)


def _limits(request: Request) -> Limits:
    return limits(entrance_of(request).settings)


def _screen(door: Door, asked: Asked) -> ScreenShown:
    screen = door.run(looking.show_pages, None, asked).value
    return ScreenShown(
        start=screen.start,
        total=screen.total,
        checked=screen.checked,
        pages=[_page(one) for one in screen.pages],
    )


def _page(seen: PageSeen) -> PageShown:
    left_out = {"title", "reference_code", "is_first", "seq", "is_fixed", "reasons", "marks"}
    facts = {name: value for name, value in vars(seen).items() if name not in left_out}
    return PageShown(
        **facts,
        number=seen.seq,
        fixed=seen.is_fixed,
        reasons=[str(reason) for reason in seen.reasons],
        marks=[MarkShown(**vars(mark)) for mark in seen.marks],
    )
