"""The pages that somebody checks, and what was said of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, select
from sqlalchemy.orm import Session

from archive.accounts.queries import names_of
from archive.core.access.policy import ScopeColumns, State
from archive.holdings.tables import Batch, Item, Page, PageMark, StoredObject

Ts = TypeVarTuple("Ts")

Within = tuple[Literal["batch", "item"], UUID]
"""The pages of one batch or of one item."""

PAGE_COLUMNS = ScopeColumns(
    tier=case((Page.tier > Item.tier, Page.tier), else_=Item.tier),
    state=Item.state,
    unit=Item.unit_id,
    item=Item.id,
    volume=Item.volume_id,
    batch=Item.batch_id,
)


@dataclass(frozen=True)
class BatchCount:
    """A batch with drafts in it: how many pages, and how many of them are accepted or left out."""

    uid: UUID
    created_at: datetime
    items: int
    pages: int
    checked: int


def batches_where(
    session: Session, reach: ColumnElement[bool], *, before: UUID | None, limit: int
) -> list[BatchCount]:
    """``reach`` over ``PAGE_COLUMNS``; the newest first, or the newest of those that are older than ``before``.

    Only the batches that are shown are counted: counting 25,000 pages costs 160 ms of CPU.
    """
    draft = Item.state == State.DRAFT.value
    has_some = (
        select(Page.id).join(Item, Item.id == Page.item_id).where(Item.batch_id == Batch.id, draft, reach)
    )
    newest = select(Batch.id).where(has_some.exists())
    if before is not None:
        newest = newest.where(Batch.id < select(Batch.id).where(Batch.uid == before).scalar_subquery())
    ids = list(session.scalars(newest.order_by(Batch.id.desc()).limit(limit)))
    if not ids:
        return []
    by_item = (
        select(
            Item.batch_id,
            func.count(Page.id).label("pages"),
            func.sum(cast(Page.is_accepted | Page.is_excluded, Integer)).label("checked"),
        )
        .join(Page, Page.item_id == Item.id)
        .where(Item.batch_id.in_(ids), draft, reach)
        .group_by(Item.id)
        .subquery()
    )
    rows = session.execute(
        select(
            Batch.uid,
            Batch.created_at,
            func.count(),
            func.sum(by_item.c.pages),
            func.sum(by_item.c.checked),
        )
        .join(by_item, by_item.c.batch_id == Batch.id)
        .group_by(Batch.id)
        .order_by(Batch.id.desc())
    )
    return [BatchCount(*row) for row in rows]


def page_ids(
    session: Session, reach: ColumnElement[bool], within: Within, *, start: int, limit: int
) -> list[int]:
    """``start``: how many pages stand before, from 0."""
    ordered = _within(select(Page.id), reach, within).order_by(Page.item_id, Page.seq)
    return list(session.scalars(ordered.offset(start).limit(limit)))


def counts(session: Session, reach: ColumnElement[bool], within: Within) -> tuple[int, int]:
    """Pages in all, and those that are accepted or left out."""
    checked = func.coalesce(func.sum(cast(Page.is_accepted | Page.is_excluded, Integer)), 0)
    total, done = session.execute(_within(select(func.count(Page.id), checked), reach, within)).one()
    return total, done


def _within(asked: Select[*Ts], reach: ColumnElement[bool], within: Within) -> Select[*Ts]:
    joined = asked.join(Item, Item.id == Page.item_id).join(Batch, Batch.id == Item.batch_id)
    kind, uid = within
    return joined.where(reach, (Batch.uid if kind == "batch" else Item.uid) == uid)


def ids_of(session: Session, reach: ColumnElement[bool], pages: tuple[UUID, ...]) -> list[int]:
    return list(
        session.scalars(select(Page.id).join(Item, Item.id == Page.item_id).where(reach, Page.uid.in_(pages)))
    )


def views_of(session: Session, pages: list[int]) -> dict[int, StoredObject]:
    """From page id to its image."""
    rows = session.scalars(
        select(StoredObject).where(StoredObject.page_id.in_(pages), StoredObject.role == "view")
    )
    return {row.page_id: row for row in rows if row.page_id is not None}


@dataclass(frozen=True)
class Said:
    """``by``: a name. ``can_be_undone`` is true of the newest mark that stands."""

    kind: str
    after: int
    reason: str | None
    by: str
    at: datetime


def marks_of(session: Session, pages: list[int]) -> dict[int, list[Said]]:
    """By page id, oldest first: the marks that stand."""
    rows = session.scalars(
        select(PageMark).where(PageMark.page_id.in_(pages), ~PageMark.is_undone).order_by(PageMark.id)
    ).all()
    names = names_of(session, {row.account_id for row in rows})
    found: dict[int, list[Said]] = {}
    for row in rows:
        said = Said(row.kind, row.after, row.reason, names.get(row.account_id, ""), row.at)
        found.setdefault(row.page_id, []).append(said)
    return found


def last_mark(session: Session, page_id: int) -> PageMark | None:
    """The newest that stands."""
    return session.scalars(
        select(PageMark)
        .where(PageMark.page_id == page_id, ~PageMark.is_undone)
        .order_by(PageMark.id.desc())
        .limit(1)
    ).one_or_none()
