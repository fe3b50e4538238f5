"""Matters, holds and packages, and the targets they stand for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.core.access.policy import ScopeColumns, Target
from archive.desks.legal.tables import (
    BatesCounter,
    EvidenceItem,
    EvidencePackage,
    HoldItem,
    LegalHold,
    Matter,
    MatterItem,
)
from archive.holdings.tables import Item, StoredObject

MATTER_COLUMNS = ScopeColumns(unit=Matter.unit_id, owner=Matter.opened_by)
HOLD_COLUMNS = ScopeColumns(unit=LegalHold.unit_id, owner=LegalHold.set_by)
PACKAGE_COLUMNS = ScopeColumns(unit=Matter.unit_id, owner=EvidencePackage.account_id)


# --- matters -----------------------------------------------------------------------------------------------


def matter_by_uid(session: Session, uid: UUID) -> Matter | None:
    return session.scalars(select(Matter).where(Matter.uid == uid)).one_or_none()


def matter_target(matter: Matter) -> Target:
    return Target("matter", uid=matter.uid, unit_id=matter.unit_id, owner_id=matter.opened_by, guarded=True)


def matters_where(session: Session, reach: ColumnElement[bool], *, limit: int) -> list[Matter]:
    return list(session.scalars(select(Matter).where(reach).order_by(Matter.id.desc()).limit(limit)))


def item_by_reference(session: Session, code: str) -> Item | None:
    return session.scalars(select(Item).where(Item.reference_code == code)).one_or_none()


def items_of_matter(session: Session, matter_id: int) -> list[Item]:
    rows = select(Item).join(MatterItem, MatterItem.item_id == Item.id)
    return list(session.scalars(rows.where(MatterItem.matter_id == matter_id).order_by(MatterItem.id)))


def matter_item(session: Session, matter_id: int, item_id: int) -> MatterItem | None:
    return session.scalars(
        select(MatterItem).where(MatterItem.matter_id == matter_id, MatterItem.item_id == item_id)
    ).one_or_none()


# --- holds -------------------------------------------------------------------------------------------------


def hold_by_uid(session: Session, uid: UUID) -> LegalHold | None:
    return session.scalars(select(LegalHold).where(LegalHold.uid == uid)).one_or_none()


def hold_target(hold: LegalHold) -> Target:
    return Target(
        "hold",
        uid=hold.uid,
        unit_id=hold.unit_id,
        owner_id=hold.set_by,
        parties=frozenset({hold.set_by} | ({hold.proposed_by} if hold.proposed_by else set())),
        guarded=True,
    )


def holds_where(session: Session, reach: ColumnElement[bool], *, limit: int) -> list[LegalHold]:
    return list(session.scalars(select(LegalHold).where(reach).order_by(LegalHold.id.desc()).limit(limit)))


def has_live_holds(session: Session, matter_id: int) -> bool:
    live = select(LegalHold.id).where(LegalHold.matter_id == matter_id, LegalHold.state != "released")
    return session.scalar(live.limit(1)) is not None


def items_of_hold(session: Session, hold_id: int) -> list[Item]:
    rows = select(Item).join(HoldItem, HoldItem.item_id == Item.id)
    return list(session.scalars(rows.where(HoldItem.hold_id == hold_id).order_by(HoldItem.id)))


def items_of_holds(session: Session, hold_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Of many holds at once, by the id of the hold."""
    rows = session.execute(
        select(HoldItem.hold_id, Item)
        .join(Item, Item.id == HoldItem.item_id)
        .where(HoldItem.hold_id.in_(set(hold_ids)))
        .order_by(HoldItem.id)
    )
    found: dict[int, list[Item]] = {}
    for hold_id, item in rows:
        found.setdefault(hold_id, []).append(item)
    return found


def is_held_otherwise(session: Session, item_id: int, hold_id: int) -> bool:
    """Whether a hold other than this one still stands on the item."""
    others = (
        select(HoldItem.id)
        .join(LegalHold, LegalHold.id == HoldItem.hold_id)
        .where(HoldItem.item_id == item_id, LegalHold.id != hold_id, LegalHold.state != "released")
    )
    return session.scalar(others.limit(1)) is not None


# --- evidence ----------------------------------------------------------------------------------------------


def package_by_uid(session: Session, uid: UUID) -> EvidencePackage | None:
    return session.scalars(select(EvidencePackage).where(EvidencePackage.uid == uid)).one_or_none()


def package_target(package: EvidencePackage) -> Target:
    return Target(
        "evidence",
        uid=package.uid,
        owner_id=package.account_id,
        parties=frozenset({package.account_id}),
        guarded=True,
    )


def packages_where(
    session: Session, reach: ColumnElement[bool], *, limit: int
) -> list[tuple[EvidencePackage, Matter]]:
    rows = session.execute(
        select(EvidencePackage, Matter)
        .join(Matter, Matter.id == EvidencePackage.matter_id)
        .where(reach)
        .order_by(EvidencePackage.id.desc())
        .limit(limit)
    )
    return [(package, matter) for package, matter in rows]


def items_of_package(session: Session, package_id: int) -> list[tuple[EvidenceItem, Item]]:
    rows = session.execute(
        select(EvidenceItem, Item)
        .join(Item, Item.id == EvidenceItem.item_id)
        .where(EvidenceItem.package_id == package_id)
        .order_by(EvidenceItem.first_number)
    )
    return [(line, item) for line, item in rows]


def items_of_packages(session: Session, package_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Of many packages at once, by the id of the package."""
    rows = session.execute(
        select(EvidenceItem.package_id, Item)
        .join(Item, Item.id == EvidenceItem.item_id)
        .where(EvidenceItem.package_id.in_(set(package_ids)))
        .order_by(EvidenceItem.first_number)
    )
    found: dict[int, list[Item]] = {}
    for package_id, item in rows:
        found.setdefault(package_id, []).append(item)
    return found


def views_of(session: Session, page_ids: Iterable[int]) -> dict[int, StoredObject]:
    rows = session.scalars(
        select(StoredObject).where(StoredObject.page_id.in_(set(page_ids)), StoredObject.role == "view")
    )
    return {row.page_id: row for row in rows if row.page_id is not None}


def next_bates(session: Session, prefix: str) -> int:
    """What the counter stands at; 1 for a prefix that was never used."""
    return session.scalar(select(BatesCounter.next).where(BatesCounter.prefix == prefix)) or 1


def take_bates(session: Session, prefix: str, count: int) -> int:
    """The first of ``count`` numbers, which are given to nothing else from now on."""
    counter = session.scalars(select(BatesCounter).where(BatesCounter.prefix == prefix)).one_or_none()
    if counter is None:
        counter = BatesCounter(prefix=prefix, next=1)
        session.add(counter)
    first = counter.next
    counter.next = first + count
    return first


# --- numbers -----------------------------------------------------------------------------------------------


def next_number(session: Session, table: Any, prefix: str, year: int) -> str:
    """Runs within the year: the write lock makes it gapless."""
    count = session.scalar(
        select(func.count()).select_from(table).where(table.no.startswith(f"{prefix}{year}-"))
    )
    return f"{prefix}{year}-{(count or 0) + 1:06d}"
