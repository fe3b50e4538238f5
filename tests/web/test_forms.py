import html
import re
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from archive.core.access.actions import Purpose, Tier
from archive.core.errors import Invalid
from archive.web import render
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


# --- a session that ends while somebody writes -----------------------------------------------------------------


def written(csrf: str) -> dict[str, str]:
    return {"csrf": csrf, "login": "zhao", "name": "赵敏", "unit": "HQ", "role": "legal"}


def ended(site: Site) -> tuple[httpx.Client, dict[str, str]]:
    """A browser whose session has ended, and the form that was being filled in."""
    browser = site.at_browser("admin")
    form = written(csrf_of(browser, "/accounts"))
    site.clock.forward(hours=13)
    return browser, form


def fields_of(page: str) -> dict[str, str]:
    """The fields of the page's own form."""
    within = page.partition("<main")[2].partition("</main>")[0]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', within)
    }


def test_what_was_written_when_the_session_ended_is_sent_after_signing_in(site: Site) -> None:
    browser, form = ended(site)
    asked = browser.post("/accounts", data=form)
    assert asked.status_code == 401
    assert "您刚才填写的内容都还在" in asked.text
    entered = browser.post("/sign-in", data={**fields_of(asked.text), "login": "admin", "password": PASSWORD})
    assert "将以 Admin 的身份提交" in entered.text
    kept = fields_of(entered.text)
    assert {**form, "csrf": ""} == {**kept, "csrf": ""}
    assert kept["csrf"] != form["csrf"]
    done = browser.post("/accounts", data=kept)
    assert "账号 zhao 已建立" in done.text


def test_what_was_written_is_not_shown_to_somebody_else_who_signs_in(site: Site) -> None:
    browser, form = ended(site)
    asked = fields_of(browser.post("/accounts", data=form).text)
    entered = browser.post("/sign-in", data={**asked, "login": "wang", "password": PASSWORD})
    assert (entered.status_code, "赵敏" in entered.text) == (303, False)


def test_a_wrong_password_in_between_loses_nothing(site: Site) -> None:
    browser, form = ended(site)
    asked = fields_of(browser.post("/accounts", data=form).text)
    again = browser.post("/sign-in", data={**asked, "login": "admin", "password": "no"})
    assert again.status_code == 401
    assert fields_of(again.text)["kept.name"] == "赵敏"


def test_a_form_that_no_page_of_the_ended_session_held_is_not_kept(site: Site) -> None:
    browser, form = ended(site)
    assert browser.post("/accounts", data={**form, "csrf": "f" * 64}).status_code == 403


def test_passwords_are_not_kept(site: Site) -> None:
    browser = site.at_browser("wang")
    form = change(csrf_of(browser, "/password"))
    site.clock.forward(hours=13)
    answer = browser.post("/password", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_every_form_with_a_password_is_one_that_is_not_kept() -> None:
    templates = Path(render.__file__).parent / "templates"
    asking = {path.name for path in templates.rglob("*.html") if 'type="password"' in path.read_text("utf-8")}
    assert asking == {"sign_in.html", "password.html"}


def test_a_kept_form_is_sent_nowhere_else(site: Site) -> None:
    browser, form = ended(site)
    asked = fields_of(browser.post("/accounts", data=form).text)
    stray = {**asked, "resend": "//elsewhere.test/", "login": "admin", "password": PASSWORD}
    assert browser.post("/sign-in", data=stray).headers["location"] == "/"


def test_a_script_of_a_page_is_told_that_the_session_ended_and_not_led_to_a_form(site: Site) -> None:
    answer = site.client().get("/accounts", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "location" not in answer.headers


def test_a_browser_asks_whether_its_session_lasts(site: Site) -> None:
    browser = site.at_browser("wang")
    told = browser.get("/signed-in").json()
    assert told == {"login": "wang", "csrf": csrf_of(browser, "/password")}
    site.clock.forward(hours=13)
    assert browser.get("/signed-in").json() == {"login": None}


def test_asking_does_not_keep_a_session_alive(site: Site) -> None:
    browser = site.at_browser("wang")
    before = len(site.stays)
    browser.get("/signed-in")
    assert len(site.stays) == before


def test_a_field_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        Posted({"reason": ["x" * 10_001]}).text("reason")
    assert refusal.value.field == "reason"
    assert Posted({"reason": ["x" * 10_000]}).text("reason") == "x" * 10_000


def test_the_refusal_of_a_long_field_stands_on_the_page_of_the_form(site: Site) -> None:
    browser = site.at_browser("admin")
    form = {**written(csrf_of(browser, "/accounts")), "name": "名" * 10_001}
    answer = browser.post("/accounts", data=form)
    assert answer.status_code == 422
    assert "姓名 有 10001 个字符，最多 10000 个。" in answer.text
