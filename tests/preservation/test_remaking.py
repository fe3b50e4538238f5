"""A page whose picture or text was damaged is read again from its original, by the real reading program."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from archive.core.jobs.tables import Job, JobKind
from archive.desks.preservation.findings import Kind
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings.tables import Page, PageReading
from archive.worker import work_once
from tests.crash.working import worker_with
from tests.preservation.conftest import Rooms, flipped

ENGINE = "failing"
"""The pages of this house are empty: no engine is needed to see that."""


def read_again(rooms: Rooms) -> None:
    worker = worker_with(rooms.house, ENGINE)
    while work_once(worker):
        pass


def job(rooms: Rooms) -> Job:
    return rooms.house.read(lambda s: s.scalars(select(Job).where(Job.kind == JobKind.REMAKE)).one())


@pytest.mark.parametrize("role", ["view", "text"])
def test_what_is_damaged_gives_way_to_what_the_original_gives(rooms: Rooms, role: str) -> None:
    made = rooms.house.draft_item()
    damaged = rooms.row(role).uid
    others = {row.uid for row in rooms.rows().values()} - {damaged}
    rooms.change(damaged, flipped)
    rooms.check()
    read_again(rooms)
    assert job(rooms).state == "done"
    new = rooms.row(role)
    assert new.uid != damaged
    assert rooms.objects() == {*others, new.uid}
    assert rooms.check().findings == []
    gate = rooms.house.gate_of(rooms.house.archivist, show_page)
    shown = gate.run(show_page, PageAddress(made.uid, 1))
    assert shown.value.view is not None
    assert gate.load(shown.permit, shown.value.view)[:2] == b"\xff\xd8"
    assert rooms.sweep().findings == []


def test_the_damaged_page_of_a_damaged_original_waits_for_the_backup(rooms: Rooms) -> None:
    rooms.house.draft_item()
    for role in ("view", "master"):
        rooms.change(rooms.row(role).uid, flipped)
    rooms.check()
    view = rooms.row("view").uid
    read_again(rooms)
    assert job(rooms).reason == "The original of this page is damaged as well."
    assert rooms.row("view").uid == view


def test_a_text_that_a_person_corrected_is_not_read_over(rooms: Rooms) -> None:
    rooms.house.draft_item()
    rooms.house.change(lambda s: s.execute(update(PageReading).values(author_id=rooms.house.archivist.id)))
    text = rooms.row("text").uid
    rooms.change(text, flipped)
    rooms.check()
    read_again(rooms)
    assert job(rooms).reason == "A person has corrected the text of this page."
    assert rooms.row("text").uid == text


def test_what_was_restored_meanwhile_is_left_as_it_is(rooms: Rooms) -> None:
    rooms.house.draft_item()
    view = rooms.row("view").uid
    rooms.change(view, flipped)
    rooms.check()
    rooms.change(view, flipped)
    rooms.check()
    read_again(rooms)
    assert job(rooms).state == "done"
    assert rooms.row("view").uid == view


def test_whoever_only_looks_orders_no_reading(rooms: Rooms) -> None:
    rooms.house.draft_item()
    rooms.change(rooms.row("view").uid, flipped)
    tally = rooms.check(repairs=False)
    assert f"repaired.{Kind.PAGE_REMADE}" not in tally.counts
    assert rooms.house.read(lambda s: s.scalar(select(Job.id).where(Job.kind == JobKind.REMAKE))) is None


def page_uid(rooms: Rooms) -> UUID:
    return rooms.house.read(lambda s: s.scalars(select(Page.uid)).one())


def test_the_entries_name_the_page(rooms: Rooms) -> None:
    rooms.house.draft_item()
    rooms.change(rooms.row("view").uid, flipped)
    rooms.check()
    read_again(rooms)
    page = f"page:{page_uid(rooms)}"
    stored = [entry for entry in rooms.house.log() if entry.action == "page:store" and entry.target == page]
    assert [entry.outcome for entry in stored] == ["done"]
    assert page in stored[0].objects
