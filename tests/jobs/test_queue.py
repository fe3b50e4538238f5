from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from archive.core.db.engines import Database
from archive.core.errors import LeaseLost
from archive.core.jobs.queue import (
    DIED,
    enqueue,
    fail,
    finish,
    give_up,
    heartbeat,
    release,
    retry,
    waiting,
)
from archive.core.jobs.tables import JobKind, JobState
from tests.jobs.steps import LEASE, add, at, job, take, taken

# --- enqueue and order ---------------------------------------------------------------------------------------


def test_a_claim_tells_what_to_do_and_with_which_revision(session: Session) -> None:
    subject = uuid4()
    enqueue(session, kind=JobKind.INDEX, subject=subject, now=at(0), dedupe_key="x", revision=7)
    claimed = taken(session)
    assert (claimed.kind, claimed.subject, claimed.revision) == (JobKind.INDEX, subject, 7)
    assert (claimed.worker, claimed.attempt, claimed.uid) == ("a", 1, job(session, subject).uid)


def test_a_key_is_used_once_whatever_became_of_its_job(session: Session) -> None:
    subject = uuid4()

    def ask(key: str) -> bool:
        return enqueue(session, kind=JobKind.INDEX, subject=subject, now=at(0), dedupe_key=key)

    assert (ask("item 1 revision 3"), ask("item 1 revision 3")) == (True, False)
    finish(session, taken(session), at(1))
    assert (ask("item 1 revision 3"), ask("item 1 revision 4")) == (False, True)
    assert waiting(session)[JobState.READY] == 1


def test_a_job_belongs_to_the_transaction_that_asked_for_it(database: Database) -> None:
    with database.writing() as session:
        add(session)
        session.rollback()
    with database.writing() as session:
        assert take(session) is None


def test_urgent_jobs_go_first_then_the_oldest(session: Session) -> None:
    later, urgent, first = (
        add(session, seconds=2),
        add(session, seconds=3, priority=10),
        add(session, seconds=1),
    )
    order = [taken(session, seconds=5).subject for _ in range(3)]
    assert order == [urgent, first, later]


def test_jobs_asked_for_in_one_moment_go_in_the_order_of_asking(session: Session) -> None:
    subjects = [add(session) for _ in range(5)]
    assert [taken(session).subject for _ in range(5)] == subjects


def test_a_worker_takes_only_the_kinds_it_knows(session: Session) -> None:
    add(session, JobKind.READ)
    wanted = add(session, JobKind.INDEX)
    claimed = take(session, kinds=[JobKind.INDEX, JobKind.EXPIRE])
    assert claimed is not None
    assert claimed.subject == wanted
    assert take(session, kinds=[JobKind.INDEX, JobKind.EXPIRE]) is None


def test_a_job_that_is_handed_back_is_ready_at_once_and_the_attempt_is_not_counted(session: Session) -> None:
    subject = add(session)
    given_back = taken(session)
    release(session, given_back, at(1))
    assert (job(session, subject).state, job(session, subject).attempt) == (JobState.READY, 0)
    with pytest.raises(LeaseLost):
        finish(session, given_back, at(2))
    assert taken(session, "b", seconds=1).attempt == 1


def test_a_job_of_a_later_time_waits(session: Session) -> None:
    add(session, seconds=10)
    assert take(session, seconds=9.999) is None
    assert take(session, seconds=10) is not None


def test_a_job_can_be_asked_for_before_its_time(session: Session) -> None:
    enqueue(session, kind=JobKind.EXPIRE, subject=uuid4(), now=at(0), dedupe_key="x", run_at=at(3600))
    assert take(session, seconds=3599) is None
    assert take(session, seconds=3600) is not None


def test_a_running_job_is_not_given_to_another(session: Session) -> None:
    add(session)
    taken(session, "a")
    assert take(session, "b", seconds=120) is None


# --- leases and fences ---------------------------------------------------------------------------------------


def test_a_job_whose_lease_ran_out_is_given_to_another_as_the_next_attempt(session: Session) -> None:
    subject = add(session)
    taken(session, "a")
    again = taken(session, "b", seconds=120.001)
    assert (again.subject, again.attempt, again.worker) == (subject, 2, "b")


def test_jobs_that_are_ready_go_before_those_whose_lease_ran_out(session: Session) -> None:
    add(session)
    taken(session, "a")
    ready = add(session, seconds=200)
    assert taken(session, "b", seconds=300).subject == ready


def test_a_heartbeat_prolongs_the_lease(session: Session) -> None:
    add(session)
    claimed = taken(session, "a")
    heartbeat(session, claimed, at(100), LEASE)
    assert take(session, "b", seconds=220) is None
    assert take(session, "b", seconds=220.001) is not None


def test_a_worker_that_came_late_may_still_finish_when_nobody_took_the_job(session: Session) -> None:
    subject = add(session)
    claimed = taken(session, "a")
    finish(session, claimed, at(1000))
    assert job(session, subject).state == JobState.DONE
    assert take(session, "b", seconds=2000) is None


@pytest.mark.parametrize("second", ["b", "a"], ids=["another worker", "the same worker again"])
def test_whoever_lost_the_lease_can_neither_prolong_finish_nor_fail(session: Session, second: str) -> None:
    add(session)
    lost = taken(session, "a")
    mine = taken(session, second, seconds=121)
    with pytest.raises(LeaseLost):
        heartbeat(session, lost, at(122), LEASE)
    with pytest.raises(LeaseLost):
        finish(session, lost, at(122))
    with pytest.raises(LeaseLost):
        fail(session, lost, reason="no", now=at(122), retry_in=None)
    finish(session, mine, at(123))


@pytest.mark.parametrize(
    "change", [{"worker": "x"}, {"attempt": 2}, {"id": 99}], ids=["worker", "attempt", "id"]
)
def test_each_part_of_the_fence_holds(session: Session, change: dict[str, Any]) -> None:
    subject = add(session)
    with pytest.raises(LeaseLost):
        finish(session, replace(taken(session), **change), at(1))
    assert job(session, subject).state == JobState.RUNNING


def test_a_job_is_finished_once(session: Session) -> None:
    add(session)
    claimed = taken(session)
    finish(session, claimed, at(1))
    with pytest.raises(LeaseLost):
        finish(session, claimed, at(2))


# --- failing -------------------------------------------------------------------------------------------------


def test_a_failed_job_waits_and_says_why_and_comes_back_as_the_next_attempt(session: Session) -> None:
    subject = add(session)
    fail(session, taken(session), reason="The engine was busy.", now=at(1), retry_in=timedelta(seconds=30))
    assert (job(session, subject).state, job(session, subject).reason) == (
        JobState.READY,
        "The engine was busy.",
    )
    assert take(session, seconds=30.999) is None
    assert taken(session, seconds=31).attempt == 2


def test_a_job_that_can_never_work_dies_at_once_with_its_reason(session: Session) -> None:
    subject = add(session)
    fail(session, taken(session), reason="The file is encrypted.", now=at(1), retry_in=None)
    dead = job(session, subject)
    assert (dead.state, dead.reason, dead.finished_at) == (JobState.DEAD, "The file is encrypted.", at(1))
    assert take(session, seconds=10**6) is None


def test_a_success_forgets_the_reason_of_the_failure_before(session: Session) -> None:
    subject = add(session)
    fail(session, taken(session), reason="The engine was busy.", now=at(0), retry_in=timedelta(0))
    finish(session, taken(session), at(1))
    assert (job(session, subject).reason, job(session, subject).finished_at) == (None, at(1))


def test_the_fifth_failure_is_the_last(session: Session) -> None:
    subject = add(session)
    for attempt in range(1, 6):
        claimed = taken(session)
        assert claimed.attempt == attempt
        fail(session, claimed, reason=f"failure {attempt}", now=at(0), retry_in=timedelta(0))
    assert take(session, seconds=10**6) is None
    assert (job(session, subject).state, job(session, subject).reason) == (JobState.DEAD, "failure 5")


def test_a_job_that_kills_its_workers_dies_after_five_leases(session: Session) -> None:
    subject = add(session)
    for attempt in range(1, 6):
        assert taken(session, f"worker {attempt}", seconds=attempt * 200).attempt == attempt
    assert take(session, seconds=5 * 200 + 120) is None
    assert job(session, subject).state == JobState.RUNNING
    assert take(session, seconds=6 * 200) is None
    assert (job(session, subject).state, job(session, subject).reason) == (JobState.DEAD, DIED)


def test_failures_and_lost_leases_count_together(session: Session) -> None:
    subject = add(session)
    for attempt in range(1, 6):
        claimed = taken(session, seconds=attempt * 200)
        if attempt % 2:
            fail(session, claimed, reason="no", now=at(attempt * 200), retry_in=timedelta(0))
    assert take(session, seconds=10**6) is None
    assert job(session, subject).state == JobState.DEAD


def test_a_poisonous_job_does_not_hold_up_the_others(session: Session) -> None:
    poison = add(session, priority=1)
    for attempt in range(1, 6):
        taken(session, seconds=attempt * 200)
    good = add(session, seconds=1200)
    assert taken(session, seconds=1200).subject == good
    assert job(session, poison).state == JobState.DEAD


# --- by hand -------------------------------------------------------------------------------------------------


def test_a_dead_job_can_be_started_again_with_all_its_attempts(session: Session) -> None:
    subject = add(session)
    fail(session, taken(session), reason="no", now=at(1), retry_in=None)
    assert retry(session, subject=subject, kind=JobKind.READ, now=at(50)) == 1
    again = job(session, subject)
    assert (again.attempt, again.reason, again.finished_at, again.run_at) == (0, None, None, at(50))
    assert taken(session, seconds=50).attempt == 1


def test_a_job_that_waits_can_be_started_now(session: Session) -> None:
    subject = add(session)
    fail(session, taken(session), reason="no", now=at(0), retry_in=timedelta(minutes=10))
    assert take(session, seconds=5) is None
    assert retry(session, subject=subject, kind=JobKind.READ, now=at(5)) == 1
    assert taken(session, seconds=5).attempt == 1


def test_starting_again_touches_neither_running_nor_finished_jobs_nor_other_kinds(session: Session) -> None:
    running, done, other = add(session), add(session), add(session, JobKind.INDEX)
    taken(session)
    finish(session, taken(session), at(1))
    assert retry(session, subject=running, kind=JobKind.READ, now=at(2)) == 0
    assert retry(session, subject=done, kind=JobKind.READ, now=at(2)) == 0
    assert retry(session, subject=other, kind=JobKind.READ, now=at(2)) == 0


def test_giving_up_ends_a_job_and_its_worker_finds_the_lease_lost(session: Session) -> None:
    running, ready = add(session), add(session)
    claimed = taken(session)
    for subject in (running, ready):
        assert give_up(session, subject=subject, kind=JobKind.READ, reason="Disposed of.", now=at(2)) == 1
        assert (job(session, subject).state, job(session, subject).reason) == (JobState.DEAD, "Disposed of.")
    with pytest.raises(LeaseLost):
        finish(session, claimed, at(3))
    assert give_up(session, subject=running, kind=JobKind.READ, reason="Again.", now=at(4)) == 0


def test_what_is_waiting_is_counted_by_state(session: Session) -> None:
    for _ in range(6):
        add(session)
    finish(session, taken(session), at(1))
    fail(session, taken(session), reason="no", now=at(1), retry_in=None)
    fail(session, taken(session), reason="later", now=at(1), retry_in=timedelta(hours=1))
    taken(session)
    assert waiting(session) == {JobState.READY: 3, JobState.RUNNING: 1, JobState.DEAD: 1}


# --- the database --------------------------------------------------------------------------------------------


def test_claiming_and_counting_read_only_the_partial_indexes(session: Session) -> None:
    seen: list[tuple[str, Any]] = []
    add(session)
    event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda _c, _cu, sql, values, *_: seen.append((sql, values)),
    )
    taken(session)
    take(session, seconds=999)
    waiting(session)
    statements, connection = seen[:], session.connection()
    assert len(statements) == 8  # bury, ready; bury, ready, expired; three counts
    for sql, values in statements:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert any(
            "ix_job_ready" in step or "ix_job_running" in step or "ix_job_dead" in step for step in plan
        ), sql
        assert not [
            step for step in plan if step.startswith(("SCAN job", "USE TEMP")) and "INDEX" not in step
        ], plan
