"""The reading room: one page at a time, with what was looked for outlined on it."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Purpose
from archive.core.errors import Refused
from archive.desks.reading_room import operations, showing
from archive.desks.reading_room.operations import Leaf, PageAddress
from archive.web import texts, words
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.problems import status_of
from archive.web.render import page

router = GuardedRouter()

PageNumber = Annotated[int, Path(ge=1, le=10**6)]
NEIGHBOURS = 4


@router.get("/read/{item}/{number}.jpg")
@serves(operations.show_page)
def image(
    request: Request, door: Door, item: UUID, number: PageNumber, purpose: Purpose | None = None
) -> Response:
    released = door.run(operations.show_page, PageAddress(item, number), purpose=purpose)
    settings = entrance_of(request).settings
    return Response(showing.marked_image(door, released, settings), media_type="image/jpeg")


@router.get("/read/{item}/{number}")
@serves(operations.show_page)
def read(
    request: Request, door: Door, item: UUID, number: PageNumber, purpose: Purpose | None = None, q: str = ""
) -> HTMLResponse:
    try:
        released = door.run(operations.show_page, PageAddress(item, number), purpose=purpose)
    except Refused as refusal:
        if refusal.rule not in {"R_PURPOSE", "R_NOLOAN"}:
            raise
        return _way_on(request, refusal, item, q)
    leaf = released.value
    asked = {"purpose": purpose or "", "q": q}
    query = urlencode({name: value for name, value in asked.items() if value})
    return page(
        request,
        "reading_room/read.html",
        leaf=leaf,
        q=q,
        query=f"?{query}" if query else "",
        image_query=f"?purpose={purpose}" if purpose else "",
        numbers=_numbers(leaf),
        hits=[showing.points(quad) for quad in showing.hits_on(showing.read_text(door, released), q)]
        if q
        else [],
        why_no_text=showing.why_no_text(leaf),
    )


def _numbers(leaf: Leaf) -> list[int | None]:
    """The first page, the last, and those around this one; None stands for pages left out."""
    near = range(leaf.number - NEIGHBOURS, leaf.number + NEIGHBOURS + 1)
    shown = sorted({1, leaf.of, *(number for number in near if 1 <= number <= leaf.of)})
    listed: list[int | None] = []
    for number in shown:
        if listed and number - (listed[-1] or 0) > 1:
            listed.append(None)
        listed.append(number)
    return listed


def _way_on(request: Request, refusal: Refused, item: UUID, q: str) -> HTMLResponse:
    """A purpose is asked for here; a loan is asked for on its own page."""
    message, remedy = texts.shown(refusal)
    return page(
        request,
        "reading_room/way_on.html",
        status=status_of(refusal),
        refusal=refusal,
        message=message,
        remedy=remedy,
        item=item,
        q=q,
        purposes=words.choices("purpose"),
    )
