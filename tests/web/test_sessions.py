import re
from collections.abc import Callable

from tests.web.conftest import PASSWORD, Site, csrf_of


def test_the_interface_ignores_cookies(site: Site) -> None:
    browser = site.at_browser("wang")
    answer = browser.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_pages_ignore_bearer_tokens(site: Site) -> None:
    program = site.by_program("wang")
    assert program.get("/api/v1/me").json()["name"] == "Wang"
    assert program.get("/").headers["location"] == "/sign-in"


def test_a_session_ends_when_it_is_not_used(site: Site) -> None:
    program = site.by_program("wang")
    site.clock.forward(minutes=31)
    assert program.get("/api/v1/me").status_code == 401


def test_a_session_that_ran_out_is_not_revived_by_knocking(site: Site) -> None:
    program = site.by_program("wang")
    site.clock.forward(minutes=31)
    program.get("/api/v1/me")
    assert program.get("/api/v1/me").status_code == 401


def test_a_session_in_use_stays_open(site: Site) -> None:
    program = site.by_program("wang")
    for _ in range(4):
        site.clock.forward(minutes=20)
        assert program.get("/api/v1/me").status_code == 200


def test_a_session_in_use_ends_after_its_longest_time(site: Site) -> None:
    program = site.by_program("wang")
    for _ in range(37):
        site.clock.forward(minutes=19)
        assert program.get("/api/v1/me").status_code == 200
    site.clock.forward(minutes=19)
    assert program.get("/api/v1/me").status_code == 401


def test_idle_time_is_written_once_a_minute_at_most(site: Site) -> None:
    program = site.by_program("wang")
    for _ in range(5):
        program.get("/api/v1/me")
    assert len(site.stays) == 1
    site.clock.forward(minutes=1)
    program.get("/api/v1/me")
    assert len(site.stays) == 2


def test_a_token_that_nobody_has_is_never_kept_alive(site: Site) -> None:
    client = site.client()
    client.headers["Authorization"] = "Bearer made-up"
    client.get("/api/v1/me")
    assert site.stays == []


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    browser = site.at_browser("wang")
    token = browser.cookies["juanzong"]
    assert browser.post("/sign-out", data={"csrf": csrf_of(browser, "/")}).status_code == 303
    assert "juanzong" not in browser.cookies
    browser.cookies.set("juanzong", token)
    assert browser.get("/").headers["location"] == "/sign-in"


def test_a_program_ends_its_session(site: Site) -> None:
    program = site.by_program("wang")
    assert program.delete("/api/v1/sessions/current").status_code == 204
    assert program.get("/api/v1/me").status_code == 401


def test_a_closed_account_is_out_at_once(site: Site) -> None:
    program, admin = site.by_program("wang"), site.by_program("admin")
    uid = next(a["uid"] for a in admin.get("/api/v1/accounts").json() if a["login"] == "wang")
    assert admin.post(f"/api/v1/accounts/{uid}/close").status_code == 204
    assert program.get("/api/v1/me").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = _cookie_set(site, "127.0.0.1")
    assert cookie.startswith("juanzong=")
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()


def test_behind_https_the_cookie_is_bound_to_the_host_and_secure(serve: Callable[..., Site]) -> None:
    cookie = _cookie_set(serve(public_url="https://archive.example"), "archive.example")
    assert cookie.startswith("__Host-juanzong=")
    assert "secure" in cookie.lower()
    assert "path=/" in cookie.lower()
    assert "domain" not in cookie.lower()


def _cookie_set(site: Site, host: str) -> str:
    client = site.client()
    client.headers["Host"] = host
    form = client.get("/sign-in")
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', form.text)
    assert token is not None
    data = {"csrf": token[1], "login": "wang", "password": PASSWORD}
    cookie = form.headers["set-cookie"].partition(";")[0]
    answer = client.post("/sign-in", data=data, headers={"Cookie": cookie})
    assert answer.status_code == 303
    return next(c for c in answer.headers.get_list("set-cookie") if "visitor" not in c)
