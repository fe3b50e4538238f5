"""A step is taken back only while its documents are what they were: what became of them since is not undone with it."""

from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.core.errors import Conflict, NotFound
from archive.desks.binding import arranging, documents
from archive.desks.binding.arranging import PutBack
from archive.desks.binding.documents import SplitDocument
from archive.holdings import operations as holdings
from archive.holdings.tables import Item, Page
from tests.binding.conftest import Desk
from tests.cast import House, Made


def describe(house: House, item: UUID, tier: int, volume: UUID | None = None) -> None:
    gate = house.gate_of(house.archivist, holdings.show_item, holdings.describe)
    revision = gate.run(holdings.show_item, item).value.revision
    gate.run(holdings.describe, item, holdings.Description(revision, volume, "笔录", "survey_report", tier))


@pytest.fixture
def split_off(desk: Desk, house: House) -> UUID:
    """The second of two documents that were one loose stack."""
    stack = desk.described("survey_report", "一", "二")
    desk.begin()
    desk.run(documents.split_document, SplitDocument(desk.revision, stack.uid, (2,)))
    return house.read(newest).uid


def newest(session: Session) -> Item:
    return session.scalars(select(Item).order_by(Item.id.desc()).limit(1)).one()


def test_a_document_that_was_archived_since_stays_archived_with_its_pages(
    desk: Desk, house: House, split_off: UUID
) -> None:
    describe(house, split_off, 3, house.open_volume(tier=2))
    with pytest.raises(Conflict):
        desk.run(arranging.undo, desk.plain)
    assert house.read(newest).state == "archived"
    assert house.read(lambda s: s.scalars(select(Page.seq).where(Page.item_id == newest(s).id)).all()) == [1]


@pytest.mark.parametrize("tier", [4, 5])
def test_pages_of_a_document_that_was_raised_since_do_not_go_back_to_a_lower_one(
    desk: Desk, house: House, split_off: UUID, tier: int
) -> None:
    describe(house, split_off, tier)
    with pytest.raises(Conflict):
        desk.run(arranging.undo, desk.plain, by=house.other_archivist)
    assert house.read(newest).state == "draft"


def test_pages_of_a_held_document_stay_where_they_are(desk: Desk, house: House, split_off: UUID) -> None:
    house.change(lambda s: s.execute(update(Item).where(Item.uid == split_off).values(flags="held")))
    with pytest.raises(Conflict):
        desk.run(arranging.undo, desk.plain)


def test_a_document_that_became_restricted_beside_the_folder_does_not_come_back_into_it(
    desk: Desk, house: House
) -> None:
    draft: Made = desk.described("survey_report")
    desk.begin()
    desk.take(draft)
    desk.run(arranging.put_back, PutBack(desk.revision, (draft.uid,)))
    describe(house, draft.uid, 5)
    with pytest.raises(Conflict):
        desk.run(arranging.undo, desk.plain, by=house.other_archivist)
    with pytest.raises(NotFound):
        house.gate_of(house.other_archivist, holdings.show_item).run(holdings.show_item, draft.uid)
