"""From hits back to rows: the index says where to look, the main database says what is there."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.orm import Session

from archive.core.jobs.tables import IS_READY, IS_RUNNING, Job, JobKind
from archive.holdings.tables import Item, Page


def pages_at(session: Session, slots: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Page]:
    """(item id, slot) → page."""
    wanted = list(slots)
    if not wanted:
        return {}
    rows = session.scalars(select(Page).where(tuple_(Page.item_id, Page.slot).in_(wanted)))
    return {(page.item_id, page.slot): page for page in rows}


def page_by_uid(session: Session, uid: UUID) -> tuple[Item, Page] | None:
    row = session.execute(
        select(Item, Page).join(Page, Page.item_id == Item.id).where(Page.uid == uid)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


READING = (JobKind.ACCEPT, JobKind.READ, JobKind.INDEX)


def is_reading(session: Session) -> bool:
    """Whether any file waits to be read or indexed, whosever it is."""
    ready, running = (exists().where(state, Job.kind.in_(READING)) for state in (IS_READY, IS_RUNNING))
    return bool(session.scalar(select(or_(ready, running))))
