"""Inspections are planned by whoever starts, ask for their successors, and keep out of the readers' way."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from archive.core.errors import Conflict
from archive.core.jobs.tables import Job, JobKind
from archive.desks.preservation import operations
from archive.desks.preservation.findings import Kind
from archive.desks.preservation.operations import counted, plan
from archive.desks.preservation.tables import Inspection
from archive.worker import Worker, new_keeper, work_once, work_until
from ocr.launchers import choose_launcher
from tests.crash.working import worker_with
from tests.preservation.conftest import Rooms, flipped

PLANNED = {"sweep": timedelta(days=1), "fixity": timedelta(days=1)}


def keeper_of(rooms: Rooms) -> Worker:
    return new_keeper(rooms.house.archive, choose_launcher(("bwrap", "bare")))


def waiting(rooms: Rooms, kind: JobKind) -> list[Job]:
    ready = select(Job).where(Job.kind == kind, Job.state == "ready")
    return rooms.house.read(lambda s: list(s.scalars(ready)))


def inspections(rooms: Rooms) -> list[Inspection]:
    return rooms.house.read(lambda s: list(s.scalars(select(Inspection).order_by(Inspection.id))))


def test_the_first_is_planned_once_however_many_start(rooms: Rooms) -> None:
    for _ in range(3):
        rooms.gate.run(plan, None, PLANNED)
    assert [len(waiting(rooms, kind)) for kind in (JobKind.SWEEP, JobKind.FIXITY)] == [1, 1]


def test_each_inspection_asks_for_the_next_a_day_later(rooms: Rooms) -> None:
    rooms.house.archived_item()
    rooms.gate.run(plan, None, PLANNED)
    keeper = keeper_of(rooms)
    for day in range(1, 4):
        rooms.house.clock.forward(days=1)
        assert (work_once(keeper), work_once(keeper), work_once(keeper)) == (True, True, False)
        assert len(inspections(rooms)) == 2 * day
    assert {row.state for row in inspections(rooms)} == {"done"}
    for kind in (JobKind.SWEEP, JobKind.FIXITY):
        [next_] = waiting(rooms, kind)
        assert next_.run_at - rooms.house.clock() == timedelta(days=1)


def test_one_that_was_given_up_is_planned_anew_on_another_day(rooms: Rooms) -> None:
    rooms.gate.run(plan, None, PLANNED)
    dead = update(Job).where(Job.kind == JobKind.SWEEP).values(state="dead", finished_at=rooms.house.clock())
    rooms.house.change(lambda s: s.execute(dead))
    rooms.house.clock.forward(days=1)
    rooms.gate.run(plan, None, PLANNED)
    assert len(waiting(rooms, JobKind.SWEEP)) == 1


def test_no_reader_takes_up_an_inspection_and_no_keeper_a_deposit(rooms: Rooms) -> None:
    rooms.gate.run(plan, None, PLANNED)
    rooms.house.clock.forward(hours=1)
    assert not work_once(worker_with(rooms.house, "failing"))
    keeper = keeper_of(rooms)
    while work_once(keeper):
        pass
    rooms.house.receive()
    assert not work_once(keeper)


def test_a_person_asks_for_one_now_and_not_for_two(rooms: Rooms) -> None:
    rooms.gate.run(plan, None, PLANNED)
    gate = rooms.house.gate_of(rooms.house.archivist, operations.ask)
    gate.run(operations.ask, None, "sweep")
    with pytest.raises(Conflict):
        gate.run(operations.ask, None, "sweep")
    keeper = keeper_of(rooms)
    assert (work_once(keeper), work_once(keeper)) == (True, False)
    assert [row.kind for row in inspections(rooms)] == ["sweep"]
    assert len(waiting(rooms, JobKind.SWEEP)) == 1


def test_a_keeper_that_is_asked_to_end_hands_its_job_back_and_another_ends_it(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["一", "二"])
    rooms.change(rooms.row("master").uid, flipped)
    rooms.gate.run(plan, None, PLANNED)
    rooms.house.clock.forward(days=1)
    stop = threading.Event()
    stop.set()
    stopped = replace(keeper_of(rooms), stop=stop)
    assert work_once(stopped)
    assert work_once(stopped)
    assert {job.attempt for kind in ("sweep", "fixity") for job in waiting(rooms, JobKind(kind))} == {0}
    keeper = keeper_of(rooms)
    while work_once(keeper):
        pass
    assert {row.state for row in inspections(rooms)} == {"done"}
    assert len(inspections(rooms)) == 2


def test_a_sweep_that_was_killed_is_taken_over_and_counts_anew(rooms: Rooms) -> None:
    rooms.house.archived_item()
    rooms.lose(rooms.row("master").uid)
    rooms.gate.run(plan, None, PLANNED)
    rooms.house.clock.forward(days=1)
    job = rooms.house.claim(JobKind.SWEEP)
    rooms.gate.run(operations.begin_sweep, None, job.subject)
    rooms.house.clock.forward(hours=1)
    keeper = keeper_of(rooms)
    while work_once(keeper):
        pass
    [row] = [row for row in inspections(rooms) if row.kind == "sweep"]
    assert (row.uid, row.state) == (job.subject, "done")
    assert counted(row).counts[f"found.{Kind.OBJECT_MISSING}"] == 1


def test_one_begun_by_hand_and_killed_is_seen_as_broken_when_the_next_begins(rooms: Rooms) -> None:
    rooms.gate.run(operations.begin_sweep, None, None)
    rooms.sweep()
    assert [row.state for row in inspections(rooms)] == ["broken", "done"]


def test_a_keeper_that_runs_plans_by_itself(rooms: Rooms) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=work_until, args=(keeper_of(rooms), stop))
    thread.start()
    for _ in range(200):
        if waiting(rooms, JobKind.FIXITY):
            break
        stop.wait(0.05)
    stop.set()
    thread.join()
    assert len(waiting(rooms, JobKind.SWEEP)) == 1
