from datetime import date
from uuid import UUID

import pytest

from archive.core.access.actions import Purpose, Tier
from archive.core.errors import Invalid
from archive.web.forms import Posted, parse_fields
from tests.web.conftest import PASSWORD, Site, csrf_of

FORM = {"content-type": "application/x-www-form-urlencoded"}


def change(token: str) -> dict[str, str]:
    return {"csrf": token, "old": PASSWORD, "new": "another quiet room", "again": "another quiet room"}


def test_a_form_of_the_own_page_is_taken(site: Site) -> None:
    browser = site.at_browser("wang")
    answer = browser.post("/password", data=change(csrf_of(browser, "/password")))
    assert answer.status_code == 303


def test_a_form_without_its_token_is_refused(site: Site) -> None:
    browser = site.at_browser("wang")
    answer = browser.post("/password", data={**change(""), "csrf": ""})
    assert answer.status_code == 403
    assert "此表单不是由本系统页面提交的" in answer.text


def test_the_token_of_another_session_is_refused(site: Site) -> None:
    other, browser = site.at_browser("lin"), site.at_browser("wang")
    assert browser.post("/password", data=change(csrf_of(other, "/password"))).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "SELF"},
    ],
)
def test_a_form_of_another_origin_is_refused_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    browser = site.at_browser("wang")
    sent = {name: site.address if value == "SELF" else value for name, value in headers.items()}
    answer = browser.post("/password", data=change(csrf_of(browser, "/password")), headers=sent)
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "SELF"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_form_of_the_own_origin_is_taken(site: Site, headers: dict[str, str]) -> None:
    browser = site.at_browser("wang")
    sent = {name: site.address if value == "SELF" else value for name, value in headers.items()}
    answer = browser.post("/password", data=change(csrf_of(browser, "/password")), headers=sent)
    assert answer.status_code == 303


def test_signing_in_needs_the_token_of_the_visitor_s_own_form(site: Site) -> None:
    stranger, victim = site.client(), site.client()
    token = csrf_of(stranger, "/sign-in")
    csrf_of(victim, "/sign-in")
    assert (
        victim.post("/sign-in", data={"csrf": token, "login": "wang", "password": PASSWORD}).status_code
        == 403
    )
    assert (
        site.client().post("/sign-in", data={"csrf": "", "login": "wang", "password": PASSWORD}).status_code
        == 403
    )


def test_a_form_of_somebody_who_is_not_signed_in_leads_to_the_sign_in_form(site: Site) -> None:
    answer = site.client().post("/password", data=change("x"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_form_is_bounded(site: Site) -> None:
    browser = site.at_browser("wang")
    answer = browser.post("/password", content=b"old=" + b"x" * (256 * 1024), headers=FORM)
    assert answer.status_code == 413


def test_only_plain_forms_are_read(site: Site) -> None:
    browser = site.at_browser("wang")
    assert browser.post("/password", json={"csrf": "x"}).status_code == 422


def test_a_form_of_too_many_fields_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_fields(b"a=1&" * 3000)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Invalid):
        parse_fields(b"a=%ff")


def test_values_are_read_by_kind() -> None:
    form = Posted(
        {
            k: [v]
            for k, v in {
                "n": " 12 ",
                "u": str(UUID(int=7)),
                "d": "2026-11-30",
                "p": "litigation",
                "t": "3",
            }.items()
        }
    )
    assert form.integer("n") == 12
    assert form.uid("u") == UUID(int=7)
    assert form.day("d") == date(2026, 11, 30)
    assert form.choice("p", Purpose) is Purpose.LITIGATION
    assert form.choice("t", Tier) is Tier.T3


def test_white_space_is_no_value_but_part_of_a_password() -> None:
    form = Posted({"name": ["  "], "password": [" a b "], "tags": ["x", " ", "y"]})
    assert form.optional("name") is None
    assert form.secret("password") == " a b "
    assert form.many("tags") == ("x", "y")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", " "),
        ("integer", "1.5"),
        ("integer", "٣"),
        ("integer", "9" * 19),
        ("uid", "x"),
        ("day", "30.11.2026"),
    ],
)
def test_a_wrong_value_is_named(kind: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        getattr(Posted({"field": [value]}), kind)("field")
    assert refusal.value.field == "field"


def test_a_choice_that_is_not_offered_is_refused() -> None:
    with pytest.raises(Invalid):
        Posted({"p": ["curiosity"]}).choice("p", Purpose)
