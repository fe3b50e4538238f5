"""Inspections: begun, ended, planned and asked for; and the list of them that people see."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed, Target
from archive.core.db.types import new_uid
from archive.core.errors import Conflict
from archive.core.gate import Found, Look, Work, listing, operation, place
from archive.core.jobs.queue import Claimed
from archive.core.jobs.tables import JobKind
from archive.desks.preservation import queries
from archive.desks.preservation.findings import DAMAGE, Kind, Tally
from archive.desks.preservation.tables import Inspection
from archive.holdings.queries import item_target
from archive.holdings.tables import Deposit, Item

KINDS = {"sweep": JobKind.SWEEP, "fixity": JobKind.FIXITY}
PRIORITY = 500
"""After everything that a person waits for."""

FIRST = timedelta(minutes=10)
"""After the start of a new archive."""

SHOWN = 30


def inspection(look: Look, uid: UUID) -> Found[Inspection] | None:
    """Finder: an inspection that was begun."""
    row = queries.inspection_by_uid(look.session, uid)
    return None if row is None else Found(Target("inspection", uid=uid), row)


# --- beginning and ending ----------------------------------------------------------------------------------


@operation(Action.ARCHIVE_SWEEP, on=place("inspections"))
def begin_sweep(work: Work, _place: None, uid: UUID | None) -> UUID:
    """``uid``: the subject of the job; None for one that was begun by hand. Begun again, it counts anew."""
    return _begin(work, "sweep", uid).uid


@operation(Action.ARCHIVE_SWEEP, on=place("inspections"))
def begin_check(work: Work, _place: None, begun: tuple[UUID | None, timedelta | None]) -> UUID:
    """A share of all objects: as many as are due within one day when each is due once in the period; at least those
    that are overdue. Without a period: all. Begun again, it goes on.
    """
    uid, period = begun
    row = _begin(work, "fixity", uid)
    tally = counted(row)
    if "wanted" not in tally.counts:
        tally.count("wanted", _share(work, period))
        write(row, tally)
    return row.uid


def _share(work: Work, period: timedelta | None) -> int:
    total = queries.object_count(work.session)
    if period is None:
        return total
    daily = -(-total // max(1, period.days))
    return max(daily, queries.overdue_count(work.session, work.now - period))


def _begin(work: Work, kind: str, uid: UUID | None) -> Inspection:
    row = None if uid is None else queries.inspection_by_uid(work.session, uid)
    if row is None:
        row = Inspection(uid=uid or work.new_uid(), kind=kind, asked_by=work.actor.label, started_at=work.now)
        _end_broken(work, kind)
        work.session.add(row)
    row.state, row.finished_at = "running", None
    work.touch(f"inspection:{row.uid}")
    return row


def _end_broken(work: Work, kind: str) -> None:
    """Begun by hand and killed: nobody will end it."""
    for left in queries.running(work.session, kind):
        if not queries.has_live_job(work.session, KINDS[kind], subject=left.uid):
            left.state, left.finished_at = "broken", work.now


@dataclass(frozen=True)
class Ended:
    """``tally`` None: what was counted on the way stands. ``job``: the one that did it, ended in the same commit.
    ``every``: when the next one is due; None plans none.
    """

    tally: Tally | None
    job: Claimed | None
    every: timedelta | None


@operation(Action.ARCHIVE_SWEEP, on=inspection)
def end_inspection(work: Work, it: Inspection, ended: Ended) -> Tally:
    """The one entry and the one row of an inspection: what was counted, found and repaired."""
    if ended.tally is not None:
        write(it, ended.tally)
    it.state, it.finished_at = "done", work.now
    work.touch(f"inspection:{it.uid}")
    work.tell(counts=it.counts)
    if ended.job is not None:
        work.finish(ended.job)
    work.session.flush()
    if ended.every is not None:
        _plan(work, it.kind, ended.every)
    return counted(it)


def counted(row: Inspection) -> Tally:
    findings = [(Kind(kind), UUID(uid)) for kind, uid in json.loads(row.findings or "[]")]
    return Tally(json.loads(row.counts or "{}"), findings)


def write(row: Inspection, tally: Tally) -> None:
    row.counts = json.dumps(tally.counts, sort_keys=True)
    row.findings = json.dumps([[kind, str(uid)] for kind, uid in tally.findings])


# --- planning ----------------------------------------------------------------------------------------------


@operation(Action.ARCHIVE_SWEEP, on=place("inspections"))
def plan(work: Work, _place: None, periods: dict[str, timedelta]) -> None:
    """Whoever starts asks for the first; afterwards each inspection asks for the next."""
    for kind, every in periods.items():
        _plan(work, kind, every)


def _plan(work: Work, kind: str, every: timedelta) -> None:
    """The key names the occasion, so that two who plan at once plan one; the day lets a given-up one be planned anew."""
    if queries.has_live_job(work.session, KINDS[kind]):
        return
    last = queries.newest(work.session, kind)
    due = work.now + FIRST if last is None else max(work.now, last.started_at + every)
    after = "none" if last is None else last.uid
    work.later(
        KINDS[kind],
        new_uid(work.now),
        dedupe_key=f"{kind}:{due:%Y-%m-%d}:{after}",
        priority=PRIORITY,
        run_at=due,
    )


@operation(Action.INSPECTION_ASK, on=place("inspections"))
def ask(work: Work, _place: None, kind: str) -> None:
    """Now, by a person. Raises ``Conflict`` while one is under way or about to begin."""
    if queries.has_due_job(work.session, KINDS[kind], work.now):
        raise Conflict("An inspection of this kind is under way.", "Wait for its result in the list.")
    work.later(
        KINDS[kind],
        new_uid(work.now),
        dedupe_key=f"{kind}:asked:{work.event}",
        priority=PRIORITY,
    )


# --- what people see ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DamageSeen:
    """``item`` and its code only for whoever may know the item; the object's own id says nothing of a record."""

    kind: Kind
    object_id: UUID
    item: UUID | None
    reference_code: str | None


@dataclass(frozen=True)
class InspectionSeen:
    """``counts``: whoever may not know how many objects and items there are is given only what was found, repaired and
    restored, and ``is_counted`` is false.
    """

    uid: UUID
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    asked_by: str
    counts: dict[str, int]
    is_counted: bool
    damage: tuple[DamageSeen, ...]


@operation(Action.INSPECTION_LIST, on=listing("inspections"), reads=True)
def list_inspections(work: Work, _place: None) -> tuple[InspectionSeen, ...]:
    """Two totals, one before and one after, say that there is an item which the asker may not know: totals are only for
    whoever may count.
    """
    may_count = isinstance(work.decide(Action.INSPECTION_COUNT, Target("inspections")), Allowed)
    rows = queries.last_inspections(work.session, limit=SHOWN)
    return tuple(_seen(work, row, may_count=may_count) for row in rows)


def _seen(work: Work, row: Inspection, *, may_count: bool) -> InspectionSeen:
    tally = counted(row)
    damaged = [(kind, uid) for kind, uid in tally.findings if kind in DAMAGE]
    return InspectionSeen(
        uid=row.uid,
        kind=row.kind,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        asked_by=row.asked_by,
        counts=tally.counts if may_count else tally.results,
        is_counted=may_count,
        damage=tuple(_damage_seen(work, kind, uid) for kind, uid in damaged),
    )


def _damage_seen(work: Work, kind: Kind, uid: UUID) -> DamageSeen:
    item = _item_of(work, uid)
    if item is None or not isinstance(work.decide(Action.ITEM_SHOW, item_target(item)), Allowed):
        return DamageSeen(kind, uid, None, None)
    work.touch(f"item:{item.uid}")
    return DamageSeen(kind, uid, item.uid, item.reference_code)


def _item_of(work: Work, object_id: UUID) -> Item | None:
    row = queries.object_by_uid(work.session, object_id)
    if row is None:
        return None
    item_id = row.item_id
    if item_id is None and row.deposit_id is not None:
        item_id = work.session.get_one(Deposit, row.deposit_id).item_id
    return None if item_id is None else work.session.get(Item, item_id)
