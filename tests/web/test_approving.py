"""What a decider is told of who asks, several decisions at once, and requests that are taken back or carry a loan on."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from archive.core.access.actions import Purpose
from archive.core.errors import Conflict
from archive.desks.loans import api, operations, pages
from archive.desks.loans.operations import NewRequest
from archive.holdings.tables import Item
from tests.cast import House, Made, Person
from tests.web.visiting import Visitors, same_as_unknown, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


def history(web: Visitors, person: Person, request: UUID) -> dict[str, Any]:
    answer = web.program(person).get(f"/api/v1/loan-requests/{request}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["history"]
    return told


def own(web: Visitors) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = web.program(web.house.handler).get("/api/v1/loan-requests").json()
    return listed


def decide(web: Visitors, *requests: UUID, **fields: str) -> httpx.Response:
    browser = web.browser(web.house.supervisor)
    chosen = {"request": [f"{uid}:1" for uid in requests], "csrf": browser.csrf, **fields}
    return browser.client.post("/loans/decisions", data=chosen)


# --- who asks --------------------------------------------------------------------------------------------------


def test_a_decider_is_told_what_the_asker_has_out_and_let_run_out(web: Visitors) -> None:
    house = web.house
    first, second = house.archived_item(title="第一卷"), house.archived_item(title="第二卷")
    house.lend(first, to=house.handler)
    house.clock.forward(days=16)
    house.lend(second, to=house.handler)
    waiting = house.ask_for(first, to=house.handler)
    told = history(web, house.supervisor, waiting)
    assert (told["earlier"], told["granted"], told["ran_out"], told["is_capped"]) == (2, 2, 1, False)
    assert [item["title"] for loan in told["out_now"] for item in loan["items"]] == ["第二卷"]
    page = web.browser(house.supervisor).get(f"/loans/requests/{waiting}").text
    assert "以往申请 2 份：批准 2" in page
    assert "其中 1 次到期才收回" in page


def test_what_the_decider_may_not_know_is_in_no_number(web: Visitors) -> None:
    house = web.house
    known, later_raised = house.archived_item(), house.archived_item(title="升密的一卷")
    house.lend(later_raised, to=house.handler)
    waiting = house.ask_for(known, to=house.handler)
    assert history(web, house.supervisor, waiting)["earlier"] == 1

    def raise_it(session: Any) -> None:
        session.query(Item).filter_by(uid=later_raised.uid).update({"tier": 5})

    house.change(raise_it)
    told = history(web, house.supervisor, waiting)
    assert (told["earlier"], told["granted"], told["out_now"]) == (0, 0, [])


def test_the_history_of_an_asker_is_an_entry_of_the_log(web: Visitors) -> None:
    waiting = web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    history(web, web.house.supervisor, waiting)
    entry = web.house.log()[-1]
    assert (entry.action, entry.outcome) == ("loan:decide", "done")
    assert f"loan_request:{waiting}" in entry.objects


def test_a_request_of_another_unit_is_like_none(web: Visitors) -> None:
    waiting = web.house.ask_for(web.house.archived_item(unit="C2"), to=web.house.other_handler)
    assert same_as_unknown(web, web.house.supervisor, "GET", "/api/v1/loan-requests/{}", waiting, None)


def test_nobody_looks_into_her_own_request_to_decide_it(web: Visitors) -> None:
    waiting = web.house.ask_for(web.house.archived_item(), to=web.house.supervisor)
    answer = web.program(web.house.supervisor).get(f"/api/v1/loan-requests/{waiting}")
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_SOD")


# --- several at once -------------------------------------------------------------------------------------------


def test_several_requests_of_one_person_are_decided_with_one_reason(web: Visitors) -> None:
    asked = [web.house.ask_for(web.house.archived_item(), to=web.house.handler) for _ in range(2)]
    answer = decide(web, *asked, decision="refuse", opinion="请先结案")
    assert answer.status_code == 303
    assert [(seen["state"], seen["opinion"]) for seen in own(web)] == [("refused", "请先结案")] * 2


def test_several_people_are_not_decided_on_together(web: Visitors) -> None:
    item = web.house.archived_item()
    asked = [web.house.ask_for(item, to=person) for person in (web.house.handler, web.house.other_archivist)]
    answer = decide(web, *asked, decision="grant", opinion="")
    assert (answer.status_code, "所选申请属于不同的申请人" in answer.text) == (422, True)
    assert own(web)[0]["state"] == "submitted"


def test_none_chosen_and_a_refusal_without_its_reason_change_nothing(web: Visitors) -> None:
    asked = web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    assert decide(web, decision="grant").status_code == 422
    assert decide(web, asked, decision="refuse", opinion=" ").status_code == 422
    assert own(web)[0]["state"] == "submitted"


def test_what_was_withdrawn_meanwhile_is_left_and_told_of(web: Visitors) -> None:
    house = web.house
    gone, waiting = (house.ask_for(house.archived_item(), to=house.handler) for _ in range(2))
    house.gate_of(house.handler, operations.withdraw).run(operations.withdraw, gone)
    answer = decide(web, gone, waiting, decision="grant", opinion="同意")
    assert answer.status_code == 303
    assert {seen["uid"]: seen["state"] for seen in own(web)} == {
        str(gone): "withdrawn",
        str(waiting): "granted",
    }


# --- taking back -----------------------------------------------------------------------------------------------


def test_a_request_is_withdrawn_by_its_maker_and_waits_no_more(web: Visitors) -> None:
    house = web.house
    asked = house.ask_for(house.archived_item(), to=house.handler)
    browser = web.browser(house.handler)
    assert f"/loans/requests/{asked}/withdraw" in browser.get("/loans").text
    assert browser.post(f"/loans/requests/{asked}/withdraw").status_code == 303
    assert web.program(house.supervisor).get("/api/v1/loan-requests/waiting").json() == []
    assert "已撤回" in browser.get("/loans").text
    answer = web.browser(house.supervisor).post(f"/loans/{asked}/decision", decision="grant", revision="1")
    assert (answer.status_code, "撤回这份申请" in answer.text) == (409, True)


def test_nobody_withdraws_the_request_of_another(web: Visitors) -> None:
    asked = web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    path = "/api/v1/loan-requests/{}/withdrawal"
    assert same_as_unknown(web, web.house.other_handler, "POST", path, asked, None)


def test_what_was_decided_is_not_withdrawn(web: Visitors) -> None:
    web.house.lend(web.house.archived_item(), to=web.house.handler)
    [seen] = own(web)
    answer = web.program(web.house.handler).post(f"/api/v1/loan-requests/{seen['uid']}/withdrawal")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


# --- carrying on -----------------------------------------------------------------------------------------------


def renew(house: House, made: Made, request: str) -> UUID:
    wish = NewRequest((made.uid,), Purpose.CLAIM_HANDLING, "还需核对", UUID(request))
    return house.gate_of(house.handler, operations.request).run(operations.request, None, wish).value


def grant(house: House, request: UUID) -> None:
    verdict = operations.Verdict(granted=True, opinion="", revision=1)
    house.gate_of(house.archivist, operations.decide).run(operations.decide, request, verdict)


def test_a_renewal_ends_the_loan_before_it_and_begins_its_term_anew(web: Visitors) -> None:
    house = web.house
    made = house.archived_item()
    house.lend(made, to=house.handler)
    house.clock.forward(days=10)
    [first] = own(web)
    form = web.browser(house.handler).get("/loans").text
    assert f"renews={first['uid']}" in form
    grant(house, renew(house, made, first["uid"]))
    now, before = own(web)
    assert (now["reading"], now["renews"], before["reading"]) == (True, first["no"], False)
    assert now["due_at"] > before["due_at"]


def test_a_loan_is_carried_on_no_more_often_than_the_terms_say(web: Visitors) -> None:
    house = web.house
    made = house.archived_item()
    house.lend(made, to=house.handler)
    for _ in range(2):
        grant(house, renew(house, made, own(web)[0]["uid"]))
    assert not own(web)[0]["may_renew"]
    with pytest.raises(Conflict, match="as often as"):
        renew(house, made, own(web)[0]["uid"])


def test_one_renewal_waits_at_a_time_and_only_of_a_running_loan(web: Visitors) -> None:
    house = web.house
    made = house.archived_item()
    loan = house.lend(made, to=house.handler)
    [first] = own(web)
    renew(house, made, first["uid"])
    with pytest.raises(Conflict, match="already"):
        renew(house, made, first["uid"])
    house.give_back(loan, by=house.handler)
    with pytest.raises(Conflict, match="ended already"):
        renew(house, made, first["uid"])


def test_the_loan_of_another_is_not_carried_on(web: Visitors) -> None:
    house = web.house
    made = house.archived_item()
    house.lend(made, to=house.other_archivist)
    [seen] = web.program(house.other_archivist).get("/api/v1/loan-requests").json()
    body = {"items": [str(made.uid)], "purpose": "recheck", "reason": "x", "renews": seen["uid"]}
    assert web.program(house.handler).post("/api/v1/loan-requests", json=body).status_code == 404


# --- what the lists show ---------------------------------------------------------------------------------------


def test_a_held_item_bears_its_badge_in_every_list_of_loans(web: Visitors) -> None:
    house = web.house
    made = house.archived_item(title="冻结的一卷")

    def hold(session: Any) -> None:
        session.query(Item).filter_by(uid=made.uid).update({"flags": "held"})

    house.change(hold)
    browser, badge = web.browser(house.handler), '<span class="badge wait">冻结</span>'
    assert badge in browser.get("/loans/new", item=str(made.uid)).text
    house.lend(made, to=house.handler)
    house.ask_for(made, to=house.handler)
    assert browser.get("/loans").text.count(badge) == 2
    assert badge in web.browser(house.supervisor).get("/loans/waiting").text


def test_a_loan_says_how_much_of_its_time_is_left_in_words_and_as_a_bar(web: Visitors) -> None:
    house = web.house
    house.lend(house.archived_item(), to=house.handler)
    house.clock.forward(days=14, hours=12)
    page = web.browser(house.handler).get("/loans").text
    assert "剩余 12 小时 0 分" in page
    assert re.search(r'<td class="when soon">.*?<meter class="left"[^>]* value="3"', page, re.DOTALL)


def test_a_request_from_the_search_leads_back_to_it_and_nowhere_else(web: Visitors) -> None:
    made = web.house.archived_item()
    browser = web.browser(web.house.handler)
    fields = {"item": str(made.uid), "purpose": "recheck", "reason": "核对"}
    back = browser.post("/loans/new", back="/search?q=x", **fields)
    assert back.headers["location"] == "/search?q=x"
    for outside in ("https://example.org/search?", "//example.org", "/sign-out"):
        assert browser.post("/loans/new", back=outside, **fields).headers["location"] == "/loans"
