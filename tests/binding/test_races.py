"""Two people at one folder, and rights that move in between."""

import random

import pytest

from archive.core.errors import Conflict, Invalid, NotFound, Stale
from archive.core.jobs.tables import JobKind
from archive.desks.binding import arranging, documents, seeing
from archive.desks.binding.arranging import Begin, Order, PutBack, Take
from archive.desks.binding.checking import SendBack, Submit, archive_folder, begin_check, send_back
from archive.desks.binding.documents import SplitDocument
from archive.desks.binding.folder import Plain
from archive.desks.intake import processing
from archive.holdings import operations as holdings
from tests.binding.conftest import CLAIM, Desk
from tests.cast import House, Made
from tests.gate.watching import after_the_snapshot


@pytest.fixture
def two(desk: Desk) -> list[Made]:
    made = [desk.described("survey_report", "一"), desk.described("claim_form", "二")]
    desk.begin()
    desk.take(*made)
    return made


def test_of_two_who_reorder_at_once_the_second_is_told(desk: Desk, house: House, two: list[Made]) -> None:
    desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=house.other_archivist)
    seen_by_both = desk.revision
    turned = (two[1].uid, two[0].uid)
    desk.run(arranging.order, Order(seen_by_both, turned))
    with pytest.raises(Stale):
        desk.run(arranging.order, Order(seen_by_both, (two[0].uid, two[1].uid)), by=house.other_archivist)
    assert desk.order == list(turned)


def test_a_folder_that_was_taken_back_meanwhile_is_not_archived(
    desk: Desk, house: House, two: list[Made]
) -> None:
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    desk.run(begin_check, desk.plain, by=house.other_archivist)
    stale = Submit(desk.revision - 1, desk.limits)
    with pytest.raises(Stale):
        desk.run(archive_folder, stale, by=house.other_archivist)
    assert desk.seen().state == "checking"


def test_a_stack_that_is_still_being_read_is_not_split(desk: Desk, house: House) -> None:
    desk.begin()
    received = house.receive()
    job = house.claim(JobKind.ACCEPT, received)
    house.reader_gate().run(processing.accept, received, processing.Accepted("image/jpeg", 2, (), job))
    [loose] = desk.seen().loose
    assert not loose.is_read
    with pytest.raises(Conflict):
        desk.run(documents.split_document, SplitDocument(desk.revision, loose.item, (2,)))


def test_a_document_that_was_described_into_another_volume_meanwhile_is_not_taken(
    desk: Desk, house: House
) -> None:
    draft = desk.described("survey_report")
    desk.begin()
    house.describe(draft, volume=house.open_volume())
    with pytest.raises(Conflict):
        desk.take(draft)


def test_a_document_in_a_folder_is_not_described_away(desk: Desk, house: House, two: list[Made]) -> None:
    with pytest.raises(Conflict):
        house.describe(two[0], volume=house.open_volume())


def test_a_document_in_a_folder_is_not_made_restricted_there(
    desk: Desk, house: House, two: list[Made]
) -> None:
    with pytest.raises(Invalid):
        house.describe(two[0], volume=desk.volume, tier=5)


def test_what_is_described_into_a_folder_stands_behind_and_stays_a_draft(
    desk: Desk, house: House, two: list[Made]
) -> None:
    draft = house.draft_item()
    house.describe(draft, volume=desk.volume)
    assert desk.order[-1] == draft.uid
    assert house.item(draft).state == "draft"
    desk.run(arranging.by_template, desk.plain)
    assert draft.uid in desk.order


def test_a_check_that_ends_meanwhile_shows_no_draft(desk: Desk, house: House, two: list[Made]) -> None:
    desk.submit()
    desk.run(begin_check, desk.plain, by=house.other_archivist)
    gate = house.gate_of(house.other_archivist, holdings.show_item)
    gate.run(holdings.show_item, two[0].uid)

    def end() -> None:
        desk.run(send_back, SendBack(desk.revision, "缺页"), by=house.other_archivist)

    with after_the_snapshot(house, end), pytest.raises(NotFound):
        gate.run(holdings.show_item, two[0].uid)


@pytest.mark.parametrize("seed", range(6))
def test_any_steps_that_are_all_taken_back_leave_the_folder_as_it_was(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    made = [desk.described("survey_report", f"{n}甲", f"{n}乙", f"{n}丙") for n in range(3)]
    desk.begin()
    steps = 0
    for _ in range(8):
        steps += a_step(desk, made, dice)
    after = desk.order
    for _ in range(steps):
        desk.run(arranging.undo, desk.plain)
    assert desk.order == []
    assert {loose.item: loose.pages for loose in desk.seen().loose} == {item.uid: 3 for item in made}
    for _ in range(steps):
        desk.run(arranging.redo, desk.plain)
    assert desk.order == after


def a_step(desk: Desk, made: list[Made], dice: random.Random) -> int:
    """One step that is possible now; 0 when the one that was drawn is not."""
    seen = desk.seen()
    inside, outside = [d.item for d in seen.documents], [loose.item for loose in seen.loose]
    whole = [d.item for d in seen.documents if d.pages > 1] + [d.item for d in seen.loose if d.pages > 1]
    drawn = dice.choice(["take", "put_back", "order", "split"])
    revision = seen.revision
    if drawn == "take" and outside:
        desk.run(arranging.take, Take(revision, (dice.choice(outside),), dice.choice([None, 1])))
    elif drawn == "put_back" and inside:
        desk.run(arranging.put_back, PutBack(revision, (dice.choice(inside),)))
    elif drawn == "order" and inside:
        desk.run(arranging.order, Order(revision, tuple(dice.sample(inside, len(inside)))))
    elif drawn == "split" and whole:
        desk.run(documents.split_document, SplitDocument(revision, dice.choice(whole), (2,)))
    else:
        return 0
    return 1


def test_steps_name_their_makers_in_their_order(desk: Desk, house: House, two: list[Made]) -> None:
    desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=house.other_archivist)
    desk.run(arranging.by_template, Plain(desk.revision), by=house.other_archivist)
    steps = desk.run(seeing.show_changes, seeing.Since(0))
    assert [step.kind for step in steps] == ["begin", "take", "join", "by_template"]
    assert len({step.by for step in steps}) == 2
