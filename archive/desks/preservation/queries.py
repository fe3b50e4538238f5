"""Rows that an inspection looks at: by slices, in order of their ids, nothing but ids and numbers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from archive.core.jobs.tables import IS_DEAD, IS_READY, IS_RUNNING, Job, JobKind
from archive.desks.preservation.tables import Inspection
from archive.holdings.tables import IS_DAMAGED, Deposit, Item, Page, PageReading, StoredObject

IS_LIVE = or_(IS_READY, IS_RUNNING)


def inspection_by_uid(session: Session, uid: UUID) -> Inspection | None:
    return session.scalars(select(Inspection).where(Inspection.uid == uid)).one_or_none()


def newest(session: Session, kind: str) -> Inspection | None:
    return session.scalars(
        select(Inspection).where(Inspection.kind == kind).order_by(Inspection.id.desc()).limit(1)
    ).one_or_none()


def last_inspections(session: Session, *, limit: int) -> list[Inspection]:
    return list(session.scalars(select(Inspection).order_by(Inspection.id.desc()).limit(limit)))


def running(session: Session, kind: str) -> list[Inspection]:
    return list(
        session.scalars(select(Inspection).where(Inspection.kind == kind, Inspection.state == "running"))
    )


def has_live_job(session: Session, kind: JobKind, *, subject: UUID | None = None) -> bool:
    asked = select(Job.id).where(IS_LIVE, Job.kind == kind)
    if subject is not None:
        asked = asked.where(Job.subject_uid == subject)
    return session.scalar(asked.limit(1)) is not None


def has_due_job(session: Session, kind: JobKind, now: datetime) -> bool:
    due = select(Job.id).where(IS_LIVE, Job.kind == kind, Job.run_at <= now)
    return session.scalar(due.limit(1)) is not None


def live_subjects(session: Session, kinds: Collection[JobKind], subjects: Iterable[UUID]) -> set[UUID]:
    return set(
        session.scalars(
            select(Job.subject_uid).where(IS_LIVE, Job.kind.in_(kinds), Job.subject_uid.in_(list(subjects)))
        )
    )


# --- objects and keys --------------------------------------------------------------------------------------


def known_objects(session: Session, uids: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(select(StoredObject.uid).where(StoredObject.uid.in_(uids))))


@dataclass(frozen=True)
class Recorded:
    """What a row says of its sealed bytes. The other columns stay where they are: one of them is sealed, and opening it
    for every row would take most of an inspection's time.
    """

    id: int
    uid: UUID
    sealed_size: int
    sealed_sha256: bytes


_RECORDED = select(StoredObject.id, StoredObject.uid, StoredObject.sealed_size, StoredObject.sealed_sha256)


def _recorded(session: Session, asked: Select[int, UUID, int, bytes]) -> list[Recorded]:
    return [Recorded(*row) for row in session.execute(asked)]


def objects_after(session: Session, last: int, *, limit: int) -> list[Recorded]:
    return _recorded(session, _RECORDED.where(StoredObject.id > last).order_by(StoredObject.id).limit(limit))


def object_by_uid(session: Session, uid: UUID) -> StoredObject | None:
    return session.scalars(select(StoredObject).where(StoredObject.uid == uid)).one_or_none()


def objects_by_uid(session: Session, uids: Collection[UUID]) -> dict[UUID, StoredObject]:
    rows = session.scalars(select(StoredObject).where(StoredObject.uid.in_(uids)))
    return {row.uid: row for row in rows}


last_look = func.coalesce(StoredObject.checked_at, StoredObject.created_at)
"""As the index ``ix_stored_object_last_look`` spells it."""


def objects_to_check(session: Session, before: datetime, *, limit: int) -> list[Recorded]:
    """Those not looked at since ``before``, longest ago first."""
    due = _RECORDED.where(last_look < before).order_by(last_look, StoredObject.id)
    return _recorded(session, due.limit(limit))


def damaged_objects(session: Session, before: datetime, *, limit: int) -> list[Recorded]:
    """Found damaged by an earlier check: they may have been restored since."""
    due = _RECORDED.where(IS_DAMAGED, StoredObject.checked_at < before).order_by(StoredObject.id)
    return _recorded(session, due.limit(limit))


def damaged_among(session: Session, uids: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(select(StoredObject.uid).where(StoredObject.uid.in_(uids), IS_DAMAGED)))


def mark_intact(session: Session, uids: Collection[UUID], now: datetime) -> None:
    session.execute(
        update(StoredObject)
        .where(StoredObject.uid.in_(uids))
        .values(fixity="intact", checked_at=now)
        .execution_options(synchronize_session=False)
    )


def object_count(session: Session) -> int:
    return session.scalar(select(func.count(StoredObject.id))) or 0


def overdue_count(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count(StoredObject.id)).where(last_look < before)) or 0


def used_keys(session: Session, dek_ids: Collection[UUID]) -> set[UUID]:
    used: set[UUID] = set()
    for table in (Item, Deposit, StoredObject):
        used |= set(session.scalars(select(table.dek_id).where(table.dek_id.in_(dek_ids)).distinct()))
    return used


# --- the index ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """How an item should stand in the index. ``is_settled``: all of its deposits are read and no job is on its way."""

    id: int
    uid: UUID
    version: int
    slots: frozenset[int]
    is_settled: bool


def items_expected(session: Session, last: int, *, limit: int) -> list[Expected]:
    rows = session.execute(
        select(Item.id, Item.uid, Item.index_version).where(Item.id > last).order_by(Item.id).limit(limit)
    ).all()
    ids, uids = [row.id for row in rows], [row.uid for row in rows]
    slots, unsettled = _slots(session, ids), _still_read(session, ids)
    coming = live_subjects(session, (JobKind.INDEX,), uids)
    return [
        Expected(
            row.id,
            row.uid,
            row.index_version,
            frozenset({0, *slots.get(row.id, ())}),
            row.id not in unsettled and row.uid not in coming,
        )
        for row in rows
    ]


def _slots(session: Session, item_ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for item_id, slot in session.execute(
        select(Page.item_id, Page.slot)
        .join(PageReading, PageReading.page_id == Page.id)
        .where(Page.item_id.in_(item_ids), PageReading.is_indexed)
    ):
        found.setdefault(item_id, []).append(slot)
    return found


def _still_read(session: Session, item_ids: list[int]) -> set[int]:
    rows = session.scalars(
        select(Deposit.item_id).where(Deposit.item_id.in_(item_ids), Deposit.state != "read")
    )
    return {item_id for item_id in rows if item_id is not None}


def items_there(session: Session, item_ids: Collection[int]) -> set[int]:
    return set(session.scalars(select(Item.id).where(Item.id.in_(item_ids))))


def item_by_uid(session: Session, uid: UUID) -> Item | None:
    return session.scalars(select(Item).where(Item.uid == uid)).one_or_none()


# --- deposits and jobs -------------------------------------------------------------------------------------


def abandoned(session: Session, before: datetime, last: int, *, limit: int) -> list[Deposit]:
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.state == "receiving", Deposit.changed_at < before, Deposit.id > last)
            .order_by(Deposit.id)
            .limit(limit)
        )
    )


def deposits_waiting(session: Session, before: datetime, last: int, *, limit: int) -> list[Deposit]:
    """Received or being read, and not moved since ``before``."""
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.state.in_(("received", "reading")), Deposit.changed_at < before, Deposit.id > last)
            .order_by(Deposit.id)
            .limit(limit)
        )
    )


def subjects_with_jobs(session: Session, kinds: Collection[JobKind], uids: Collection[UUID]) -> set[UUID]:
    """Also those whose job was given up: that one is seen on the board and tried again by a person."""
    unfinished = or_(IS_READY, IS_RUNNING, IS_DEAD)
    return set(
        session.scalars(
            select(Job.subject_uid).where(unfinished, Job.kind.in_(kinds), Job.subject_uid.in_(uids))
        )
    )


def deposit_by_uid(session: Session, uid: UUID) -> Deposit | None:
    return session.scalars(select(Deposit).where(Deposit.uid == uid)).one_or_none()


def parts_of(session: Session, deposit_id: int) -> list[StoredObject]:
    return list(
        session.scalars(
            select(StoredObject).where(StoredObject.deposit_id == deposit_id, StoredObject.role == "part")
        )
    )


def expired_leases(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count(Job.id)).where(IS_RUNNING, Job.lease_until < now)) or 0


def dead_jobs(session: Session) -> int:
    return session.scalar(select(func.count(Job.id)).where(IS_DEAD)) or 0


# --- pages that are made again -----------------------------------------------------------------------------


def page_by_uid(session: Session, uid: UUID) -> Page | None:
    return session.scalars(select(Page).where(Page.uid == uid)).one_or_none()


def damaged_of_page(session: Session, page_id: int) -> list[StoredObject]:
    """Its picture and the text that is indexed, as far as they are damaged."""
    indexed = select(PageReading.object_id).where(PageReading.page_id == page_id, PageReading.is_indexed)
    return list(
        session.scalars(
            select(StoredObject).where(
                StoredObject.page_id == page_id,
                IS_DAMAGED,
                or_(StoredObject.role == "view", StoredObject.id.in_(indexed)),
            )
        )
    )


def is_corrected(session: Session, page_id: int) -> bool:
    """Whether a person wrote the text that is damaged."""
    damaged = [row.id for row in damaged_of_page(session, page_id)]
    by_hand = select(PageReading.id).where(
        PageReading.object_id.in_(damaged), PageReading.author_id.is_not(None)
    )
    return session.scalar(by_hand.limit(1)) is not None


def reading_of(session: Session, object_id: int) -> PageReading:
    return session.scalars(select(PageReading).where(PageReading.object_id == object_id)).one()
