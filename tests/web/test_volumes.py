"""Volumes are opened once, by whoever may; programs describe items as forms do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from archive.holdings import operations, vocabulary
from tests.cast import House, Made
from tests.web.filing import CLAIM, NAME, ROUTERS, body_of, hidden, text_of
from tests.web.visiting import Browser, Visitors, visiting


@pytest.fixture
def visitors(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


@pytest.fixture
def draft(house: House) -> Made:
    """A draft, and a volume that it may be described into."""
    made = house.draft_item(["一", "二"])
    return Made(made.uid, made.id, house.open_volume())


@pytest.fixture
def archived(house: House) -> Made:
    return house.archived_item(title="[理赔案卷]", texts=["一", "二"])


# --- volumes -----------------------------------------------------------------------------------------------------


def volume_form(browser: Browser, house: House, program: httpx.Client, **changed: str) -> dict[str, str]:
    series = next(s["uid"] for s in program.get("/api/v1/holdings").json()["series"] if s["name"] == "理赔")
    page = browser.get("/volumes/new").text
    typed = {
        "key": hidden(page, "key"),
        "series": series,
        "title": "陈怡君人伤案",
        "year": "2026",
        "tier": "3",
    }
    return {**typed, **changed}


def volumes(program: httpx.Client) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = program.get("/api/v1/holdings").json()["volumes"]
    return held


def test_a_new_volume_stands_in_the_list(archivist: Browser, program: httpx.Client, house: House) -> None:
    answer = archivist.post("/volumes/new", **volume_form(archivist, house, program))
    assert (answer.status_code, answer.headers["location"]) == (303, "/holdings")
    shown = text_of(archivist.get("/holdings"))
    assert "陈怡君人伤案" in shown
    assert "-LP-2026-00001" in shown


def test_a_form_sent_twice_makes_one_volume(archivist: Browser, program: httpx.Client, house: House) -> None:
    typed = volume_form(archivist, house, program)
    assert [archivist.post("/volumes/new", **typed).status_code for _ in range(2)] == [303, 303]
    assert len(volumes(program)) == 1


def test_a_program_sends_its_key_twice_and_makes_one_volume(
    archivist: Browser, program: httpx.Client, house: House
) -> None:
    typed = volume_form(archivist, house, program)
    body = {"series": typed["series"], "title": "案卷", "year": 2026, "tier": 3}
    made = [
        program.post("/api/v1/volumes", json=body, headers={"Idempotency-Key": "k" * 32}) for _ in range(2)
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert [volume["uid"] for volume in volumes(program)] == [made[0].json()["uid"]]


def test_a_volume_opened_from_a_description_leads_back_with_the_volume_chosen(
    archivist: Browser, program: httpx.Client, house: House, draft: Made
) -> None:
    answer = archivist.post("/volumes/new", **volume_form(archivist, house, program, item=str(draft.uid)))
    newest = volumes(program)[0]["uid"]
    assert answer.headers["location"] == f"/items/{draft.uid}/describe?volume={newest}"
    assert f'<option value="{newest}" selected>' in archivist.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("series", "", "没有选择门类"),
        ("series", str(UUID(int=1)), "没有选择门类，或门类不存在"),
        ("title", "", "题名不能为空"),
        ("year", "26", "年度有误"),
        ("year", "next", "年度有误"),
        ("tier", "5", "案卷题名只能是 T1 至 T4"),
    ],
)
def test_a_wrong_field_of_a_volume_is_named_and_the_rest_kept(
    archivist: Browser, program: httpx.Client, house: House, field: str, value: str, words: str
) -> None:
    answer = archivist.post("/volumes/new", **volume_form(archivist, house, program, **{field: value}))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert field == "title" or 'value="陈怡君人伤案"' in text_of(answer)
    assert volumes(program) == []


def test_claims_staff_open_no_volume_and_see_no_holdings(
    visitors: Visitors, house: House, archivist: Browser, program: httpx.Client
) -> None:
    typed = volume_form(archivist, house, program)
    browser, handler = visitors.browser(house.handler), visitors.program(house.handler)
    body = {"series": typed["series"], "title": "案卷", "year": 2026, "tier": 3}
    answers = [
        browser.get("/holdings"),
        browser.get("/volumes/new"),
        browser.post("/volumes/new", **typed),
        handler.get("/api/v1/holdings"),
        handler.post("/api/v1/volumes", json=body),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert volumes(program) == []


# --- describing by program -----------------------------------------------------------------------------------------


def test_a_program_describes_a_draft(program: httpx.Client, draft: Made) -> None:
    said = {
        "doc_date": "2026-10-30",
        "notes": "缺页",
        "persons": [{"name": NAME, "id_no": "X1", "phone": "2", "part": "insured"}],
        "numbers": [{"kind": "claim", "value": CLAIM}],
    }
    answer = program.put(f"/api/v1/items/{draft.uid}/description", json=body_of(program, draft, **said))
    assert (answer.status_code, answer.json()) == (200, {"uid": str(draft.uid)})
    seen = program.get(f"/api/v1/items/{draft.uid}").json()
    assert {name: seen[name] for name in said} == said
    assert (seen["state"], seen["reference_code"]) == ("archived", "A001-LP-2026-00001-001")


def test_a_stale_revision_is_a_conflict_to_a_program(program: httpx.Client, archived: Made) -> None:
    body = body_of(program, archived)
    path = f"/api/v1/items/{archived.uid}/description"
    assert program.put(path, json=body).status_code == 200
    answer = program.put(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_a_program_that_repeats_its_key_is_given_the_first_answer(
    program: httpx.Client, archived: Made
) -> None:
    body, key = body_of(program, archived), {"Idempotency-Key": uuid4().hex}
    path = f"/api/v1/items/{archived.uid}/description"
    assert [program.put(path, json=body, headers=key).status_code for _ in range(2)] == [200, 200]


def test_an_archived_item_is_not_moved_to_another_volume(
    program: httpx.Client, house: House, archived: Made
) -> None:
    body = body_of(program, archived, volume=str(house.open_volume()))
    answer = program.put(f"/api/v1/items/{archived.uid}/description", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("unknown", [{"colour": "red"}, {"persons": [{"name": "甲", "age": 3}]}])
def test_a_field_that_nobody_knows_is_refused(
    program: httpx.Client, draft: Made, unknown: dict[str, Any]
) -> None:
    answer = program.put(f"/api/v1/items/{draft.uid}/description", json=body_of(program, draft, **unknown))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_every_kind_of_number_has_a_word() -> None:
    assert tuple(vocabulary.NUMBER_KINDS) == operations.NUMBER_KINDS
