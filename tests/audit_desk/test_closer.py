"""Looking closer: one entry, what was typed for it, who reached a record, what a person reached."""

from uuid import uuid4

import pytest

from archive.core.audit.event import Entry
from archive.core.errors import Refused
from archive.holdings.operations import PersonNamed
from tests.cast import House, Made
from tests.web.visiting import Visitors, found, read

NAME, TITLE = "王小明", "机动车人伤理赔案卷"


def newest(house: House, action: str) -> Entry:
    return next(entry for entry in reversed(house.log()) if entry.action == action)


def code_of(house: House, made: Made) -> str:
    code = house.item(made).reference_code
    assert code is not None
    return code


def of_wang(house: House, tier: int = 1) -> Made:
    return house.archived_item(tier=tier, title=TITLE, persons=(PersonNamed(NAME, part="claimant"),))


# --- one entry -------------------------------------------------------------------------------------------------


def test_an_entry_says_in_chinese_who_did_what_to_what_and_with_which_outcome(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    entry = newest(web.house, "page:show")
    page = web.browser(web.house.auditor).get(f"/log/entries/{entry.event}").text
    assert all(
        word in page
        for word in ("Handler (handler)", "理赔员", "阅览页面", code_of(web.house, item), "理赔处理", "完成")
    )


def test_a_refusal_says_its_reason_in_chinese(web: Visitors) -> None:
    item = web.house.archived_item(tier=3)
    with pytest.raises(Refused):
        read(web.house, item, web.house.handler)
    page = web.browser(web.house.auditor).get("/log", outcome="denied").text
    assert "没有有效借阅" in page


def test_an_entry_that_is_not_there_is_not_found(web: Visitors) -> None:
    assert web.program(web.house.auditor).get(f"/api/v1/log/entries/{uuid4()}").status_code == 404


def test_what_was_searched_for_is_not_on_the_page_of_the_entry(web: Visitors) -> None:
    found(web.house, web.house.handler, NAME)
    entry = newest(web.house, "item:find")
    page = web.browser(web.house.auditor).get(f"/log/entries/{entry.event}").text
    assert ("已封存" in page, NAME in page) == (True, False)


def test_what_was_searched_for_is_shown_by_an_act_of_its_own(web: Visitors) -> None:
    found(web.house, web.house.handler, NAME)
    entry = newest(web.house, "item:find")
    page = web.browser(web.house.auditor).post(f"/log/entries/{entry.event}/detail").text
    assert ("检索内容" in page, NAME in page) == (True, True)
    looked = newest(web.house, "log:detail")
    assert (looked.actor, looked.target) == (web.house.auditor.label, f"entry:{entry.event}")


def test_a_program_is_told_the_same(web: Visitors) -> None:
    found(web.house, web.house.handler, NAME)
    entry = newest(web.house, "item:find")
    answer = web.program(web.house.auditor).post(f"/api/v1/log/entries/{entry.event}/detail")
    assert answer.json() == {"told": {"query": NAME}}


@pytest.mark.parametrize("login", ["handler", "archivist", "legal", "administrator"])
def test_nobody_else_looks_at_what_was_typed(web: Visitors, login: str) -> None:
    found(web.house, web.house.handler, NAME)
    entry = newest(web.house, "item:find")
    asker = getattr(web.house, login)
    assert web.program(asker).post(f"/api/v1/log/entries/{entry.event}/detail").status_code == 403


# --- who saw this record ---------------------------------------------------------------------------------------


def test_everybody_who_reached_a_record_is_listed_with_first_last_and_how_often(web: Visitors) -> None:
    item = of_wang(web.house)
    first = web.house.clock()
    read(web.house, item, web.house.handler)
    web.house.clock.forward(days=2)
    read(web.house, item, web.house.handler)
    asked = {"record": code_of(web.house, item)}
    people = web.program(web.house.auditor).get("/api/v1/log/record", params=asked).json()["people"]
    handler = next(one for one in people if one["actor"] == web.house.handler.label)
    assert (handler["name"], handler["times"]) == ("Handler (handler)", 2)
    assert (handler["first"][:10], handler["last"][:10]) == (
        first.date().isoformat(),
        web.house.clock().date().isoformat(),
    )


def test_whoever_was_shown_a_record_in_a_search_or_borrowed_it_is_listed_too(web: Visitors) -> None:
    item = of_wang(web.house, tier=3)
    found(web.house, web.house.supervisor, NAME)
    web.house.lend(item, to=web.house.handler)
    asked = {"record": f"item:{item.uid}"}
    people = web.program(web.house.auditor).get("/api/v1/log/record", params=asked).json()["people"]
    ways = {one["actor"]: {way["action"] for way in one["ways"]} for one in people}
    assert "item:find" in ways[web.house.supervisor.label]
    assert "loan:request" in ways[web.house.handler.label]


def test_whoever_did_not_reach_it_is_not_listed(web: Visitors) -> None:
    item, other = of_wang(web.house), web.house.archived_item(tier=1)
    read(web.house, other, web.house.legal)
    page = web.browser(web.house.auditor).get("/log/records", record=code_of(web.house, item)).text
    assert "Legal (legal)" not in page


def test_a_volume_is_asked_for_with_its_items(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    asked = {"record": f"volume:{item.volume}"}
    people = web.program(web.house.auditor).get("/api/v1/log/record", params=asked).json()["people"]
    assert web.house.handler.label in {one["actor"] for one in people}


def test_the_archives_own_programs_stand_behind_the_people(web: Visitors) -> None:
    item = of_wang(web.house)
    asked = {"record": f"item:{item.uid}"}
    people = web.program(web.house.auditor).get("/api/v1/log/record", params=asked).json()["people"]
    actors = [one["actor"].startswith("SYSTEM:") for one in people]
    assert (True in actors, actors) == (True, sorted(actors))


def test_the_time_line_takes_a_reference_code(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    asked = {"record": code_of(web.house, item), "action": "page:show"}
    lines = web.program(web.house.auditor).get("/api/v1/log", params=asked).json()["lines"]
    assert [(line["actor"], line["reference_code"], line["page"]) for line in lines] == [
        (web.house.handler.label, code_of(web.house, item), 1)
    ]


def test_the_time_line_is_filtered_by_action_and_purpose(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    auditor = web.program(web.house.auditor)
    asked = {"action": "page:show", "purpose": "claim_handling"}
    assert len(auditor.get("/api/v1/log", params=asked).json()["lines"]) == 1
    assert auditor.get("/api/v1/log", params={**asked, "purpose": "audit"}).json()["lines"] == []


@pytest.mark.parametrize("field", ["action", "purpose"])
def test_a_choice_that_is_none_is_refused(web: Visitors, field: str) -> None:
    answer = web.browser(web.house.auditor).get("/log", **{field: "everything"})
    assert (answer.status_code, "没有此选项" in answer.text) == (422, True)


# --- what did this person see ----------------------------------------------------------------------------------


def test_what_a_person_saw_is_grouped_by_item_with_its_pages(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    web.house.clock.forward(hours=1)
    read(web.house, item, web.house.handler)
    seen = web.program(web.house.auditor).get("/api/v1/log/person", params={"person": "handler"}).json()
    only = [(one["reference_code"], one["span"]["times"]) for one in seen["records"]]
    assert only == [(code_of(web.house, item), 2)]
    assert [(page["number"], page["span"]["times"]) for page in seen["records"][0]["pages"]] == [(1, 2)]


def test_the_page_says_the_same_in_chinese(web: Visitors) -> None:
    item = of_wang(web.house)
    read(web.house, item, web.house.handler)
    page = web.browser(web.house.auditor).get("/log/people", person="handler").text
    assert all(word in page for word in (code_of(web.house, item), "第 1 页 1 次", "阅览页面"))


def test_what_nobody_is_called_is_refused(web: Visitors) -> None:
    answer = web.browser(web.house.auditor).get("/log/people", person="nobody_of_this_name")
    assert (answer.status_code, "没有这个用户名" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/log/people", "/log/records"])
def test_without_a_question_the_page_says_what_to_type(web: Visitors, path: str) -> None:
    answer = web.browser(web.house.auditor).get(path)
    assert (answer.status_code, "请填写" in answer.text) == (200, True)


@pytest.mark.parametrize("login", ["handler", "archivist", "legal", "administrator"])
@pytest.mark.parametrize("path", ["/log/records?record=A001", "/log/people?person=handler"])
def test_the_lists_are_the_auditors_alone(web: Visitors, login: str, path: str) -> None:
    assert web.browser(getattr(web.house, login)).get(path).status_code == 403
