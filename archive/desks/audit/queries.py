"""Questions to the log. Each is answered from an index, newest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, distinct, func, select, tuple_
from sqlalchemy.orm import Session

from archive.core.audit.event import DONE
from archive.core.audit.tables import AuditCheckpoint, AuditEvent, AuditLeaf, AuditTouch

SLICE = 500
"""Values in one ``IN``: far below what SQLite takes, and a plan that stays the same."""

T = TypeVar("T")
_Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Signed:
    """``size`` counts the entries under the newest checkpoint, which was signed ``at``; ``root`` as it stands in it."""

    size: int
    at: datetime
    root: str


def newest_signed(session: Session) -> Signed | None:
    row = session.execute(
        select(AuditCheckpoint.size, AuditCheckpoint.at, AuditCheckpoint.note)
        .order_by(AuditCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Signed(row.size, row.at, _root_in(row.note))


def _root_in(note: str) -> str:
    """The third line; empty for a note that somebody damaged: the verifier says so, not this."""
    return "".join(note.split("\n")[2:3])


# --- the time line ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One entry: its search columns and its exact bytes. ``leaf_index`` is None until it has a place in the tree."""

    id: int
    uid: UUID
    at: datetime
    actor: str
    role: str
    action: str
    target: str | None
    purpose: str | None
    outcome: str
    leaf_index: int | None
    leaf: bytes


@dataclass(frozen=True)
class Asked:
    """``records`` are labels; None asks for no record, an empty tuple for records that nobody reached. With ``tried``,
    entries that have one of them as target and reached nothing are meant. ``until`` is exclusive. ``outcome`` "failed"
    means every class of failure.
    """

    actor: str | None = None
    action: str | None = None
    purpose: str | None = None
    outcome: str | None = None
    records: tuple[str, ...] | None = None
    tried: bool = False
    since: datetime | None = None
    until: datetime | None = None


_COLUMNS = (
    AuditEvent.id,
    AuditEvent.uid,
    AuditEvent.at,
    AuditEvent.actor,
    AuditEvent.role,
    AuditEvent.action,
    AuditEvent.target,
    AuditEvent.purpose,
    AuditEvent.outcome,
    AuditLeaf.leaf_index,
    AuditEvent.leaf,
)


def entries(session: Session, asked: Asked, *, before_id: int | None, limit: int) -> list[Row]:
    """``before_id`` is the ``id`` of the last row of the page before."""
    query = time_line(asked)
    if before_id is not None:
        query = _older(query, AuditEvent.id == before_id)
    return _rows(session, query, limit)


def own_entries(session: Session, actor: str, *, before: UUID | None, limit: int) -> list[Row]:
    """``before`` is an entry of the same person's: somebody else's has nothing before it."""
    query = time_line(Asked(actor=actor))
    if before is not None:
        query = _older(query, (AuditEvent.uid == before) & (AuditEvent.actor == actor))
    return _rows(session, query, limit)


def entry_row(session: Session, event: UUID) -> Row | None:
    found = _rows(session, time_line(Asked()).where(AuditEvent.uid == event), 1)
    return found[0] if found else None


def time_line(asked: Asked) -> _Query:
    query: _Query = select(*_COLUMNS).outerjoin(AuditLeaf, AuditLeaf.event == AuditEvent.uid)
    equal = {
        AuditEvent.actor: asked.actor,
        AuditEvent.action: asked.action,
        AuditEvent.purpose: asked.purpose,
    }
    query = query.where(*[column == value for column, value in equal.items() if value is not None])
    if asked.outcome is not None:
        query = query.where(_has_outcome(asked.outcome))
    if asked.records is not None:
        query = query.where(_about(asked.records, tried=asked.tried))
    if asked.since is not None:
        query = query.where(AuditEvent.at >= asked.since)
    if asked.until is not None:
        query = query.where(AuditEvent.at < asked.until)
    return query


def _has_outcome(outcome: str) -> ColumnElement[bool]:
    if outcome == "failed":  # "failed: <class>"; a range, so that the index is used
        return (AuditEvent.outcome >= "failed:") & (AuditEvent.outcome < "failed;")
    return AuditEvent.outcome == outcome


def _about(records: tuple[str, ...], *, tried: bool) -> ColumnElement[bool]:
    if tried:
        return AuditEvent.target.in_(records)
    return AuditEvent.uid.in_(select(AuditTouch.event).where(AuditTouch.uid.in_(records)))


def _older(query: _Query, last: ColumnElement[bool]) -> _Query:
    at = select(AuditEvent.at).where(last).scalar_subquery()
    row_id = select(AuditEvent.id).where(last).scalar_subquery()
    return query.where(tuple_(AuditEvent.at, AuditEvent.id) < tuple_(at, row_id))


def _rows(session: Session, query: _Query, limit: int) -> list[Row]:
    newest_first = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    return [Row(*row) for row in session.connection().execute(newest_first)]


# --- who reached what ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """How often, and from when to when, somebody reached records with one kind of act."""

    actor: str
    action: str
    times: int
    first: datetime
    last: datetime


def who_reached(session: Session, records: Sequence[str]) -> list[Reached]:
    """One line a person and action. An act that reached several of the records counts once."""
    query = (
        select(
            AuditEvent.actor,
            AuditEvent.action,
            func.count(distinct(AuditEvent.uid)),
            func.min(AuditEvent.at),
            func.max(AuditEvent.at),
        )
        .join(AuditTouch, AuditTouch.event == AuditEvent.uid)
        .where(AuditTouch.uid.in_(records))
        .group_by(AuditEvent.actor, AuditEvent.action)
    )
    return [Reached(*row) for row in session.connection().execute(query)]


@dataclass(frozen=True)
class Touch:
    """One record that one act reached."""

    event: UUID
    at: datetime
    action: str
    record: str


def touched_by(session: Session, rows: Sequence[Row]) -> list[Touch]:
    """What these entries reached, in their order."""
    reached: dict[UUID, list[str]] = {}
    for some in slices([row.uid for row in rows if row.outcome == DONE]):
        query = select(AuditTouch.event, AuditTouch.uid).where(AuditTouch.event.in_(some))
        for event, uid in session.connection().execute(query.order_by(AuditTouch.uid)):
            reached.setdefault(event, []).append(uid)
    return [Touch(row.uid, row.at, row.action, label) for row in rows for label in reached.get(row.uid, ())]


def slices(values: Sequence[T], size: int = SLICE) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
