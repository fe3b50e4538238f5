"""Every page can be used by everybody, in three languages and in the light and the dark, and keeps to itself.

axe-core finds nothing; the content security policy, which is on, has nothing to report; the console stays empty; nothing is
fetched from anywhere else.
"""

from collections import defaultdict

import pytest
from playwright.sync_api import Browser as Chromium

from tests.browser.judging import Eye, eye
from tests.browser.sitting import chromium, web
from tests.browser.walking import LANGUAGES, Sheet, different, sheets, without_a_page
from tests.cast import Person
from tests.furnishing import WORD, furnish
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser

EVERY_DAY = ["/", f"/search?q={WORD}", "/loans"]
UNFILLED = [
    ("administrator", "/accounts"),
    ("archivist", "/volumes/new"),
    ("handler", "/password"),
    ("legal", "/matters"),
    ("legal", f"/holds/new?q={WORD}"),
    ("auditor", "/tokens"),
]
"""Forms that are sent as they are, past the browser's own look at them."""

SEND = """() => {
  const form = document.querySelector("main form[method=post]");
  form.noValidate = true;
  form.submit();
}"""
MISSED = "Failed to load resource: the server responded with a status of"
"""What Chromium says of an error page itself."""


class Eyes:
    """A browser for each person."""

    def __init__(self, chromium: Chromium, web: Visitors, language: str) -> None:
        self._chromium = chromium
        self._web = web
        self._language = language
        self._eyes: dict[str, Eye] = {}

    def of(self, person: Person) -> Eye:
        if person.login not in self._eyes:
            self._eyes[person.login] = eye(self._chromium, self._web.address, person.token, self._language)
        return self._eyes[person.login]


def seen_by(eyes: Eyes, walk: list[Sheet]) -> dict[str, list[str]]:
    """What is wrong → where."""
    found: dict[str, list[str]] = defaultdict(list)
    for sheet in walk:
        for trouble in eyes.of(sheet.person).open(sheet.path):
            found[trouble].append(f"{sheet.path} ({sheet.person.login})")
    return dict(found)


def test_the_pages_of_every_day_are_open_to_everybody_and_quiet(web: Visitors, chromium: Chromium) -> None:
    web.house.archived_item(tier=1, texts=["傷者陳怡君主訴頸部疼痛"])
    handler = eye(chromium, web.address, web.house.handler.token)
    assert {path: found for path in EVERY_DAY if (found := handler.open(path))} == {}


@pytest.mark.long
def test_every_page_is_open_to_everybody_and_quiet_in_every_language(
    web: Visitors, chromium: Chromium
) -> None:
    it = furnish(web)
    walk = sheets(it)
    assert without_a_page(it, walk) == []
    found = {language: seen_by(Eyes(chromium, web, language), different(walk)) for language in LANGUAGES}
    assert found == {language: {} for language in LANGUAGES}


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_went_wrong_is_open_to_everybody(web: Visitors, chromium: Chromium, language: str) -> None:
    """Pages that say no, and forms that were sent empty."""
    web.house.archived_item(tier=1, texts=[WORD])
    eyes = Eyes(chromium, web, language)
    found: dict[str, list[str]] = {}
    for login, path in UNFILLED:
        it = eyes.of(getattr(web.house, login))
        found[path] = it.open(path)
        with it.page.expect_navigation():
            it.page.evaluate(SEND)
        found[f"{path} sent"] = it.look()
    handler = eyes.of(web.house.handler)
    found["nowhere"] = handler.open("/nowhere", 404)
    found["refused"] = handler.open("/accounts", 403)
    assert _without_status(found) == {}


def _without_status(found: dict[str, list[str]]) -> dict[str, list[str]]:
    kept = {place: [one for one in said if MISSED not in one] for place, said in found.items()}
    return {place: said for place, said in kept.items() if said}


@pytest.mark.long
def test_the_list_of_keys_is_open_to_everybody(web: Visitors, chromium: Chromium) -> None:
    handler = eye(chromium, web.address, web.house.handler.token)
    handler.open("/")
    handler.page.keyboard.press("Shift+?")
    assert handler.look() == []
