"""Language and theme of whoever looks at a page: a cookie says them, so no page asks the database.

The cookie is set where somebody chooses, and at her sign-in from her account. Before that her browser's
``Accept-Language`` decides.
"""

from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.core.settings import Settings
from archive.web.entrance import Entrance, entrance_of
from archive.web.language import Language, speaking
from archive.web.sessions import behind_https, cookie_name, is_api

LANGUAGE_COOKIE = "juanzong-language"
THEME_COOKIE = "juanzong-theme"
KEPT_SECONDS = 365 * 24 * 3600


class Theme(StrEnum):
    """``auto`` follows the machine that the browser runs on."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Interpreter:
    """Holds every request in its language. Programs at the API are given the source language, whatever they send."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = Language.SOURCE
        if scope["type"] == "http" and not is_api(scope["path"]):
            language = language_of(Request(scope), self._settings)
        with speaking(language):
            await self._app(scope, receive, send)


def language_of(request: Request, settings: Settings) -> Language:
    chosen = request.cookies.get(cookie_name(settings, LANGUAGE_COOKIE), "")
    if chosen in set(Language):
        return Language(chosen)
    return preferred(request.headers.get("accept-language", ""))


def theme_of(request: Request) -> Theme:
    chosen = request.cookies.get(cookie_name(entrance_of(request).settings, THEME_COOKIE), "")
    return Theme(chosen) if chosen in set(Theme) else Theme.AUTO


def preferred(accepted: str) -> Language:
    """What a browser that sends this ``Accept-Language`` (RFC 9110 §12.5.4) reads best; the source language if none."""
    ranges = (part.partition(";") for part in accepted.split(",")[:MOST_RANGES])
    wanted = [(_weight(rest), _spoken_as(tag)) for tag, _separator, rest in ranges]
    readable = [(weight, language) for weight, language in wanted if language is not None and weight > 0]
    return max(readable, key=lambda pair: pair[0], default=(0.0, Language.SOURCE))[1]


MOST_RANGES = 20


def _spoken_as(tag: str) -> Language | None:
    parts = tag.strip().lower().split("-")
    if parts[0] == "en":
        return Language.ENGLISH
    if parts[0] != "zh":
        return None
    is_traditional = "hant" in parts or ("hans" not in parts and not {"tw", "hk", "mo"}.isdisjoint(parts))
    return Language.TAIWAN if is_traditional else Language.SOURCE


def _weight(parameters: str) -> float:
    """1 without a weight; 0 for one that cannot be read."""
    name, _separator, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def keep(response: Response, entrance: Entrance, *, language: str | None, theme: str | None) -> None:
    """None leaves what the browser has. The cookies outlive the session: the sign-in page speaks as the last one did."""
    for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        if value is not None:
            response.set_cookie(
                cookie_name(entrance.settings, name),
                value,
                max_age=KEPT_SECONDS,
                path="/",
                secure=behind_https(entrance.settings),
                httponly=True,
                samesite="lax",
            )
