"""Cases: what an assignment opens, for whom, from when, until when; and who learns nothing of it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from archive.core.errors import NotFound, Refused
from archive.desks.assigning import api, pages
from tests.cast import House, Made
from tests.web.visiting import Visitors, found, read, same_as_unknown, visiting

WORD = "罕见病名"

NOWHERE = UUID(int=7)
"""An address that was never given; the same in every run, so that tests can be shared out."""


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


@pytest.fixture
def case(house: House) -> Made:
    return house.archived_item(tier=4, texts=(WORD,))


def assigned(web: Visitors, case: Made, to: str = "handler") -> UUID:
    answer = web.program(web.house.supervisor).post(
        f"/api/v1/volumes/{case.volume}/assignments", json={"handler": to}
    )
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["uid"])


def test_before_the_assignment_the_handler_does_not_know_of_a_t4_item(house: House, case: Made) -> None:
    with pytest.raises(NotFound):
        read(house, case, house.handler)


def test_an_assignment_opens_t4_of_the_case_to_the_handler(web: Visitors, case: Made) -> None:
    assigned(web, case)
    allowed = read(web.house, case, web.house.handler)
    assert allowed.grant is not None
    assert allowed.grant.source_kind == "case"


def test_an_assignment_makes_the_case_findable_for_the_handler(web: Visitors, case: Made) -> None:
    assigned(web, case)
    assert found(web.house, web.house.handler, WORD) == {case.uid}


def test_an_assignment_opens_that_case_only(web: Visitors, case: Made) -> None:
    other = web.house.archived_item(tier=4)
    assigned(web, case)
    with pytest.raises(NotFound):
        read(web.house, other, web.house.handler)


def test_an_assignment_opens_nothing_of_t5(web: Visitors, case: Made) -> None:
    restricted = web.house.archived_item(tier=5, volume=case.volume)
    assigned(web, case)
    with pytest.raises(NotFound):
        read(web.house, restricted, web.house.handler)


def test_ending_an_assignment_closes_the_case_at_once(web: Visitors, case: Made) -> None:
    assignment = assigned(web, case)
    read(web.house, case, web.house.handler)
    answer = web.program(web.house.supervisor).delete(f"/api/v1/assignments/{assignment}")
    assert answer.status_code == 204
    with pytest.raises(NotFound):
        read(web.house, case, web.house.handler)


def test_an_ended_assignment_is_not_ended_again(web: Visitors, case: Made) -> None:
    path = f"/api/v1/assignments/{assigned(web, case)}"
    supervisor = web.program(web.house.supervisor)
    supervisor.delete(path)
    assert supervisor.delete(path).status_code == 409


def test_a_case_is_given_and_taken_by_the_forms_of_the_pages(web: Visitors, case: Made) -> None:
    browser = web.browser(web.house.supervisor)
    assert str(case.volume) in browser.get("/cases/assign").text
    given = browser.post(f"/cases/{case.volume}/assign", handler="handler")
    assert (given.status_code, given.headers["location"]) == (303, "/cases")
    read(web.house, case, web.house.handler)
    assignment = web.program(web.house.supervisor).get("/api/v1/cases").json()[0]["assignment"]
    assert f"/cases/assignments/{assignment}/end" in browser.get("/cases").text
    browser.post(f"/cases/assignments/{assignment}/end")
    with pytest.raises(NotFound):
        read(web.house, case, web.house.handler)


def test_an_assignment_is_in_the_log_with_case_and_handler(web: Visitors, case: Made) -> None:
    assigned(web, case)
    newest = web.house.log()[-1]
    assert (newest.action, newest.actor) == ("case:assign", web.house.supervisor.label)
    assert {f"volume:{case.volume}", web.house.handler.label} <= set(newest.objects)


def test_a_handler_sees_her_own_cases_and_a_supervisor_those_of_her_unit(web: Visitors, case: Made) -> None:
    assignment = str(assigned(web, case))
    seen = {
        login: [c["assignment"] for c in web.program(getattr(web.house, login)).get("/api/v1/cases").json()]
        for login in ("handler", "supervisor", "other_handler", "legal")
    }
    assert seen == {"handler": [assignment], "supervisor": [assignment], "other_handler": [], "legal": []}


def test_the_assigning_page_shows_in_whose_hands_a_case_is(web: Visitors, case: Made) -> None:
    assigned(web, case)
    assert "Handler" in web.browser(web.house.supervisor).get("/cases/assign").text.split("<tbody>")[1]


def test_the_assigning_page_suggests_only_colleagues_who_handle_cases(web: Visitors, case: Made) -> None:
    page = web.browser(web.house.supervisor).get("/cases/assign").text
    suggested = {login for login in web.house.template.people if f'<option value="{login}">' in page}
    assert suggested == {"handler", "legal"}


def test_a_case_is_not_assigned_twice_to_the_same_handler(web: Visitors, case: Made) -> None:
    assigned(web, case)
    answer = web.browser(web.house.supervisor).post(f"/cases/{case.volume}/assign", handler="handler")
    assert answer.status_code == 409


@pytest.mark.parametrize("login", ["auditor", "administrator", "nobody_of_this_name", ""])
def test_a_case_goes_only_to_somebody_who_could_handle_it(web: Visitors, case: Made, login: str) -> None:
    answer = web.browser(web.house.supervisor).post(f"/cases/{case.volume}/assign", handler=login)
    assert answer.status_code == 422
    assert "不能分派给此人" in answer.text


def test_nobody_assigns_a_case_to_herself(web: Visitors, case: Made) -> None:
    answer = web.program(web.house.supervisor).post(
        f"/api/v1/volumes/{case.volume}/assignments", json={"handler": "supervisor"}
    )
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_SOD")
    with pytest.raises(Refused):
        read(web.house, case, web.house.supervisor)


NOT_SUPERVISORS = ("archivist", "handler", "other_handler", "auditor", "administrator")


@pytest.mark.parametrize("login", NOT_SUPERVISORS)
def test_who_may_not_assign_gets_no_list_of_cases_to_assign(web: Visitors, case: Made, login: str) -> None:
    answer = web.browser(getattr(web.house, login)).get("/cases/assign")
    assert answer.status_code == 403
    assert str(case.volume) not in answer.text


@pytest.mark.parametrize("login", ["other_handler", "auditor", "administrator"])
def test_who_may_not_know_of_a_case_cannot_tell_it_from_nothing(
    web: Visitors, case: Made, login: str
) -> None:
    person = getattr(web.house, login)
    path = "/api/v1/volumes/{}/assignments"
    assert same_as_unknown(web, person, "POST", path, case.volume, {"handler": login})


@pytest.mark.parametrize("login", ["handler", "other_handler", "auditor", "administrator"])
def test_who_may_not_end_an_assignment_cannot_tell_it_from_nothing(
    web: Visitors, case: Made, login: str
) -> None:
    person, assignment = getattr(web.house, login), assigned(web, case)
    assert same_as_unknown(web, person, "DELETE", "/api/v1/assignments/{}", assignment, None)
    read(web.house, case, web.house.handler)


def test_a_case_of_another_branch_is_nothing_to_a_supervisor(web: Visitors) -> None:
    elsewhere = web.house.archived_item(tier=3, unit="C2")
    body, path = {"handler": "handler"}, "/api/v1/volumes/{}/assignments"
    assert same_as_unknown(web, web.house.supervisor, "POST", path, elsewhere.volume, body)


@pytest.mark.parametrize("login", ["archivist", "auditor", "administrator"])
@pytest.mark.parametrize("path", ["/api/v1/cases", "/cases"])
def test_the_list_of_cases_is_for_those_who_handle_them(web: Visitors, login: str, path: str) -> None:
    person = getattr(web.house, login)
    answer = web.program(person).get(path) if "api" in path else web.browser(person).get(path)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/cases"),
        ("POST", f"/api/v1/volumes/{NOWHERE}/assignments"),
        ("DELETE", f"/api/v1/assignments/{NOWHERE}"),
        ("GET", "/api/v1/reader-namings"),
        ("POST", f"/api/v1/items/{NOWHERE}/reader-namings"),
        ("POST", f"/api/v1/reader-namings/{NOWHERE}/decision"),
    ],
)
def test_a_stranger_gets_nothing(web: Visitors, method: str, path: str) -> None:
    bodies = {
        "assignments": {"handler": "handler"},
        "reader-namings": {
            "reader": "a",
            "second_person": "b",
            "purpose": "litigation",
            "reason": "c",
            "days": 1,
        },
        "decision": {"confirmed": True, "opinion": "yes", "revision": 1},
    }
    body = bodies.get(path.rpartition("/")[2]) if method == "POST" else None
    assert web.program(web.house.stranger).request(method, path, json=body).status_code == 401


@pytest.mark.parametrize("path", ["/cases", "/cases/assign", "/readers", f"/readers/new?item={NOWHERE}"])
def test_a_stranger_is_sent_to_the_sign_in_form(web: Visitors, path: str) -> None:
    answer = web.browser(web.house.stranger).get(path)
    assert (answer.status_code, answer.headers["location"].startswith("/sign-in")) == (303, True)


def test_a_body_with_an_unknown_field_is_refused(web: Visitors, case: Made) -> None:
    body = {"handler": "handler", "until": "2027-01-01"}
    answer = web.program(web.house.supervisor).post(f"/api/v1/volumes/{case.volume}/assignments", json=body)
    assert answer.status_code == 422
