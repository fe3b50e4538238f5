"""The outermost layer: which hosts are answered, the headers of every answer, and the last resort for the unforeseen."""

import logging
import traceback
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.core.settings import Settings
from archive.web.problems import fault
from archive.web.sessions import behind_https

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# same-origin, not no-referrer: under no-referrer browsers send "Origin: null" with our own forms. Nothing leaves either way.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000"


class Frontage:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public_host = (urlsplit(settings.public_url).hostname or "").lower()
        self._https = behind_https(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex
        answer = _Answer(send, self._headers(scope, request_id))
        if not self._is_ours(Request(scope)):
            await PlainTextResponse("Misdirected request\n", 421)(scope, receive, answer)
            return
        try:
            await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last resort; nothing of the error leaves but its class
            log.error("request %s failed: %s at %s", request_id, type(error).__name__, _place(error))  # noqa: TRY400 - messages and values may hold names
            if answer.started:
                raise RuntimeError("the answer was cut short") from None
            await fault(Request(scope, receive), request_id)(scope, receive, answer)

    def _is_ours(self, request: Request) -> bool:
        """Loopback or the public address: a name that somebody else's DNS points here is not answered."""
        host = (request.url.hostname or "").lower()
        return host in {"localhost", self._public_host} - {""} or _is_loopback(host)

    def _headers(self, scope: Scope, request_id: str) -> dict[str, str]:
        headers = {**HEADERS, "X-Request-Id": request_id, "Cache-Control": _caching(scope)}
        if self._https:
            headers["Strict-Transport-Security"] = HSTS
        return headers


class _Answer:
    """Sends on, with the headers; remembers whether an answer has begun."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers[name] = value
        await self._send(message)


def _caching(scope: Scope) -> str:
    if not scope["path"].startswith("/static/"):
        return "no-store"
    is_named_by_digest = b"v=" in scope["query_string"]
    return "public, max-age=31536000, immutable" if is_named_by_digest else "public, max-age=300"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _place(error: Exception) -> str:
    frames: Any = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "unknown"
