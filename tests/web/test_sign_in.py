from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from archive.accounts.pages import local_path
from tests.web.conftest import PASSWORD, Site, csrf_of


def test_signing_in_by_form_leads_to_the_home_page(site: Site) -> None:
    client = site.at_browser("wang")
    assert "Wang" in client.get("/").text


def test_after_signing_in_the_person_goes_where_she_wanted_to(site: Site) -> None:
    client = site.client()
    refused = client.get("/password?from=mail")
    assert refused.status_code == 303
    form = refused.headers["location"]
    assert form == "/sign-in?next=%2Fpassword%3Ffrom%3Dmail"
    data = {
        "csrf": csrf_of(client, form),
        "login": "wang",
        "password": PASSWORD,
        "next": "/password?from=mail",
    }
    assert client.post("/sign-in", data=data).headers["location"] == "/password?from=mail"


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.test/",
        "//elsewhere.test",
        "/\\elsewhere.test",
        "javascript:alert(1)",
        "",
        "loans",
        "/a\r\nSet-Cookie: x=1",
        "/\t/elsewhere.test",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(target: str) -> None:
    assert local_path(target) == "/"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(site: Site) -> None:
    wrong = {"login": "wang", "password": "not this one at all"}
    unknown = {"login": "nobody", "password": "not this one at all"}
    answers = [site.client().post("/api/v1/sessions", json=body) for body in (wrong, unknown)]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].content == answers[1].content


def test_too_many_failures_close_the_door_for_a_quarter_of_an_hour(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=3)
    client = site.client()
    for _ in range(3):
        assert client.post("/api/v1/sessions", json={"login": "wang", "password": "wrong"}).status_code == 401
    throttled = client.post("/api/v1/sessions", json={"login": "wang", "password": PASSWORD})
    assert throttled.status_code == 429
    assert throttled.headers["Retry-After"] == "900"
    site.clock.forward(minutes=16)
    assert client.post("/api/v1/sessions", json={"login": "wang", "password": PASSWORD}).status_code == 201


def test_the_form_shows_the_throttle_as_well(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=1)
    client = site.client()
    data = {"csrf": csrf_of(client, "/sign-in"), "login": "wang", "password": "wrong"}
    assert client.post("/sign-in", data=data).status_code == 401
    throttled = client.post("/sign-in", data=data)
    assert throttled.status_code == 429
    assert throttled.headers["Retry-After"] == "900"
    assert "登录失败次数过多" in throttled.text


def test_failures_under_one_name_count_from_every_client(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=2)
    for _ in range(2):
        site.client().post("/api/v1/sessions", json={"login": "WANG", "password": "wrong"})
    with site.archive.database.reading() as session:
        from archive.accounts.queries import attempts_between, digest

        now = site.clock.now
        assert attempts_between(session, digest("login:wang"), now.replace(hour=0), now) == 2


def test_wrong_passwords_sent_together_are_not_all_checked(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=3)

    def guess(number: int) -> int:
        credentials = {"login": "lin", "password": f"guess number {number:04}"}
        return site.client().post("/api/v1/sessions", json=credentials).status_code

    with ThreadPoolExecutor(12) as crowd:
        answers = sorted(crowd.map(guess, range(12)))

    assert answers == [401] * 3 + [429] * 9
    said = Counter(r.outcome for r in site.log() if r.action == "session:check")
    assert said == {"failed: SignInRefused": 3, "failed: TooManyAttempts": 9}


def test_the_right_password_uses_no_attempt_up(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=3)

    def answer(password: str) -> int:
        return (
            site.client().post("/api/v1/sessions", json={"login": "wang", "password": password}).status_code
        )

    answers = [answer(password) for password in ("wrong", "wrong", PASSWORD, PASSWORD, "wrong", PASSWORD)]
    assert answers == [401, 401, 201, 201, 401, 429]


def test_a_token_travels_in_the_cookie_only(site: Site) -> None:
    client = site.client()
    data = {"csrf": csrf_of(client, "/sign-in"), "login": "wang", "password": PASSWORD}
    answer = client.post("/sign-in", data=data)
    token = client.cookies["juanzong"]
    assert token not in answer.text
    assert token not in answer.headers["location"]


def test_each_sign_in_is_in_the_log_and_no_password_is(site: Site) -> None:
    site.by_program("wang")
    assert [(r.action, r.outcome) for r in site.log()[:2]] == [
        ("session:open", "done"),
        ("session:check", "done"),
    ]
