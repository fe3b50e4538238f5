"""Objects that an inspection found damaged come back from the backups, while the archive is in use."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from archive.backup.mending import Mended, mend
from archive.backup.pool import pool_path
from archive.core.errors import Invalid
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings.tables import StoredObject
from tests.backup.doing import backed_up
from tests.cast import Made, small_jpeg
from tests.preservation.conftest import Rooms, flipped, rooms

__all__ = ["rooms"]


@pytest.fixture
def lent(rooms: Rooms) -> Made:
    item = rooms.house.archived_item(tier=3)
    rooms.house.lend(item, to=rooms.house.handler)
    return item


@pytest.fixture
def view(rooms: Rooms, lent: Made) -> UUID:
    query = select(StoredObject.uid).where(StoredObject.item_id == lent.id, StoredObject.role == "view")
    return rooms.house.read(lambda session: session.scalars(query).one())


def mended(rooms: Rooms, target: Path) -> Mended:
    return mend(rooms.house.archive, target)


def page_of(rooms: Rooms, item: Made) -> bytes:
    gate = rooms.house.gate_of(rooms.house.handler, show_page)
    released = gate.run(show_page, PageAddress(item.uid, 1))
    assert released.value.view is not None
    return gate.load(released.permit, released.value.view)


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_damaged_object_is_put_back_and_its_page_opens_again(
    rooms: Rooms, target: Path, lent: Made, view: UUID, is_lost: bool
) -> None:
    backed_up(rooms.house, target)
    if is_lost:
        rooms.lose(view)
    else:
        rooms.change(view, flipped)
    rooms.check()
    assert mended(rooms, target) == Mended((view,), ())
    assert page_of(rooms, lent) == small_jpeg()
    assert rooms.rows()[view].fixity == "intact"


def test_an_object_of_the_backups_that_is_damaged_too_is_not_put_back(
    rooms: Rooms, target: Path, view: UUID
) -> None:
    backed_up(rooms.house, target)
    rooms.change(view, flipped)
    rooms.check()
    damaged = rooms.path(view).read_bytes()
    copy = pool_path(target / "objects", view)
    copy.chmod(0o600)
    copy.write_bytes(flipped(flipped(copy.read_bytes()) + b"x"))
    assert mended(rooms, target) == Mended((), (view,))
    assert rooms.path(view).read_bytes() == damaged
    assert rooms.rows()[view].fixity == "altered"


def test_an_object_that_no_backup_holds_is_named(rooms: Rooms, target: Path, view: UUID) -> None:
    backed_up(rooms.house, target)
    pool_path(target / "objects", view).unlink()
    rooms.lose(view)
    rooms.check()
    assert mended(rooms, target) == Mended((), (view,))


def test_what_was_not_found_damaged_is_left_as_it_is(rooms: Rooms, target: Path, view: UUID) -> None:
    backed_up(rooms.house, target)
    rooms.change(view, flipped)
    assert mended(rooms, target) == Mended((), ())


def test_what_was_put_back_stands_in_the_log(rooms: Rooms, target: Path, view: UUID) -> None:
    backed_up(rooms.house, target)
    rooms.lose(view)
    rooms.check()
    mended(rooms, target)
    entries = [entry for entry in rooms.house.log() if entry.action == "archive:restore"]
    assert [entry.objects for entry in entries if entry.objects] == [(f"object:{view}",)]
    assert {entry.actor for entry in entries} == {"SYSTEM:operator"}


def test_a_folder_without_backups_is_told(rooms: Rooms, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        mended(rooms, tmp_path)
