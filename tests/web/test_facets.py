"""Narrowing a search: what is counted, what is left, and that no number tells of what is hidden."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from archive.desks.finding import api, facets, pages
from archive.holdings.tables import Page
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


def answered(web: Visitors, person: Person, words: str, **chosen: Any) -> dict[str, Any]:
    answer = web.program(person).get("/api/v1/search", params={"q": words, **chosen})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def counts(body: dict[str, Any], facet: str) -> dict[str, int]:
    named = (each for each in body["facets"] if each["name"] == facet)
    return {
        choice["label"] or choice["value"]: choice["count"] for each in named for choice in each["choices"]
    }


def make(web: Visitors, **made: Any) -> str:
    return str(web.house.archived_item(texts=["骨折", "骨折"], **made).uid)


def test_items_are_counted_and_not_their_hits(web: Visitors) -> None:
    make(web, doc_date=date(2025, 5, 1))
    make(web, doc_date=date(2026, 5, 1), tier=2, unit="C2")
    body = answered(web, web.house.archivist, "骨折")
    assert counts(body, "year") == {"2026": 1, "2025": 1}
    assert counts(body, "tier") == {"2": 1, "3": 1}
    assert counts(body, "unit") == {"C1": 1, "C2": 1}
    assert (
        sum(choice["count"] for f in body["facets"] if f["name"] == "series" for choice in f["choices"]) == 2
    )
    assert (body["found"], body["is_capped"]) == (2, False)


def test_several_of_one_facet_are_any_and_of_two_facets_are_both(web: Visitors) -> None:
    first = make(web, doc_date=date(2025, 5, 1), tier=2)
    second = make(web, doc_date=date(2026, 5, 1), tier=2)
    make(web, doc_date=date(2026, 5, 1), tier=3)
    archivist = web.house.archivist
    either = answered(web, archivist, "骨折", year=[2025, 2026], tier=2)
    assert {item["item"] for item in either["items"]} == {first, second}
    one = answered(web, archivist, "骨折", year=2025, tier=2)
    assert [item["item"] for item in one["items"]] == [first]
    assert counts(one, "year") == {"2026": 1, "2025": 1}
    assert counts(one, "tier") == {"2": 1}


def test_a_choice_that_leaves_nothing_can_be_taken_back(web: Visitors) -> None:
    make(web)
    page = web.browser(web.house.archivist).get("/search", q="骨折", tier="1").text
    assert "不加筛选时有 1 件相符" in page
    assert 'value="1" checked' in page
    assert 'href="/search?q=%E9%AA%A8%E6%8A%98"' in page


def test_a_series_that_does_not_exist_leaves_nothing(web: Visitors) -> None:
    make(web)
    assert answered(web, web.house.archivist, "骨折", series=str(uuid4()))["items"] == []


def test_what_a_person_may_not_know_is_not_counted(web: Visitors) -> None:
    make(web)
    make(web, tier=4, doc_date=date(1999, 1, 1))
    make(web, unit="C2", doc_date=date(1998, 1, 1))
    body = answered(web, web.house.handler, "骨折")
    assert (body["found"], counts(body, "tier"), counts(body, "year")) == (1, {"3": 1}, {})


def test_a_raised_page_is_not_counted_before_the_index_knows_of_it(web: Visitors) -> None:
    made = web.house.archived_item(texts=["骨折"])

    def raise_it(session: Any) -> None:
        session.query(Page).filter(Page.item_id == made.id).update({"tier": 4})

    web.house.change(raise_it)
    body = answered(web, web.house.handler, "骨折")
    assert (body["items"], body["found"], body["facets"]) == ([], 0, [])


def test_tier_five_is_counted_for_nobody(web: Visitors) -> None:
    item = web.house.archived_item(tier=5, title="青松")
    web.house.name_reader(item, reader=web.house.handler)
    body = answered(web, web.house.handler, "青松")
    assert ([hit["item"] for hit in body["items"]], body["found"], body["facets"]) == ([str(item.uid)], 0, [])


def test_what_was_counted_in_part_says_so(web: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    make(web)
    monkeypatch.setattr(facets, "MOST_HITS", 1)
    assert answered(web, web.house.archivist, "骨折")["is_capped"]
    assert "件数只按最近的部分统计" in web.browser(web.house.archivist).get("/search", q="骨折").text


def test_an_empty_answer_tells_whether_waiting_helps(web: Visitors) -> None:
    browser = web.browser(web.house.archivist)
    assert "再等待不会有更多结果" in browser.get("/search", q="骨折").text
    web.house.receive()
    assert "还有文件正在识别" in browser.get("/search", q="骨折").text


def test_the_address_of_further_results_keeps_what_was_chosen(
    web: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(web)
    monkeypatch.setattr("archive.desks.finding.operations.PAGE_OF_HITS", 1)
    page = web.browser(web.house.archivist).get("/search", q="骨折", tier="3").text
    assert "tier=3&amp;before=" in page


@pytest.mark.parametrize("chosen", [{"year": 10**30}, {"tier": -1}, {"type": "\x00'\"<b>"}, {"unit": "C1"}])
def test_whatever_is_chosen_is_answered(web: Visitors, chosen: dict[str, Any]) -> None:
    make(web)
    answer = web.program(web.house.archivist).get("/api/v1/search", params={"q": "骨折", **chosen})
    assert answer.status_code == (422 if "unit" in chosen else 200), answer.text
    assert (
        web.browser(web.house.archivist).client.get("/search", params={"q": "骨折", **chosen}).status_code
        < 500
    )
