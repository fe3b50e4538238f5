"""What the sweeper looks at: slices of rows, each in a short reading of its own. Nothing here changes anything.

The permit that comes with each slice covers the objects it names, and the inspection itself: with it the store and the keys
may be listed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.gate import Work, operation
from archive.core.jobs.tables import JobKind
from archive.desks.preservation import queries
from archive.desks.preservation.operations import inspection
from archive.desks.preservation.queries import Expected, Recorded
from archive.desks.preservation.tables import Inspection

OBJECTS_AT_ONCE = 500
ITEMS_AT_ONCE = 200
DEPOSITS_AT_ONCE = 100


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def look_around(work: Work, it: Inspection) -> None:
    """Only for its permit."""
    work.objects.add(it.uid)


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def unknown_objects(work: Work, it: Inspection, stored: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Of objects in the store: those that no row names."""
    work.objects.add(it.uid)
    known = queries.known_objects(work.session, stored)
    return tuple(uid for uid in stored if uid not in known)


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def next_objects(work: Work, it: Inspection, last: int) -> tuple[Recorded, ...]:
    rows = queries.objects_after(work.session, last, limit=OBJECTS_AT_ONCE)
    work.objects.add(it.uid)
    work.objects.update(row.uid for row in rows)
    return tuple(rows)


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def unused_keys(work: Work, it: Inspection, kept: tuple[UUID, ...]) -> tuple[UUID, ...]:
    work.objects.add(it.uid)
    used = queries.used_keys(work.session, kept)
    return tuple(dek_id for dek_id in kept if dek_id not in used)


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def next_items(work: Work, _it: Inspection, last: int) -> tuple[Expected, ...]:
    return tuple(queries.items_expected(work.session, last, limit=ITEMS_AT_ONCE))


@dataclass(frozen=True)
class Standing:
    """``last``: the row id to go on after."""

    deposits: tuple[UUID, ...]
    last: int | None


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def abandoned_uploads(work: Work, _it: Inspection, asked: tuple[datetime, int]) -> Standing:
    before, last = asked
    rows = queries.abandoned(work.session, before, last, limit=DEPOSITS_AT_ONCE)
    return Standing(tuple(row.uid for row in rows), rows[-1].id if rows else None)


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def standing_deposits(work: Work, _it: Inspection, asked: tuple[datetime, int]) -> Standing:
    """Deposits that wait for a job that is not there."""
    before, last = asked
    rows = queries.deposits_waiting(work.session, before, last, limit=DEPOSITS_AT_ONCE)
    waited_for = (JobKind.ACCEPT, JobKind.READ)
    served = queries.subjects_with_jobs(work.session, waited_for, [row.uid for row in rows])
    left = tuple(row.uid for row in rows if row.uid not in served)
    return Standing(left, rows[-1].id if rows else None)


@dataclass(frozen=True)
class Jobs:
    dead: int
    expired: int


@operation(Action.ARCHIVE_SWEEP, on=inspection, reads=True)
def look_at_jobs(work: Work, _it: Inspection) -> Jobs:
    return Jobs(queries.dead_jobs(work.session), queries.expired_leases(work.session, work.now))


OPERATIONS = (
    look_around,
    unknown_objects,
    next_objects,
    unused_keys,
    next_items,
    abandoned_uploads,
    standing_deposits,
    look_at_jobs,
)
