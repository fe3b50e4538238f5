"""What waits for the person who is signed in: as a page, and for programs."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.accounts.to_dos import ToDo, count_to_dos
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import _
from archive.web.render import kinds_of_waiting, page

router = GuardedRouter()


@router.get("/to-dos")
@serves(count_to_dos)
def to_dos(request: Request, door: Door) -> HTMLResponse:
    waiting = _waiting(request, door)
    return page(request, "accounts/to_dos.html", waiting=waiting, total=sum(one.count for one in waiting))


class ToDoShown(BaseModel):
    label: str
    href: str
    count: int


class ToDosShown(BaseModel):
    """``count`` stops at 100 for each kind."""

    to_dos: list[ToDoShown]


@router.get("/api/v1/to-dos", summary="What waits for the person who asks")
@serves(count_to_dos)
def list_to_dos(request: Request, door: Door) -> ToDosShown:
    shown = [ToDoShown(label=_(one.label), href=one.href, count=one.count) for one in _waiting(request, door)]
    return ToDosShown(to_dos=shown)


def _waiting(request: Request, door: Door) -> tuple[ToDo, ...]:
    return door.run(count_to_dos, None, kinds_of_waiting(request)).value
