"""Language and theme are chosen by a person, kept by her account, and carried by her browser."""

import re
from collections.abc import Callable

import httpx
import pytest

from archive.accounts import preference_api, preference_pages
from tests.web.conftest import PASSWORD, Site, csrf_of

Serve = Callable[..., Site]


@pytest.fixture
def site(serve: Serve) -> Site:
    return serve(preference_pages.router, preference_api.router)


def switch(client: httpx.Client, *, page: str = "/password", **fields: str) -> httpx.Response:
    return client.post("/preferences", data={"csrf": csrf_of(client, page), **fields})


def lang(answer: httpx.Response) -> str:
    return answer.text.partition('<html lang="')[2].partition('"')[0]


def theme(answer: httpx.Response) -> str:
    return answer.text.partition('data-theme="')[2].partition('"')[0]


def chosen(site: Site, login: str) -> object:
    return site.by_program(login).get("/api/v1/preferences").json()


def test_whoever_switches_reads_the_next_page_in_her_language(site: Site) -> None:
    client = site.at_browser("wang")
    assert lang(client.get("/password")) == "zh-CN"
    assert switch(client, language="en").status_code == 303
    assert lang(client.get("/password")) == "en"


def test_the_theme_stands_on_the_next_page(site: Site) -> None:
    client = site.at_browser("wang")
    switch(client, theme="dark")
    assert theme(client.get("/password")) == "dark"


def test_one_choice_leaves_the_other_as_it_was(site: Site) -> None:
    client = site.at_browser("wang")
    switch(client, theme="dark")
    switch(client, language="zh-TW")
    assert chosen(site, "wang") == {"language": "zh-TW", "theme": "dark"}


def test_after_the_switch_she_is_where_she_was(site: Site) -> None:
    client = site.at_browser("wang")
    assert switch(client, language="en", back="/password?x=1").headers["location"] == "/password?x=1"


@pytest.mark.parametrize("back", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"])
def test_a_switch_sends_nobody_to_another_site(site: Site, back: str) -> None:
    client = site.at_browser("wang")
    assert switch(client, language="en", back=back).headers["location"] == "/"


def test_another_browser_speaks_as_the_account_chose_once_she_has_signed_in(site: Site) -> None:
    switch(site.at_browser("wang"), language="en", theme="dark")
    elsewhere = site.at_browser("wang").get("/password")
    assert (lang(elsewhere), theme(elsewhere)) == ("en", "dark")


def test_whoever_has_chosen_nothing_is_spoken_to_as_her_browser_asks(site: Site) -> None:
    client = site.at_browser("wang")
    client.headers["Accept-Language"] = "en-GB,en;q=0.9"
    assert lang(client.get("/password")) == "en"
    assert chosen(site, "wang") == {"language": None, "theme": None}


def test_her_choice_is_not_her_colleagues_choice(site: Site) -> None:
    switch(site.at_browser("wang"), language="en")
    assert lang(site.at_browser("chen").get("/password")) == "zh-CN"


def test_before_signing_in_the_choice_stays_in_the_browser(site: Site) -> None:
    client = site.client()
    assert client.post("/preferences", data={"language": "zh-TW", "back": "/sign-in"}).status_code == 303
    assert lang(client.get("/sign-in")) == "zh-TW"
    assert "account:prefer" not in {row.action for row in site.log()}


def test_the_sign_in_page_offers_the_other_languages(site: Site) -> None:
    client = site.client()
    page = client.get("/sign-in?next=/loans").text
    offered = re.findall(r'name="language" value="([\w-]+)"', page)
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert (offered, back and back[1]) == (["zh-TW", "en"], "/sign-in?next=/loans")


def test_whoever_switches_while_she_searches_goes_on_searching(site: Site) -> None:
    assert (
        'name="back" value="/password?q=a&amp;page=2"'
        in site.at_browser("wang").get("/password?q=a&page=2").text
    )


def test_a_session_that_has_ended_does_not_stand_in_the_way(site: Site) -> None:
    client = site.at_browser("wang")
    token = csrf_of(client, "/password")
    site.clock.forward(days=2)
    assert client.post("/preferences", data={"csrf": token, "language": "en"}).status_code == 303


def test_a_choice_is_an_act_in_the_log(site: Site) -> None:
    switch(site.at_browser("wang"), language="en")
    assert [(row.outcome, row.role) for row in site.log() if row.action == "account:prefer"] == [
        ("done", "staff")
    ]


def test_a_form_without_the_sessions_token_changes_nothing(site: Site) -> None:
    client = site.at_browser("wang")
    assert client.post("/preferences", data={"language": "en"}).status_code == 403
    assert chosen(site, "wang") == {"language": None, "theme": None}


def test_a_form_of_another_site_changes_no_cookie_either(site: Site) -> None:
    client = site.client()
    answer = client.post(
        "/preferences", data={"language": "en"}, headers={"Origin": "https://elsewhere.test"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("fields", [{"language": "fr"}, {"theme": "pink"}])
def test_what_cannot_be_chosen_is_refused(site: Site, fields: dict[str, str]) -> None:
    assert switch(site.at_browser("wang"), **fields).status_code == 422


def test_a_cookie_that_somebody_wrote_by_hand_is_not_believed(site: Site) -> None:
    client = site.client()
    client.cookies.update({"juanzong-language": '"><script>', "juanzong-theme": "pink"})
    answer = client.get("/sign-in")
    assert (lang(answer), theme(answer)) == ("zh-CN", "auto")


def test_behind_https_the_cookies_are_bound_to_the_host(serve: Serve) -> None:
    site = serve(preference_pages.router, public_url="https://archive.test")
    answer = site.client().post("/preferences", data={"language": "en"})
    assert "__Host-juanzong-language=en" in answer.headers["set-cookie"]
    assert "Secure" in answer.headers["set-cookie"]


def test_a_program_reads_and_sets_what_its_person_chose(site: Site) -> None:
    program = site.by_program("wang")
    wanted = {"language": "zh-TW", "theme": "light"}
    assert program.put("/api/v1/preferences", json=wanted).json() == wanted
    assert program.get("/api/v1/preferences").json() == wanted


def test_a_program_is_told_which_languages_there_are(site: Site) -> None:
    answer = site.by_program("wang").put("/api/v1/preferences", json={"language": "fr", "theme": "auto"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "language"


def test_problems_are_told_to_programs_in_english_whatever_the_person_chose(site: Site) -> None:
    switch(site.at_browser("wang"), language="zh-TW")
    assert site.by_program("wang").get("/api/v1/accounts").json()["detail"].isascii()


def test_the_error_of_a_sign_in_is_said_in_the_language_of_the_browser(site: Site) -> None:
    client = site.client()
    client.headers["Accept-Language"] = "en"
    form = {"csrf": csrf_of(client, "/sign-in"), "login": "wang", "password": PASSWORD[::-1]}
    assert "The name or the password is not right." in client.post("/sign-in", data=form).text
