"""The reference of the interface, and the pages on which a person makes tokens for it."""

import re

import pytest
from playwright.sync_api import Browser as Chromium

from archive.accounts.tokens import NewToken, list_tokens, make_token
from archive.app import create_app
from archive.cli.server import ROUTERS
from archive.web.api_docs import OTHERS, Reference, reference
from tests.browser.sitting import Desk, chromium, web
from tests.cast import House
from tests.web.conftest import entrance_to
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]


@pytest.fixture
def interface(house: House) -> Reference:
    return reference(create_app(entrance_to(house.archive, []), ROUTERS).openapi())


# --- the reference --------------------------------------------------------------------------------------------


def test_the_reference_is_shown_to_people_who_have_signed_in(web: Visitors) -> None:
    shown = web.browser(web.house.handler).get("/api/docs")
    assert shown.status_code == 200
    assert "/api/v1/loan-requests" in shown.text
    assert web.house.log()[-1].actor == web.house.handler.label


def test_a_stranger_is_sent_to_the_sign_in(web: Visitors) -> None:
    sent = web.browser(web.house.stranger).get("/api/docs")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fapi%2Fdocs")


def test_home_leads_to_it(web: Visitors) -> None:
    home = web.browser(web.house.handler).get("/").text
    assert '<a href="/api/docs"' in home
    assert '<a href="/tokens"' in home


def test_every_route_for_programs_stands_in_it_once(house: House, interface: Reference) -> None:
    app = create_app(entrance_to(house.archive, []), ROUTERS)
    routes = {
        (method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    }
    listed = [(one.method, one.path) for section in interface.sections for one in section.operations]
    assert sorted(listed) == sorted(routes)


def test_only_the_description_itself_belongs_to_no_desk(interface: Reference) -> None:
    """A new desk gives its section a name in ``archive.web.api_docs``."""
    others = {
        one.path for section in interface.sections if section.title == OTHERS for one in section.operations
    }
    assert others == {"/api/v1/openapi.json"}


def test_a_route_tells_its_parameters_body_answers_and_an_example(interface: Reference) -> None:
    [made] = (
        one
        for section in interface.sections
        for one in section.operations
        if (one.method, one.path) == ("POST", "/api/v1/tokens")
    )
    assert [(field.name, field.kind, field.required) for field in made.body] == [
        ("name", "string 1–60", True),
        ("role", "string 1–64", True),
        ("days", "integer 1–365", False),
    ]
    assert [answer.status for answer in made.answers] == ["201", "default"]
    assert "token" in {field.name for field in made.answers[0].fields}
    assert made.actions == ("token:create",)
    assert made.example.startswith("curl -X POST")
    assert "@token-header.txt" in made.example


def test_an_example_holds_no_token_on_its_command_line(interface: Reference) -> None:
    examples = [one.example for section in interface.sections for one in section.operations]
    assert not [example for example in examples if "Bearer" in example or "jz_" in example]


@pytest.mark.browser
def test_a_real_browser_complains_of_nothing_and_opens_an_entry(web: Visitors, chromium: Chromium) -> None:
    desk = Desk(chromium, web.address)
    page = desk.sit_down("handler")
    page.goto(f"{web.address}/api/docs")
    page.locator("summary", has_text="/api/v1/search").click()
    assert "curl" in page.locator("details[open] pre").inner_text()
    assert desk.troubles == []


# --- the document ---------------------------------------------------------------------------------------------


def test_every_route_may_answer_with_a_problem_and_asks_for_a_token(house: House) -> None:
    document = create_app(entrance_to(house.archive, []), ROUTERS).openapi()
    operations = [(path, one) for path, methods in document["paths"].items() for one in methods.values()]
    assert all("default" in one["responses"] for _, one in operations)
    open_to_all = [path for path, one in operations if one["security"] == []]
    assert sorted(open_to_all) == ["/api/v1/openapi.json", "/api/v1/sessions"]


def test_a_method_that_is_not_there_is_answered_with_those_that_are(web: Visitors) -> None:
    answer = web.program(web.house.handler).request("PATCH", "/api/v1/tokens")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


# --- tokens ---------------------------------------------------------------------------------------------------


def test_the_token_is_shown_once_and_works_for_a_program(web: Visitors) -> None:
    browser = web.browser(web.house.handler)
    made = browser.post("/tokens", name="核心系统", role="claims_handler", days="30")
    [token] = re.findall(r"jz_[\w-]{43}", made.text)
    assert "jz_" not in browser.get("/tokens").text.replace("jz_…", "")
    program = web.program(web.house.stranger)
    me = program.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert me["name"] == "Handler"
    assert "token:create" not in me["may"]


def test_a_program_that_needs_the_person_is_told_so(web: Visitors) -> None:
    made = web.house.gate_of(web.house.handler, make_token).run(
        make_token, None, NewToken("核心系统", "claims_handler")
    )
    answer = web.program(web.house.stranger).get(
        "/api/v1/tokens", headers={"Authorization": f"Bearer {made.value.token}"}
    )
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_PERSON")


def test_a_program_makes_lists_and_revokes_after_a_password(web: Visitors) -> None:
    program = web.program(web.house.handler)
    made = program.post("/api/v1/tokens", json={"name": "核心系统", "role": "claims_handler"})
    assert made.status_code == 201
    [listed] = program.get("/api/v1/tokens").json()
    assert (listed["uid"], listed["name"], listed["works"]) == (made.json()["uid"], "核心系统", True)
    assert program.delete(f"/api/v1/tokens/{listed['uid']}").status_code == 204
    assert program.get("/api/v1/tokens").json() == []


def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(web: Visitors) -> None:
    answer = web.browser(web.house.handler).post(
        "/tokens", name="核心系统", role="claims_handler", days="400"
    )
    assert answer.status_code == 422
    assert "令牌的有效期为 1 至 365 天。" in answer.text
    assert 'value="核心系统"' in answer.text
    assert web.house.gate_of(web.house.handler, list_tokens).run(list_tokens, None).value.tokens == ()


def test_a_token_is_revoked_with_one_button(web: Visitors) -> None:
    gate = web.house.gate_of(web.house.handler, make_token, list_tokens)
    made = gate.run(make_token, None, NewToken("核心系统", "claims_handler")).value
    browser = web.browser(web.house.handler)
    assert f'action="/tokens/{made.uid}/revoke"' in browser.get("/tokens").text
    assert browser.post(f"/tokens/{made.uid}/revoke").status_code == 303
    assert gate.run(list_tokens, None).value.tokens == ()
