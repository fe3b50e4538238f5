"""Every page of every desk, as each person sees it, in each language: nothing is left in another one.

What people typed and what papers hold stays as it is; the house of these walks holds Chinese papers.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from opencc import OpenCC

from archive.cli.server import ROUTERS
from tests import cast, furnishing
from tests.browser.walking import Sheet, sheets
from tests.cast import House
from tests.furnishing import furnish
from tests.web.test_languages import OF_BOTH
from tests.web.visiting import Visitors, visiting

HAN = re.compile(r"[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\uff00-\uffef]+")
OWN_NAMES = {"简体中文", "繁體中文"}
"""Of languages, each in its own."""

FOUND = {"不存在的词", "陳怡君", "傷者", "主訴頸部疼痛", "診斷：頸椎扭傷"}
"""What the walk searches for, and pieces of the page on which it is found."""

SIMPLE, TRADITIONAL = OpenCC("t2s"), OpenCC("s2t")

API_DOCS = "/api/docs"
"""What is said of the interface is English on every page, with the Chinese name of a thing beside it here and there."""

MENU = ("/", "/search", "/items", "/holdings", "/loans", "/intake", "/cases", "/readers", "/accounts", "/log")


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@cache
def typed() -> tuple[str, ...]:
    """Runs of Chinese in all that the people of the house typed, the longest first."""
    files = [Path(module.__file__ or "") for module in (cast, furnishing)]
    constants = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    texts = [node.value for node in constants if isinstance(node, ast.Constant)]
    runs = {run for text in texts if isinstance(text, str) for run in HAN.findall(text)}
    return tuple(sorted(runs | OWN_NAMES | FOUND, key=len, reverse=True))


def foreign(html: str, is_foreign: Callable[[str], bool]) -> set[str]:
    return {run for run in HAN.findall(html) if is_foreign(without_what_was_typed(run))}


def without_what_was_typed(run: str) -> str:
    """A page says it with words of its own around it."""
    for part in typed():
        run = run.replace(part, "")
    return run


@cache
def is_simplified(run: str) -> bool:
    """Whether it holds a character that Taiwan does not write."""
    return any(is_of_the_mainland(character) for character in set(run) - OF_BOTH)


@cache
def is_of_the_mainland(character: str) -> bool:
    return bool(SIMPLE.convert(character) == character != TRADITIONAL.convert(character))


FOREIGN: dict[str, Callable[[str], bool]] = {"en": bool, "zh-TW": is_simplified}


def test_the_pages_of_every_day_are_in_one_language(web: Visitors) -> None:
    web.house.archived_item(tier=1, texts=["一页"])
    found: dict[str, set[str]] = defaultdict(set)
    for login in ("archivist", "supervisor", "auditor", "administrator"):
        browser = web.browser(getattr(web.house, login))
        for language, is_foreign in FOREIGN.items():
            browser.client.cookies.set("juanzong-language", language)
            for path in MENU:
                found[f"{language} {path}"] |= foreign(browser.get(path).text, is_foreign)
    assert {place: runs for place, runs in found.items() if runs} == {}


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_every_page_is_in_one_language(web: Visitors, language: str) -> None:
    found = sheets(furnish(web), language)
    whole = [sheet for sheet in found if "<html" in sheet.html]
    assert {sheet.route for sheet in whole if f'<html lang="{language}"' not in sheet.html} == set()
    assert left_over(found, FOREIGN.get(language, lambda _run: False)) == {}


def left_over(found: list[Sheet], is_foreign: Callable[[str], bool]) -> dict[str, set[str]]:
    """What is no word of the page's language → on which routes."""
    places: dict[str, set[str]] = defaultdict(set)
    for sheet in found:
        for run in foreign(sheet.html, is_foreign) if sheet.route != API_DOCS else ():
            places[run].add(sheet.route)
    return dict(places)
