"""Pages of items, for programs. Every page that is asked for is an entry of the log."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from archive.core.access.actions import Purpose
from archive.desks.reading_room import operations, showing, ways
from archive.desks.reading_room.operations import PageAddress
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

PageNumber = Annotated[int, Path(ge=1, le=10**6)]


class PageRead(BaseModel):
    """``has_image`` false: the page could not be drawn, and ``reason`` says why; it also says why there is no text.

    ``held``: the item is under a legal hold. ``hits``: where the words of ``q`` stand. Each is four corners (x, y), clockwise from the top left, as fractions of
    the page's width and height. ``width`` and ``height`` are pixels of the image, which was turned clockwise by
    ``rotation`` degrees. ``numbers``: the pages of the item that are shown, without those that were left out.
    ``hit_pages``: those of them that hold the words of ``q``; null when the search cannot be asked just now.
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
    rotation: int
    numbers: list[int]
    hit_pages: list[int] | None


class WaysShown(BaseModel):
    """``roles``: who decides on a loan of the item; none where it is not lent. ``people``: names, in one's own unit only."""

    item: UUID
    unit: str
    tier: int
    may_request: bool
    roles: list[str]
    people: list[str]


@router.get("/api/v1/items/{uid}/ways")
@serves(ways.ways_to)
def ways_to(door: Door, uid: UUID) -> WaysShown:
    """For whoever may know of the item and not read it: who can open it to her, and whether she may ask."""
    return WaysShown(**vars(door.run(ways.ways_to, uid).value))


@router.get("/api/v1/items/{uid}/pages/{number}")
@serves(operations.show_page)
def read(door: Door, uid: UUID, number: PageNumber, purpose: Purpose | None = None, q: str = "") -> PageRead:
    released = door.run(operations.show_page, PageAddress(uid, number, q), purpose=purpose)
    leaf, reading = released.value, showing.read_text(door, released)
    facts = {name: value for name, value in vars(leaf).items() if name not in {"view", "text", "watermark"}}
    return PageRead(
        **facts,
        has_image=leaf.view is not None,
        text="" if reading is None else reading.text,
        language=None if reading is None else reading.language,
        hits=[list(quad) for quad in showing.hits_on(reading, q, leaf.rotation)],
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
