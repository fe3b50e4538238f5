"""Pages: one environment, one frame around every template."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from archive.web import texts, words
from archive.web.entrance import Person, entrance_of
from archive.web.forms import session_token
from archive.web.language import TRANSLATED, Language, _, catalogue, ngettext, spoken
from archive.web.menu import MenuEntry, Waiting, here, menu_for
from archive.web.preferences import theme_of
from archive.web.sessions import cookie_name, cookie_token, give_cookie, take_cookie

NOTICE_COOKIE = "juanzong-notice"
KIB = 1024


class Pages:
    """The template environment of one application, and what its routers brought: the menu, and what may wait."""

    def __init__(self, menu: Sequence[MenuEntry], waiting: Sequence[Waiting] = ()) -> None:
        self.menu = tuple(menu)
        self.waiting = tuple(waiting)
        self._environment = _environment()
        for language in TRANSLATED:
            catalogue(language)

    def render(self, template: str, values: dict[str, Any]) -> str:
        return self._environment.get_template(template).render(values)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("archive.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]  # put there by the extension
    environment.globals["asset"] = _asset
    environment.filters.update(
        day=shown_day, moment=shown_moment, bytes=amount, word=words.word, shown=texts.shown
    )
    return environment


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the frame. Templates are given what ``values`` holds and, from here, ``path``, ``person`` (None before
    sign-in), ``may`` (her actions), ``menu``, ``csrf``, ``notice``, ``language``, ``theme`` and ``address`` (the path with its query).
    """
    entrance = entrance_of(request)
    token = cookie_token(request)
    person = None if token is None else entrance.person(token)
    csrf = "" if token is None or person is None else session_token(entrance, token)
    notice = request.cookies.get(cookie_name(entrance.settings, NOTICE_COOKIE))
    answer = _framed(
        request, template, status, person, {"csrf": csrf, "notice": unquote(notice or ""), **values}
    )
    if notice is not None:
        take_cookie(answer, entrance, NOTICE_COOKIE)
    return answer


def bare_page(request: Request, template: str, *, status: int, **values: Any) -> HTMLResponse:
    """A page without its person, for answers that must not depend on any engine."""
    return _framed(request, template, status, None, {"csrf": "", "notice": "", **values})


def kinds_of_waiting(request: Request) -> tuple[Waiting, ...]:
    """What the desks of this application count among the work that waits."""
    pages = request.app.state.pages
    assert isinstance(pages, Pages)
    return pages.waiting


def _framed(
    request: Request, template: str, status: int, person: Person | None, values: dict[str, Any]
) -> HTMLResponse:
    pages = request.app.state.pages
    assert isinstance(pages, Pages)
    may = frozenset() if person is None else person.may
    frame = {"path": request.url.path, "person": person, "may": may, "menu": menu_for(pages.menu, may)}
    frame |= {"here": here(pages.menu, request.url.path), "language": spoken(), "theme": theme_of(request)}
    frame["address"] = _address(request)
    return HTMLResponse(pages.render(template, {**frame, **values}), status)


def _address(request: Request) -> str:
    """Where a switch of the frame comes back to. What a form answered with has no query to repeat."""
    asked = request.url.query if request.method == "GET" else ""
    return request.url.path + (f"?{asked}" if asked else "")


def see_other(request: Request, path: str, *, notice: str = "") -> RedirectResponse:
    """After a form: go and look (303). ``notice`` is shown once, on top of the next page."""
    answer = RedirectResponse(path, 303)
    if notice:
        give_cookie(answer, entrance_of(request), NOTICE_COOKIE, quote(notice))
    return answer


# --- filters -------------------------------------------------------------------------------------------------


def moment(value: datetime | None) -> str:
    """A UTC moment on the clock of the machine that serves: ``2026-11-30 14:05``. None is an empty text."""
    return "" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M")


def day(value: date | None) -> str:
    """``2026-11-30``; a moment is first put on the local clock."""
    if isinstance(value, datetime):
        value = value.astimezone().date()
    return "" if value is None else value.isoformat()


def shown_moment(value: datetime | None) -> str:
    """The same on a page, which may be English: ``30 Nov 2026 14:05``."""
    if value is None or spoken() is not Language.ENGLISH:
        return moment(value)
    local = value.astimezone()
    return f"{_english(local)} {local:%H:%M}"


def shown_second(value: datetime) -> str:
    """``2026-11-30 14:05:09``, where entries follow each other closely."""
    return f"{shown_moment(value)}:{value:%S}"


def shown_day(value: date | None) -> str:
    if value is None or spoken() is not Language.ENGLISH:
        return day(value)
    return _english(value.astimezone() if isinstance(value, datetime) else value)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _english(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def amount(size: int) -> str:
    """Bytes for people: ``812 B``, ``3.4 KiB``, ``12 MiB``."""
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < KIB:
            break
        value, unit = value / KIB, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"


@cache
def _asset(name: str) -> str:
    """The address of a file in ``static``, with its digest: a changed file has another address."""
    content = resources.files("archive.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"
