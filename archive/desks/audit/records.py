"""Records as the log knows them: labels such as ``item:<uid>``. Which of them may be called by their reference code
is asked of the policy each time; whatever it does not allow stays a number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, load_only

from archive.core.access.actions import Action
from archive.core.access.policy import Asking
from archive.core.errors import Invalid
from archive.core.gate import Work
from archive.desks.audit.queries import slices
from archive.holdings.queries import item_by_uid, item_target, page_target, volume_as_archived, volume_by_uid
from archive.holdings.tables import Deposit, Item, Page, Volume

MOST_RECORDS = 20_000
"""Items of one volume, or pages of one item, that one question covers."""

_ITEM = load_only(
    Item.uid,
    Item.reference_code,
    Item.tier,
    Item.state,
    Item.unit_id,
    Item.volume_id,
    Item.batch_id,
)
_PAGE = load_only(Page.uid, Page.item_id, Page.seq, Page.tier)
_VOLUME = load_only(Volume.uid, Volume.reference_code, Volume.tier, Volume.state, Volume.unit_id)
"""Nothing sealed is opened to name a record by its code."""


@dataclass(frozen=True)
class Named:
    """``page`` is the page's number in its item; None for whole items and volumes."""

    code: str
    page: int | None = None


def codes(work: Work, action: Action, labels: Iterable[str | None]) -> dict[str, Named]:
    """The reference codes of those records that ``action`` reaches. Drafts have none."""
    wanted = {label for label in labels if label is not None}
    scope, session = work.scope(action), work.session
    named: dict[str, Named] = {}
    for item in _items(session, uids_of("item", wanted)):
        if item.reference_code is not None and scope.covers(item_target(item)):
            named[f"item:{item.uid}"] = Named(item.reference_code)
    for item, page in _pages(session, uids_of("page", wanted)):
        if item.reference_code is not None and scope.covers(page_target(item, page)):
            named[f"page:{page.uid}"] = Named(item.reference_code, page.seq)
    for volume in _volumes(session, uids_of("volume", wanted)):
        if scope.covers(volume_as_archived(volume)):
            named[f"volume:{volume.uid}"] = Named(volume.reference_code)
    return named


def label_of(session: Session, asking: Asking, typed: str) -> str:
    """From what an auditor types (a label, a bare uid, which is an item's, or a reference code) to a label.

    A label is believed without looking: the log knows records that are long gone. A code that is not there and one
    that she may not know are one answer. Raises ``Invalid``.
    """
    text = typed.strip()
    kind, colon, number = text.rpartition(":")
    try:
        return f"{kind if colon else 'item'}:{UUID(number)}"
    except ValueError:
        found = None if colon else _by_code(session, asking, text)
    if found is None:
        raise Invalid(
            "record",
            "This is not the number of a record.",
            "Press a record in the list, or type its reference code or number.",
        )
    return found


def _by_code(session: Session, asking: Asking, code: str) -> str | None:
    scope = asking.scope(Action.LOG_UNMASK)
    item = session.scalars(select(Item).options(_ITEM).where(Item.reference_code == code)).one_or_none()
    volume = session.scalars(
        select(Volume).options(_VOLUME).where(Volume.reference_code == code)
    ).one_or_none()
    if item is not None and scope.covers(item_target(item)):
        return f"item:{item.uid}"
    if volume is not None and scope.covers(volume_as_archived(volume)):
        return f"volume:{volume.uid}"
    return None


def with_parts(session: Session, label: str) -> tuple[str, ...]:
    """An item with its pages, a volume with its items; anything else by itself. Raises ``Invalid`` for too many."""
    parts: list[str] = []
    for uid in uids_of("item", {label}):
        query = select(Page.uid).join(Item, Item.id == Page.item_id).where(Item.uid == uid)
        parts += [f"page:{page}" for page in session.scalars(query)]
    for uid in uids_of("volume", {label}):
        within = select(Item.uid).join(Volume, Volume.id == Item.volume_id).where(Volume.uid == uid)
        parts += [f"item:{item}" for item in session.scalars(within)]
    if len(parts) > MOST_RECORDS:
        raise Invalid("record", "This holds too many records for one question.", "Ask for one of its parts.")
    return (label, *parts)


def item_of(session: Session, label: str) -> Item | None:
    """The item that a record is, belongs to, or has become."""
    for uid in uids_of("page", {label}):
        return session.scalars(
            select(Item).join(Page, Page.item_id == Item.id).where(Page.uid == uid)
        ).one_or_none()
    for uid in uids_of("deposit", {label}):
        return session.scalars(
            select(Item).join(Deposit, Deposit.item_id == Item.id).where(Deposit.uid == uid)
        ).one_or_none()
    for uid in uids_of("item", {label}):
        return item_by_uid(session, uid)
    return None


def volume_of(session: Session, label: str) -> Volume | None:
    for uid in uids_of("volume", {label}):
        return volume_by_uid(session, uid)
    return None


def items_of_pages(session: Session, labels: Iterable[str]) -> dict[str, tuple[str, int]]:
    """From a page's label to its item's and the page's number."""
    return {
        f"page:{page.uid}": (f"item:{item.uid}", page.seq)
        for item, page in _pages(session, uids_of("page", labels))
    }


def uids_of(kind: str, labels: Iterable[str]) -> list[UUID]:
    """In a fixed order. Labels that somebody tampered with name nothing."""
    found = (_uid(label, kind) for label in sorted(labels))
    return [uid for uid in found if uid is not None]


def _uid(label: str, kind: str) -> UUID | None:
    name, _, number = label.partition(":")
    try:
        return UUID(number) if name == kind else None
    except ValueError:
        return None


def _items(session: Session, uids: Sequence[UUID]) -> Iterable[Item]:
    for some in slices(uids):
        yield from session.scalars(select(Item).options(_ITEM).where(Item.uid.in_(some)))


def _pages(session: Session, uids: Sequence[UUID]) -> Iterable[Row[Item, Page]]:
    for some in slices(uids):
        query = select(Item, Page).join(Page, Page.item_id == Item.id).options(_ITEM, _PAGE)
        yield from session.execute(query.where(Page.uid.in_(some)))


def _volumes(session: Session, uids: Sequence[UUID]) -> Iterable[Volume]:
    for some in slices(uids):
        yield from session.scalars(select(Volume).options(_VOLUME).where(Volume.uid.in_(some)))
