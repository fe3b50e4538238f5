"""What comes into an archived folder later: behind what is there, with a reason, by two people; nothing else moves."""

from uuid import UUID

import pytest

from archive.core.errors import Conflict, Invalid, NotFound, Refused, Stale
from archive.desks.binding import arranging, supplements
from archive.desks.binding.arranging import Order, Take
from archive.desks.binding.supplements import NewSupplement, SupplementDecision
from archive.holdings import operations as holdings
from tests.binding.conftest import OPERATIONS, Desk
from tests.cast import House, Made, Person


@pytest.fixture
def archived(desk: Desk, house: House) -> Desk:
    """Two documents of three pages, archived by the second person."""
    made = [desk.described("survey_report", "一", "二"), desk.described("claim_form", "三")]
    desk.begin()
    desk.take(*made)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    desk.archive(by=house.other_archivist)
    return desk


def ask(desk: Desk, item: Made, reason: str = "法院后来寄到") -> UUID:
    desk.run(supplements.add_supplement, NewSupplement(desk.revision, item.uid, reason))
    return desk.seen().supplements[-1].uid


def decide(desk: Desk, asked: UUID, *, agreed: bool, by: Person) -> None:
    gate = desk.house.gate_of(by, *OPERATIONS)
    said = SupplementDecision(desk.revision, agreed, "已核对")
    gate.run(supplements.decide_supplement, asked, said)


def test_a_supplement_comes_behind_with_the_next_code_and_the_next_page_numbers(
    archived: Desk, house: House
) -> None:
    before = archived.seen().documents
    late = archived.described("judgment", "甲", "乙")
    decide(archived, ask(archived, late), agreed=True, by=house.other_archivist)
    after = archived.seen().documents
    assert [(d.item, d.reference_code, d.first, d.last) for d in after[:2]] == [
        (d.item, d.reference_code, d.first, d.last) for d in before
    ]
    assert (after[2].item, after[2].first, after[2].last) == (late.uid, 4, 5)
    assert (after[2].reference_code or "").endswith("-003")
    assert [d.is_supplement for d in after] == [False, False, True]


def test_until_somebody_has_agreed_a_supplement_lies_loose(archived: Desk) -> None:
    late = archived.described("judgment")
    ask(archived, late)
    assert late.uid not in archived.order
    assert archived.house.item(late).state == "draft"


def test_whoever_asks_for_a_supplement_does_not_agree_to_it(archived: Desk, house: House) -> None:
    asked = ask(archived, archived.described("judgment"))
    with pytest.raises(Refused) as refused:
        decide(archived, asked, agreed=True, by=house.archivist)
    assert refused.value.rule == "R_SOD"


def test_a_refused_supplement_stays_loose_and_can_be_asked_for_again(archived: Desk, house: House) -> None:
    late = archived.described("judgment")
    decide(archived, ask(archived, late), agreed=False, by=house.other_archivist)
    assert late.uid not in archived.order
    ask(archived, late)
    assert [s.state for s in archived.seen().supplements] == ["refused", "asked"]


def test_a_supplement_is_decided_once(archived: Desk, house: House) -> None:
    asked = ask(archived, archived.described("judgment"))
    decide(archived, asked, agreed=True, by=house.other_archivist)
    with pytest.raises(Conflict):
        decide(archived, asked, agreed=False, by=house.other_archivist)


def test_a_supplement_needs_a_reason(archived: Desk) -> None:
    late = archived.described("judgment")
    with pytest.raises(Invalid):
        archived.run(supplements.add_supplement, NewSupplement(archived.revision, late.uid, "  "))


def test_a_document_that_nobody_described_is_no_supplement(archived: Desk, house: House) -> None:
    with pytest.raises(Conflict):
        ask(archived, house.draft_item())


def test_a_document_waits_once(archived: Desk) -> None:
    late = archived.described("judgment")
    ask(archived, late)
    with pytest.raises(Conflict):
        ask(archived, late)


def test_a_document_that_lies_elsewhere_by_now_is_not_appended(archived: Desk, house: House) -> None:
    late = archived.described("judgment")
    asked = ask(archived, late)
    house.describe(late, volume=house.open_volume(), title="判决书")
    with pytest.raises(Conflict):
        decide(archived, asked, agreed=True, by=house.other_archivist)
    assert len(archived.order) == 2


def test_a_decision_on_a_folder_that_changed_is_told(archived: Desk, house: House) -> None:
    stale = archived.revision
    asked = ask(archived, archived.described("judgment"))
    gate = house.gate_of(house.other_archivist, *OPERATIONS)
    with pytest.raises(Stale):
        gate.run(supplements.decide_supplement, asked, SupplementDecision(stale, True, "已核对"))


def test_an_archived_folder_is_not_rearranged(archived: Desk) -> None:
    late = archived.described("judgment")
    order = tuple(reversed(archived.order))
    with pytest.raises(Conflict):
        archived.run(arranging.order, Order(archived.revision, order))
    with pytest.raises(Conflict):
        archived.run(arranging.take, Take(archived.revision, (late.uid,)))
    with pytest.raises(Conflict):
        archived.run(arranging.undo, archived.plain)


def raise_tier(desk: Desk, item: Made) -> None:
    gate = desk.house.gate_of(desk.house.archivist, holdings.show_item, holdings.describe)
    revision = gate.run(holdings.show_item, item.uid).value.revision
    gate.run(holdings.describe, item.uid, holdings.Description(revision, None, "秘密调查", "judgment", 5))


def test_a_document_that_became_restricted_meanwhile_is_not_appended_and_not_named(
    archived: Desk, house: House
) -> None:
    late = archived.described("judgment", title="秘密调查")
    asked = ask(archived, late)
    raise_tier(archived, late)
    assert archived.seen(by=house.other_archivist).supplements == ()
    with pytest.raises(NotFound):
        decide(archived, asked, agreed=True, by=house.other_archivist)
