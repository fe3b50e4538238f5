"""Rows that open something to somebody: roles held, and the one table of grants."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.core.access.actions import Action, Purpose
from archive.core.access.policy import Grant
from archive.core.db.types import Base, HasUid, Utc, new_uid


class RoleGrant(HasUid, Base):
    """A role held by an account. It counts from the moment a second person has approved it."""

    __tablename__ = "role_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_: Mapped[datetime] = mapped_column("from", Utc)
    until: Mapped[datetime | None] = mapped_column(Utc)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Utc)


class AccessGrant(HasUid, Base):
    """Approved loans, assigned cases, own batches and named readers all write here; ending them revokes here."""

    __tablename__ = "access_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    actions: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[int]
    from_: Mapped[datetime] = mapped_column("from", Utc)
    until: Mapped[datetime | None] = mapped_column(Utc)
    source_kind: Mapped[str]
    source_id: Mapped[int] = mapped_column(index=True)
    source_no: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class AccessVersion(Base):
    """One row. Moves with every change of grants, roles, accounts, tier or state, so that a read can tell."""

    __tablename__ = "access_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


_grant, _now = AccessGrant.__table__, bindparam("now", type_=Utc)

# Built once: every call of the gate runs these, and building a statement costs more than running it.
_VERSION = select(AccessVersion.__table__.c.version)
_LIVE = select(_grant).where(
    _grant.c.account_id == bindparam("account_id"),
    _grant.c.revoked_at.is_(None),
    _grant.c["from"] <= _now,
    or_(_grant.c.until.is_(None), _grant.c.until > _now),
)


def access_version(session: Session) -> int:
    version: int = session.connection().execute(_VERSION).scalar_one()
    return version


def access_changed(session: Session) -> None:
    session.execute(update(AccessVersion).values(version=AccessVersion.version + 1))


def live_grants(session: Session, account_id: int | None, now: datetime) -> tuple[Grant, ...]:
    if account_id is None:
        return ()
    rows = session.connection().execute(_LIVE, {"account_id": account_id, "now": now})
    return tuple(
        Grant(
            row.id,
            row.uid,
            frozenset(row.actions.split()),
            row.target_kind,
            row.target_id,
            row.source_kind,
            row.source_no,
            None if row.purpose is None else Purpose(row.purpose),
            row.until,
        )
        for row in rows
    )


def give(
    session: Session,
    *,
    account_id: int,
    actions: Iterable[Action],
    target: tuple[str, int],
    source: tuple[str, int],
    now: datetime,
    until: datetime | None = None,
    source_no: str = "",
    purpose: Purpose | None = None,
) -> AccessGrant:
    """``target`` and ``source`` are (kind, row id). The source's kind is the reach by which rules count the grant;
    ``source_no`` is what a watermark shows of it.
    """
    grant = AccessGrant(
        uid=new_uid(now),
        account_id=account_id,
        actions=" ".join(sorted(actions)),
        target_kind=target[0],
        target_id=target[1],
        source_kind=source[0],
        source_id=source[1],
        source_no=source_no,
        purpose=purpose,
        from_=now,
        until=until,
    )
    session.add(grant)
    access_changed(session)
    return grant


def revoke(session: Session, *, source: tuple[str, int], now: datetime) -> None:
    session.execute(
        update(AccessGrant)
        .where(
            AccessGrant.source_kind == source[0],
            AccessGrant.source_id == source[1],
            AccessGrant.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    access_changed(session)


def revoke_on(session: Session, *, target: tuple[str, int], source_kind: str, now: datetime) -> None:
    """Ends every grant of one kind on one thing: what was approved of it as it was no longer holds."""
    session.execute(
        update(AccessGrant)
        .where(
            AccessGrant.target_kind == target[0],
            AccessGrant.target_id == target[1],
            AccessGrant.source_kind == source_kind,
            AccessGrant.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    access_changed(session)
