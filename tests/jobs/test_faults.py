"""Whose fault it is decides whether an attempt is counted."""

import errno
import logging
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from archive.core import errors
from archive.core.errors import LeaseLost
from archive.core.jobs import backoff
from archive.core.jobs.backoff import Patience
from archive.core.jobs.faults import Complaints, waits_for
from archive.core.jobs.queue import MOST_ATTEMPTS, finish, put_off
from archive.core.jobs.tables import JobKind, JobState
from archive.web.sentences import in_words
from ocr.launchers import LauncherUnavailable
from search.index import IndexStale, IndexUnavailable
from tests.jobs.steps import add, at, job, take, taken

WAIT = timedelta(seconds=5)

OF_THE_MACHINE = [
    errors.StoreFull("", ""),
    errors.StoreUnavailable("", ""),
    errors.DatabaseUnavailable("", ""),
    errors.SearchUnavailable("", ""),
    errors.SandboxUnavailable("", ""),
    LauncherUnavailable("", ""),
    IndexUnavailable(),
    IndexStale(),
    OperationalError("", {}, Exception("database or disk is full")),
    *(OSError(number, "") for number in (errno.ENOSPC, errno.EROFS, errno.EIO, errno.ENOMEM, errno.EMFILE)),
]

OF_THE_JOB = [
    errors.Altered("", ""),
    errors.ObjectMissing("", ""),
    errors.KeyDestroyed("", ""),
    errors.Conflict("", ""),
    IntegrityError("", {}, Exception("unique")),
    OSError("the source of the file returned fewer bytes than it has"),
    OSError(errno.EINVAL, ""),
    MemoryError(),
    ValueError(),
]


@pytest.mark.parametrize("error", OF_THE_MACHINE, ids=repr)
def test_a_fault_of_the_machine_is_waited_out_and_the_board_has_words_for_it(error: Exception) -> None:
    words = waits_for(error)
    assert words is not None
    assert in_words(words)


@pytest.mark.parametrize("error", OF_THE_JOB, ids=repr)
def test_every_other_fault_counts(error: Exception) -> None:
    assert waits_for(error) is None


def test_a_scanner_that_does_not_answer_is_waited_for_in_its_own_words() -> None:
    assert waits_for(errors.ScannerUnavailable("It is away.", "")) == "It is away."


def test_a_job_that_is_put_off_says_for_what_it_waits_and_the_attempt_is_not_counted(
    session: Session,
) -> None:
    subject = add(session)
    for turn in range(3 * MOST_ATTEMPTS):
        now = 10 * turn
        put_off(session, taken(session, seconds=now), reason="full", now=at(now), wait=WAIT)
        assert take(session, seconds=now + 4) is None
    waiting = job(session, subject)
    assert (waiting.state, waiting.attempt, waiting.reason) == (JobState.READY, 0, "full")


def test_a_job_that_another_has_taken_over_is_not_put_off(session: Session) -> None:
    add(session)
    ours = taken(session, "a")
    taken(session, "b", seconds=121)
    with pytest.raises(LeaseLost):
        put_off(session, ours, reason="full", now=at(122), wait=WAIT)


def test_when_it_is_done_at_last_nothing_is_left_of_the_reason(session: Session) -> None:
    subject = add(session)
    put_off(session, taken(session), reason="full", now=at(0), wait=WAIT)
    finish(session, taken(session, seconds=6), at(7))
    assert (job(session, subject).state, job(session, subject).reason) == (JobState.DONE, None)


# --- patience ----------------------------------------------------------------------------------------------------


class Tick:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_job_that_meets_faults_waits_longer_each_time_up_to_two_minutes() -> None:
    patience = Patience(Tick())
    waits = [patience.met_fault(JobKind.READ, 1, jitter=1).total_seconds() for _ in range(8)]
    assert waits == [5, 10, 20, 40, 80, 120, 120, 120]


def test_one_job_alone_lays_nothing_to_rest() -> None:
    """It may be at fault itself: a sealed object on a bad sector must not hold up all others."""
    patience = Patience(Tick())
    for _ in range(9):
        patience.met_fault(JobKind.READ, 1, jitter=1)
    assert patience.awake([JobKind.READ]) == (JobKind.READ,)


def test_when_jobs_of_a_kind_meet_faults_one_after_another_the_kind_rests_and_others_do_not() -> None:
    tick = Tick()
    patience = Patience(tick)
    for number in (1, 2):
        patience.met_fault(JobKind.READ, number, jitter=1)
    assert patience.awake([JobKind.READ, JobKind.INDEX]) == (JobKind.INDEX,)
    tick.now = backoff.FIRST.total_seconds()
    assert patience.awake([JobKind.READ, JobKind.INDEX]) == (JobKind.READ, JobKind.INDEX)


def test_one_that_goes_well_wakes_its_kind() -> None:
    patience = Patience(Tick())
    for number in (1, 2, 3):
        patience.met_fault(JobKind.READ, number, jitter=1)
    patience.went_well(JobKind.READ, 3)
    assert patience.awake([JobKind.READ]) == (JobKind.READ,)
    assert patience.met_fault(JobKind.READ, 3, jitter=1) == backoff.FIRST


# --- complaints --------------------------------------------------------------------------------------------------


def test_a_complaint_is_made_once_again_when_it_changes_and_once_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    complaints = Complaints()
    with caplog.at_level(logging.WARNING):
        complaints.over("log")
        for words in ("full", "full", "locked", "locked"):
            complaints.say("log", words)
        complaints.over("log")
        complaints.over("log")
    assert [record.getMessage() for record in caplog.records] == [
        "log: full",
        "log: locked",
        "log: goes on again",
    ]
