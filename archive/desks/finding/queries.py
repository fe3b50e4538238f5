"""From hits back to rows: the index says where to look, the main database says what is there."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from archive.holdings.tables import Page


def pages_at(session: Session, slots: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Page]:
    """(item id, slot) → page."""
    wanted = list(slots)
    if not wanted:
        return {}
    rows = session.scalars(select(Page).where(tuple_(Page.item_id, Page.slot).in_(wanted)))
    return {(page.item_id, page.slot): page for page in rows}


def page_by_uid(session: Session, uid: UUID) -> Page | None:
    return session.scalars(select(Page).where(Page.uid == uid)).one_or_none()
