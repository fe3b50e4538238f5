"""What is left over is found, removed and named in the log; what is in use stays as it is."""

import os
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from archive.core.errors import KeyDestroyed, StoreUnavailable
from archive.core.gate import Released
from archive.core.jobs.tables import Job, JobKind
from archive.desks.intake import receiving
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import Begun, NewDeposit, begin
from archive.desks.preservation import looking, repairing, sweeping
from archive.desks.preservation.findings import Kind, Tally
from archive.desks.preservation.keeper import Stopped
from archive.desks.preservation.operations import begin_sweep
from archive.desks.preservation.tables import Inspection
from archive.holdings.tables import Deposit, Fonds, StoredObject
from tests.preservation.conftest import Rooms

BYTES = b"a scan of one page"


def found(tally: Tally) -> dict[str, int]:
    return {
        name.removeprefix("found."): number
        for name, number in tally.counts.items()
        if name.startswith("found.")
    }


def begun(rooms: Rooms) -> Released[Begun]:
    """An upload whose bytes are sealed, and whose row does not say so yet."""
    gate = rooms.house.gate_of(rooms.house.archivist, *receiving.OPERATIONS)
    new = NewDeposit("scan.jpg", len(BYTES), "A001", duplicates=Duplicates.KEEP)
    return gate.run(begin, None, new)


def sealed_without_a_row(rooms: Rooms) -> Begun:
    released = begun(rooms)
    gate = rooms.house.gate_of(rooms.house.archivist, *receiving.OPERATIONS)
    gate.seal(released.permit, released.value.object_id, released.value.dek_id, [BYTES])
    return released.value


def deposit(rooms: Rooms, uid: UUID) -> Deposit:
    return rooms.house.read(lambda s: s.scalars(select(Deposit).where(Deposit.uid == uid)).one())


def dek_of_nothing(rooms: Rooms) -> UUID:
    fonds = rooms.house.read(lambda s: s.scalars(select(Fonds.uid).where(Fonds.code == "A001")).one())
    return rooms.house.archive.keyring.new_dek(fonds)


# --- nothing is wrong --------------------------------------------------------------------------------------


def test_a_house_in_order_gives_nothing_to_find(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["张伟 骨折", "第二页"])
    rooms.house.archived_item(tier=5, texts=["保密"])
    before = rooms.objects()
    rooms.two_days_pass()
    tally = rooms.sweep()
    assert (found(tally), tally.findings) == ({}, [])
    assert rooms.objects() == before


def test_a_second_sweep_finds_nothing_that_the_first_has_cleared_away(rooms: Rooms) -> None:
    made = rooms.house.archived_item(texts=["张伟"])
    sealed_without_a_row(rooms)
    dek_of_nothing(rooms)
    rooms.house.archive.index.remove(made.id, rooms.house.item(made).index_version)
    rooms.two_days_pass()
    first = rooms.sweep()
    rooms.house.index()
    assert found(first) == {
        Kind.OBJECT_UNKNOWN: 1,
        Kind.KEY_UNUSED: 1,
        Kind.NOT_INDEXED: 1,
        Kind.UPLOAD_ABANDONED: 1,
    }
    assert found(rooms.sweep()) == {}


def test_whoever_only_looks_changes_nothing(rooms: Rooms) -> None:
    upload = sealed_without_a_row(rooms)
    dek_id = dek_of_nothing(rooms)
    rooms.two_days_pass()
    tally = rooms.sweep(repairs=False)
    assert found(tally) == {Kind.OBJECT_UNKNOWN: 1, Kind.KEY_UNUSED: 1, Kind.UPLOAD_ABANDONED: 1}
    assert not [name for name in tally.counts if name.startswith("repaired.")]
    assert upload.object_id in rooms.objects()
    assert rooms.house.archive.keyring.unwrap(dek_id)
    assert deposit(rooms, upload.deposit).state == "receiving"


# --- objects without rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slice_", [1, 3])
def test_many_objects_are_compared_slice_by_slice(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    monkeypatch.setattr(looking, "OBJECTS_AT_ONCE", slice_)
    monkeypatch.setattr(sweeping, "OBJECTS_AT_ONCE", slice_)
    monkeypatch.setattr(sweeping, "REMOVED_AT_ONCE", slice_)
    rooms.house.archived_item()
    left = {rooms.uid() for _ in range(3)}
    for object_id in left:
        rooms.store.put(object_id, [BYTES])
    rooms.lose(rooms.row("master").uid)
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.OBJECT_UNKNOWN: 3, Kind.OBJECT_MISSING: 1}
    assert rooms.objects() == set(rooms.rows()) - {rooms.row("master").uid}


def test_an_object_that_no_row_names_is_removed_and_named_in_the_log(rooms: Rooms) -> None:
    upload = sealed_without_a_row(rooms)
    rooms.two_days_pass()
    tally = rooms.sweep()
    assert upload.object_id not in rooms.objects()
    assert f"object:{upload.object_id}" in rooms.named()
    assert tally.counts[f"repaired.{Kind.OBJECT_UNKNOWN}"] == 1


def test_an_upload_under_way_is_left_alone_and_ends_well(rooms: Rooms) -> None:
    released = begun(rooms)
    gate = rooms.house.gate_of(rooms.house.archivist, *receiving.OPERATIONS)
    sealed = gate.seal(released.permit, released.value.object_id, released.value.dek_id, [BYTES])
    assert found(rooms.sweep()) == {}
    receiving.finished(gate, released.value.deposit, sealed)
    assert deposit(rooms, released.value.deposit).state == "received"
    assert found(rooms.sweep()) == {}


def test_an_object_whose_file_is_young_stays_however_old_its_id_is(rooms: Rooms) -> None:
    """A large upload takes its id when it begins and is published when it ends."""
    object_id = rooms.uid()
    rooms.two_days_pass()
    rooms.store.put(object_id, [BYTES])
    now = rooms.house.clock().timestamp()
    os.utime(rooms.path(object_id), (now, now))
    assert found(rooms.sweep()) == {}
    assert object_id in rooms.objects()


def test_an_object_whose_id_is_young_stays_whatever_its_file_says(rooms: Rooms) -> None:
    rooms.two_days_pass()
    object_id = rooms.uid()
    rooms.store.put(object_id, [BYTES])
    assert found(rooms.sweep()) == {}
    assert object_id in rooms.objects()


def test_an_object_that_gets_its_row_after_it_was_listed_stays(rooms: Rooms) -> None:
    upload = sealed_without_a_row(rooms)
    round_ = rooms.gate.run(begin_sweep, None, None).value

    def row(session: Session) -> None:
        session.add(
            StoredObject(
                uid=upload.object_id,
                role="master",
                media_type="",
                size=1,
                sealed_size=1,
                sealed_sha256=b"",
                sha256="",
                dek_id=upload.dek_id,
                created_at=rooms.house.clock(),
            )
        )

    rooms.house.change(row)
    assert rooms.gate.run(repairing.drop_objects, round_, (upload.object_id,)).value == ()


def test_what_is_put_while_the_store_is_walked_stays(rooms: Rooms) -> None:
    sealed_without_a_row(rooms)
    rooms.two_days_pass()
    put: list[UUID] = []

    def another(_seen: int) -> None:
        put.append(rooms.house.receive())

    rooms.sweep(told=another)
    assert {deposit(rooms, uid).state for uid in put} == {"received"}
    assert rooms.row("master").uid in rooms.objects()


def test_more_leftovers_than_kills_leave_wait_for_a_person(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "USUAL_LEFT", 3)
    left = {rooms.uid() for _ in range(4)}
    for object_id in left:
        rooms.store.put(object_id, [BYTES])
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.OBJECT_UNKNOWN: 4, Kind.TOO_MANY: 1}
    assert left <= rooms.objects()
    rooms.sweep(is_sure=True)
    assert not left & rooms.objects()


# --- rows without their objects ----------------------------------------------------------------------------


def test_a_lost_original_is_reported_again_and_again_and_its_row_stays(rooms: Rooms) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.lose(master)
    for _ in range(2):
        tally = rooms.sweep()
        assert tally.findings == [(Kind.OBJECT_MISSING, master)]
        assert tally.is_damaged
    assert rooms.rows()[master].fixity == "missing"
    assert f"object:{master}" in rooms.named()


def test_an_object_of_another_size_is_reported(rooms: Rooms) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.change(master, lambda data: data[:-1])
    assert rooms.sweep().findings == [(Kind.OBJECT_ALTERED, master)]


@pytest.mark.parametrize("role", ["view", "text"])
def test_the_page_of_a_lost_picture_or_text_is_to_be_read_again(rooms: Rooms, role: str) -> None:
    rooms.house.archived_item()
    rooms.lose(rooms.row(role).uid)
    tally = rooms.sweep()
    assert tally.counts[f"repaired.{Kind.PAGE_REMADE}"] == 1
    assert rooms.house.claim(JobKind.REMAKE).kind == JobKind.REMAKE


def test_a_disk_that_is_not_there_is_no_damage_of_objects(rooms: Rooms) -> None:
    rooms.house.archived_item()
    rooms.unmount()
    with pytest.raises(StoreUnavailable):
        rooms.sweep()
    assert {row.fixity for row in rooms.rows().values()} == {""}


def test_a_disk_that_goes_while_rows_are_compared_is_no_damage_of_objects(rooms: Rooms) -> None:
    rooms.house.archived_item()

    def go(_seen: int) -> None:
        rooms.unmount()

    with pytest.raises(StoreUnavailable):
        rooms.sweep(told=go)
    assert {row.fixity for row in rooms.rows().values()} == {""}


@pytest.mark.parametrize("slice_", [3, 500])
def test_a_slice_of_which_all_is_lost_is_damage_while_the_store_is_there(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    monkeypatch.setattr(looking, "OBJECTS_AT_ONCE", slice_)
    for _ in range(2):
        rooms.house.archived_item()  # three objects
    lost = sorted(rooms.rows())[-slice_:]
    for object_id in lost:
        rooms.lose(object_id)
    assert found(rooms.sweep())[Kind.OBJECT_MISSING] == len(lost)


# --- keys --------------------------------------------------------------------------------------------------


def test_a_key_that_nothing_uses_is_destroyed_by_an_entry_that_names_it(rooms: Rooms) -> None:
    made = rooms.house.archived_item()
    dek_id = dek_of_nothing(rooms)
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.KEY_UNUSED: 1}
    with pytest.raises(KeyDestroyed):
        rooms.house.archive.keyring.unwrap(dek_id)
    assert f"key:{dek_id}" in rooms.named()
    assert rooms.house.archive.keyring.unwrap(rooms.house.item(made).dek_id)


def test_a_key_that_was_just_made_stays(rooms: Rooms) -> None:
    dek_id = dek_of_nothing(rooms)
    assert found(rooms.sweep()) == {}
    assert rooms.house.archive.keyring.unwrap(dek_id)


def test_a_key_that_came_into_use_after_it_was_listed_stays(rooms: Rooms) -> None:
    used = begun(rooms).value.dek_id
    round_ = rooms.gate.run(begin_sweep, None, None).value
    assert rooms.gate.run(repairing.drop_keys, round_, (used,)).value == ()


# --- deposits ----------------------------------------------------------------------------------------------


def test_a_deposit_whose_job_is_gone_gets_it_back(rooms: Rooms) -> None:
    uid = rooms.house.receive()
    rooms.house.change(lambda s: s.execute(delete(Job).where(Job.subject_uid == uid)))
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.DEPOSIT_STANDING: 1}
    rooms.house.claim(JobKind.ACCEPT, uid)
    assert f"deposit:{uid}" in rooms.named()
    assert found(rooms.sweep()) == {}


def test_a_deposit_whose_job_waits_or_was_given_up_is_not_taken_up_twice(rooms: Rooms) -> None:
    uid, other = rooms.house.receive(), rooms.house.receive()
    dead = update(Job).where(Job.subject_uid == other).values(state="dead", finished_at=rooms.house.clock())
    rooms.house.change(lambda s: s.execute(dead))
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.JOB_DEAD: 1}
    jobs = rooms.house.read(lambda s: list(s.scalars(select(Job.subject_uid))))
    assert sorted(jobs) == sorted([uid, other])


def test_a_job_whose_lease_ran_out_is_reported_and_left_to_the_next_worker(rooms: Rooms) -> None:
    rooms.house.receive()
    rooms.house.claim(JobKind.ACCEPT)
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.LEASE_EXPIRED: 1}
    rooms.house.claim(JobKind.ACCEPT)


# --- files -------------------------------------------------------------------------------------------------


def test_files_of_broken_off_writings_and_sendings_are_removed_when_they_are_old(rooms: Rooms) -> None:
    rooms.house.receive()
    folder = rooms.path(rooms.row("master").uid).parent
    exports = rooms.house.archive.settings.data / "exports"
    exports.mkdir(exist_ok=True)
    old = [folder / ".00.part", exports / "log-1.zip"]
    young = [folder / ".11.part", exports / "log-2.zip", exports / "log-3.zip.part"]
    for path in (*old, *young):
        path.write_bytes(b"x")
    for path in old:
        os.utime(path, (0, 0))
    assert found(rooms.sweep()) == {Kind.TEMPORARY_FILE: 2}
    assert [path.exists() for path in (*old, *young)] == [False, False, True, True, True]


# --- its own entry, and its end ----------------------------------------------------------------------------


def test_an_inspection_is_one_row_and_its_last_entry_names_it(rooms: Rooms) -> None:
    rooms.house.archived_item(title="王芳的理赔")
    rooms.lose(rooms.row("master").uid)
    rooms.sweep()
    [row] = rooms.house.read(lambda s: list(s.scalars(select(Inspection))))
    assert (row.kind, row.state, row.asked_by) == ("sweep", "done", "SYSTEM:keeper")
    last = rooms.house.log()[-1]
    assert (last.action, last.target) == ("archive:sweep", f"inspection:{row.uid}")
    assert "王芳" not in row.counts + row.findings


def test_a_sweep_stops_when_it_is_asked_to_and_what_it_removed_is_logged(rooms: Rooms) -> None:
    upload = sealed_without_a_row(rooms)
    rooms.two_days_pass()
    steps = iter([True] * 4)
    with pytest.raises(Stopped):
        rooms.sweep(goes_on=lambda: next(steps, False))
    gone = upload.object_id not in rooms.objects()
    assert gone == (f"object:{upload.object_id}" in rooms.named())
    assert found(rooms.sweep()).keys() <= {Kind.OBJECT_UNKNOWN, Kind.UPLOAD_ABANDONED}
    assert found(rooms.sweep()) == {}
