"""What people see of inspections: damage and what to do about it, and nothing of a record that is not theirs to know."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from archive.core.jobs.tables import JobKind
from archive.desks.preservation import api, pages
from archive.desks.preservation.findings import DAMAGE, Kind
from archive.desks.preservation.wording import FINDINGS
from tests.preservation.conftest import Rooms, flipped
from tests.web.visiting import Visitors, visiting

SEES = ("archivist", "auditor", "administrator")
SEES_NOT = ("handler", "supervisor", "legal")


@pytest.fixture
def web(rooms: Rooms, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(rooms.house, tmp_path / "scratch", (pages.router, api.router)) as visitors:
        yield visitors


def shown_to(web: Visitors, login: str) -> str:
    answer = web.browser(getattr(web.house, login)).get("/inspections")
    assert answer.status_code == 200
    return unescape(answer.text)


def newest(web: Visitors, login: str) -> dict[str, Any]:
    answer = web.program(getattr(web.house, login)).get("/api/v1/inspections")
    inspections: list[dict[str, Any]] = answer.json()["inspections"]
    return inspections[0]


@pytest.mark.parametrize("login", SEES)
def test_damage_stands_on_the_page_with_what_to_do(rooms: Rooms, web: Visitors, login: str) -> None:
    rooms.house.archived_item(title="王芳的理赔")
    master = rooms.row("master").uid
    rooms.change(master, flipped)
    rooms.check()
    page = shown_to(web, login)
    assert "有损坏" in page
    assert str(master) in page
    assert "juanzong restore" in page
    assert "王芳" not in page


def test_a_house_in_order_is_said_to_be(rooms: Rooms, web: Visitors) -> None:
    rooms.house.archived_item()
    rooms.check()
    rooms.sweep()
    page = shown_to(web, "auditor")
    assert page.count("完好") == 2
    assert "有损坏" not in page


def test_before_the_first_the_page_says_when_it_comes(web: Visitors) -> None:
    assert "还没有检查记录" in shown_to(web, "auditor")


@pytest.mark.parametrize("login", SEES_NOT)
def test_nobody_else_sees_it(web: Visitors, login: str) -> None:
    person = getattr(web.house, login)
    assert web.browser(person).get("/inspections").status_code == 403
    assert web.program(person).get("/api/v1/inspections").json()["rule"] == "R_ROLE"


def test_the_item_of_a_damaged_object_is_named_only_to_whoever_may_know_it(
    rooms: Rooms, web: Visitors
) -> None:
    made = rooms.house.archived_item()
    rooms.change(rooms.row("master").uid, flipped)
    rooms.check()
    code = rooms.house.item(made).reference_code
    told = {login: newest(web, login)["damage"][0] for login in SEES}
    assert (told["archivist"]["item"], told["archivist"]["reference_code"]) == (str(made.uid), code)
    for login in ("auditor", "administrator"):
        assert (told[login]["item"], told[login]["reference_code"]) == (None, None)
        assert str(made.uid) not in shown_to(web, login)


def test_an_item_that_may_not_be_known_is_like_none(rooms: Rooms, web: Visitors) -> None:
    """A T5 item of somebody else, and an object whose row is gone."""
    rooms.house.archived_item(tier=5)
    rooms.lose(rooms.row("master").uid)
    rooms.sweep()
    damage = newest(web, "other_archivist")["damage"][0]
    assert (damage["item"], damage["reference_code"]) == (None, None)


def totals(web: Visitors, login: str) -> dict[str, int]:
    """What is counted in the newest inspection beside what was found, repaired and restored."""
    counts: dict[str, int] = newest(web, login)["counts"]
    return {name: n for name, n in counts.items() if not name.startswith(("found.", "repaired.", "restored"))}


@pytest.mark.parametrize("kind", ["sweep", "fixity"])
def test_an_item_that_may_not_be_known_changes_nothing_that_an_archivist_sees(
    rooms: Rooms, web: Visitors, kind: str
) -> None:
    """Nor may she learn from two totals that there is one."""
    inspect = rooms.sweep if kind == "sweep" else rooms.check
    rooms.house.archived_item()
    inspect()
    before = newest(web, "other_archivist")
    rooms.house.archived_item(tier=5)
    inspect()
    after = newest(web, "other_archivist")
    told = ("counts", "is_counted", "damage")
    assert [after[name] for name in told] == [before[name] for name in told] == [{}, False, []]
    page = shown_to(web, "other_archivist")
    assert ("已清点" in page, "已重读" in page) == (False, False)


@pytest.mark.parametrize("login", ["auditor", "administrator"])
def test_whoever_may_count_is_given_the_totals(rooms: Rooms, web: Visitors, login: str) -> None:
    rooms.house.archived_item(tier=5)
    rooms.sweep()
    assert totals(web, login) == {"seen.items": 1, "seen.keys": 1, "seen.objects": 3, "seen.rows": 3}
    assert "已清点 3 个封存文件、1 件档案。" in shown_to(web, login)
    rooms.check()
    assert totals(web, login).keys() == {"seen.objects", "wanted", "bytes"}
    assert "已重读 3 个封存文件" in shown_to(web, login)


def test_an_archivist_sees_what_was_found_and_what_was_restored(rooms: Rooms, web: Visitors) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    for damage in ({"found.object_altered": 1}, {"restored": 1}):
        rooms.change(master, flipped)
        rooms.check()
        assert newest(web, "archivist")["counts"] == damage
    assert "1 个损坏的封存文件已恢复完好。" in shown_to(web, "archivist")


def test_looking_is_logged_and_names_what_was_shown(rooms: Rooms, web: Visitors) -> None:
    made = rooms.house.archived_item()
    rooms.lose(rooms.row("master").uid)
    rooms.sweep()
    shown_to(web, "archivist")
    entry = rooms.house.log()[-1]
    assert (entry.action, entry.objects) == ("inspection:list", (f"item:{made.uid}",))


@pytest.mark.parametrize("login", ["archivist", "administrator"])
@pytest.mark.parametrize("kind", ["sweep", "fixity"])
def test_a_press_of_the_button_asks_for_one_now_and_a_second_is_told_to_wait(
    rooms: Rooms, web: Visitors, login: str, kind: str
) -> None:
    browser = web.browser(getattr(web.house, login))
    assert browser.post("/inspections", kind=kind).status_code == 303
    again = browser.post("/inspections", kind=kind)
    assert (again.status_code, "同类检查正在进行" in unescape(again.text)) == (409, True)
    assert rooms.house.claim(JobKind(kind)).kind == kind


def test_the_auditor_changes_nothing(web: Visitors) -> None:
    assert "立即清查" not in shown_to(web, "auditor")
    assert web.browser(web.house.auditor).post("/inspections", kind="sweep").status_code == 403
    program = web.program(web.house.auditor)
    assert program.post("/api/v1/inspections", json={"kind": "sweep"}).status_code == 403


def test_a_program_asks_too(web: Visitors) -> None:
    program = web.program(web.house.archivist)
    assert program.post("/api/v1/inspections", json={"kind": "fixity"}).status_code == 202
    assert program.post("/api/v1/inspections", json={"kind": "fixity"}).json()["code"] == "conflict"
    assert program.post("/api/v1/inspections", json={"kind": "all"}).status_code == 422


def test_every_kind_of_finding_has_its_words_and_damage_its_way_to_the_backup() -> None:
    assert set(FINDINGS) == set(Kind)
    assert all("juanzong restore" in FINDINGS[kind][1] for kind in DAMAGE)
