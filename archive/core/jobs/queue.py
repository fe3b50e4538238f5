"""Claiming, finishing and failing jobs. Nothing here commits: whoever opened the transaction does.

``now`` is always given; on PostgreSQL it is the database's clock, in one file it is the machine's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.db.types import new_uid
from archive.core.errors import LeaseLost
from archive.core.jobs.backoff import LONGEST
from archive.core.jobs.tables import IS_DEAD, IS_READY, IS_RUNNING, Job, JobKind, JobState

MOST_ATTEMPTS = 5
SKEW = timedelta(minutes=1)
"""By how much the clocks of two machines, or one clock that is being set, may differ without being called wrong."""

DIED = f"The reading program or the worker broke off {MOST_ATTEMPTS} times."


@dataclass(frozen=True)
class Claimed:
    """A job in the hands of one worker. ``worker`` and ``attempt`` fence every later word about it."""

    id: int
    uid: UUID
    kind: JobKind
    subject: UUID
    revision: int | None
    attempt: int
    worker: str


def enqueue(
    session: Session,
    *,
    kind: JobKind,
    subject: UUID,
    now: datetime,
    dedupe_key: str,
    priority: int = 100,
    revision: int | None = None,
    run_at: datetime | None = None,
) -> bool:
    """Adds a job in the caller's transaction. Smaller priorities go first; ``run_at`` keeps it back until then.

    False when the key was ever used, also by a job that is done: the key names the occasion (subject, step, revision or event).
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(Job) if dialect == "postgresql" else sqlite.insert(Job)
    added = session.execute(
        insert.values(
            uid=new_uid(now),
            kind=kind,
            subject_uid=subject,
            revision=revision,
            priority=priority,
            state=JobState.READY,
            attempt=0,
            run_at=run_at or now,
            dedupe_key=dedupe_key,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Job.dedupe_key])
        .returning(Job.id)
    )
    return added.first() is not None


def claim(
    session: Session,
    *,
    kinds: Collection[JobKind],
    worker: str,
    now: datetime,
    lease: timedelta,
    most_attempts: int = MOST_ATTEMPTS,
) -> Claimed | None:
    """Takes one job: the first that is ready, else one whose worker let its lease run out, else one that a clock which was
    ahead has put off too far. None when there is nothing to do.

    A job whose last permitted attempt ran out of its lease dies here: what kills its worker must not go round for ever.
    All workers of one archive lend for the same time; a lease that lasts twice as long was lent by a clock that was ahead.
    """
    of_these = Job.kind.in_([str(kind) for kind in kinds])
    is_over = and_(IS_RUNNING, or_(Job.lease_until < now, Job.lease_until > now + 2 * lease), of_these)
    _bury_poison(session, is_over, now, most_attempts)
    ready = (
        select(Job.id).where(IS_READY, Job.run_at <= now, of_these).order_by(Job.priority, Job.run_at, Job.id)
    )
    expired = select(Job.id).where(is_over).order_by(Job.lease_until)
    left_ahead = (
        select(Job.id).where(IS_READY, _is_too_far(now), of_these).order_by(Job.priority, Job.run_at, Job.id)
    )
    for first in (ready, expired, left_ahead):
        if claimed := _take(session, first, worker, now + lease):
            return claimed
    return None


def _is_too_far(now: datetime) -> ColumnElement[bool]:
    """The clock went back: a job to be done at once seems to be of tomorrow, one that failed waits longer than any back-off.

    A job that was asked for at a later time, as the end of a loan is, keeps it.
    """
    at_once = and_(Job.worker.is_(None), Job.run_at > now + SKEW, Job.run_at == Job.created_at)
    tried = and_(Job.worker.is_not(None), Job.run_at > now + LONGEST + SKEW)
    return or_(at_once, tried)


def heartbeat(session: Session, claimed: Claimed, now: datetime, lease: timedelta) -> None:
    """Prolongs the lease. Raises ``LeaseLost``."""
    _change(session, claimed, lease_until=now + lease)


def finish(session: Session, claimed: Claimed, now: datetime) -> None:
    """Belongs in the transaction of the results. Raises ``LeaseLost``: roll back, another worker has them."""
    _change(session, claimed, state=JobState.DONE, finished_at=now, lease_until=None, reason=None)


def fail(
    session: Session,
    claimed: Claimed,
    *,
    reason: str,
    now: datetime,
    retry_in: timedelta | None,
    most_attempts: int = MOST_ATTEMPTS,
) -> None:
    """Puts the job back for later, or ends it: when ``retry_in`` is None, and after the last attempt. Raises ``LeaseLost``."""
    if retry_in is None or claimed.attempt >= most_attempts:
        _change(session, claimed, state=JobState.DEAD, reason=reason, finished_at=now, lease_until=None)
    else:
        _change(
            session, claimed, state=JobState.READY, reason=reason, run_at=now + retry_in, lease_until=None
        )


def release(session: Session, claimed: Claimed, now: datetime) -> None:
    """Hands an unfinished job back at once, its attempt uncounted: the worker was asked to end. Raises ``LeaseLost``."""
    _change(session, claimed, state=JobState.READY, attempt=claimed.attempt - 1, run_at=now, lease_until=None)


def put_off(session: Session, claimed: Claimed, *, reason: str, now: datetime, wait: timedelta) -> None:
    """The machine is at fault, not the job: it waits, its attempt uncounted, and says for what. Raises ``LeaseLost``."""
    _change(
        session,
        claimed,
        state=JobState.READY,
        attempt=claimed.attempt - 1,
        reason=reason,
        run_at=now + wait,
        lease_until=None,
    )


def retry(session: Session, *, subject: UUID, kind: JobKind, now: datetime) -> int:
    """Dead jobs, and those that wait for a later time, start again at once with all attempts. Returns how many."""
    changed = session.execute(
        update(Job)
        .where(Job.subject_uid == subject, Job.kind == kind, Job.state.in_([JobState.DEAD, JobState.READY]))
        .values(state=JobState.READY, attempt=0, run_at=now, reason=None, finished_at=None)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def give_up(session: Session, *, subject: UUID, kind: JobKind, reason: str, now: datetime) -> int:
    """Ends jobs that are ready or running; a running worker finds its lease lost. Returns how many."""
    changed = session.execute(
        update(Job)
        .where(
            Job.subject_uid == subject, Job.kind == kind, Job.state.in_([JobState.READY, JobState.RUNNING])
        )
        .values(state=JobState.DEAD, reason=reason, finished_at=now, lease_until=None)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def waiting(session: Session) -> dict[JobState, int]:
    """How many jobs are ready, running and dead. Those that are done are not counted: that would read the whole table."""
    states = {JobState.READY: IS_READY, JobState.RUNNING: IS_RUNNING, JobState.DEAD: IS_DEAD}
    return {
        state: session.scalar(select(func.count(Job.id)).where(clause)) or 0
        for state, clause in states.items()
    }


def _take(session: Session, first: Select[int], worker: str, lease_until: datetime) -> Claimed | None:
    chosen = first.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    row = session.execute(
        update(Job)
        .where(Job.id == chosen)
        .values(state=JobState.RUNNING, attempt=Job.attempt + 1, worker=worker, lease_until=lease_until)
        .returning(Job.id, Job.uid, Job.kind, Job.subject_uid, Job.revision, Job.attempt)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return None
    return Claimed(row.id, row.uid, JobKind(row.kind), row.subject_uid, row.revision, row.attempt, worker)


def _bury_poison(session: Session, is_over: ColumnElement[bool], now: datetime, most_attempts: int) -> None:
    session.execute(
        update(Job)
        .where(is_over, Job.attempt >= most_attempts)
        .values(state=JobState.DEAD, reason=DIED, finished_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _change(session: Session, claimed: Claimed, **values: Any) -> None:
    ours = and_(
        Job.id == claimed.id,
        Job.worker == claimed.worker,
        Job.attempt == claimed.attempt,
        Job.state == JobState.RUNNING,
    )
    changed = session.execute(
        update(Job)
        .where(ours)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise LeaseLost(
            "Another worker has taken this job over.", "Nothing to do: the other one finishes it."
        )
