"""One queue of everything that a person decides on, whichever desk it belongs to.

Each desk brings what waits there as a ``Deciding``, as it brings its menu entries; the list is read by the desk's own
operation, through the gate, so it holds what that desk would show and no more. Deciding stays on the desk's own page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.core.access.actions import Action
from archive.core.gate import BoundGate, Operation
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.render import page
from archive.web.sessions import token_of


@dataclass(frozen=True)
class Line:
    """``what``: titles or reference codes, one a line. ``href``: where it is decided, or where its kind is."""

    no: str
    who: str
    what: tuple[str, ...]
    why: str
    purpose: str | None
    tier: int | None
    since: datetime | None
    href: str


@dataclass(frozen=True)
class Deciding:
    """``label`` is marked with ``N_``. Asked only for whoever has a rule for ``action``; ``lines`` runs ``operation``."""

    label: str
    href: str
    action: Action
    operation: Operation[Any, Any, Any]
    lines: Callable[[BoundGate], Sequence[Line]]


class LineShown(BaseModel):
    no: str
    who: str
    what: list[str]
    why: str
    purpose: str | None
    tier: int | None
    since: datetime | None
    href: str


class KindShown(BaseModel):
    label: str
    href: str
    lines: list[LineShown]


def queue_router(kinds: Sequence[Deciding]) -> GuardedRouter:
    """For the desks of one application."""
    router = GuardedRouter(
        menu=[
            MenuEntry(
                USE, N_("待我审批"), "/queue", Action.ROLE_APPROVE, N_("各类申请、提名、放行，一处查看")
            )
        ]
    )
    first, *others = [kind.operation for kind in kinds]

    @router.get("/queue")
    @serves(first, *others)
    def queue(request: Request, door: Door) -> HTMLResponse:
        waiting = [(kind, kind.lines(door)) for kind in _own(request, kinds)]
        return page(
            request, "queue/queue.html", waiting=waiting, total=sum(len(lines) for _kind, lines in waiting)
        )

    @router.get("/api/v1/queue", summary="Everything that waits for the decision of the person who asks")
    @serves(first, *others)
    def list_queue(request: Request, door: Door) -> list[KindShown]:
        return [_shown(kind, kind.lines(door)) for kind in _own(request, kinds)]

    return router


def _own(request: Request, kinds: Sequence[Deciding]) -> list[Deciding]:
    """Without a session the first kind is asked all the same: the gate answers as it answers everywhere."""
    token = token_of(request)
    person = None if token is None else entrance_of(request).person(token)
    if person is None:
        return [kinds[0]]
    return [kind for kind in kinds if kind.action in person.may]


def _shown(kind: Deciding, lines: Sequence[Line]) -> KindShown:
    shown = [LineShown(**{**vars(line), "what": list(line.what)}) for line in lines]
    return KindShown(label=_(kind.label), href=kind.href, lines=shown)
