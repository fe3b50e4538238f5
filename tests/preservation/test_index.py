"""The index and the items come together again, whichever of them knows more."""

from uuid import UUID

import pytest
from sqlalchemy import update

from archive.core.jobs.tables import JobKind
from archive.desks.intake import processing
from archive.desks.preservation import indexed, looking, repairing
from archive.desks.preservation.findings import Kind
from archive.desks.preservation.operations import begin_sweep
from archive.holdings.tables import Item
from search.index import Row, row_id
from tests.preservation.conftest import Rooms
from tests.preservation.test_sweep import found
from tests.web import visiting


def row(item_id: int, slot: int) -> Row:
    return Row(
        row_id(item_id, slot), item_id, slot, "张伟", "", 3, 1, "archived", 1, None, None, "", None, None
    )


def versions(rooms: Rooms) -> dict[int, int]:
    return dict(rooms.house.archive.index.rows(0, 1000))


def test_an_item_that_is_not_in_the_index_comes_back(rooms: Rooms) -> None:
    made = rooms.house.archived_item(texts=["张伟 骨折"])
    rooms.house.archive.index.remove(made.id, rooms.house.item(made).index_version)
    assert found(rooms.sweep()) == {Kind.NOT_INDEXED: 1}
    rooms.house.index()
    assert visiting.found(rooms.house, rooms.house.archivist, "骨折") == {made.uid}
    assert f"item:{made.uid}" in rooms.named()


def test_an_item_that_left_the_index_for_a_commit_that_never_came_comes_back(rooms: Rooms) -> None:
    made = rooms.house.archived_item(texts=["张伟 骨折"])
    rooms.house.archive.index.remove(made.id, rooms.house.item(made).index_version + 1)
    rooms.sweep()
    rooms.house.index()
    assert visiting.found(rooms.house, rooms.house.archivist, "骨折") == {made.uid}
    assert found(rooms.sweep()) == {}


def test_an_item_of_an_older_version_is_indexed_again(rooms: Rooms) -> None:
    made = rooms.house.archived_item(texts=["张伟"])
    newer = update(Item).where(Item.id == made.id).values(index_version=Item.index_version + 1)
    rooms.house.change(lambda s: s.execute(newer))
    assert found(rooms.sweep()) == {Kind.NOT_INDEXED: 1}
    rooms.house.index()
    assert found(rooms.sweep()) == {}


def test_an_item_with_a_page_too_few_or_too_many_is_indexed_again(rooms: Rooms) -> None:
    few, many = rooms.house.archived_item(texts=["一", "二"]), rooms.house.archived_item(texts=["一"])
    index = rooms.house.archive.index
    index.put(few.id, [row(few.id, 0), row(few.id, 1)], rooms.house.item(few).index_version)
    index.put(many.id, [row(many.id, slot) for slot in range(4)], rooms.house.item(many).index_version)
    assert found(rooms.sweep()) == {Kind.NOT_INDEXED: 2}
    rooms.house.index()
    assert found(rooms.sweep()) == {}


def test_rows_of_an_item_that_is_not_there_leave_the_index(rooms: Rooms) -> None:
    made = rooms.house.archived_item()
    before = versions(rooms)
    for stray in (made.id + 1, made.id + 70):
        rooms.house.archive.index.put(stray, [row(stray, 0), row(stray, 1)], 3)
    tally = rooms.sweep()
    assert found(tally) == {Kind.INDEX_STRAY: 2}
    assert versions(rooms) == before
    assert found(rooms.sweep()) == {}


def test_an_item_that_came_after_it_was_listed_is_no_stray(rooms: Rooms) -> None:
    made = rooms.house.archived_item()
    before = versions(rooms)
    round_ = rooms.gate.run(begin_sweep, None, None).value
    assert rooms.gate.run(repairing.drop_index_rows, round_, ((made.id, 1),)).value == 0
    assert versions(rooms) == before


def test_what_is_still_being_read_or_has_a_job_is_left_alone(rooms: Rooms) -> None:
    made = rooms.house.archived_item()
    received = rooms.house.receive()
    accepted = processing.Accepted("image/jpeg", 1, (), rooms.house.claim(JobKind.ACCEPT, received))
    rooms.house.reader_gate().run(processing.accept, received, accepted)
    rooms.house.describe(made, volume=_volume(made.volume))
    assert found(rooms.sweep()) == {}


def _volume(volume: UUID | None) -> UUID:
    assert volume is not None
    return volume


@pytest.mark.parametrize("slice_", [2, 5])
def test_many_items_are_compared_slice_by_slice(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    monkeypatch.setattr(looking, "ITEMS_AT_ONCE", slice_)
    monkeypatch.setattr(indexed, "ROWS_AT_ONCE", slice_)
    made = [rooms.house.archived_item(texts=["一"]) for _ in range(5)]
    index = rooms.house.archive.index
    index.remove(made[2].id, rooms.house.item(made[2]).index_version)
    index.put(made[4].id + 9, [row(made[4].id + 9, 0)], 1)
    assert found(rooms.sweep()) == {Kind.NOT_INDEXED: 1, Kind.INDEX_STRAY: 1}
    assert rooms.house.claim(JobKind.INDEX).subject == made[2].uid
