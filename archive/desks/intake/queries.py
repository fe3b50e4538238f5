"""Deposits as the intake desk sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from archive.core.access.policy import ScopeColumns, Target
from archive.core.jobs.tables import IS_DEAD, IS_READY, Job, JobKind, JobState
from archive.holdings.tables import Batch, Deposit, Item, Page, PageReading, StoredObject
from ocr.page import BLANK, NO_TEXT

DEPOSIT_COLUMNS = ScopeColumns(owner=Deposit.account_id)


def deposit_target(deposit: Deposit) -> Target:
    return Target(
        "deposit", uid=deposit.uid, batch_id=deposit.batch_id, owner_id=deposit.account_id, guarded=True
    )


def batch_target(batch: Batch) -> Target:
    return Target("batch", uid=batch.uid, batch_id=batch.id, owner_id=batch.account_id, guarded=True)


def deposits_where(
    session: Session, reach: ColumnElement[bool], *, limit: int
) -> list[tuple[Deposit, Item | None]]:
    rows = session.execute(
        select(Deposit, Item)
        .outerjoin(Item, Item.id == Deposit.item_id)
        .where(reach)
        .order_by(Deposit.id.desc())
        .limit(limit)
    )
    return [(deposit, item) for deposit, item in rows]


def pages_read(session: Session, deposit_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Page.deposit_id, func.count())
        .where(Page.deposit_id.in_(deposit_ids))
        .group_by(Page.deposit_id)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class Trouble:
    """``is_over``: the job was given up. Else it waits, and is tried again by itself."""

    reason: str
    is_over: bool


def troubles(session: Session, rows: Iterable[tuple[Deposit, Item | None]]) -> dict[int, Trouble]:
    """By deposit id: what stands in the way of its jobs. The job is what says where a deposit stands."""
    subjects: dict[UUID, tuple[int, int | None]] = {}
    for deposit, item in rows:
        subjects[deposit.uid] = (deposit.id, None)
        if item is not None:
            subjects[item.uid] = (deposit.id, item.index_version)
    found = {}
    for job in session.scalars(
        select(Job).where(Job.subject_uid.in_(subjects), or_(IS_DEAD, IS_READY), Job.reason.is_not(None))
    ):
        deposit_id, version = subjects[job.subject_uid]
        if job.kind != JobKind.INDEX or job.revision == version:
            found[deposit_id] = Trouble(job.reason or "", job.state == JobState.DEAD)
    return found


def pages_unread(session: Session, deposit_ids: list[int]) -> dict[int, int]:
    """How many pages no engine could read or draw. A blank page and a picture without text are read."""
    rows = session.execute(
        select(Page.deposit_id, func.count())
        .join(PageReading, PageReading.page_id == Page.id)
        .where(
            Page.deposit_id.in_(deposit_ids),
            PageReading.is_indexed,
            PageReading.reason.is_not(None),
            PageReading.reason.not_in([BLANK, NO_TEXT]),
        )
        .group_by(Page.deposit_id)
    )
    return dict(rows.all())


def missing_pages(session: Session, deposit: Deposit) -> list[int]:
    """Which pages (from 1) still have no reading."""
    there = set(session.scalars(select(Page.deposit_seq).where(Page.deposit_id == deposit.id)))
    return [n for n in range(1, (deposit.page_count or 0) + 1) if n not in there]


def page_exists(session: Session, deposit_id: int, seq: int) -> bool:
    return (
        session.scalar(select(Page.id).where(Page.deposit_id == deposit_id, Page.deposit_seq == seq))
        is not None
    )


def next_slot(session: Session, item_id: int) -> int:
    """Slot 0 is the item's own row in the index."""
    return (session.scalar(select(func.max(Page.slot)).where(Page.item_id == item_id)) or 0) + 1


def batch_of(session: Session, deposit: Deposit) -> Batch:
    return session.get_one(Batch, deposit.batch_id)


def objects_of(session: Session, deposit_id: int, role: str) -> list[StoredObject]:
    """The objects of one role, parts in their order."""
    return list(
        session.scalars(
            select(StoredObject)
            .where(StoredObject.deposit_id == deposit_id, StoredObject.role == role)
            .order_by(StoredObject.part_no, StoredObject.id)
        )
    )


def part_of(session: Session, deposit_id: int, number: int) -> StoredObject | None:
    return session.scalars(
        select(StoredObject).where(
            StoredObject.deposit_id == deposit_id,
            StoredObject.role == "part",
            StoredObject.part_no == number,
        )
    ).one_or_none()


_IS_NO_TWIN = ("receiving", "duplicate", "linked", "refused")
"""Without bytes of their own, or about to lose them."""


def same_bytes(session: Session, deposit: Deposit, *, most: int = 20) -> list[Deposit]:
    """Other deposits whose bytes are kept and equal, oldest first."""
    return list(
        session.scalars(
            select(Deposit)
            .where(
                Deposit.digest_bix == deposit.digest_bix,
                Deposit.id != deposit.id,
                Deposit.state.not_in(_IS_NO_TWIN),
            )
            .order_by(Deposit.id)
            .limit(most)
        )
    )


def waiting_duplicates(session: Session, batch_id: int) -> list[Deposit]:
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.batch_id == batch_id, Deposit.state == "duplicate")
            .order_by(Deposit.id)
        )
    )


def parts_kept(session: Session, deposit_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(StoredObject.deposit_id, func.count())
        .where(StoredObject.deposit_id.in_(deposit_ids), StoredObject.role == "part")
        .group_by(StoredObject.deposit_id)
    )
    return {deposit_id: count for deposit_id, count in rows if deposit_id is not None}
