"""One queue of everything that somebody decides on: what the desks bring, to whom, and nothing more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.server import DECIDING
from archive.core.access.actions import Purpose
from archive.desks.assigning import operations as assigning
from archive.desks.assigning.operations import NewNaming
from archive.web.queue import queue_router
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (queue_router(DECIDING),)) as visitors:
        yield visitors


def waiting(web: Visitors, person: Person) -> dict[str, list[str]]:
    answer = web.program(person).get("/api/v1/queue")
    assert answer.status_code == 200, answer.text
    return {kind["label"]: [line["who"] for line in kind["lines"]] for kind in answer.json() if kind["lines"]}


def test_what_different_desks_bring_stands_in_one_list(web: Visitors) -> None:
    house = web.house
    house.ask_for(house.archived_item(title="一卷", tier=3), to=house.handler, reason="核对伤情")
    restricted = house.archived_item(tier=5)
    new = NewNaming("handler", "supervisor", Purpose.LITIGATION, "应诉", 10)
    house.gate_of(house.archivist, assigning.propose_reader).run(
        assigning.propose_reader, restricted.uid, new
    )
    assert waiting(web, house.supervisor) == {"借阅和续借": ["Handler"], "阅览人提名": ["Archivist"]}
    page = web.browser(house.supervisor).get("/queue").text
    assert "核对伤情" in page
    assert 'href="/loans/waiting#no-Q2026-000001"' in page


def test_what_another_decides_and_what_is_hidden_is_not_in_it(web: Visitors) -> None:
    house = web.house
    house.ask_for(house.archived_item(unit="C2"), to=house.other_handler)
    house.ask_for(house.archived_item(), to=house.supervisor)
    assert waiting(web, house.supervisor) == {}
    assert "没有等待您决定的事项" in web.browser(house.supervisor).get("/queue").text


def test_whoever_decides_on_nothing_has_an_empty_queue_and_a_stranger_none(web: Visitors) -> None:
    assert waiting(web, web.house.handler) == {}
    assert web.program(web.house.stranger).get("/api/v1/queue").status_code == 401
