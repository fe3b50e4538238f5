"""Rows of a folder that is bound, and the target that it stands for in a decision."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from archive.core.access.actions import Tier
from archive.core.access.policy import State, Target
from archive.desks.binding.tables import Binding, BindingPlace, BindingStep, Supplement, Waiver
from archive.holdings.queries import volume_as_archived
from archive.holdings.tables import Batch, Deposit, Item, Page, Series, StoredObject, Volume

MOST_SHOWN = 200

CHECKING_KINDS = ("begin_check", "send_back", "archive", "waive", "unwaive", "decide_supplement")
"""What a second person does: it makes nobody a binder."""


def volume_target(session: Session, volume: Volume) -> Target:
    """Reached as an archived item of its tier; the parties are those who have bound it or another volume of its folder."""
    whole = volume.part_of or volume.id
    parts = select(Volume.id).where((Volume.id == whole) | (Volume.part_of == whole))
    rows = select(BindingStep.account_id).where(
        BindingStep.volume_id.in_(parts), BindingStep.kind.not_in(CHECKING_KINDS)
    )
    return replace(volume_as_archived(volume), parties=frozenset(session.scalars(rows.distinct())))


def binding_of(session: Session, volume_id: int) -> Binding | None:
    return session.scalars(select(Binding).where(Binding.volume_id == volume_id)).one_or_none()


def documents(session: Session, volume_id: int) -> list[Item]:
    """In the folder's order; one that has no place yet stands behind the others.

    A restricted item of the volume is no document of the folder: no place, page number or count of the folder tells of it.
    """
    rows = session.execute(
        select(Item, BindingPlace.place)
        .outerjoin(BindingPlace, BindingPlace.item_id == Item.id)
        .where(_bound(volume_id))
    ).all()
    behind = len(rows) + 1
    return [item for item, _ in sorted(rows, key=lambda r: (r[1] or behind, r[0].seq_no or behind, r[0].id))]


def _bound(volume_id: int) -> ColumnElement[bool]:
    return and_(Item.volume_id == volume_id, _is_document())


def _is_document() -> ColumnElement[bool]:
    return and_(Item.state.in_([State.DRAFT, State.ARCHIVED]), Item.tier < Tier.T5)


def count_documents(
    session: Session, volume_ids: Iterable[int], reach: ColumnElement[bool], wholly: Iterable[int]
) -> dict[int, int]:
    """By volume: those within ``reach``; of the folders in ``wholly``, which the asker is at, all.

    Asked as one truth, so that SQLite goes from the volumes and not from the states of all items.
    """
    counted = and_(_is_document(), or_(reach, Item.volume_id.in_(set(wholly)))).is_(true())
    rows = (
        select(Item.volume_id, func.count())
        .where(Item.volume_id.in_(set(volume_ids)), counted)
        .group_by(Item.volume_id)
    )
    return {volume_id: count for volume_id, count in session.execute(rows) if volume_id is not None}


def bound_by(session: Session, account_id: int | None, volume_ids: Iterable[int]) -> set[int]:
    """Which of these folders this person has bound."""
    rows = select(BindingStep.volume_id).where(
        BindingStep.volume_id.in_(set(volume_ids)),
        BindingStep.account_id == account_id,
        BindingStep.kind.not_in(CHECKING_KINDS),
    )
    return set(session.scalars(rows.distinct()))


def places(session: Session, volume_id: int) -> dict[int, BindingPlace]:
    rows = session.scalars(select(BindingPlace).where(BindingPlace.volume_id == volume_id))
    return {row.item_id: row for row in rows}


def faces(session: Session, item_ids: Iterable[int]) -> dict[int, int]:
    """Pages that count: a face with text or image on it (DA/T 22-2015), and not left out."""
    rows = session.execute(
        select(Page.item_id, func.count())
        .where(Page.item_id.in_(set(item_ids)), ~Page.is_blank, ~Page.is_excluded)
        .group_by(Page.item_id)
    )
    return dict(rows.all())


def page_numbers(session: Session, item_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The numbers of all pages of each item, in their order."""
    found: dict[int, list[int]] = {}
    rows = select(Page.item_id, Page.seq).where(Page.item_id.in_(set(item_ids)))
    for item_id, seq in session.execute(rows.order_by(Page.item_id, Page.seq)):
        found.setdefault(item_id, []).append(seq)
    return {item_id: tuple(seqs) for item_id, seqs in found.items()}


def unread(session: Session, item_ids: Iterable[int]) -> set[int]:
    """Items of which some page is still to be read."""
    ids = set(item_ids)
    rows = select(Page.item_id).join(Deposit, Deposit.id == Page.deposit_id)
    halfway = session.scalars(rows.where(Page.item_id.in_(ids), Deposit.state != "read").distinct())
    begun = session.scalars(
        select(Deposit.item_id).where(Deposit.item_id.in_(ids), Deposit.state != "read").distinct()
    )
    return {i for i in (*halfway, *begun) if i is not None}


def unsealed(session: Session, item_ids: Iterable[int]) -> set[int]:
    """Items of which some page still lies under the key of the document that it was taken from."""
    rows = session.scalars(
        select(Item.id)
        .join(StoredObject, and_(StoredObject.item_id == Item.id, StoredObject.page_id.is_not(None)))
        .where(Item.id.in_(set(item_ids)), StoredObject.dek_id != Item.dek_id)
        .distinct()
    )
    return set(rows)


def steps(session: Session, volume_id: int) -> list[BindingStep]:
    rows = select(BindingStep).where(BindingStep.volume_id == volume_id)
    return list(session.scalars(rows.order_by(BindingStep.revision)))


def binders(session: Session, volume_id: int) -> set[int]:
    rows = select(BindingStep.account_id).where(
        BindingStep.volume_id == volume_id, BindingStep.kind.not_in(CHECKING_KINDS)
    )
    return set(session.scalars(rows.distinct()))


def waivers(session: Session, volume_id: int) -> dict[str, Waiver]:
    rows = select(Waiver).where(Waiver.volume_id == volume_id, Waiver.ended_at.is_(None))
    return {row.slot: row for row in session.scalars(rows)}


def supplements(session: Session, volume_id: int) -> list[Supplement]:
    rows = select(Supplement).where(Supplement.volume_id == volume_id).order_by(Supplement.id)
    return list(session.scalars(rows))


def loose(session: Session, reach: ColumnElement[bool], fonds_id: int) -> list[Item]:
    """Drafts of the fonds that lie in no folder. A restricted one is bound by nobody but its maker, so not here."""
    rows = (
        select(Item)
        .join(Batch, Batch.id == Item.batch_id)
        .where(reach, Item.state == State.DRAFT, Item.volume_id.is_(None), Item.tier < Tier.T5)
        .where(Batch.fonds_id == fonds_id)
    )
    return list(session.scalars(rows.order_by(Item.id.desc()).limit(MOST_SHOWN)))


def series_of(session: Session, volume: Volume) -> Series:
    return session.get_one(Series, volume.series_id)


def pages_in(session: Session, item_ids: Iterable[int]) -> list[Page]:
    rows = select(Page).where(Page.item_id.in_(set(item_ids))).order_by(Page.item_id, Page.seq)
    return list(session.scalars(rows))


def objects_of_pages(session: Session, page_ids: Iterable[int]) -> list[StoredObject]:
    return list(session.scalars(select(StoredObject).where(StoredObject.page_id.in_(set(page_ids)))))


def to_reseal(session: Session, item: Item) -> list[StoredObject]:
    rows = select(StoredObject).where(
        StoredObject.item_id == item.id,
        StoredObject.page_id.is_not(None),
        StoredObject.dek_id != item.dek_id,
    )
    return list(session.scalars(rows.order_by(StoredObject.id)))


def next_part(session: Session, whole_id: int) -> int:
    last = session.scalar(select(func.max(Volume.part_no)).where(Volume.part_of == whole_id))
    return (last or 1) + 1
