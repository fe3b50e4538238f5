"""Routes that cannot be forgotten: each says which operations it runs, or why it needs none.

The gate a route receives runs those operations and no others, for the asker that the request shows.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from archive.core.access.policy import Actor
from archive.core.gate import ActorSource, BoundGate, Operation
from archive.web.entrance import entrance_of
from archive.web.menu import MenuEntry, Waiting
from archive.web.sessions import is_api, note_presence, token_of

F = TypeVar("F", bound=Callable[..., Any])

PLAIN_BODY = 1024 * 1024
"""Bytes of a body that is read into memory. Routes that read piece by piece say ``streams=True``."""

_MARK = "__juanzong_declares__"


class UnguardedRoute(TypeError):
    """A route that declares no operation, or a kind of route that cannot declare one."""


@dataclass(frozen=True)
class Declared:
    operations: tuple[Operation[Any, Any, Any], ...]
    reason: str = ""
    streams: bool = False

    @property
    def actions(self) -> list[str]:
        """In the order of the declaration, each once."""
        return list(dict.fromkeys(str(operation.action) for operation in self.operations))


def serves(
    primary: Operation[Any, Any, Any], *others: Operation[Any, Any, Any], streams: bool = False
) -> Callable[[F], F]:
    """Stands directly above the function, below ``@router.get``. ``streams``: the route reads its body piece by piece
    (``archive.web.multipart``, ``archive.web.bodies``); without it a body may have 1 MiB.
    """
    return _marking(Declared((primary, *others), streams=streams))


def public(reason: str) -> Callable[[F], F]:
    """For what shows nothing of the archive. ``reason`` says why no operation is needed."""
    if not reason.strip():
        raise UnguardedRoute("a public route says why it is public")
    return _marking(Declared((), reason=reason))


def _marking(declared: Declared) -> Callable[[F], F]:
    def mark(endpoint: F) -> F:
        setattr(endpoint, _MARK, declared)
        return endpoint

    return mark


def declared_by(endpoint: Any) -> Declared:
    """Raises ``UnguardedRoute``."""
    declared = getattr(endpoint, _MARK, None)
    if not isinstance(declared, Declared):
        raise UnguardedRoute(f"{getattr(endpoint, '__qualname__', endpoint)} declares no operation")
    return declared


class _BoundedRoute(APIRoute):
    """Reads ``PLAIN_BODY`` bytes at most. (FastAPI's own limit answers with plain text instead of a problem.)"""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handle(Request(request.scope, _bounded(request.receive)))

        return bounded


def _bounded(receive: Receive) -> Receive:
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > PLAIN_BODY:
            raise HTTPException(413)  # the one kind of error that FastAPI lets through while it reads
        return message

    return counted


class GuardedRouter(APIRouter):
    """Paths are written whole (``/loans``, ``/api/v1/loans``). ``menu`` holds what these routes add to the left menu,
    ``waiting`` what they count among the work that waits for a person.
    """

    def __init__(self, *, menu: Sequence[MenuEntry] = (), waiting: Sequence[Waiting] = ()) -> None:
        super().__init__(redirect_slashes=False)
        self.menu = tuple(menu)
        self.waiting = tuple(waiting)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Raises ``UnguardedRoute`` at registration."""
        declared = declared_by(endpoint)
        options["include_in_schema"] = is_api(path)
        options["openapi_extra"] = {**(options.get("openapi_extra") or {}), "x-action": declared.actions}
        options["route_class_override"] = APIRoute if declared.streams else _BoundedRoute
        if not is_api(path):
            options["response_model"] = None
        super().add_api_route(path, endpoint, **options)

    def include_router(self, router: APIRouter, **options: Any) -> None:
        if not isinstance(router, GuardedRouter):
            raise UnguardedRoute("only guarded routers are included")
        super().include_router(router, **options)

    def add_route(self, path: str, *_args: Any, **_options: Any) -> None:
        raise UnguardedRoute(f"{path}: a plain route declares no operation")

    def add_websocket_route(self, path: str, *_args: Any, **_options: Any) -> None:
        raise UnguardedRoute(f"{path}: a socket declares no operation")

    def add_api_websocket_route(self, path: str, *_args: Any, **_options: Any) -> None:
        raise UnguardedRoute(f"{path}: a socket declares no operation")

    def mount(self, path: str, *_args: Any, **_options: Any) -> None:
        raise UnguardedRoute(f"{path}: a mounted application declares no operation")


async def _door(request: Request) -> BoundGate:
    entrance = entrance_of(request)
    token = token_of(request)
    who = _noting(request, token, entrance.who(token))
    return entrance.gate.bind(who, *declared_by(request.scope["endpoint"]).operations)


async def _anonymous_door(request: Request) -> BoundGate:
    entrance = entrance_of(request)
    return entrance.gate.bind(entrance.anyone, *declared_by(request.scope["endpoint"]).operations)


def _noting(request: Request, token: str | None, who: ActorSource) -> ActorSource:
    def noted(session: Any, now: datetime) -> Actor:
        actor = who(session, now)
        if token is not None:
            note_presence(request, token)
        return actor

    return noted


Door = Annotated[BoundGate, Depends(_door)]
"""The gate for the person whose session the request carries. Running anything raises ``SignInNeeded`` without one."""

AnonymousDoor = Annotated[BoundGate, Depends(_anonymous_door)]
"""The gate for somebody who has not signed in; the rules let her sign in and nothing else."""
