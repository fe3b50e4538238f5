"""Pages of items, for programs. Every page that is asked for is an entry of the log."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from archive.core.access.actions import Purpose
from archive.desks.reading_room import operations, showing
from archive.desks.reading_room.operations import PageAddress
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

PageNumber = Annotated[int, Path(ge=1, le=10**6)]


class PageRead(BaseModel):
    """``has_image`` false: the page could not be drawn, and ``reason`` says why; it also says why there is no text.

    ``held``: the item is under a legal hold. ``hits``: where the words of ``q`` stand. Each is four corners (x, y), clockwise from the top left, as fractions of
    the page's width and height. ``width`` and ``height`` are pixels of the image.
    """

    item: UUID
    page: UUID
    number: int
    of: int
    width: int
    height: int
    is_blank: bool
    reference_code: str | None
    title: str | None
    tier: int
    held: bool
    has_image: bool
    reason: str | None
    text: str
    language: str | None
    hits: list[list[tuple[float, float]]]


@router.get("/api/v1/items/{uid}/pages/{number}")
@serves(operations.show_page)
def read(door: Door, uid: UUID, number: PageNumber, purpose: Purpose | None = None, q: str = "") -> PageRead:
    released = door.run(operations.show_page, PageAddress(uid, number), purpose=purpose)
    leaf, reading = released.value, showing.read_text(door, released)
    facts = {name: value for name, value in vars(leaf).items() if name not in {"view", "text", "watermark"}}
    return PageRead(
        **facts,
        has_image=leaf.view is not None,
        text="" if reading is None else reading.text,
        language=None if reading is None else reading.language,
        hits=[list(quad) for quad in showing.hits_on(reading, q)],
    )


@router.get(
    "/api/v1/items/{uid}/pages/{number}/image",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The page with the reader's watermark"}},
)
@serves(operations.show_page)
def image(
    request: Request, door: Door, uid: UUID, number: PageNumber, purpose: Purpose | None = None
) -> Response:
    released = door.run(operations.show_page, PageAddress(uid, number), purpose=purpose)
    settings = entrance_of(request).settings
    return Response(showing.marked_image(door, released, settings), media_type="image/jpeg")
