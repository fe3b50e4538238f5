"""Sealed bytes are read again and compared with what was written down when they were sealed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.core.errors import Altered, StoreUnavailable
from archive.core.vault.keyring import Keyring
from archive.desks.preservation import checking
from archive.desks.preservation.findings import Kind
from archive.desks.preservation.fixity import PIECE, Pace, check
from archive.desks.preservation.keeper import Stopped
from archive.desks.preservation.operations import Ended, begin_check, end_inspection
from archive.desks.reading_room.operations import PageAddress, show_page
from tests.preservation.conftest import Rooms, flipped

DAYS = timedelta(days=4)


def test_a_house_in_order_is_intact(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["张伟 骨折", "第二页"])
    tally = rooms.check()
    assert tally.findings == []
    assert {row.fixity for row in rooms.rows().values()} == {"intact"}
    assert tally.counts["bytes"] == sum(row.sealed_size for row in rooms.rows().values())


@pytest.mark.parametrize(
    ("kind", "fixity"), [(Kind.OBJECT_ALTERED, "altered"), (Kind.OBJECT_MISSING, "missing")]
)
def test_one_damaged_object_among_many_is_found_and_named(rooms: Rooms, kind: Kind, fixity: str) -> None:
    rooms.house.archived_item(texts=["一", "二"])
    master = rooms.row("master").uid
    rooms.change(master, flipped) if fixity == "altered" else rooms.lose(master)
    tally = rooms.check()
    assert tally.findings == [(kind, master)]
    assert rooms.rows()[master].fixity == fixity
    assert f"object:{master}" in rooms.named()
    assert [row.fixity for row in rooms.rows().values()].count("intact") == 4


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_a_cut_file_is_found(rooms: Rooms, cut: int) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.change(master, lambda data: data[:-cut])
    assert rooms.check().findings == [(Kind.OBJECT_ALTERED, master)]


def test_a_place_on_the_disk_that_gives_errors_is_found(rooms: Rooms) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.lose(master)
    rooms.path(master).mkdir()  # reading a folder is an error of the system, not the end of a file
    assert rooms.check().findings == [(Kind.OBJECT_UNREADABLE, master)]


def test_lost_objects_that_stay_lost_do_not_keep_the_rest_from_being_checked(rooms: Rooms) -> None:
    """What was damaged is looked at first, in slices of its own, of which nothing can be read."""
    rooms.house.archived_item(texts=["一", "二"])
    *lost, other = rooms.rows()
    for object_id in lost:
        rooms.lose(object_id)
    rooms.check()
    rooms.change(other, flipped)
    assert (Kind.OBJECT_ALTERED, other) in rooms.check().findings


def test_a_disk_that_is_not_there_is_no_damage_and_takes_none_back(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["一", "二"])
    rooms.lose(rooms.row("master").uid)
    rooms.check()
    before = {uid: row.fixity for uid, row in rooms.rows().items()}
    rooms.unmount()
    with pytest.raises(StoreUnavailable):
        rooms.check()
    assert {uid: row.fixity for uid, row in rooms.rows().items()} == before


def test_a_disk_that_goes_after_some_of_a_slice_was_read_is_no_damage_of_the_rest(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["一", "二"])
    steps = 0

    def go() -> bool:
        nonlocal steps
        steps += 1
        if steps == 4:  # of the slice, two objects were read
            rooms.unmount()
        return True

    with pytest.raises(StoreUnavailable):
        rooms.check(goes_on=go)
    assert {row.fixity for row in rooms.rows().values()} <= {"", "intact"}


def test_what_was_restored_is_whole_again_and_the_entry_names_it(rooms: Rooms) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.change(master, flipped)
    rooms.check()
    rooms.change(master, flipped)
    rooms.house.clock.forward(hours=1)
    tally = rooms.check()
    assert (tally.findings, tally.counts["restored"]) == ([], 1)
    assert rooms.rows()[master].fixity == "intact"


def test_no_key_is_touched(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms.house.archived_item()

    def refuse(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(Keyring, "unwrap", refuse)
    assert rooms.check().counts["seen.objects"] == 3


def test_whoever_opens_what_was_found_altered_is_told_what_to_do(rooms: Rooms) -> None:
    made = rooms.house.draft_item()
    rooms.change(rooms.row("view").uid, flipped)
    assert rooms.check().counts[f"found.{Kind.OBJECT_ALTERED}"] == 1
    gate = rooms.house.gate_of(rooms.house.archivist, show_page)
    shown = gate.run(show_page, PageAddress(made.uid, 1))
    assert shown.value.view is not None
    with pytest.raises(Altered) as told:
        gate.load(shown.permit, shown.value.view)
    assert "backup" in told.value.remedy


# --- the share of a day ------------------------------------------------------------------------------------


def a_days_share(rooms: Rooms) -> int:
    """How many objects were looked at."""
    round_ = rooms.gate.run(begin_check, None, (None, DAYS)).value
    check(rooms.keeper, round_, Pace(None, lambda _: True))
    ended = rooms.gate.run(end_inspection, round_, Ended(None, None, None)).value
    return ended.counts.get("seen.objects", 0)


def test_each_object_is_read_again_once_in_the_period_a_share_a_day(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["一", "二", "三"])  # seven objects
    shares = []
    for _ in range(4):
        rooms.house.clock.forward(days=1)
        shares.append(a_days_share(rooms))
    assert shares == [2, 2, 2, 2]
    times = {row.checked_at for row in rooms.rows().values()}
    assert None not in times
    assert len(times) == 4


def test_what_is_overdue_is_caught_up_with(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["一", "二", "三"])
    rooms.house.clock.forward(days=30)
    assert a_days_share(rooms) == 7


def test_what_was_sealed_today_waits_its_turn(rooms: Rooms) -> None:
    """It was hashed as it was sealed."""
    rooms.house.archived_item(texts=["一", "二", "三"])
    rooms.house.clock.forward(days=1)
    rooms.house.archived_item(texts=["四"])
    rooms.house.clock.forward(seconds=1)
    assert a_days_share(rooms) == 3
    checked = [row for row in rooms.rows().values() if row.checked_at is not None]
    assert {row.created_at.day for row in checked} == {min(row.created_at for row in checked).day}


# --- slowly, and stopping ----------------------------------------------------------------------------------


def test_the_reading_takes_as_long_as_its_rate_says() -> None:
    now, waits = [0.0], []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        now[0] += seconds
        return True

    pace = Pace(8 * PIECE, pause, lambda: now[0])
    for _ in range(80):
        pace.took(PIECE)
        now[0] += 0.01  # the disk
    assert 10 <= now[0] < 10.1
    assert max(waits) <= 0.13


def test_a_disk_that_is_slower_than_the_rate_is_not_waited_for_later() -> None:
    now, waits = [0.0], []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        return True

    pace = Pace(PIECE, pause, lambda: now[0])
    for _ in range(5):
        now[0] += 60
        pace.took(PIECE)
    assert max(waits) <= 1.0


def test_a_check_that_is_stopped_in_the_middle_of_a_slice_goes_on_where_it_was(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    rooms.house.archived_item(texts=["一", "二"])  # five objects
    rooms.house.clock.forward(seconds=1)
    round_ = rooms.gate.run(begin_check, None, (None, None)).value
    steps = iter([True] * 5)
    with pytest.raises(Stopped):
        check(replace(rooms.keeper, goes_on=lambda: next(steps, False)), round_, Pace(None, lambda _: True))
    done = [row for row in rooms.rows().values() if row.checked_at]
    assert len(done) == 2
    check(rooms.keeper, round_, Pace(None, lambda _: True))
    tally = rooms.gate.run(end_inspection, round_, Ended(None, None, None)).value
    assert (tally.counts["seen.objects"], tally.counts["wanted"]) == (5, 5)


def test_a_stop_is_heeded_while_waiting_for_the_rate(rooms: Rooms) -> None:
    rooms.house.archived_item()
    rooms.house.clock.forward(seconds=1)
    round_ = rooms.gate.run(begin_check, None, (None, None)).value
    with pytest.raises(Stopped):
        check(rooms.keeper, round_, Pace(1, lambda _: False))
