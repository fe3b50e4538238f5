"""Matters: opened by legal, about items that she may know of, in her own unit."""

from uuid import UUID, uuid4

import pytest

from archive.core.errors import Conflict, NotFound, Refused
from archive.desks.legal import matters
from tests.cast import Person
from tests.legal.conftest import Desk
from tests.web.visiting import Visitors, same_as_unknown


def shown(desk: Desk, matter: UUID, person: Person | None = None) -> matters.MatterSeen:
    gate = desk.house.gate_of(person or desk.house.legal, matters.show_matter)
    return gate.run(matters.show_matter, matter).value


def add(desk: Desk, matter: UUID, *references: str, by: Person | None = None) -> None:
    gate = desk.house.gate_of(by or desk.house.legal, matters.add_items)
    gate.run(matters.add_items, matter, references)


def test_an_item_is_added_by_its_reference_code_or_its_uid_once(desk: Desk) -> None:
    one, two = desk.claim(title="甲"), desk.claim(title="乙")
    matter = desk.matter()
    code = desk.house.item(one).reference_code
    assert code is not None
    add(desk, matter, code, str(two.uid), str(one.uid))
    assert [item.title for item in shown(desk, matter).items] == ["甲", "乙"]


@pytest.mark.parametrize("tier", [3, 4, 5])
def test_an_item_that_she_may_not_know_of_is_added_like_one_that_is_not_there(desk: Desk, tier: int) -> None:
    hidden = desk.house.archived_item(tier=tier, unit="C2")
    matter = desk.matter()
    answers = []
    for reference in (str(hidden.uid), str(uuid4()), desk.house.item(hidden).reference_code or ""):
        with pytest.raises(NotFound) as caught:
            add(desk, matter, reference)
        answers.append((caught.value.message, caught.value.remedy))
    assert len(set(answers)) == 1
    assert shown(desk, matter).items == ()


def test_one_hidden_item_keeps_all_of_a_list_out(desk: Desk) -> None:
    hidden, known = desk.house.archived_item(tier=4, unit="C2"), desk.claim()
    matter = desk.matter()
    with pytest.raises(NotFound):
        add(desk, matter, str(known.uid), str(hidden.uid))
    assert shown(desk, matter).items == ()


def test_an_item_that_is_raised_out_of_her_reach_leaves_the_matter_on_her_screen(desk: Desk) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    desk.house.describe(item, volume=item.volume or uuid4(), tier=5)
    assert shown(desk, matter).items == ()


def test_an_item_is_taken_out_again(desk: Desk) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    desk.house.gate_of(desk.house.legal, matters.take_out).run(matters.take_out, matter, item.uid)
    assert shown(desk, matter).items == ()


@pytest.mark.parametrize("who", ["handler", "supervisor", "auditor", "administrator", "archivist"])
def test_nobody_but_legal_learns_that_a_matter_is_there(web: Visitors, desk: Desk, who: str) -> None:
    matter, person = desk.matter(), getattr(desk.house, who)
    assert same_as_unknown(web, person, "GET", "/api/v1/matters/{}", matter, None)
    assert web.program(person).get("/api/v1/matters").status_code == 403


def test_another_person_of_legal_in_the_unit_works_on_it_too(desk: Desk) -> None:
    item = desk.claim()
    desk.house.assign(item, to=desk.other_legal)
    matter = desk.matter()
    add(desk, matter, str(item.uid), by=desk.other_legal)
    assert len(shown(desk, matter).items) == 1


def test_a_matter_with_a_hold_in_force_is_not_closed(desk: Desk) -> None:
    item = desk.claim()
    matter = desk.matter(item)
    desk.hold(item, matter=matter)
    gate = desk.house.gate_of(desk.house.legal, matters.close_matter)
    with pytest.raises(Conflict, match="in force"):
        gate.run(matters.close_matter, matter, 2)


def test_nothing_is_added_to_a_closed_matter(desk: Desk) -> None:
    item, matter = desk.claim(), desk.matter()
    desk.house.gate_of(desk.house.legal, matters.close_matter).run(matters.close_matter, matter, 1)
    with pytest.raises(Conflict, match="closed"):
        add(desk, matter, str(item.uid))
    assert shown(desk, matter).state == "closed"


def test_the_archivist_opens_no_matter(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.matter(by=desk.house.archivist)


def test_the_pages_open_a_matter_add_to_it_and_close_it(web: Visitors, desk: Desk) -> None:
    item = desk.claim(title="機動車人傷案卷")
    browser = web.browser(desk.house.legal)
    opened = browser.post("/matters", key="k", title="李四诉本公司", court="某区人民法院", opponent="李四")
    address = opened.headers["location"]
    assert opened.status_code == 303
    code = desk.house.item(item).reference_code or ""
    assert browser.post(f"{address}/items", items=f"{code}\r\n").status_code == 303
    page = browser.get(address).text
    assert "機動車人傷案卷" in page
    assert "李四" in page
    assert browser.post(f"{address}/close", revision="2").status_code == 303
    assert "已结案" in browser.get("/matters").text


def test_an_unknown_code_comes_back_in_the_form(web: Visitors, desk: Desk) -> None:
    answer = web.browser(desk.house.legal).post(
        f"/matters/{desk.matter()}/items", items="A001-LP-2026-99999-001"
    )
    assert answer.status_code == 404
    assert "不在您可查的范围内" in answer.text
    assert "A001-LP-2026-99999-001" in answer.text
