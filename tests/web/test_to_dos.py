"""What waits for a person is counted by each desk, and only what she may do is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.accounts.to_dos import count_to_dos
from archive.cli.server import ROUTERS
from archive.core.access.actions import Action
from archive.desks.loans import waiting
from archive.web.guarded import GuardedRouter
from archive.web.menu import Waiting
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def waiting_for(house: House, person: Person) -> dict[str, int]:
    kinds = tuple(kind for router in ROUTERS for kind in router.waiting)
    counted = house.gate_of(person, count_to_dos).run(count_to_dos, None, kinds).value
    return {one.href: one.count for one in counted}


def test_a_request_waits_for_those_who_may_decide_it_and_for_nobody_else(house: House) -> None:
    made = house.archived_item()
    house.ask_for(made, to=house.handler)
    assert waiting_for(house, house.supervisor) == {"/loans/waiting": 1}
    assert waiting_for(house, house.handler) == {}
    assert waiting_for(house, house.auditor) == {}


def test_requests_of_another_unit_in_front_hide_none_of_hers(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SLICE", 1)
    house.ask_for(house.archived_item(unit="C2"), to=house.other_handler)
    house.ask_for(house.archived_item(), to=house.handler)
    assert waiting_for(house, house.supervisor) == {"/loans/waiting": 1}


def test_what_was_decided_waits_no_more(house: House) -> None:
    house.lend(house.archived_item(), to=house.handler)
    assert "/loans/waiting" not in waiting_for(house, house.supervisor)


def test_a_draft_waits_for_its_maker_to_describe_it(house: House) -> None:
    house.draft_item()
    assert waiting_for(house, house.archivist)["/items"] == 1
    assert "/items" not in waiting_for(house, house.other_handler)


def test_a_loan_that_ends_soon_waits_for_its_borrower(house: House) -> None:
    house.lend(house.archived_item(), to=house.handler)
    assert waiting_for(house, house.handler) == {}
    house.clock.forward(days=14)
    assert waiting_for(house, house.handler) == {"/loans": 1}


def test_counting_is_one_entry_of_the_log(house: House) -> None:
    before = len(house.log())
    waiting_for(house, house.archivist)
    assert [entry.action for entry in house.log()[before:]] == [Action.HOME_SHOW]


def test_the_page_leads_to_what_waits(house: House, web: Visitors) -> None:
    house.draft_item()
    page = web.browser(house.archivist).get("/to-dos").text
    assert 'href="/items" data-count="1"' in page
    assert 'data-total="1"' in page


def test_the_page_of_somebody_for_whom_nothing_waits_says_so(web: Visitors, house: House) -> None:
    assert "现在没有等您办理的事" in web.browser(house.handler).get("/to-dos").text


def test_programs_are_told_the_same(house: House, web: Visitors) -> None:
    house.draft_item()
    told = web.program(house.archivist).get("/api/v1/to-dos").json()
    assert told == {"to_dos": [{"label": "新接收的件待著录", "href": "/items", "count": 1}]}


def test_a_desk_brings_its_own_count(house: House) -> None:
    router = GuardedRouter(waiting=[Waiting("x", "/x", Action.HOME_SHOW, lambda _work: 7)])
    counted = house.gate_of(house.handler, count_to_dos).run(count_to_dos, None, router.waiting).value
    assert [one.count for one in counted] == [7]


def test_what_nobody_asked_the_person_to_do_is_not_even_counted(house: House) -> None:
    def never(_work: object) -> int:
        raise AssertionError("counted for somebody without a rule")

    kinds = (Waiting("x", "/x", Action.ROLE_APPROVE, never),)
    assert house.gate_of(house.handler, count_to_dos).run(count_to_dos, None, kinds).value == ()
