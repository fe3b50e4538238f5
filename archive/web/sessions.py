"""How a session token travels: a bearer token to the API, a cookie to pages, and never the one for the other."""

from datetime import datetime, timedelta
from typing import Any

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.core.settings import Settings
from archive.web.entrance import Entrance, entrance_of

KEEP_EVERY = timedelta(minutes=1)
"""How often the idle time of one session is written at most."""

SESSION_COOKIE = "juanzong"
MANY_TOKENS = 10_000

API_DOCS = "/api/docs"
"""The one page under ``/api/``: people read it, at their browsers."""


def is_api(path: str) -> bool:
    return path.startswith("/api/") and path != API_DOCS


def token_of(request: Request) -> str | None:
    return bearer_token(request) if is_api(request.url.path) else cookie_token(request)


def bearer_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def cookie_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(entrance_of(request).settings, SESSION_COOKIE)) or None


def cookie_name(settings: Settings, name: str) -> str:
    """``__Host-`` binds a cookie to this host and to https; browsers refuse it on plain http, even on loopback."""
    return f"__Host-{name}" if behind_https(settings) else name


def behind_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def give_cookie(response: Response, entrance: Entrance, name: str, value: str) -> None:
    """Ends with the browser; the server ends the session itself."""
    response.set_cookie(
        cookie_name(entrance.settings, name),
        value,
        path="/",
        secure=behind_https(entrance.settings),
        httponly=True,
        samesite="strict",
    )


def take_cookie(response: Response, entrance: Entrance, name: str) -> None:
    response.delete_cookie(
        cookie_name(entrance.settings, name),
        path="/",
        secure=behind_https(entrance.settings),
        httponly=True,
        samesite="strict",
    )


def note_presence(request: Request, token: str) -> None:
    """The gate has accepted this token; when the answer has left, the session's idle time moves on."""
    request.state.present = token


class Attendance:
    """Keeps used sessions alive, after the answer, and at most once a minute each.

    Only a token that the gate accepted in this very request counts: a session that has run out is never revived.
    """

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self._app = app
        self._entrance = entrance
        self._kept: dict[str, datetime] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        token = _presence(scope)
        if token is not None and self._is_due(token):
            await run_in_threadpool(self._entrance.stay, token)

    def _is_due(self, token: str) -> bool:
        now = self._entrance.clock()
        last = self._kept.get(token)
        if last is not None and now - last < KEEP_EVERY:
            return False
        if len(self._kept) >= MANY_TOKENS:
            self._kept = {t: at for t, at in self._kept.items() if now - at < KEEP_EVERY}
        self._kept[token] = now
        return True


def _presence(scope: Scope) -> str | None:
    state: dict[str, Any] = scope.get("state", {})
    return state.get("present")
