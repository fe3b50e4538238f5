"""The log by browser and by program: who may read it, what it tells, and that reading it is in it."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from archive.core.access.actions import Purpose
from archive.core.errors import NotFound, Refused
from archive.desks.audit import api, pages
from archive.desks.audit.operations import SHOWN_AT_ONCE, Filters, show_log
from archive.desks.reading_room.operations import PageAddress, show_page
from tests.cast import House, Made, Person
from tests.web.visiting import Visitors, visiting

NOT_AUDITORS = ("archivist", "handler", "supervisor", "legal", "administrator")
ROUTES = (
    ("GET", "/api/v1/log"),
    ("POST", "/api/v1/log/export"),
    ("POST", "/api/v1/log/verify"),
    ("GET", "/api/v1/log/checkpoint"),
)
PAGES = (
    ("GET", "/log"),
    ("POST", "/log/export"),
    ("GET", "/log/verify"),
    ("POST", "/log/verify"),
    ("GET", "/log/checkpoint"),
)


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()["lines"]
    return lines


def read(house: House, made: Made, person: Person) -> None:
    house.gate_of(person, show_page).run(show_page, PageAddress(made.uid, 1), purpose=Purpose.CLAIM_HANDLING)


# --- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", NOT_AUDITORS)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_but_the_auditor_gets_anything_of_the_log(
    web: Visitors, login: str, method: str, path: str
) -> None:
    answer = web.program(getattr(web.house, login)).request(method, path)
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_ROLE")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_stranger_gets_nothing_of_the_log(web: Visitors, method: str, path: str) -> None:
    assert web.program(web.house.stranger).request(method, path).status_code == 401


@pytest.mark.parametrize("login", ["handler", "administrator"])
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_the_pages_of_the_log_are_the_auditors_too(web: Visitors, login: str, method: str, path: str) -> None:
    browser = web.browser(getattr(web.house, login))
    answer = browser.get(path) if method == "GET" else browser.post(path)
    assert answer.status_code == 403
    assert "您的角色不能进行此操作" in answer.text
    assert "juanzong/log" not in answer.text


@pytest.mark.parametrize("path", ["/log", "/log/verify", "/log/checkpoint"])
def test_a_stranger_is_sent_to_the_sign_in_form(web: Visitors, path: str) -> None:
    answer = web.browser(web.house.stranger).get(path)
    assert (answer.status_code, answer.headers["location"].startswith("/sign-in")) == (303, True)


def test_whoever_may_not_export_does_not_make_the_log_be_signed_either(web: Visitors) -> None:
    web.program(web.house.administrator).post("/api/v1/log/export")
    signed = web.house.read(lambda s: s.scalar(text("SELECT count(*) FROM audit_checkpoint")))
    assert signed == 0


def test_an_export_is_not_started_by_a_form_of_another_page(web: Visitors) -> None:
    browser = web.browser(web.house.auditor)
    browser.csrf = "0" * 64
    assert browser.post("/log/export").status_code == 403


# --- reading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "/api/v1/log", "log:show"),
        ("POST", "/api/v1/log/export", "log:export"),
        ("GET", "/api/v1/log/checkpoint", "log:export"),
        ("POST", "/api/v1/log/verify", "log:verify"),
    ],
)
def test_reading_the_log_is_itself_logged(web: Visitors, method: str, path: str, action: str) -> None:
    web.program(web.house.auditor).request(method, path)
    newest = web.house.log()[-1]
    assert (newest.actor, newest.action, newest.outcome) == (web.house.auditor.label, action, "done")


def test_refusals_are_in_the_log_with_their_outcome(web: Visitors) -> None:
    item = web.house.archived_item(tier=3)
    with pytest.raises(Refused):
        read(web.house, item, web.house.handler)
    newest = lines_of(web.program(web.house.auditor).get("/api/v1/log", params={"outcome": "denied"}))[0]
    assert (newest["action"], newest["target"], newest["outcome"]) == (
        "page:show",
        f"page:{page_uid(web.house, item)}",
        "denied",
    )


def page_uid(house: House, made: Made) -> str:
    from archive.holdings.queries import pages_of

    return house.read(lambda s: str(pages_of(s, made.id)[0].uid))


def test_what_was_not_found_is_in_the_log_with_its_outcome(web: Visitors) -> None:
    with pytest.raises(NotFound):
        web.house.gate_of(web.house.handler, show_page).run(show_page, PageAddress(uuid4(), 1))
    newest = lines_of(web.program(web.house.auditor).get("/api/v1/log", params={"outcome": "not found"}))[0]
    assert (newest["actor"], newest["action"]) == (web.house.handler.label, "page:show")


def test_failures_of_every_class_are_found_under_one_outcome(web: Visitors) -> None:
    auditor = web.program(web.house.auditor)
    assert auditor.get("/api/v1/log", params={"person": "nobody_of_this_name"}).status_code == 422
    assert [
        line["outcome"] for line in lines_of(auditor.get("/api/v1/log", params={"outcome": "failed"}))
    ] == ["failed: Invalid"]


def test_the_log_is_browsed_by_person(web: Visitors) -> None:
    read(web.house, web.house.archived_item(tier=1), web.house.handler)
    lines = lines_of(web.program(web.house.auditor).get("/api/v1/log", params={"person": "handler"}))
    assert {line["actor"] for line in lines} == {web.house.handler.label}
    assert lines[0]["action"] == "page:show"


def test_the_log_tells_who_saw_a_record(web: Visitors) -> None:
    item, other = web.house.archived_item(tier=1), web.house.archived_item(tier=1)
    read(web.house, item, web.house.handler)
    read(web.house, other, web.house.legal)
    lines = lines_of(web.program(web.house.auditor).get("/api/v1/log", params={"record": f"item:{item.uid}"}))
    seen_by = {line["actor"] for line in lines if line["action"] == "page:show"}
    assert seen_by == {web.house.handler.label}


def test_the_log_tells_who_tried_to_reach_a_record_and_did_not(web: Visitors) -> None:
    item = web.house.archived_item(tier=3)
    with pytest.raises(Refused):
        read(web.house, item, web.house.handler)
    asked = {"record": f"page:{page_uid(web.house, item)}", "outcome": "denied"}
    lines = lines_of(web.program(web.house.auditor).get("/api/v1/log", params=asked))
    assert [line["actor"] for line in lines] == [web.house.handler.label]


def test_the_log_is_browsed_by_time(web: Visitors) -> None:
    web.house.clock.forward(days=2)
    item = web.house.archived_item(tier=1)
    web.house.clock.forward(days=2)
    read(web.house, item, web.house.handler)
    between = {"since": "2026-11-04T00:00:00Z", "until": "2026-11-05T00:00:00Z"}
    lines = lines_of(web.program(web.house.auditor).get("/api/v1/log", params=between))
    assert {line["at"][:10] for line in lines} == {"2026-11-04"}


def test_on_the_page_the_last_day_counts_whole(web: Visitors) -> None:
    web.house.clock.forward(days=10)
    read(web.house, web.house.archived_item(tier=1), web.house.handler)
    day = web.house.clock().astimezone().date().isoformat()
    answer = web.browser(web.house.auditor).get("/log", person="handler", since=day, until=day)
    assert "page:show" in answer.text


def fill(house: House) -> None:
    """More entries of the auditor than one page shows."""
    gate = house.gate_of(house.auditor, show_log)
    for _ in range(SHOWN_AT_ONCE + 10):
        gate.run(show_log, None, Filters(person="handler"))


def test_the_log_goes_on_on_the_next_page_without_gap_or_repetition(web: Visitors) -> None:
    auditor = web.program(web.house.auditor)
    fill(web.house)
    first = auditor.get("/api/v1/log", params={"person": "auditor"}).json()
    second = auditor.get("/api/v1/log", params={"person": "auditor", "before": first["next"]}).json()
    ids = [line["id"] for line in (*first["lines"], *second["lines"])]
    expected = [e.event for e in web.house.log() if e.actor == web.house.auditor.label]
    assert len(first["lines"]) == SHOWN_AT_ONCE
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == len(expected) - 2


def test_the_page_leads_to_who_saw_the_same_record(web: Visitors) -> None:
    item = web.house.archived_item(tier=1)
    browser = web.browser(web.house.auditor)
    page = browser.get("/log", person="archivist").text
    assert f"/log?record=item%3A{item.uid}" in page
    assert "以下操作接触过此档案" in browser.get(f"/log?record=item%3A{item.uid}").text


def test_a_bare_number_is_that_of_an_item(web: Visitors) -> None:
    item = web.house.archived_item(tier=1)
    page = web.browser(web.house.auditor).get("/log", record=str(item.uid)).text
    assert ("著录" in page, "没有符合条件的记录" in page) == (True, False)


def test_the_page_keeps_its_filters_when_it_goes_on(web: Visitors) -> None:
    browser = web.browser(web.house.auditor)
    fill(web.house)
    answer = browser.get("/log", person="auditor", outcome="done")
    assert "/log?person=auditor&outcome=done&before=" in unescape(answer.text)


def test_actions_and_outcomes_stand_on_the_page_in_chinese(web: Visitors) -> None:
    with pytest.raises(NotFound):
        web.house.gate_of(web.house.handler, show_page).run(show_page, PageAddress(uuid4(), 1))
    page = web.browser(web.house.auditor).get("/log", person="handler").text
    assert "阅览页面" in page
    assert "无此内容" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("person", "nobody_of_this_name", "没有这个用户名"),
        ("since", "yesterday", "日期无法识别"),
        ("record", "A001-LP-2026-00001-001", "这不是档案编号"),
        ("until", "9999-12-31", "日期无法识别"),
        ("since", "0001-01-01", "日期无法识别"),
    ],
)
def test_a_filter_that_means_nothing_is_named_and_kept(
    web: Visitors, field: str, value: str, words: str
) -> None:
    answer = web.browser(web.house.auditor).get("/log", **{field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{value}"' in answer.text


@pytest.mark.parametrize("before", ["0", "-1", "x", str(2**63)])
def test_a_place_that_cannot_be_is_refused(web: Visitors, before: str) -> None:
    assert web.program(web.house.auditor).get("/api/v1/log", params={"before": before}).status_code == 422


@pytest.mark.parametrize("moment", ["2026-11-02", "2026-11-02T08:00:00", "0001-01-01T00:00:00+08:00"])
def test_a_program_names_a_moment_with_its_time_zone(web: Visitors, moment: str) -> None:
    assert web.program(web.house.auditor).get("/api/v1/log", params={"since": moment}).status_code == 422


def test_what_an_auditor_types_is_shown_as_text(web: Visitors) -> None:
    page = web.browser(web.house.auditor).get("/log", record='"><script>alert(1)</script>').text
    assert "<script>alert" not in page
