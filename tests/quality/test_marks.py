"""A mark changes what is shown and never what is stored; each says who, when and why, and can be taken back."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from archive.desks.finding.operations import Search, search
from archive.holdings.holds import mark_held
from archive.holdings.queries import exclusion_of, pages_of, seqs_shown
from archive.holdings.tables import Item, PageMark, StoredObject
from search.query import parse
from tests.cast import House, Made
from tests.web.visiting import Visitors


def pages(program: httpx.Client, made: Made) -> list[dict[str, Any]]:
    answer = program.get(f"/api/v1/quality/items/{made.uid}/pages")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["pages"])


def mark(program: httpx.Client, page: dict[str, Any], act: str, reason: str = "") -> httpx.Response:
    body = {"act": act, "revision": page["revision"], "reason": reason}
    return program.post(f"/api/v1/pages/{page['uid']}/marks", json=body)


def marked(program: httpx.Client, made: Made, number: int, act: str, reason: str = "") -> dict[str, Any]:
    answer = mark(program, pages(program, made)[number - 1], act, reason)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def found(house: House, made: Made, words: str) -> list[int]:
    """The numbers of the item's pages that the archivist's search finds."""
    results = house.gate_of(house.archivist, search).run(search, None, Search(words, parse(words))).value
    return [page.seq for item in results.items if item.item == made.uid for page in item.pages]


def test_quarters_of_a_turn_add_up(program: httpx.Client, draft: Made) -> None:
    turns = [marked(program, draft, 1, act)["rotation"] for act in ("right", "right", "left", "left", "left")]
    assert turns == [90, 180, 90, 0, 270]


@pytest.mark.parametrize(("act", "reason"), [("right", ""), ("exclude", "重复扫描"), ("blank", "")])
def test_no_mark_changes_a_stored_object(
    house: House, program: httpx.Client, draft: Made, act: str, reason: str
) -> None:
    def stored() -> list[tuple[int, bytes]]:
        return house.read(
            lambda s: [
                (o.id, o.sealed_sha256) for o in s.scalars(select(StoredObject).order_by(StoredObject.id))
            ]
        )

    before = stored()
    marked(program, draft, 2, act, reason)
    assert stored() == before


@pytest.mark.parametrize("act", ["exclude", "rescan"])
def test_leaving_out_and_scanning_again_need_a_reason(program: httpx.Client, draft: Made, act: str) -> None:
    answer = mark(program, pages(program, draft)[0], act, "  ")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert pages(program, draft)[0]["marks"] == []


def test_a_page_that_is_left_out_is_not_found_and_its_neighbours_are(
    house: House, program: httpx.Client, draft: Made
) -> None:
    assert found(house, draft, "张伟") == [2]
    marked(program, draft, 2, "exclude", "不属于此件")
    assert found(house, draft, "张伟") == []  # before any job has run
    house.index()
    assert (found(house, draft, "张伟"), found(house, draft, "第三页")) == ([], [3])


def test_a_page_that_is_taken_in_again_is_found_again(
    house: House, program: httpx.Client, draft: Made
) -> None:
    marked(program, draft, 2, "exclude", "不属于此件")
    marked(program, draft, 2, "include")
    house.index()
    assert found(house, draft, "张伟") == [2]


def test_a_page_that_is_left_out_is_in_no_readers_list(
    house: House, program: httpx.Client, draft: Made
) -> None:
    marked(program, draft, 2, "exclude", "不属于此件")
    shown = program.get(f"/api/v1/items/{draft.uid}").json()["pages"]
    assert [page["number"] for page in shown] == [1, 3, 4]
    assert house.read(lambda s: seqs_shown(s, draft.id)) == [1, 3, 4]


def test_who_left_a_page_out_when_and_why_is_kept(house: House, program: httpx.Client, draft: Made) -> None:
    marked(program, draft, 2, "exclude", "不属于此件")

    def exclusion(number: int) -> PageMark | None:
        return house.read(lambda s: exclusion_of(s, pages_of(s, draft.id)[number - 1].id))

    said = exclusion(2)
    assert said is not None
    assert (said.account_id, said.at, said.reason) == (house.archivist.id, house.clock(), "不属于此件")
    assert exclusion(1) is None


def test_taking_back_restores_what_stood_before_one_mark_at_a_time(
    program: httpx.Client, draft: Made
) -> None:
    marked(program, draft, 1, "right")
    page = marked(program, draft, 1, "exclude", "测试页")
    for expected in ({"is_excluded": False, "rotation": 90}, {"is_excluded": False, "rotation": 0}):
        answer = program.post(f"/api/v1/pages/{page['uid']}/marks/undo", json={"revision": page["revision"]})
        page = answer.json()
        assert {name: page[name] for name in expected} == expected
    answer = program.post(f"/api/v1/pages/{page['uid']}/marks/undo", json={"revision": page["revision"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_no_row_of_a_mark_is_ever_lost(house: House, program: httpx.Client, draft: Made) -> None:
    page = marked(program, draft, 1, "right")
    program.post(f"/api/v1/pages/{page['uid']}/marks/undo", json={"revision": page["revision"]})
    rows = house.read(lambda s: [(m.before, m.after, m.is_undone) for m in s.scalars(select(PageMark))])
    assert rows == [(0, 90, True), (90, 0, True)]


def test_a_page_that_is_to_be_scanned_again_is_no_longer_accepted(program: httpx.Client, draft: Made) -> None:
    marked(program, draft, 1, "accept")
    page = marked(program, draft, 1, "rescan", "模糊不清")
    assert (page["is_accepted"], page["wants_rescan"], "rescan" in page["reasons"]) == (False, True, True)


def test_a_stale_mark_changes_nothing(program: httpx.Client, draft: Made) -> None:
    old = pages(program, draft)[0]
    marked(program, draft, 1, "accept")
    answer = mark(program, old, "exclude", "重复扫描")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert not pages(program, draft)[0]["is_excluded"]


# --- archived items, and holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["exclude", "blank"])
def test_the_pages_of_an_archived_item_are_fixed(house: House, program: httpx.Client, act: str) -> None:
    made = house.archived_item()
    answer = mark(program, pages(program, made)[0], act, "重复扫描")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("act", ["right", "rescan", "accept"])
def test_an_archived_page_is_still_turned_accepted_and_asked_for_again(
    house: House, program: httpx.Client, act: str
) -> None:
    made = house.archived_item()
    marked(program, made, 1, act, "模糊不清")


def test_a_page_left_out_before_archiving_is_not_taken_in_again_after_it(
    house: House, program: httpx.Client, draft: Made
) -> None:
    page = marked(program, draft, 1, "exclude", "测试页")
    house.describe(draft, volume=house.open_volume())
    undone = program.post(f"/api/v1/pages/{page['uid']}/marks/undo", json={"revision": page["revision"]})
    assert [mark(program, page, "include").status_code, undone.status_code] == [409, 409]


@pytest.mark.parametrize(
    ("act", "status"), [("exclude", 409), ("blank", 409), ("right", 200), ("accept", 200)]
)
def test_a_hold_forbids_what_changes_what_is_found_and_shown(
    house: House, program: httpx.Client, draft: Made, act: str, status: int
) -> None:
    house.change(lambda s: mark_held(s.get_one(Item, draft.id), held=True))
    assert mark(program, pages(program, draft)[0], act, "重复扫描").status_code == status


# --- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["other_archivist", "handler", "supervisor", "legal", "auditor"])
def test_a_draft_is_checked_by_its_maker_only(
    visitors: Visitors, program: httpx.Client, draft: Made, login: str
) -> None:
    page = pages(program, draft)[0]
    other = visitors.program(getattr(visitors.house, login))
    assert mark(other, page, "accept").status_code in {403, 404}
    seen = other.get(f"/api/v1/quality/items/{draft.uid}/pages")
    assert seen.status_code == 403 or seen.json()["pages"] == []
    assert not pages(program, draft)[0]["is_accepted"]


def test_accepting_all_reaches_no_page_of_a_stranger(
    visitors: Visitors, program: httpx.Client, draft: Made
) -> None:
    other = visitors.program(visitors.house.other_archivist)
    body = {"pages": [page["uid"] for page in pages(program, draft)]}
    assert other.post("/api/v1/quality/accept", json=body).json() == {"accepted": 0}


def test_a_mark_is_an_entry_that_names_the_page(house: House, program: httpx.Client, draft: Made) -> None:
    page = marked(program, draft, 2, "exclude", "不属于此件")
    entry = house.log()[-1]
    assert (entry.action, entry.target, entry.outcome) == ("quality:mark", f"page:{page['uid']}", "done")
