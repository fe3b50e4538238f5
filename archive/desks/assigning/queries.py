"""Assignments and namings, and the targets they stand for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account
from archive.core.access.actions import Role
from archive.core.access.grants import RoleGrant
from archive.core.access.policy import ScopeColumns, Target
from archive.desks.assigning.tables import CaseAssignment, ReaderNaming
from archive.holdings.tables import Item, Volume

ASSIGNMENT_COLUMNS = ScopeColumns(owner=CaseAssignment.account_id, unit=CaseAssignment.unit_id)
VOLUME_COLUMNS = ScopeColumns(tier=Volume.tier, state=Volume.state, unit=Volume.unit_id, volume=Volume.id)


def naming_by_uid(session: Session, uid: UUID) -> ReaderNaming | None:
    return session.scalars(select(ReaderNaming).where(ReaderNaming.uid == uid)).one_or_none()


def naming_target(naming: ReaderNaming) -> Target:
    return Target(
        "reader_naming",
        uid=naming.uid,
        owner_id=naming.asked_id,
        parties=frozenset({naming.proposed_by, naming.reader_id}),
        guarded=True,
    )


def namings_of(session: Session, account_id: int) -> list[tuple[ReaderNaming, Item]]:
    """What somebody proposed or was asked to confirm."""
    rows = session.execute(
        select(ReaderNaming, Item)
        .join(Item, Item.id == ReaderNaming.item_id)
        .where(or_(ReaderNaming.proposed_by == account_id, ReaderNaming.asked_id == account_id))
        .order_by(ReaderNaming.id.desc())
        .limit(200)
    )
    return [(naming, item) for naming, item in rows]


def assignment_by_uid(session: Session, uid: UUID) -> CaseAssignment | None:
    return session.scalars(select(CaseAssignment).where(CaseAssignment.uid == uid)).one_or_none()


def assignments_where(
    session: Session, reach: ColumnElement[bool], *, limit: int
) -> list[tuple[CaseAssignment, Volume]]:
    rows = session.execute(
        select(CaseAssignment, Volume)
        .join(Volume, Volume.id == CaseAssignment.volume_id)
        .where(reach, CaseAssignment.ended_at.is_(None))
        .order_by(CaseAssignment.id.desc())
        .limit(limit)
    )
    return [(assignment, volume) for assignment, volume in rows]


def handlers_of(session: Session, volume_ids: Iterable[int]) -> dict[int, list[str]]:
    """Keyed by volume id: the names of those who have the case in their hands."""
    rows = session.execute(
        select(CaseAssignment.volume_id, Account.name)
        .join(Account, Account.id == CaseAssignment.account_id)
        .where(CaseAssignment.volume_id.in_(set(volume_ids)), CaseAssignment.ended_at.is_(None))
        .order_by(CaseAssignment.id)
    )
    names: dict[int, list[str]] = {}
    for volume_id, name in rows:
        names.setdefault(volume_id, []).append(name)
    return names


def roles_in_force(session: Session, which: ColumnElement[bool], now: datetime) -> list[tuple[Account, Role]]:
    """Active accounts with each role that counts at this moment, by name."""
    rows = session.execute(
        select(Account, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            which,
            Account.state == "active",
            RoleGrant.approved_at.is_not(None),
            RoleGrant.from_ <= now,
            or_(RoleGrant.until.is_(None), RoleGrant.until > now),
        )
        .order_by(Account.name, Account.id)
    )
    return [(account, Role(role)) for account, role in rows]


def is_assigned(session: Session, volume_id: int, account_id: int) -> bool:
    return (
        session.scalar(
            select(CaseAssignment.id).where(
                CaseAssignment.volume_id == volume_id,
                CaseAssignment.account_id == account_id,
                CaseAssignment.ended_at.is_(None),
            )
        )
        is not None
    )
