"""Every page is valid HTML, judged by the Nu Html Checker."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser.judging import checked
from tests.browser.sitting import web
from tests.browser.walking import LANGUAGES, Sheet, in_language, sheets, without_a_page
from tests.furnishing import furnish
from tests.web.visiting import Visitors

__all__ = ["web"]


def said_of(walk: list[Sheet], folder: Path) -> dict[str, list[str]]:
    """What is wrong → where."""
    pages = {f"{sheet.path} ({sheet.person.login})": sheet.html for sheet in walk}
    found: dict[str, list[str]] = defaultdict(list)
    for place, lines in checked(pages, folder).items():
        for line in lines:
            found[line].append(place)
    return dict(found)


def test_the_pages_of_every_day_are_valid(web: Visitors, tmp_path: Path) -> None:
    person = web.house.archivist
    browser = web.browser(person)
    paths = ["/", "/items", "/intake", "/search?q=x", "/volumes/new", "/nowhere"]
    walk = [Sheet(person, path, path, browser.get(path).text) for path in paths]
    assert said_of(walk, tmp_path) == {}


@pytest.mark.long
def test_every_page_of_everybody_is_valid_in_every_language(web: Visitors, tmp_path: Path) -> None:
    it = furnish(web)
    walk = sheets(it)
    assert without_a_page(it, walk) == []
    found = {language: said_of(in_language(it, walk, language), tmp_path) for language in LANGUAGES}
    assert found == {language: {} for language in LANGUAGES}
