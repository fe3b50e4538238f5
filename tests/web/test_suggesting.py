"""While one types, earlier descriptions are offered: of items that this person may find, and never of T5."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from archive.accounts import api as accounts_api
from archive.desks.finding import suggest_api, suggest_pages
from archive.holdings.operations import PersonNamed
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting

ROUTERS = (suggest_api.router, suggest_pages.router, accounts_api.router)


@pytest.fixture
def visitors(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def offered(visitors: Visitors, field: str, text: str, *, to: Person | None = None) -> list[str]:
    program = visitors.program(to or visitors.house.archivist)
    answer = program.get("/api/v1/suggestions", params={"field": field, "text": text})
    assert answer.status_code == 200, answer.text
    return [one["value"] for one in answer.json()]


def described(house: House, name: str = "陳怡君", *, tier: int = 3, unit: str = "C1") -> None:
    house.archived_item(
        title="机动车人伤理赔案卷",
        tier=tier,
        unit=unit,
        persons=(PersonNamed(name, "990105196602110037"), PersonNamed("李秀兰")),
        numbers=(("claim", "CLM2026-0012345678"),),
    )


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("person", "陈怡", ["陳怡君"]),
        ("person", "陳怡君", ["陳怡君"]),
        ("title", "人伤理赔", ["机动车人伤理赔案卷"]),
        ("number", "CLM2026-0012345678", ["CLM2026-0012345678"]),
        ("volume", "陈怡君", ["A001-LP-2026-00001"]),
        ("person", "理赔案卷", []),
        ("person", "王小明", []),
    ],
)
def test_a_field_is_offered_its_own_values(
    visitors: Visitors, house: House, field: str, text: str, expected: list[str]
) -> None:
    described(house)
    assert offered(visitors, field, text) == expected


@pytest.mark.parametrize("text", ["", "陈", " 陈 "])
def test_nothing_is_offered_before_two_characters(visitors: Visitors, house: House, text: str) -> None:
    described(house)
    assert offered(visitors, "person", text) == []


def test_only_what_she_may_find_is_offered(visitors: Visitors, house: House) -> None:
    described(house, "张三丰", tier=4)
    described(house, "张三峰", tier=3)
    assert set(offered(visitors, "person", "张三")) == {"张三丰", "张三峰"}
    assert offered(visitors, "person", "张三", to=house.handler) == ["张三峰"]
    assert offered(visitors, "person", "张三", to=house.other_handler) == []


def test_nothing_restricted_is_offered_not_even_to_whoever_is_named(visitors: Visitors, house: House) -> None:
    restricted = house.archived_item(tier=5, title="秘密备忘", persons=(PersonNamed("赵某某"),))
    house.name_reader(restricted, reader=house.handler)
    house.index()
    for person in (house.archivist, house.handler):
        assert offered(visitors, "person", "赵某", to=person) == []


def test_a_value_is_offered_once(visitors: Visitors, house: House) -> None:
    for _time in range(2):
        described(house)
    assert offered(visitors, "person", "陈怡君") == ["陳怡君"]


def test_no_identity_number_is_ever_offered(visitors: Visitors, house: House) -> None:
    described(house)
    for field in ("person", "number", "title"):
        assert offered(visitors, field, "990105196602110037") == []


def test_each_question_is_an_entry_that_names_the_items_it_showed(visitors: Visitors, house: House) -> None:
    described(house)
    offered(visitors, "person", "陈怡君")
    entry = house.log()[-1]
    assert (entry.action, entry.target) == ("item:find", "suggestions")
    assert [label.partition(":")[0] for label in entry.objects] == ["item"]


def test_the_fragment_says_whether_more_letters_need_a_new_question(visitors: Visitors, house: House) -> None:
    described(house)
    shown = (
        visitors.browser(house.archivist).get("/suggestions", field="number", text="CLM2026-0012345678").text
    )
    assert 'data-whole="yes"' in shown
    assert 'data-value="CLM2026-0012345678"' in shown
    assert "赔案号" in shown


def test_whoever_is_not_signed_in_is_offered_nothing(visitors: Visitors, house: House) -> None:
    program: httpx.Client = visitors.program(house.stranger)
    assert program.get("/api/v1/suggestions", params={"field": "person", "text": "陈怡君"}).status_code == 401
