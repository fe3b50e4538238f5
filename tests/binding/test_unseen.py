"""A restricted item that lies in the volume since before it was bound: whoever binds the folder learns nothing of it."""

import pytest
from sqlalchemy import update

from archive.core.errors import SignInNeeded
from archive.desks.binding import arranging, checking, documents, seeing
from archive.desks.binding.arranging import Begin, Order, Take
from archive.desks.binding.checking import Submit
from archive.desks.binding.documents import SplitDocument
from archive.desks.binding.seen import FolderSeen
from archive.holdings.tables import Page
from tests.binding.conftest import CLAIM, Desk
from tests.cast import House, Made


@pytest.fixture
def restricted(desk: Desk, house: House) -> Made:
    """Archived into the open volume by the second archivist: the first archivist may not know of it."""
    return house.archived_item(
        tier=5, title="秘密调查", texts=("一", "二", "三"), volume=desk.volume, by=house.other_archivist
    )


def facts(seen: FolderSeen) -> tuple[object, ...]:
    """What the binder can count, in figures."""
    return (
        [(d.place, d.first, d.last) for d in seen.documents],
        seen.pages,
        seen.mm,
        [len(part.items) for part in seen.parts],
        {slot.code: slot.state for slot in seen.slots},
        seen.held,
    )


def bind_one(desk: Desk) -> Made:
    draft = desk.described("survey_report", "甲", "乙")
    desk.begin()
    desk.take(draft)
    return draft


def test_the_folder_looks_as_if_the_restricted_item_were_not_there(
    desk: Desk, house: House, restricted: Made
) -> None:
    bind_one(desk)
    without = Desk(house, house.open_volume(tier=2))
    bind_one(without)
    assert facts(desk.seen()) == facts(without.seen())
    assert str(restricted.uid) not in str(desk.seen())


def test_the_desk_counts_only_what_the_binder_may_know_of(desk: Desk, house: House, restricted: Made) -> None:
    bind_one(desk)
    seen = house.gate_of(house.archivist, seeing.show_desk).run(seeing.show_desk, None).value
    [line] = seen.arranging
    assert line.documents == 1


def test_page_numbers_of_an_archived_folder_have_no_gap_for_a_restricted_item(
    desk: Desk, house: House, restricted: Made
) -> None:
    bind_one(desk)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    desk.archive(by=house.other_archivist)
    assert [(d.place, d.first, d.last) for d in desk.seen().documents] == [(1, 1, 2)]


def test_a_restricted_item_keeps_its_code_and_no_other_gets_it(
    desk: Desk, house: House, restricted: Made
) -> None:
    draft = bind_one(desk)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    desk.archive(by=house.other_archivist)
    codes = {house.item(restricted).reference_code, house.item(draft).reference_code}
    assert len(codes) == 2


def test_a_folder_of_restricted_items_alone_is_empty_for_its_binder(
    desk: Desk, house: House, restricted: Made
) -> None:
    desk.begin()
    assert "empty" in {problem.code for problem in desk.seen().problems}


def test_whoever_is_not_at_the_folder_does_not_learn_how_many_pages_its_drafts_have(
    desk: Desk, house: House
) -> None:
    bind_one(desk)
    seen = desk.seen(by=house.other_archivist)
    assert (seen.documents, seen.loose, seen.parts, seen.pages, seen.mm) == ((), (), (), 0, 0.0)


def test_page_numbers_stay_when_a_page_is_marked_after_archiving(desk: Desk, house: House) -> None:
    first, second = desk.described("survey_report", "一", "二"), desk.described("claim_form", "三")
    desk.begin()
    desk.take(first, second)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    desk.archive(by=house.other_archivist)
    before = [(d.first, d.last) for d in desk.seen().documents]
    house.change(
        lambda s: s.execute(update(Page).where(Page.item_id == first.id, Page.seq == 1).values(is_blank=True))
    )
    assert [(d.first, d.last) for d in desk.seen().documents] == before


def test_somebody_without_a_session_is_at_no_folder(desk: Desk, house: House) -> None:
    draft = bind_one(desk)
    for operation, given in (
        (seeing.show_folder, desk.limits),
        (arranging.begin, Begin(desk.revision, CLAIM)),
        (arranging.order, Order(desk.revision, (draft.uid,))),
        (arranging.take, Take(desk.revision, (draft.uid,))),
        (documents.split_document, SplitDocument(desk.revision, draft.uid, (2,))),
        (checking.archive_folder, Submit(desk.revision, desk.limits)),
    ):
        with pytest.raises(SignInNeeded):
            desk.run(operation, given, by=house.stranger)
