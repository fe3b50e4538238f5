"""Deposits as the intake desk sees them."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.core.access.policy import ScopeColumns, Target
from archive.core.jobs.tables import IS_DEAD, Job
from archive.holdings.tables import Batch, Deposit, Item, Page

DEPOSIT_COLUMNS = ScopeColumns(owner=Deposit.account_id)


def deposit_target(deposit: Deposit) -> Target:
    return Target(
        "deposit", uid=deposit.uid, batch_id=deposit.batch_id, owner_id=deposit.account_id, guarded=True
    )


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
    return [(deposit, item) for deposit, item in rows.tuples()]


def pages_read(session: Session, deposit_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Page.deposit_id, func.count())
        .where(Page.deposit_id.in_(deposit_ids))
        .group_by(Page.deposit_id)
    )
    return dict(rows.tuples().all())


def failures(session: Session, deposits: list[UUID]) -> dict[UUID, str]:
    """Deposits whose job was given up, and why: the job is what says where a deposit stands."""
    rows = session.execute(select(Job.subject_uid, Job.reason).where(IS_DEAD, Job.subject_uid.in_(deposits)))
    return {uid: reason or "" for uid, reason in rows.tuples()}


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
