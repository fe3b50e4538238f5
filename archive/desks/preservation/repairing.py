"""What the sweeper repairs. Each act looks again under the write lock: what has come into use since it was listed stays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.gate import Work, operation
from archive.core.jobs.tables import JobKind
from archive.desks.preservation import queries
from archive.desks.preservation.damage import mark
from archive.desks.preservation.findings import Looked, Tally
from archive.desks.preservation.operations import inspection
from archive.desks.preservation.queries import Expected
from archive.desks.preservation.tables import Inspection
from archive.holdings.tables import Deposit, Item

NOT_FINISHED = "The upload was not finished in time; nothing of it was kept."
UPLOAD_AGAIN = "Upload the file again."


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def drop_objects(work: Work, _it: Inspection, listed: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Names the objects that still have no row; the permit that comes with the answer removes them."""
    known = queries.known_objects(work.session, listed)
    unknown = tuple(uid for uid in listed if uid not in known)
    work.objects.update(unknown)
    for uid in unknown:
        work.touch(f"object:{uid}")
    return unknown


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def drop_keys(work: Work, _it: Inspection, listed: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Names the data keys that are still unused; the permit that comes with the answer destroys them, and this entry says why."""
    used = queries.used_keys(work.session, listed)
    unused = tuple(dek_id for dek_id in listed if dek_id not in used)
    work.objects.update(unused)
    for dek_id in unused:
        work.touch(f"key:{dek_id}")
    return unused


@dataclass(frozen=True)
class Damaged:
    """``repairs``: whether pages are read again from their originals."""

    looked: tuple[Looked, ...]
    repairs: bool


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def note_damage(work: Work, _it: Inspection, damaged: Damaged) -> Tally:
    """An object whose row went meanwhile is no damage."""
    rows, tally = queries.objects_by_uid(work.session, [look.uid for look in damaged.looked]), Tally()
    for look in damaged.looked:
        if look.uid in rows:
            mark(work, rows[look.uid], look.fixity, tally, repairs=damaged.repairs)
    return tally


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def drop_index_rows(work: Work, it: Inspection, listed: tuple[tuple[int, int], ...]) -> int:
    """(item id, version) of items that are not there: the gate takes their rows out of the index with this commit."""
    there = queries.items_there(work.session, [item_id for item_id, _ in listed])
    strays = [(item_id, version) for item_id, version in listed if item_id not in there]
    for item_id, version in strays:
        work.unindex(item_id, it.uid, version)
        work.touch(f"index:{item_id}")
    return len(strays)


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def index_anew(work: Work, _it: Inspection, listed: tuple[Expected, ...]) -> int:
    """Jobs for items that still stand as they were listed; an item that has changed since has a job of its own."""
    asked = 0
    for expected in listed:
        item = queries.item_by_uid(work.session, expected.uid)
        if item is not None and item.index_version == expected.version and not _is_coming(work, item):
            item.index_version += 1  # the index may remember one more than the commit that never came
            work.later(
                JobKind.INDEX,
                item.uid,
                dedupe_key=f"swept:{item.uid}:{work.event}",
                revision=item.index_version,
                priority=150,
            )
            work.touch(f"item:{item.uid}")
            asked += 1
    return asked


def _is_coming(work: Work, item: Item) -> bool:
    return queries.has_live_job(work.session, JobKind.INDEX, subject=item.uid)


@dataclass(frozen=True)
class Uploads:
    """``before``: nothing of them has arrived since."""

    deposits: tuple[UUID, ...]
    before: datetime


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def end_uploads(work: Work, _it: Inspection, listed: Uploads) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Refuses uploads that nobody goes on with. Answers with them and the objects of their parts, which the permit removes."""
    ended, gone = [], []
    for uid in listed.deposits:
        row = queries.deposit_by_uid(work.session, uid)
        if row is None or row.state != "receiving" or row.changed_at >= listed.before:
            continue
        row.reason, row.remedy = NOT_FINISHED, UPLOAD_AGAIN
        row.state, row.changed_at, row.revision = "refused", work.now, row.revision + 1
        work.touch(f"deposit:{uid}")
        ended.append(uid)
        gone += _parts_dropped(work, row)
    return tuple(ended), tuple(gone)


def _parts_dropped(work: Work, row: Deposit) -> list[UUID]:
    parts = queries.parts_of(work.session, row.id)
    for part in parts:
        work.objects.add(part.uid)
        work.session.delete(part)
    return [part.uid for part in parts]


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def wake_deposits(work: Work, _it: Inspection, listed: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Gives back the job that a deposit waits for."""
    woken = []
    waited_for = (JobKind.ACCEPT, JobKind.READ)
    served = queries.subjects_with_jobs(work.session, waited_for, listed)
    for uid in listed:
        row = queries.deposit_by_uid(work.session, uid)
        kind = None if row is None else {"received": JobKind.ACCEPT, "reading": JobKind.READ}.get(row.state)
        if kind is not None and uid not in served:
            work.later(kind, uid, dedupe_key=f"{kind}:{uid}:{work.event}")
            work.touch(f"deposit:{uid}")
            woken.append(uid)
    return tuple(woken)


OPERATIONS = (
    drop_objects,
    drop_keys,
    note_damage,
    drop_index_rows,
    index_anew,
    end_uploads,
    wake_deposits,
)
