"""Asking, deciding and giving back, by browser and by program."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from archive.desks.loans import api, pages
from archive.desks.loans.wording import time_left
from tests.cast import START, House, Made, Person, sign_in
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


@pytest.fixture
def item(web: Visitors) -> Made:
    return web.house.archived_item(title="陳怡君理賠案卷")


def ask(web: Visitors, person: Person, made: Made, **headers: str) -> httpx.Response:
    body = {"items": [str(made.uid)], "purpose": "claim_handling", "reason": "复核赔款计算"}
    return web.program(person).post("/api/v1/loan-requests", json=body, headers=headers)


def decide(
    web: Visitors, person: Person, request: str, *, key: str | None = None, **changed: Any
) -> httpx.Response:
    body = {"granted": True, "opinion": "同意", "revision": 1, **changed}
    headers = {} if key is None else {"Idempotency-Key": key}
    return web.program(person).post(f"/api/v1/loan-requests/{request}/decision", json=body, headers=headers)


def requests_of(web: Visitors, person: Person) -> list[dict[str, Any]]:
    answer = web.program(person).get("/api/v1/loan-requests")
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()
    return listed


def waiting_for(web: Visitors, person: Person) -> list[str]:
    answer = web.program(person).get("/api/v1/loan-requests/waiting")
    assert answer.status_code == 200, answer.text
    return [seen["uid"] for seen in answer.json()]


def field(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found[1]


# --- asking ----------------------------------------------------------------------------------------------------


def test_a_request_waits_and_its_maker_sees_it(web: Visitors, item: Made) -> None:
    answer = ask(web, web.house.handler, item)
    [seen] = requests_of(web, web.house.handler)
    assert answer.status_code == 201
    assert (seen["uid"], seen["state"], seen["reading"]) == (answer.json()["uid"], "submitted", False)
    assert [lent["title"] for lent in seen["items"]] == ["陳怡君理賠案卷"]


def test_the_same_key_asks_once(web: Visitors, item: Made) -> None:
    first, again = (ask(web, web.house.handler, item, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json() == again.json()
    assert len(requests_of(web, web.house.handler)) == 1


def test_the_form_shows_what_is_asked_for_and_asks(web: Visitors, item: Made) -> None:
    browser = web.browser(web.house.handler)
    form = browser.get("/loans/new", item=str(item.uid)).text
    assert "陳怡君理賠案卷" in form
    answer = browser.post(
        "/loans/new",
        item=field("item", form),
        key=field("key", form),
        purpose="claim_handling",
        reason="复核赔款计算",
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/loans")
    assert "复核赔款计算" in browser.get("/loans").text


def test_the_form_sent_twice_asks_once(web: Visitors, item: Made) -> None:
    browser = web.browser(web.house.handler)
    key = field("key", browser.get("/loans/new", item=str(item.uid)).text)
    for _ in range(2):
        browser.post("/loans/new", item=str(item.uid), key=key, purpose="claim_handling", reason="复核")
    assert len(requests_of(web, web.house.handler)) == 1


def test_a_form_without_its_reason_comes_back_as_it_was_filled_in(web: Visitors, item: Made) -> None:
    browser = web.browser(web.house.handler)
    answer = browser.post("/loans/new", item=str(item.uid), key="k", purpose="litigation", reason=" ")
    assert answer.status_code == 422
    assert "尚未填写理由" in answer.text
    assert '<option value="litigation" selected>' in answer.text
    assert field("key", answer.text) == "k"
    assert requests_of(web, web.house.handler) == []


def test_several_items_are_asked_for_at_once(web: Visitors, item: Made) -> None:
    other = web.house.archived_item(title="另一卷")
    uids = [str(item.uid), str(other.uid)]
    form = web.browser(web.house.handler).client.get("/loans/new", params={"item": uids}).text
    assert re.findall(r'name="item" value="([^"]*)"', form) == uids


@pytest.mark.parametrize("unit", ["C1", "C2"])
def test_what_may_not_be_known_of_is_asked_for_like_what_is_not_there(web: Visitors, unit: str) -> None:
    hidden = web.house.archived_item(tier=4 if unit == "C1" else 3, unit=unit)
    browser = web.browser(web.house.handler)
    answers = [browser.get("/loans/new", item=str(uid)) for uid in (hidden.uid, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert ask(web, web.house.handler, hidden).status_code == 404


def test_a_form_without_items_is_refused(web: Visitors) -> None:
    assert web.browser(web.house.handler).get("/loans/new").status_code == 422


def test_a_body_with_more_than_is_asked_for_is_refused(web: Visitors, item: Made) -> None:
    body = {"items": [str(item.uid)], "purpose": "claim_handling", "reason": "复核", "state": "granted"}
    answer = web.program(web.house.handler).post("/api/v1/loan-requests", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "state")


# --- deciding --------------------------------------------------------------------------------------------------


def test_another_person_grants_and_the_loan_begins(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    loan = decide(web, web.house.supervisor, request).json()["uid"]
    [seen] = requests_of(web, web.house.handler)
    assert (seen["loan"], seen["state"], seen["reading"]) == (loan, "granted", True)
    assert (seen["decided_by"], seen["opinion"]) == ("Supervisor", "同意")


def test_a_refusal_lends_nothing_and_says_why(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    decide(web, web.house.supervisor, request, granted=False, opinion="与本案无关")
    [seen] = requests_of(web, web.house.handler)
    assert (seen["loan"], seen["state"], seen["opinion"]) == (None, "refused", "与本案无关")
    assert "与本案无关" in web.browser(web.house.handler).get("/loans").text


def test_nobody_grants_her_own_request(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.supervisor, item).json()["uid"]
    answer = decide(web, web.house.supervisor, request)
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_SOD")
    assert waiting_for(web, web.house.supervisor) == []
    assert waiting_for(web, web.house.archivist) == [request]


def test_the_queue_shows_who_asks_for_what_and_why(web: Visitors, item: Made) -> None:
    ask(web, web.house.handler, item)
    page = web.browser(web.house.supervisor).get("/loans/waiting").text
    for words in ("Handler 申请借阅", "陳怡君理賠案卷", "复核赔款计算", "理赔处理", 'class="badge tier t3"'):
        assert words in page, words


def test_the_queue_decides_with_an_opinion(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    browser = web.browser(web.house.supervisor)
    page = browser.get("/loans/waiting").text
    hidden = {"revision": field("revision", page), "key": field("key", page)}
    silent = browser.post(f"/loans/{request}/decision", decision="refuse", opinion="", **hidden)
    assert (silent.status_code, "拒绝须写明理由" in silent.text) == (422, True)
    answer = browser.post(f"/loans/{request}/decision", decision="grant", opinion="同意", **hidden)
    assert (answer.status_code, answer.headers["location"]) == (303, "/loans/waiting")
    assert "没有等待您审批的借阅申请" in browser.get("/loans/waiting").text
    assert requests_of(web, web.house.handler)[0]["reading"]


def test_a_decision_sent_twice_lends_once(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    first, again = (decide(web, web.house.supervisor, request, key="one") for _ in range(2))
    assert (first.status_code, first.json()) == (200, again.json())


def test_one_key_for_two_requests_decides_both(web: Visitors, item: Made) -> None:
    uids = [ask(web, web.house.handler, item).json()["uid"] for _ in range(2)]
    loans = {decide(web, web.house.supervisor, uid, key="one").json()["uid"] for uid in uids}
    assert len(loans) == 2


def test_a_request_that_was_decided_meanwhile_is_not_decided_again(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    decide(web, web.house.supervisor, request, granted=False)
    assert decide(web, web.house.archivist, request).status_code == 409
    browser = web.browser(web.house.archivist)
    answer = browser.post(f"/loans/{request}/decision", decision="grant", opinion="同意", revision="1")
    assert (answer.status_code, "Supervisor 已于" in answer.text, "已拒绝" in answer.text) == (
        409,
        True,
        True,
    )


def test_a_decision_needs_the_form_of_the_page(web: Visitors, item: Made) -> None:
    request = ask(web, web.house.handler, item).json()["uid"]
    browser = web.browser(web.house.supervisor)
    browser.csrf = "0" * 64
    answer = browser.post(f"/loans/{request}/decision", decision="grant", opinion="同意", revision="1")
    assert answer.status_code == 403
    assert requests_of(web, web.house.handler)[0]["state"] == "submitted"


# --- giving back -----------------------------------------------------------------------------------------------


def test_a_loan_is_given_back_by_its_button(web: Visitors, item: Made) -> None:
    loan = web.house.lend(item, to=web.house.handler, by=web.house.supervisor)
    browser = web.browser(web.house.handler)
    assert f'action="/loans/{loan}/return"' in browser.get("/loans").text
    assert browser.post(f"/loans/{loan}/return").status_code == 303
    [seen] = requests_of(web, web.house.handler)
    assert (seen["reading"], seen["returned_at"] is not None) == (False, True)
    assert "已归还" in browser.get("/loans").text


def test_a_loan_is_given_back_once(web: Visitors, item: Made) -> None:
    loan = web.house.lend(item, to=web.house.handler, by=web.house.supervisor)
    program = web.program(web.house.handler)
    assert [program.post(f"/api/v1/loans/{loan}/return").status_code for _ in range(2)] == [204, 409]


@pytest.mark.parametrize("login", ["other_handler", "legal", "supervisor", "archivist"])
def test_nobody_gives_back_what_another_borrowed(web: Visitors, item: Made, login: str) -> None:
    loan = web.house.lend(item, to=web.house.handler, by=web.house.supervisor)
    assert web.program(getattr(web.house, login)).post(f"/api/v1/loans/{loan}/return").status_code == 404
    assert requests_of(web, web.house.handler)[0]["reading"]


def test_a_loan_whose_time_is_over_is_shown_as_over(web: Visitors, item: Made) -> None:
    web.house.lend(item, to=web.house.handler, by=web.house.supervisor)
    assert "剩余 15 天 0 小时" in web.browser(web.house.handler).get("/loans").text
    web.house.clock.forward(days=15)
    page = web.browser(sign_in(web.house.archive, "handler")).get("/loans").text
    assert "已到期" in page
    assert "/return" not in page


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ({"days": 3, "hours": 2, "minutes": 59}, "剩余 3 天 2 小时"),
        ({"hours": 23, "minutes": 5}, "剩余 23 小时 5 分"),
        ({"minutes": 59, "seconds": 59}, "剩余 59 分钟"),
        ({"seconds": -5}, "剩余 0 分钟"),
    ],
)
def test_the_time_left_is_told_in_the_two_units_that_matter(left: dict[str, int], words: str) -> None:
    assert time_left(START + timedelta(**left), START) == words


# --- who may ---------------------------------------------------------------------------------------------------


def test_a_stranger_gets_nothing_of_the_loans(web: Visitors, item: Made) -> None:
    loan = web.house.lend(item, to=web.house.handler, by=web.house.supervisor)
    request = requests_of(web, web.house.handler)[0]["uid"]
    stranger = web.house.stranger
    answers = [
        ask(web, stranger, item),
        decide(web, stranger, request),
        web.program(stranger).get("/api/v1/loan-requests"),
        web.program(stranger).get("/api/v1/loan-requests/waiting"),
        web.program(stranger).post(f"/api/v1/loans/{loan}/return"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
    for path in ("/loans", "/loans/waiting", f"/loans/new?item={item.uid}"):
        page = web.browser(stranger).get(path)
        assert (page.status_code, page.headers["location"].startswith("/sign-in")) == (303, True)


@pytest.mark.parametrize("login", ["auditor", "administrator"])
@pytest.mark.parametrize("path", ["/loans", "/loans/waiting", "/loans/new?item={item}"])
def test_whoever_reads_no_content_borrows_none(web: Visitors, item: Made, login: str, path: str) -> None:
    answer = web.browser(getattr(web.house, login)).get(path.format(item=item.uid))
    assert answer.status_code == 403
    assert "陳怡君" not in answer.text


@pytest.mark.parametrize("login", ["handler", "legal"])
def test_the_queue_is_for_those_who_decide(web: Visitors, item: Made, login: str) -> None:
    ask(web, web.house.handler, item)
    answer = web.program(getattr(web.house, login)).get("/api/v1/loan-requests/waiting")
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_ROLE")


def test_requests_of_others_are_not_on_the_list(web: Visitors, item: Made) -> None:
    ask(web, web.house.handler, item)
    assert requests_of(web, web.house.supervisor) == []


def test_an_item_that_was_raised_out_of_reach_leaves_old_requests_too(web: Visitors, item: Made) -> None:
    ask(web, web.house.handler, item)
    assert item.volume is not None
    web.house.describe(item, volume=item.volume, title="陳怡君理賠案卷", tier=4)
    [seen] = requests_of(web, web.house.handler)
    assert seen["items"] == []
    assert "陳怡君" not in web.browser(web.house.handler).get("/loans").text
