"""Many workers at once, some of which die."""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from archive.core.errors import LeaseLost
from archive.core.jobs.queue import (
    Claimed,
    fail,
    finish,
    heartbeat,
    waiting,
)
from archive.core.jobs.tables import JobState
from tests.jobs.conftest import created, opened
from tests.jobs.steps import LEASE, add, at, job, take


def meet(folder: Path, everyone: int) -> None:
    (folder / f"here-{os.getpid()}").touch()
    while len(list(folder.glob("here-*"))) < everyone:
        time.sleep(0.001)


def work_until_empty(path: Path, worker: str) -> list[int]:
    database = opened(path)
    done: list[int] = []
    meet(path.parent, 2)
    while True:
        with database.writing() as session:
            claimed = take(session, worker)
            session.commit()
        if claimed is None:
            return done
        with database.writing() as session:
            finish(session, claimed, at(1))
            session.commit()
        done.append(claimed.id)
        time.sleep(0.01)  # SQLite's lock is not fair: without a pause one process may do all the work


def test_two_processes_never_claim_the_same_job_and_leave_none(path: Path) -> None:
    database = created(path)
    with database.writing() as session:
        for _ in range(60):
            add(session)
        session.commit()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        ours, theirs = pool.map(work_until_empty, [path] * 2, ["a", "b"])
    assert (len(ours) > 0, len(theirs) > 0) == (True, True)
    assert sorted(ours + theirs) == list(range(1, 61))
    with database.writing() as session:
        assert waiting(session) == {JobState.READY: 0, JobState.RUNNING: 0, JobState.DEAD: 0}


@pytest.mark.parametrize("seed", range(8))
def test_however_workers_die_stall_and_fail_each_job_ends_once_within_five_attempts(
    session: Session, seed: int
) -> None:
    random, now = Random(seed), 0.0
    subjects = [add(session) for _ in range(4)]
    held: list[Claimed] = []
    finished: list[UUID] = []
    for _ in range(200):
        now += random.choice([0, 1, 60, 130])
        claimed = take(session, random.choice("abc"), seconds=now)
        if claimed is not None:
            assert claimed.attempt <= 5
            held.append(claimed)
        if held:
            one = random.choice(held)  # its lease may long be lost
            try:
                match random.randrange(3):
                    case 0:
                        heartbeat(session, one, at(now), LEASE)
                    case 1:
                        fail(
                            session,
                            one,
                            reason="no",
                            now=at(now),
                            retry_in=timedelta(seconds=random.choice([0, 90])),
                        )
                    case _:
                        finish(session, one, at(now))
                        finished.append(one.subject)
            except LeaseLost:
                held.remove(one)
    take(session, seconds=now + 1000)
    assert len(finished) == len(set(finished))
    assert {job(session, subject).state for subject in finished} <= {JobState.DONE}
    assert all(job(session, subject).state in {JobState.DONE, JobState.DEAD} for subject in subjects)
