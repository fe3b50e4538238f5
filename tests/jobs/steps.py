"""What the tests of the queue do in one line each. Moments are seconds from the start."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.jobs.queue import Claimed, claim, enqueue
from archive.core.jobs.tables import Job, JobKind
from tests.jobs.conftest import START

LEASE = timedelta(seconds=120)
ALL = frozenset(JobKind)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def add(session: Session, kind: JobKind = JobKind.READ, *, seconds: float = 0, priority: int = 100) -> UUID:
    subject = uuid4()
    assert enqueue(
        session, kind=kind, subject=subject, now=at(seconds), dedupe_key=subject.hex, priority=priority
    )
    return subject


def take(
    session: Session, worker: str = "a", *, seconds: float = 0, kinds: Collection[JobKind] = ALL
) -> Claimed | None:
    return claim(session, kinds=kinds, worker=worker, now=at(seconds), lease=LEASE)


def taken(session: Session, worker: str = "a", *, seconds: float = 0) -> Claimed:
    claimed = take(session, worker, seconds=seconds)
    assert claimed is not None
    return claimed


def job(session: Session, subject: UUID) -> Job:
    session.expire_all()
    return session.scalars(select(Job).where(Job.subject_uid == subject)).one()
