"""The wall clock jumps; the queue neither stands still for a day nor does anything twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from archive.core.errors import LeaseLost
from archive.core.jobs.queue import MOST_ATTEMPTS, enqueue, fail, finish, heartbeat, put_off, release
from archive.core.jobs.tables import JobKind, JobState
from tests.jobs.steps import LEASE, add, at, job, take, taken

DAY = 86_400.0


def test_after_a_jump_forward_a_job_is_taken_over_once_and_the_first_worker_is_fenced_off(
    session: Session,
) -> None:
    add(session)
    slow = taken(session, "slow")
    again = taken(session, "other", seconds=DAY)
    with pytest.raises(LeaseLost):
        finish(session, slow, at(DAY))
    finish(session, again, at(DAY))


def test_after_a_jump_forward_a_living_worker_that_was_not_overtaken_keeps_its_job(session: Session) -> None:
    add(session)
    ours = taken(session)
    heartbeat(session, ours, at(DAY), LEASE)
    assert take(session, "other", seconds=DAY + 1) is None


def test_after_a_jump_back_the_job_of_a_dead_worker_is_not_held_until_the_clock_is_there_again(
    session: Session,
) -> None:
    subject = add(session)
    taken(session, "dead", seconds=DAY)
    assert taken(session, "other", seconds=0).subject == subject


def test_after_a_jump_back_a_living_worker_keeps_its_job_by_its_next_heartbeat(session: Session) -> None:
    add(session)
    ours = taken(session, seconds=DAY)
    heartbeat(session, ours, at(0), LEASE)
    assert take(session, "other", seconds=1) is None


def test_a_job_that_kills_its_workers_dies_also_while_the_clock_jumps(session: Session) -> None:
    subject = add(session)
    for turn in range(MOST_ATTEMPTS):
        assert take(session, seconds=DAY * (turn % 2)) is not None
    assert take(session, seconds=DAY * (MOST_ATTEMPTS % 2)) is None
    assert job(session, subject).state == JobState.DEAD


def test_a_small_step_back_takes_no_job_from_its_worker(session: Session) -> None:
    add(session)
    taken(session, seconds=30)
    assert take(session, "other", seconds=0) is None


def test_after_a_jump_back_a_job_that_was_to_be_done_at_once_is_done_at_once(session: Session) -> None:
    subject = add(session, seconds=DAY)
    assert taken(session, seconds=0).subject == subject


@pytest.mark.parametrize("way", ["failed", "put off", "handed back"])
def test_after_a_jump_back_a_job_that_was_tried_waits_no_longer_than_any_back_off(
    session: Session, way: str
) -> None:
    subject = add(session)
    tried, soon = taken(session, seconds=DAY), timedelta(minutes=2)
    if way == "failed":
        fail(session, tried, reason="no", now=at(DAY), retry_in=soon)
    elif way == "put off":
        put_off(session, tried, reason="full", now=at(DAY), wait=soon)
    else:
        release(session, tried, at(DAY))
    assert taken(session, seconds=60).subject == subject


def test_a_job_of_a_later_time_keeps_it_whatever_the_clock_does(session: Session) -> None:
    """The end of a loan in thirty days, asked for while the clock was a day ahead."""
    enqueue(session, kind=JobKind.EXPIRE, subject=uuid4(), now=at(DAY), dedupe_key="x", run_at=at(30 * DAY))
    assert take(session, seconds=0) is None
    assert take(session, seconds=30 * DAY) is not None
