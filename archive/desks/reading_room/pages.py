"""The reading room: one page or two at a time, with what was looked for outlined on them and ticked along the strip."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Purpose
from archive.core.errors import NotFound, Refused
from archive.core.gate import Released
from archive.desks.reading_room import operations, showing, ways
from archive.desks.reading_room.operations import Leaf, PageAddress
from archive.desks.reading_room.turning_over import Turning, turning_of
from archive.web import texts, words
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.problems import status_of
from archive.web.render import page

router = GuardedRouter()

PageNumber = Annotated[int, Path(ge=1, le=10**6)]


@dataclass(frozen=True)
class Asked:
    """What the address says beside the page, and what goes with the reader from page to page."""

    item: UUID
    purpose: Purpose | None
    q: str
    two: bool
    text: bool

    def to(self, number: int) -> str:
        said = {"purpose": self.purpose, "q": self.q, "two": int(self.two), "text": int(self.text)}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"/read/{self.item}/{number}" + (f"?{query}" if query else "")

    def image(self, number: int) -> str:
        query = f"?purpose={self.purpose}" if self.purpose else ""
        return f"/read/{self.item}/{number}.jpg{query}"


@dataclass(frozen=True)
class Sheet:
    """One page on the table. ``text`` None: it was not asked for."""

    leaf: Leaf
    image: str
    hits: list[str]
    text: str | None
    language: str | None
    why_no_text: str


@router.get("/read/{item}/{number}.jpg")
@serves(operations.show_page)
def image(
    request: Request, door: Door, item: UUID, number: PageNumber, purpose: Purpose | None = None
) -> Response:
    released = door.run(operations.show_page, PageAddress(item, number), purpose=purpose)
    settings = entrance_of(request).settings
    return Response(showing.marked_image(door, released, settings), media_type="image/jpeg")


@router.get("/read/{item}/{number}")
@serves(operations.show_page, ways.ways_to)
def read(
    request: Request,
    door: Door,
    item: UUID,
    number: PageNumber,
    purpose: Purpose | None = None,
    q: str = "",
    two: bool = False,
    text: bool = False,
) -> HTMLResponse:
    """``two``: with the page after it, an entry of its own. ``text``: with what was read of the page."""
    asked = Asked(item, purpose, q, two, text)
    try:
        released = door.run(operations.show_page, PageAddress(item, number, q), purpose=purpose)
    except Refused as refusal:
        return _way_on(request, door, refusal, asked)
    leaf = released.value
    turning = turning_of(leaf.number, leaf.numbers, leaf.hit_pages, two=two)
    sheets = [_sheet(door, released, asked), *_second(door, turning, asked)]
    return page(
        request,
        "reading_room/read.html",
        leaf=leaf,
        sheets=sheets,
        asked=asked,
        turning=turning,
        other=replace(asked, two=not two).to(leaf.number),
        with_text=replace(asked, text=not text).to(leaf.number),
    )


def _sheet(door: Door, released: Released[Leaf], asked: Asked) -> Sheet:
    leaf = released.value
    reading = showing.read_text(door, released) if asked.q or asked.text else None
    hits = showing.hits_on(reading, asked.q, leaf.rotation) if asked.q else []
    return Sheet(
        leaf,
        asked.image(leaf.number),
        [showing.points(quad) for quad in hits],
        reading.text if reading is not None and asked.text else None,
        None if reading is None else reading.language,
        showing.why_no_text(leaf),
    )


def _second(door: Door, turning: Turning, asked: Asked) -> list[Sheet]:
    """The page beside the first. One that is refused, having been raised above its item, leaves its place empty."""
    if turning.second is None:
        return []
    try:
        released = door.run(
            operations.show_page, PageAddress(asked.item, turning.second), purpose=asked.purpose
        )
    except (Refused, NotFound):
        return []
    return [_sheet(door, released, asked)]


def _way_on(request: Request, door: Door, refusal: Refused, asked: Asked) -> HTMLResponse:
    """A purpose is asked for here; anything else is told with its rule, who may grant it, and how to ask."""
    message, remedy = texts.shown(refusal)
    return page(
        request,
        "reading_room/way_on.html",
        status=status_of(refusal),
        refusal=refusal,
        message=message,
        remedy=remedy,
        asked=asked,
        q=asked.q,
        ways=None if refusal.rule == "R_PURPOSE" else door.run(ways.ways_to, asked.item).value,
        purposes=words.choices("purpose"),
    )
