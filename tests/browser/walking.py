"""Every page that anybody may open, from the route table: what is judged by axe, by the checker and by the eye of a guard.

Pages are asked for by a plain client first: that tells who may open which, and gives the HTML as it was sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from archive.app import create_app, declared_routes
from archive.cli.server import ROUTERS
from archive.web.sessions import is_api
from tests.cast import PEOPLE, STRANGER, Person
from tests.furnishing import WORD, Furnished
from tests.web.conftest import entrance_to

LANGUAGES = ("zh-CN", "zh-TW", "en")

NO_PAGES = {
    "/read/{item}/{number}.jpg": "an image",
    "/log/checkpoint": "a file",
    "/quality/sheet.jpg": "an image",
    "/intake/uploads": "what the board's script reads",
    "/intake/uploads/{uid}": "what the board's script reads",
    "/intake/table": "a part of the board, which is walked",
    "/signed-in": "what a form's script asks",
    "/suggestions": "what a form's script asks",
    "/binding/{uid}/cover.pdf": "for paper",
    "/binding/{uid}/spine.pdf": "for paper",
    "/binding/{uid}/register.pdf": "for paper",
    "/binding/{uid}/remarks.pdf": "for paper",
}
"""Every other route that is asked with GET is walked; a new one is, or stands here with its reason."""

QUERIES: dict[str, list[dict[str, str]]] = {
    "/search": [{}, {"q": WORD}, {"q": "不存在的词"}],
    "/items": [{}],
    "/holds/new": [{}, {"q": WORD}],
    "/loans/new": [{"item": "items"}],
    "/readers/new": [{"item": "restricted"}],
    "/log/records": [{"record": "items"}],
    "/read/{item}/{number}": [{"purpose": "claim_handling", "q": WORD}, {}],
    "/quality/grid": [{"item": "items"}, {"item": "marked"}, {"batch": "checked-batch"}],
    "/sign-in": [{}, {"next": "/loans"}],
}
"""Where a page needs more than its path. A value that names a collection stands for the thing in it."""

WHICH = {
    "/items/{uid}": "items",
    "/read/{item}": "items",
    "/loans/requests/{uid}": "loan-requests",
    "/log/entries/{event}": "log",
    "/problems/{code}": "not_found",
    "/binding/{uid}": "arranging",
    "/binding/{uid}/split/{item}": "in-arranging",
}
"""The thing behind a path parameter, by the path up to it; else the collection that its first part names."""

STATES = {"/binding/{uid}": ["volumes", "arranging", "checking", "checked", "archived"]}
"""Where a page is another one with each state of the thing."""


@dataclass(frozen=True)
class Sheet:
    """One page as one person sees it. ``html``: as it was sent."""

    person: Person
    route: str
    path: str
    html: str


def paths(it: Furnished) -> Iterator[tuple[str, str]]:
    """(route, address) of every page."""
    for route in _asked(it):
        if route not in NO_PAGES:
            for state in STATES.get(route, [""]):
                for query in QUERIES.get(route, [{}]):
                    told = {name: str(it.ids.get(value, value)) for name, value in query.items()}
                    yield route, _filled(it, route, state) + (f"?{urlencode(told)}" if told else "")


def _filled(it: Furnished, route: str, state: str) -> str:
    def thing(match: re.Match[str]) -> str:
        before = route[: match.end()]
        if match[1] == "number":
            return "2"
        name = state or WHICH.get(before, before.split("/")[1])
        return str(it.ids.get(name, name))

    return re.sub(r"\{(\w+)\}", thing, route)


def sheets(it: Furnished, language: str = "zh-CN") -> list[Sheet]:
    """Each page with each person who may open it."""
    found = []
    ways = list(paths(it))
    for person in (*(getattr(it.web.house, login) for login in PEOPLE), STRANGER):
        browser = it.web.browser(person)
        browser.client.cookies.set("juanzong-language", language)
        for route, path in ways:
            answer = browser.get(path)
            if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
                found.append(Sheet(person, route, path, answer.text))
    return found


def in_language(it: Furnished, found: list[Sheet], language: str) -> list[Sheet]:
    """The same pages for the same people: who may open what is the same in every language."""
    browsers = {sheet.person.login: it.web.browser(sheet.person) for sheet in found}
    for browser in browsers.values():
        browser.client.cookies.set("juanzong-language", language)
    return [replace(sheet, html=browsers[sheet.person.login].get(sheet.path).text) for sheet in found]


def different(found: list[Sheet]) -> list[Sheet]:
    """Without those that show nothing which another person's page of the same route has not."""
    seen: dict[str, set[str]] = {}
    kept = []
    for sheet in sorted(found, key=lambda one: len(one.html), reverse=True):
        shape = set(re.findall(r'<\w+|(?:class|type|role)="[^"]*"', sheet.html))
        if not shape <= seen.setdefault(sheet.path, set()):
            seen[sheet.path] |= shape
            kept.append(sheet)
    return kept


def without_a_page(it: Furnished, found: list[Sheet]) -> list[str]:
    """Addresses that nobody could open: the house lacks something, or this walk does not know the way.

    And routes that are said to have no page but are not there.
    """
    opened = {sheet.path for sheet in found}
    return sorted({path for _, path in paths(it) if path not in opened} | NO_PAGES.keys() - set(_asked(it)))


def _asked(it: Furnished) -> list[str]:
    """Every route outside of the interface that is asked with GET."""
    app = create_app(entrance_to(it.web.house.archive, []), ROUTERS)
    return [route for method, route, _ in declared_routes(app) if method == "GET" and not is_api(route)]
