"""Turning pages, ticks along the strip, two pages at once, pages that are turned or left out, and what a refusal tells."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update

from archive.desks.reading_room import api, pages
from archive.desks.reading_room.turning_over import turning_of
from archive.holdings.tables import Page
from search.index import IndexUnavailable
from tests import cast
from tests.cast import House, Made
from tests.web.test_reading_room import blank_sheet
from tests.web.visiting import Visitors, visiting

TEXTS = ["封面", "骨折一", "中頁", "骨折二", "末頁"]


@pytest.fixture
def web(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    monkeypatch.setattr(cast, "small_jpeg", blank_sheet)
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


@pytest.fixture
def item(web: Visitors) -> Made:
    made = web.house.archived_item(title="陳怡君理賠案卷", texts=TEXTS)
    web.house.lend(made, to=web.house.handler)
    return made


def facts(web: Visitors, made: Made, number: int, **query: str) -> dict[str, Any]:
    answer = web.program(web.house.handler).get(f"/api/v1/items/{made.uid}/pages/{number}", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def mark(web: Visitors, made: Made, number: int, **marks: Any) -> None:
    where = (Page.item_id == made.id, Page.seq == number)
    web.house.change(lambda session: session.execute(update(Page).where(*where).values(**marks)))


# --- ticks -----------------------------------------------------------------------------------------------------


def test_the_strip_ticks_the_pages_that_hold_the_words(web: Visitors, item: Made) -> None:
    assert facts(web, item, 1, q="骨折")["hit_pages"] == [2, 4]
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/2", q="骨折").text
    ticks = [n for n in range(1, 6) if f'class="tick" title="此页有匹配">{n}<' in page]
    assert ticks == [2, 4]
    assert "本件有 2 页匹配" in page
    assert f'href="/read/{item.uid}/4?q=%E9%AA%A8%E6%8A%98" data-key="hit-after"' in page


def test_a_page_raised_above_the_reader_bears_no_tick(web: Visitors, item: Made) -> None:
    mark(web, item, 4, tier=5)
    assert facts(web, item, 1, q="骨折")["hit_pages"] == [2]


def test_a_page_opens_without_its_ticks_when_the_index_cannot_be_asked(
    web: Visitors, item: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_options: Any) -> Any:
        raise IndexUnavailable("no index")

    monkeypatch.setattr(web.house.archive.index, "find", broken)
    assert facts(web, item, 2, q="骨折")["hit_pages"] is None
    assert "各页的匹配未标出" in web.browser(web.house.handler).get(f"/read/{item.uid}/2", q="骨折").text


def test_looking_for_words_on_a_page_is_one_entry(web: Visitors, item: Made) -> None:
    before = len(web.house.log())
    facts(web, item, 2, q="骨折")
    assert [entry.action for entry in web.house.log()[before:]] == ["page:show"]


# --- two pages -------------------------------------------------------------------------------------------------


def test_two_pages_are_two_entries_and_turning_leads_over_both(web: Visitors, item: Made) -> None:
    before = len(web.house.log())
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/2", two="1").text
    assert f'src="/read/{item.uid}/2.jpg"' in page
    assert f'src="/read/{item.uid}/3.jpg"' in page
    assert f'href="/read/{item.uid}/4?two=1" data-key="next"' in page
    assert len([entry for entry in web.house.log()[before:] if entry.action == "page:show"]) == 2


def test_a_second_page_that_may_not_be_read_leaves_its_place_empty(web: Visitors, item: Made) -> None:
    mark(web, item, 3, tier=5)
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/2", two="1")
    assert (page.status_code, f"/read/{item.uid}/3.jpg" in page.text) == (200, False)


def test_no_page_is_fetched_before_somebody_turns_to_it(web: Visitors, item: Made) -> None:
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/2").text
    assert "prefetch" not in page
    assert f"/read/{item.uid}/3.jpg" not in page


# --- text ------------------------------------------------------------------------------------------------------


def test_the_text_of_a_page_is_shown_when_it_is_asked_for(web: Visitors, item: Made) -> None:
    browser = web.browser(web.house.handler)
    assert "骨折一" not in browser.get(f"/read/{item.uid}/2").text
    assert '<pre lang="zh-Hans">骨折一</pre>' in browser.get(f"/read/{item.uid}/2", text="1").text


# --- marks of the archivist ------------------------------------------------------------------------------------


def test_a_page_is_shown_as_it_was_turned_and_its_hits_with_it(web: Visitors, item: Made) -> None:
    mark(web, item, 2, rotation=90)
    told = facts(web, item, 2, q="骨折")
    assert (told["rotation"], told["width"], told["height"]) == (90, 80, 56)
    assert told["hits"] == [
        [[1.0, 0.0], [1.0, pytest.approx(2 / 3, abs=1e-4)], [0.0, pytest.approx(2 / 3, abs=1e-4)], [0.0, 0.0]]
    ]
    image = web.browser(web.house.handler).get(f"/read/{item.uid}/2.jpg").content
    assert Image.open(io.BytesIO(image)).size == (1000, 700)


def test_a_page_that_was_left_out_is_not_there_for_a_reader(web: Visitors, item: Made) -> None:
    mark(web, item, 2, is_excluded=True)
    assert facts(web, item, 1, q="骨折")["hit_pages"] == [4]
    assert facts(web, item, 1)["numbers"] == [1, 3, 4, 5]
    browser = web.browser(web.house.handler)
    assert browser.get(f"/read/{item.uid}/2").status_code == 404
    assert f'href="/read/{item.uid}/3" data-key="next"' in browser.get(f"/read/{item.uid}/1").text
    archivist = web.program(web.house.archivist)
    path = f"/api/v1/items/{item.uid}/pages/2?purpose=archive_work"
    assert archivist.get(path).status_code == 200


# --- turning, by itself ----------------------------------------------------------------------------------------


def test_turning_leads_over_what_was_left_out_and_stops_at_the_ends() -> None:
    turning = turning_of(3, (1, 3, 4, 7), (1, 7), two=False)
    assert (turning.before, turning.after, turning.hit_before, turning.hit_after) == (1, 4, 1, 7)
    assert turning_of(7, (1, 3, 4, 7), None, two=False).after is None
    double = turning_of(3, (1, 3, 4, 7), (4, 7), two=True)
    assert (double.before, double.second, double.after, double.hit_after) == (1, 4, 7, 7)


def test_a_very_long_strip_lists_the_ends_the_neighbours_and_the_hits() -> None:
    turning = turning_of(200, tuple(range(1, 401)), (50, 350), two=False)
    listed = [number for number in turning.strip if number is not None]
    assert listed == [1, 50, *range(188, 213), 350, 400]
    assert turning.strip.count(None) == 4


# --- refusals --------------------------------------------------------------------------------------------------


def test_a_refusal_names_the_rule_who_can_grant_and_how_to_ask(web: Visitors) -> None:
    made = web.house.archived_item()
    page = web.browser(web.house.handler).get(f"/read/{made.uid}/1").text
    assert "R_NOLOAN" in page
    assert "档案员、核赔主管" in page
    assert "Supervisor" in page
    assert f'href="/loans/new?item={made.uid}"' in page
    ways = web.program(web.house.handler).get(f"/api/v1/items/{made.uid}/ways").json()
    assert (ways["may_request"], ways["roles"]) == (True, ["archivist", "claims_supervisor"])
    assert set(ways["people"]) >= {"Supervisor", "Archivist"}
    assert "Handler" not in ways["people"]


def test_of_another_unit_the_role_is_told_and_no_name(web: Visitors) -> None:
    made = web.house.archived_item(tier=1, unit="C2")
    ways = web.program(web.house.handler).get(f"/api/v1/items/{made.uid}/ways").json()
    assert (ways["people"], ways["roles"]) == ([], ["archivist", "claims_supervisor"])


def test_what_may_not_be_known_has_no_ways_to_it(web: Visitors) -> None:
    made = web.house.archived_item(unit="C2")
    program = web.program(web.house.handler)
    assert program.get(f"/api/v1/items/{made.uid}/ways").status_code == 404
