"""What the board asks the database. Every question is answered from an index, however many deposits there are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.orm import Session

from archive.core.access.policy import ScopeColumns
from archive.core.jobs.tables import IS_DEAD, IS_READY, IS_RUNNING, Job, JobKind
from archive.holdings.tables import Batch, Deposit, Fonds, Item, Page, StoredObject

BATCH_COLUMNS = ScopeColumns(owner=Batch.account_id)
STEPS = (JobKind.ACCEPT, JobKind.READ)
"""The two kinds of job whose subject is a deposit."""


def failed_ids() -> ColumnElement[Any]:
    """Deposits one of whose jobs was given up. Starts at the few dead jobs."""
    dead = select(Job.subject_uid, Job.kind, Job.revision).where(IS_DEAD).subquery()
    own = select(Deposit.id).join(dead, dead.c.subject_uid == Deposit.uid).where(dead.c.kind.in_(STEPS))
    indexing = (
        select(Deposit.id)
        .join(Item, Item.id == Deposit.item_id)
        .join(dead, and_(dead.c.subject_uid == Item.uid, dead.c.revision == Item.index_version))
        .where(dead.c.kind == JobKind.INDEX)
    )
    return union(own, indexing).subquery().c[0]


def ids_of_state(state: str, reach: ColumnElement[bool], batch_id: int | None) -> Select[int]:
    """One state at a time: then the index gives them in their order."""
    asked = select(Deposit.id).where(reach, Deposit.state == state)
    return asked if batch_id is None else asked.where(Deposit.batch_id == batch_id)


def first_ids(
    session: Session, asked: Collection[Select[int]], *, after: int | None, oldest_first: bool, limit: int
) -> list[int]:
    """The first of all that the questions find, in the order of their arrival."""
    found: list[int] = []
    for one in asked:
        beyond = (
            one if after is None else one.where(Deposit.id > after if oldest_first else Deposit.id < after)
        )
        order = Deposit.id.asc() if oldest_first else Deposit.id.desc()
        found += session.scalars(beyond.order_by(order).limit(limit))
    return sorted(found, reverse=not oldest_first)[:limit]


def deposits_by_id(session: Session, ids: Sequence[int]) -> list[tuple[Deposit, Item | None]]:
    """In the order of ``ids``."""
    rows = session.execute(
        select(Deposit, Item).outerjoin(Item, Item.id == Deposit.item_id).where(Deposit.id.in_(ids))
    )
    by_id: dict[int, tuple[Deposit, Item | None]] = {deposit.id: (deposit, item) for deposit, item in rows}
    return [by_id[one] for one in ids]


def counted_by_state(session: Session, asked: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(Deposit.state, func.count()).where(asked).group_by(Deposit.state))
    return dict(rows.all())


def last_batches(session: Session, reach: ColumnElement[bool], limit: int) -> list[tuple[Batch, str]]:
    """With the codes of their fonds, newest first."""
    rows = session.execute(
        select(Batch, Fonds.code)
        .join(Fonds, Fonds.id == Batch.fonds_id)
        .where(reach)
        .order_by(Batch.id.desc())
        .limit(limit)
    )
    return [(batch, code) for batch, code in rows]


def one_batch(session: Session, reach: ColumnElement[bool], uid: UUID) -> tuple[Batch, str] | None:
    row = session.execute(
        select(Batch, Fonds.code).join(Fonds, Fonds.id == Batch.fonds_id).where(reach, Batch.uid == uid)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def counted_by_batch(
    session: Session, reach: ColumnElement[bool], batch_ids: Sequence[int]
) -> list[tuple[int, str, int, int]]:
    """(batch, state, files, pages) for each state that occurs; pages of files that nobody has looked at count none."""
    rows = session.execute(
        select(Deposit.batch_id, Deposit.state, func.count(), func.coalesce(func.sum(Deposit.page_count), 0))
        .where(reach, Deposit.batch_id.in_(batch_ids))
        .group_by(Deposit.batch_id, Deposit.state)
    )
    return [(batch, state, files, int(pages or 0)) for batch, state, files, pages in rows]


def counted_failed(
    session: Session, asked: ColumnElement[bool], batch_ids: Sequence[int]
) -> list[tuple[int, str, int]]:
    rows = session.execute(
        select(Deposit.batch_id, Deposit.state, func.count())
        .where(asked, Deposit.batch_id.in_(batch_ids))
        .group_by(Deposit.batch_id, Deposit.state)
    )
    return [(batch, state, count) for batch, state, count in rows]


def pages_read_so_far(
    session: Session, reach: ColumnElement[bool], batch_ids: Sequence[int]
) -> dict[int, int]:
    """By batch, of the files that are being read: of the others all pages are read, or none."""
    rows = session.execute(
        select(Deposit.batch_id, func.count())
        .join(Page, Page.deposit_id == Deposit.id)
        .where(reach, Deposit.batch_id.in_(batch_ids), Deposit.state == "reading")
        .group_by(Deposit.batch_id)
    )
    return dict(rows.all())


def running_subjects(session: Session) -> list[UUID]:
    """The deposits, of anybody, that workers have in their hands at this moment."""
    return list(session.scalars(select(Job.subject_uid).where(IS_RUNNING, Job.kind.in_(STEPS))))


def queue(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """The deposits, of anybody, that wait for a worker, in the order in which they are taken."""
    return list(
        session.scalars(
            select(Job.subject_uid)
            .where(IS_READY, Job.run_at <= now, Job.kind.in_(STEPS))
            .order_by(Job.priority, Job.run_at, Job.id)
            .limit(most)
        )
    )


def deposits_of(session: Session, reach: ColumnElement[bool], uids: Sequence[UUID]) -> list[Deposit]:
    """In the order of their arrival. Sorted here: asked for in an order, SQLite walks through all of a person's."""
    if not uids:
        return []
    found = session.scalars(select(Deposit).where(reach, Deposit.uid.in_(uids)))
    return sorted(found, key=lambda it: it.id)


def unfinished(
    session: Session, reach: ColumnElement[bool], limit: int
) -> list[tuple[Deposit, UUID, StoredObject | None]]:
    """Uploads in parts that are not at their end, newest first, each with its batch and its first part."""
    rows = session.execute(
        select(Deposit, Batch.uid, StoredObject)
        .join(Batch, Batch.id == Deposit.batch_id)
        .outerjoin(
            StoredObject,
            and_(
                StoredObject.deposit_id == Deposit.id, StoredObject.role == "part", StoredObject.part_no == 1
            ),
        )
        .where(reach, Deposit.state == "receiving", Deposit.part_size.is_not(None))
        .order_by(Deposit.id.desc())
        .limit(limit)
    )
    return [(deposit, batch, part) for deposit, batch, part in rows]
