"""Readers of restricted items: two persons open one to a third; everybody else learns nothing."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from archive.core.access.actions import Purpose
from archive.core.errors import ArchiveError, Refused
from archive.desks.assigning import api, pages
from archive.holdings.operations import show_item
from tests.cast import House, Made, Person
from tests.web.visiting import Visitors, found, read, same_as_unknown, visiting

WORD = "罕见病名"


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


NAMING = {
    "reader": "handler",
    "second_person": "legal",
    "purpose": "litigation",
    "reason": "court date in March",
    "days": 10,
}
DECISION = {"confirmed": True, "opinion": "needed for the court", "revision": 1}


@pytest.fixture
def restricted(house: House) -> Made:
    return house.archived_item(tier=5, texts=(WORD,))


def proposed(web: Visitors, item: Made, **changed: object) -> UUID:
    answer = web.program(web.house.archivist).post(
        f"/api/v1/items/{item.uid}/reader-namings", json={**NAMING, **changed}
    )
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["uid"])


def decided(web: Visitors, naming: UUID, by: Person, **changed: object) -> httpx.Response:
    path = f"/api/v1/reader-namings/{naming}/decision"
    return web.program(by).post(path, json={**DECISION, **changed})


def confirmed(web: Visitors, item: Made, **changed: object) -> UUID:
    naming = proposed(web, item, **changed)
    assert decided(web, naming, web.house.legal).status_code == 204
    return naming


def sees_nothing(house: House, item: Made, person: Person) -> bool:
    """Neither found nor shown nor read, and each answer is the one about an item that does not exist."""
    nothing = Made(uuid4(), 0)
    for ask in (read, show):
        assert answer_to(ask, house, item, person) == answer_to(ask, house, nothing, person) == "not_found"
    return finds(house, person) == set()


def finds(house: House, person: Person) -> set[UUID]:
    """Roles that never search are refused before anything is looked for."""
    try:
        return found(house, person, WORD)
    except Refused:
        return set()


def show(house: House, made: Made, person: Person) -> None:
    house.gate_of(person, show_item).run(show_item, made.uid)


def answer_to(ask: object, house: House, made: Made, person: Person) -> str:
    assert callable(ask)
    try:
        ask(house, made, person)
    except ArchiveError as error:
        return error.code
    return "done"


def test_a_proposal_alone_opens_nothing(web: Visitors, restricted: Made) -> None:
    proposed(web, restricted)
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_when_the_second_person_confirms_the_reader_finds_and_reads(web: Visitors, restricted: Made) -> None:
    confirmed(web, restricted)
    assert found(web.house, web.house.handler, WORD) == {restricted.uid}
    allowed = read(web.house, restricted, web.house.handler)
    assert allowed.grant is not None
    assert (allowed.grant.source_kind, allowed.purpose) == ("named", Purpose.LITIGATION)


@pytest.mark.parametrize(
    "login", ["supervisor", "other_handler", "legal", "auditor", "administrator", "other_archivist"]
)
def test_whoever_was_not_named_still_gets_exactly_not_found(
    web: Visitors, restricted: Made, login: str
) -> None:
    confirmed(web, restricted)
    assert sees_nothing(web.house, restricted, getattr(web.house, login))


def test_the_proposer_cannot_confirm(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    assert decided(web, naming, web.house.archivist).status_code == 404
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_the_reader_cannot_confirm_not_even_one_who_confirms_others(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted, reader="supervisor")
    assert decided(web, naming, web.house.supervisor).status_code == 404
    assert sees_nothing(web.house, restricted, web.house.supervisor)


@pytest.mark.parametrize("login", ["supervisor", "handler", "archivist", "administrator", "auditor"])
def test_a_naming_is_nothing_to_whoever_was_not_asked(web: Visitors, restricted: Made, login: str) -> None:
    person, naming = getattr(web.house, login), proposed(web, restricted)
    path = "/api/v1/reader-namings/{}/decision"
    assert same_as_unknown(web, person, "POST", path, naming, DECISION)


def test_a_refused_naming_opens_nothing(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    assert decided(web, naming, web.house.legal, confirmed=False).status_code == 204
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_a_naming_is_decided_once(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    decided(web, naming, web.house.legal, confirmed=False)
    assert decided(web, naming, web.house.legal, revision=2).status_code == 409
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_a_decision_on_an_older_revision_is_refused(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    assert decided(web, naming, web.house.legal, revision=0).status_code == 409


def test_a_decision_needs_an_opinion(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    assert decided(web, naming, web.house.legal, opinion="  ").status_code == 422
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_a_naming_ends_by_itself(web: Visitors, restricted: Made) -> None:
    confirmed(web, restricted, days=1)
    read(web.house, restricted, web.house.handler)
    web.house.clock.forward(days=1)
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_a_naming_whose_time_is_over_cannot_be_confirmed(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted, days=1)
    web.house.clock.forward(days=1)
    assert decided(web, naming, web.house.legal).status_code == 409
    listed = web.program(web.house.legal).get("/api/v1/reader-namings").json()[0]
    assert (listed["state"], listed["waits_for_me"]) == ("expired", False)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reader": "nobody_of_this_name"}, "reader"),
        ({"reader": "archivist"}, "reader"),
        ({"reader": "administrator"}, "reader"),
        ({"reader": "auditor"}, "reader"),
        ({"second_person": "handler"}, "second_person"),
        ({"second_person": "archivist"}, "second_person"),
        ({"second_person": "administrator"}, "second_person"),
        ({"reader": "supervisor", "second_person": "supervisor"}, "second_person"),
        ({"reason": "   "}, "reason"),
    ],
)
def test_two_persons_name_a_third_who_can_read(
    web: Visitors, restricted: Made, changed: dict[str, str], field: str
) -> None:
    answer = web.program(web.house.archivist).post(
        f"/api/v1/items/{restricted.uid}/reader-namings", json={**NAMING, **changed}
    )
    assert (answer.status_code, answer.json().get("field")) == (422, field)


@pytest.mark.parametrize("days", ["0", "91", "ten", ""])
def test_a_naming_has_an_end(web: Visitors, restricted: Made, days: str) -> None:
    form = {name: str(value) for name, value in NAMING.items()} | {"days": days}
    answer = web.browser(web.house.archivist).post(f"/readers/new?item={restricted.uid}", **form)
    assert answer.status_code == 422
    assert "期限不在允许的范围内" in answer.text
    assert "court date in March" in answer.text


def test_readers_are_named_for_t5_only(web: Visitors) -> None:
    item = web.house.archived_item(tier=4)
    answer = web.program(web.house.archivist).post(f"/api/v1/items/{item.uid}/reader-namings", json=NAMING)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "login", ["other_archivist", "handler", "supervisor", "legal", "auditor", "administrator"]
)
def test_only_the_maker_of_a_restricted_item_can_name_readers_or_know_of_it(
    web: Visitors, restricted: Made, login: str
) -> None:
    person, path = getattr(web.house, login), "/api/v1/items/{}/reader-namings"
    assert same_as_unknown(web, person, "POST", path, restricted.uid, NAMING)


@pytest.mark.parametrize("login", ["other_archivist", "supervisor", "administrator"])
def test_the_form_of_a_naming_does_not_tell_of_the_item_either(
    web: Visitors, restricted: Made, login: str
) -> None:
    browser = web.browser(getattr(web.house, login))
    known, unknown = (browser.get(f"/readers/new?item={uid}") for uid in (restricted.uid, uuid4()))
    assert (known.status_code, known.content) == (404, unknown.content)


def test_a_reader_is_named_and_confirmed_by_the_forms_of_the_pages(web: Visitors, restricted: Made) -> None:
    archivist, legal = web.browser(web.house.archivist), web.browser(web.house.legal)
    address = f"/readers/new?item={restricted.uid}"
    assert f'action="{address}"' in archivist.get(address).text
    fields = {name: str(value) for name, value in NAMING.items()}
    assert archivist.post(address, **fields).headers["location"] == "/readers"
    naming = web.program(web.house.legal).get("/api/v1/reader-namings").json()[0]["uid"]
    page = legal.get("/readers").text
    assert f"/readers/{naming}/decision" in page
    assert "court date in March" in page
    legal.post(f"/readers/{naming}/decision", decision="confirm", opinion="yes", revision="1")
    read(web.house, restricted, web.house.handler)


def test_the_proposer_sees_her_proposal_without_buttons(web: Visitors, restricted: Made) -> None:
    naming = proposed(web, restricted)
    page = web.browser(web.house.archivist).get("/readers").text
    assert "court date in March" in page
    assert f"/readers/{naming}/decision" not in page


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_a_form_that_says_neither_yes_nor_no_decides_nothing(
    web: Visitors, restricted: Made, decision: str
) -> None:
    naming = proposed(web, restricted)
    answer = web.browser(web.house.legal).post(
        f"/readers/{naming}/decision", decision=decision, opinion="yes", revision="1"
    )
    assert answer.status_code == 422
    assert sees_nothing(web.house, restricted, web.house.handler)


def test_whoever_confirms_sees_the_reference_code_and_not_the_title(web: Visitors) -> None:
    item = web.house.archived_item(tier=5, title="secret of somebody")
    proposed(web, item)
    page = web.browser(web.house.legal).get("/readers").text
    code = web.house.item(item).reference_code
    assert code is not None
    assert code in page
    assert "secret of somebody" not in page


@pytest.mark.parametrize("login", ["supervisor", "other_archivist"])
def test_namings_of_others_are_not_listed(web: Visitors, restricted: Made, login: str) -> None:
    proposed(web, restricted)
    assert web.program(getattr(web.house, login)).get("/api/v1/reader-namings").json() == []


@pytest.mark.parametrize("login", ["handler", "auditor", "administrator"])
@pytest.mark.parametrize("path", ["/api/v1/reader-namings", "/readers"])
def test_the_list_of_namings_is_for_those_who_name(
    web: Visitors, restricted: Made, login: str, path: str
) -> None:
    proposed(web, restricted)
    person = getattr(web.house, login)
    answer = web.program(person).get(path) if "api" in path else web.browser(person).get(path)
    assert answer.status_code == 403
    assert str(restricted.uid) not in answer.text


def test_both_halves_of_a_naming_are_in_the_log(web: Visitors, restricted: Made) -> None:
    naming = confirmed(web, restricted)
    acts = [(e.action, e.actor, e.outcome) for e in web.house.log() if e.action.startswith("reader:")]
    assert acts == [
        ("reader:propose", web.house.archivist.label, "done"),
        ("reader:confirm", web.house.legal.label, "done"),
    ]
    last = web.house.log()[-1]
    assert last.target == f"reader_naming:{naming}"
    assert {f"item:{restricted.uid}", web.house.handler.label} <= set(last.objects)


def test_the_reason_of_a_naming_is_not_in_the_log_in_clear(web: Visitors, restricted: Made) -> None:
    confirmed(web, restricted)
    assert not any("court" in str(entry) for entry in web.house.log())
