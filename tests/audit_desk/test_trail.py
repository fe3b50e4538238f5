"""Everybody sees her own acts, nobody else's, and not what she was not to know of."""

from uuid import UUID, uuid4

import pytest

from archive.core.errors import NotFound, Refused
from archive.desks.audit.reaching import TRAIL_AT_ONCE, show_trail
from tests.cast import PEOPLE, House
from tests.web.visiting import Visitors, read


@pytest.mark.parametrize("login", sorted(PEOPLE))
def test_everybody_has_a_trail_and_it_holds_her_own_acts_only(web: Visitors, login: str) -> None:
    read(web.house, web.house.archived_item(tier=1), web.house.handler)
    person = getattr(web.house, login)
    steps = web.program(person).get("/api/v1/me/trail").json()["steps"]
    own = {str(entry.event) for entry in web.house.log() if entry.actor == person.label}
    assert {step["event"] for step in steps} == own - {str(web.house.log()[-1].event)}


def test_a_stranger_has_none(web: Visitors) -> None:
    assert web.program(web.house.stranger).get("/api/v1/me/trail").status_code == 401


def test_the_page_says_in_chinese_what_she_did(web: Visitors) -> None:
    item = web.house.archived_item(tier=1)
    read(web.house, item, web.house.handler)
    page = web.browser(web.house.handler).get("/trail").text
    code = web.house.item(item).reference_code
    assert all(word in page for word in ("阅览页面", f"{code} 第 1 页", "理赔处理", "完成"))


def test_looking_at_the_own_trail_is_in_it(web: Visitors) -> None:
    browser = web.browser(web.house.handler)
    browser.get("/trail")
    assert "查看本人操作记录" in browser.get("/trail").text


def test_a_refusal_that_she_was_told_of_says_why(web: Visitors) -> None:
    with pytest.raises(Refused):
        read(web.house, web.house.archived_item(tier=3), web.house.handler)
    step = web.program(web.house.handler).get("/api/v1/me/trail").json()["steps"][0]
    assert (step["outcome"], step["reasons"]) == ("denied", ["R_NOLOAN"])


def seen_of(house: House, web: Visitors, uid: UUID) -> dict[str, object]:
    from archive.desks.reading_room.operations import PageAddress, show_page

    with pytest.raises(NotFound):
        house.gate_of(house.handler, show_page).run(show_page, PageAddress(uid, 1))
    step = web.program(house.handler).get("/api/v1/me/trail").json()["steps"][0]
    return {name: value for name, value in step.items() if name not in {"event", "at"}}


def test_an_attempt_on_what_is_hidden_looks_like_one_on_nothing(web: Visitors) -> None:
    """The log says "denied" and names the target; her trail must not."""
    hidden = web.house.archived_item(tier=5)
    assert seen_of(web.house, web, hidden.uid) == seen_of(web.house, web, uuid4())


def test_a_record_that_she_may_no_longer_find_is_a_number(web: Visitors) -> None:
    item = web.house.archived_item(tier=1)
    read(web.house, item, web.house.handler)
    assert item.volume is not None
    web.house.describe(item, volume=item.volume, tier=5)
    step = web.program(web.house.handler).get("/api/v1/me/trail").json()["steps"][0]
    assert (step["action"], step["reference_code"]) == ("page:show", None)


def test_the_trail_goes_on_without_gap_or_repetition(web: Visitors) -> None:
    gate = web.house.gate_of(web.house.handler, show_trail)
    for _ in range(TRAIL_AT_ONCE + 5):
        gate.run(show_trail, None, None)
    client = web.program(web.house.handler)
    first = client.get("/api/v1/me/trail").json()
    second = client.get("/api/v1/me/trail", params={"before": first["next"]}).json()
    events = [step["event"] for step in (*first["steps"], *second["steps"])]
    own = [str(entry.event) for entry in web.house.log() if entry.actor == web.house.handler.label]
    assert len(first["steps"]) == TRAIL_AT_ONCE
    assert events == own[:-2][::-1]


def test_somebody_elses_entry_leads_nowhere(web: Visitors) -> None:
    theirs = next(entry.event for entry in web.house.log() if entry.actor != web.house.handler.label)
    client = web.program(web.house.handler)
    answers = [
        client.get("/api/v1/me/trail", params={"before": str(uid)}).json() for uid in (theirs, uuid4())
    ]
    assert answers == [{"steps": [], "next": None}] * 2


def test_the_menu_leads_to_the_own_trail(web: Visitors) -> None:
    assert 'href="/trail"' in web.browser(web.house.handler).get("/trail").text
