import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from archive.web.sessions import is_api
from tests.web.conftest import PASSWORD, Site, csrf_of


def made_by(site: Site, **changed: str) -> tuple[int, str]:
    browser = site.at_browser("admin")
    fields = {"login": "zhao", "name": "赵敏", "unit": "HQ", "role": "archivist", **changed}
    answer = browser.post("/accounts", data={"csrf": csrf_of(browser, "/accounts"), **fields})
    return answer.status_code, answer.text


def test_a_new_account_shows_its_password_once(site: Site) -> None:
    status, text = made_by(site)
    found = re.search(r'<p class="code">([a-z0-9-]{23})</p>', text)
    assert status == 200
    assert found is not None
    credentials = {"login": "zhao", "password": found[1]}
    assert site.client().post("/api/v1/sessions", json=credentials).status_code == 201
    assert found[1] not in site.at_browser("admin").get("/accounts").text


def test_a_mistake_keeps_what_was_typed(site: Site) -> None:
    status, text = made_by(site, unit="nowhere")
    assert status == 422
    assert "没有此代码的机构。" in text
    assert 'value="赵敏"' in text


def test_a_role_counts_when_a_second_person_has_approved_it(site: Site) -> None:
    admin, chen = site.by_program("admin"), site.by_program("chen")
    body = {"login": "zhao", "name": "赵敏", "unit": "HQ", "role": "archivist", "password": PASSWORD}
    assert admin.post("/api/v1/accounts", json=body).json()["password"] is None
    zhao = site.by_program("zhao")
    assert "deposit:begin" not in zhao.get("/api/v1/me").json()["may"]
    [waiting] = chen.get("/api/v1/roles/waiting").json()
    assert (waiting["account"], waiting["role"], waiting["ready"]) == ("赵敏", "archivist", False)
    assert chen.post(f"/api/v1/roles/{waiting['uid']}/approve").status_code == 409
    chosen = zhao.put("/api/v1/me/password", json={"old": PASSWORD, "new": "a password of her own"})
    assert chosen.status_code == 204
    assert chen.post(f"/api/v1/roles/{waiting['uid']}/approve").status_code == 204
    assert "deposit:begin" in zhao.get("/api/v1/me").json()["may"]


def test_who_granted_a_role_does_not_approve_it(site: Site) -> None:
    admin, chen = site.by_program("admin"), site.by_program("chen")
    admin.post("/api/v1/accounts", json={"login": "zhao", "name": "赵敏", "unit": "HQ", "role": "legal"})
    [waiting] = chen.get("/api/v1/roles/waiting").json()
    refused = admin.post(f"/api/v1/roles/{waiting['uid']}/approve")
    assert (refused.status_code, refused.json()["rule"]) == (403, "R_ROLE")


def test_a_supervisor_approves_on_the_page(site: Site) -> None:
    body = {"login": "zhao", "name": "赵敏", "unit": "HQ", "role": "legal", "password": PASSWORD}
    site.by_program("admin").post("/api/v1/accounts", json=body)
    browser = site.at_browser("chen")
    assert "待本人登录并设置自己的密码后批准" in browser.get("/roles").text
    site.by_program("zhao").put("/api/v1/me/password", json={"old": PASSWORD, "new": "a password of her own"})
    assert '<span class="count" title="待办">1</span>' in browser.get("/").text
    page = browser.get("/roles").text
    action = re.search(r'action="(/roles/[0-9a-f-]+/approve)"', page)
    assert action is not None
    assert browser.post(action[1], data={"csrf": csrf_of(browser, "/roles")}).status_code == 303
    after = browser.get("/roles").text
    assert "角色已批准" in after
    assert "没有待批准的角色" in after
    assert "角色已批准" not in browser.get("/roles").text


def test_only_the_administrator_sees_accounts(site: Site) -> None:
    refused = site.by_program("wang").get("/api/v1/accounts")
    assert (refused.status_code, refused.json()["rule"]) == (403, "R_ROLE")
    assert site.at_browser("wang").get("/accounts").status_code == 403


def test_the_menu_offers_what_the_roles_have_rules_for(site: Site) -> None:
    assert 'href="/accounts"' in site.at_browser("admin").get("/").text
    handler = site.at_browser("wang").get("/").text
    assert 'href="/accounts"' not in handler
    assert 'href="/roles"' not in handler


def test_an_account_is_closed_on_the_page(site: Site) -> None:
    browser = site.at_browser("admin")
    row = browser.get("/accounts").text.partition(">wang<")[2]
    action = re.search(r'action="(/accounts/[0-9a-f-]+/close)"', row)
    assert action is not None
    assert browser.post(action[1], data={"csrf": csrf_of(browser, "/accounts")}).status_code == 303
    assert (
        site.client().post("/api/v1/sessions", json={"login": "wang", "password": PASSWORD}).status_code
        == 401
    )


def test_a_changed_password_ends_the_other_sessions(site: Site) -> None:
    other, browser = site.by_program("wang"), site.at_browser("wang")
    data = {
        "csrf": csrf_of(browser, "/password"),
        "old": PASSWORD,
        "new": "another quiet room",
        "again": "another quiet room",
    }
    assert browser.post("/password", data=data).status_code == 303
    assert other.get("/api/v1/me").status_code == 401
    assert browser.get("/").status_code == 200


def test_a_password_typed_differently_twice_changes_nothing(site: Site) -> None:
    browser = site.at_browser("wang")
    data = {
        "csrf": csrf_of(browser, "/password"),
        "old": PASSWORD,
        "new": "another quiet room",
        "again": "other",
    }
    assert browser.post("/password", data=data).status_code == 422
    site.by_program("wang")


def test_the_old_password_is_asked_for(site: Site) -> None:
    browser = site.at_browser("wang")
    data = {
        "csrf": csrf_of(browser, "/password"),
        "old": "not it",
        "new": "another quiet room",
        "again": "another quiet room",
    }
    assert browser.post("/password", data=data).status_code == 401


def change_of(browser: httpx.Client, old: str, new: str = "another quiet room") -> httpx.Response:
    csrf = csrf_of(browser, "/password")
    return browser.post("/password", data={"csrf": csrf, "old": old, "new": new, "again": new})


def test_after_too_many_wrong_old_passwords_even_the_right_one_waits(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=3)
    browser = site.at_browser("wang")
    assert [change_of(browser, "not it").status_code for _ in range(3)] == [401] * 3
    throttled = change_of(browser, PASSWORD)
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "900")
    site.clock.forward(minutes=16)
    assert change_of(browser, PASSWORD).status_code == 303


def test_wrong_old_passwords_sent_together_are_not_all_checked(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=3)
    browser = site.at_browser("wang")
    csrf = csrf_of(browser, "/password")

    def guess(number: int) -> int:
        data = {"csrf": csrf, "old": f"guess {number:04}", "new": "x" * 12, "again": "x" * 12}
        return browser.post("/password", data=data).status_code

    with ThreadPoolExecutor(12) as crowd:
        answers = sorted(crowd.map(guess, range(12)))

    assert answers == [401] * 3 + [429] * 9
    said = Counter(r.outcome for r in site.log() if r.action == "account:password")
    assert said == {"failed: SignInRefused": 3, "failed: TooManyAttempts": 9}


def test_a_wrong_old_password_and_a_wrong_sign_in_are_counted_together(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=1)
    browser = site.at_browser("wang")
    assert change_of(browser, "not it").status_code == 401
    credentials = {"login": "wang", "password": PASSWORD}
    assert site.client().post("/api/v1/sessions", json=credentials).status_code == 429


def test_a_change_with_the_right_old_password_uses_no_attempt_up(serve: Callable[..., Site]) -> None:
    site = serve(attempts_per_quarter_hour=1)
    browser = site.at_browser("wang")
    assert change_of(browser, PASSWORD).status_code == 303
    assert change_of(browser, "another quiet room", PASSWORD).status_code == 303


def test_only_addresses_under_api_belong_to_programs() -> None:
    assert is_api("/api/v1/me")
    assert not is_api("/apis")


def test_wrong_old_passwords_are_throttled_for_programs_too(serve: Callable[..., Site]) -> None:
    program = serve(attempts_per_quarter_hour=2).by_program("lin")
    body = {"old": "not the old password", "new": "a password of her own"}

    answers = [program.put("/api/v1/me/password", json=body).status_code for _ in range(3)]

    assert answers == [401, 401, 429]
