"""What is hidden runs the same statements as what is not there."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from archive.core.access.actions import Purpose
from archive.core.errors import NotFound
from archive.desks.legal import evidence, export, holding, matters
from archive.desks.legal.evidence import Wanted
from tests.cast import House
from tests.gate.watching import statements
from tests.legal.conftest import Desk


def test_adding_to_a_matter(desk: Desk) -> None:
    matter, hidden = desk.matter(), desk.house.archived_item(tier=5)
    gate = desk.house.gate_of(desk.house.legal, matters.add_items)

    def add(reference: str) -> Callable[[], object]:
        return lambda: gate.run(matters.add_items, matter, (reference,))

    assert ran(desk.house, add(str(hidden.uid))) == ran(desk.house, add(str(uuid4())))
    code = desk.house.item(hidden).reference_code or ""
    assert ran(desk.house, add(code)) == ran(desk.house, add("A001-LP-2026-99999-001"))


def test_holding(desk: Desk) -> None:
    hidden = desk.house.archived_item(tier=5)
    gate = desk.house.gate_of(desk.house.legal, holding.set_hold)

    def hold(uid: UUID) -> Callable[[], object]:
        new = holding.NewHold(holding.Wanted((str(uid),)), "诉讼保全")
        return lambda: gate.run(holding.set_hold, None, new)

    assert ran(desk.house, hold(hidden.uid)) == ran(desk.house, hold(uuid4()))


def test_packing(desk: Desk) -> None:
    inside, hidden = desk.claim(), desk.house.archived_item(tier=5)
    matter = desk.matter(inside)
    gate = desk.house.gate_of(desk.house.legal, evidence.preview)

    def pack(uid: UUID) -> Callable[[], object]:
        wanted = Wanted((uid,), "ZJ")
        return lambda: gate.run(evidence.preview, matter, wanted, purpose=Purpose.LITIGATION)

    assert ran(desk.house, pack(hidden.uid)) == ran(desk.house, pack(uuid4()))


@pytest.mark.parametrize("who", ["handler", "other_archivist", "other_legal"])
def test_holds_and_packages_of_others(desk: Desk, who: str) -> None:
    item = desk.claim()
    hold, package = desk.hold(item), desk.released(item)
    person = desk.other_legal if who == "other_legal" else getattr(desk.house, who)
    gate = desk.house.gate_of(person, export.export)

    def take(uid: UUID) -> Callable[[], object]:
        return lambda: gate.run(export.export, uid, "a key", purpose=Purpose.LITIGATION)

    assert ran(desk.house, take(package)) == ran(desk.house, take(uuid4()))
    if who != "other_archivist":  # she may know of the item, and so of the hold
        proposing = desk.house.gate_of(person, holding.propose_release)
        closing = holding.Closing("已结案", 1)
        answers = [
            ran(desk.house, lambda uid=uid: proposing.run(holding.propose_release, uid, closing))  # type: ignore[misc]  # bound now
            for uid in (hold, uuid4())
        ]
        assert answers[0] == answers[1]


def ran(house: House, act: Callable[[], object]) -> list[str]:
    with statements(house) as seen, suppress(NotFound):
        act()
        pytest.fail("it is there")
    return seen
