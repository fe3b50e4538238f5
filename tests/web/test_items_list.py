"""The list of items: acts on many rows as one plain form, and what it says when it is empty."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.server import ROUTERS
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def list_of(web: Visitors, person: Person) -> str:
    return web.browser(person).get("/items").text


def test_every_row_can_be_chosen_and_opened(house: House, web: Visitors) -> None:
    made = house.archived_item(title="人伤案卷")
    page = list_of(web, house.archivist)
    assert f'form="chosen" name="item" value="{made.uid}" aria-label="选择：' in page
    assert f'<tr data-open="/items/{made.uid}">' in page
    assert f'<a href="/items/{made.uid}" data-row>人伤案卷</a>' in page


def test_the_bar_sends_what_was_chosen_without_a_script(house: House, web: Visitors) -> None:
    first = house.archived_item(title="甲")
    second = house.archived_item(title="乙")
    assert '<button class="primary" formaction="/loans/new">' in list_of(web, house.archivist)
    asked = web.browser(house.supervisor).client.get(
        "/loans/new", params=[("item", str(first.uid)), ("item", str(second.uid))]
    )
    assert asked.status_code == 200
    assert "甲" in asked.text
    assert "乙" in asked.text


def test_legal_holds_what_was_chosen(house: House, web: Visitors) -> None:
    made = [house.archived_item(title=title, tier=1) for title in ("甲", "乙")]
    assert '<button formaction="/holds/new">' in list_of(web, house.legal)
    asked = web.browser(house.legal).client.get("/holds/new", params=[("item", str(one.uid)) for one in made])
    assert "冻结以上 2 件" in asked.text


def test_only_acts_that_she_may_do_are_offered(house: House, web: Visitors) -> None:
    house.archived_item(tier=1)
    assert 'formaction="/holds/new"' not in list_of(web, house.handler)


def test_an_empty_list_says_what_to_do_next(web: Visitors, house: House) -> None:
    assert re.search(
        r'还没有您可以查看的档案。.*href="/intake">去上传', list_of(web, house.archivist), re.DOTALL
    )
    assert re.search(r'没有您可以查看的档案。.*href="/search">去检索', list_of(web, house.handler), re.DOTALL)
