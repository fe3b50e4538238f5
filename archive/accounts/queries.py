"""Who a session belongs to, and the lists that the accounts pages show."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account, LoginAttempt, SignedIn, Unit
from archive.core.access.actions import Role
from archive.core.access.grants import RoleGrant
from archive.core.access.policy import ANYONE, Actor
from archive.core.errors import SignInNeeded
from archive.core.gate import ActorSource


def digest(secret: str) -> bytes:
    """Tokens are 256 random bits, so one plain hash is enough to keep them out of the database."""
    return sha256(secret.encode()).digest()


def session_actor(token: str | None) -> ActorSource:
    """The gate's ``ActorSource`` for somebody at a browser or a client. Raises ``SignInNeeded`` when asked."""

    def who(session: Session, now: datetime) -> Actor:
        row = None if token is None else _signed_in(session, digest(token), now)
        if row is None:
            raise SignInNeeded("You are not signed in, or your session has ended.", "Sign in.")
        signed_in, account, unit = row
        return Actor(
            label=f"account:{account.uid}",
            roles=(*_roles(session, account.id, now), Role.STAFF),
            id=account.id,
            uid=account.uid,
            name=account.name,
            login=account.login,
            unit_id=unit.id,
            unit_name=unit.name,
            units=_units_below(session, unit.id),
            session=signed_in.uid,
        )

    return who


def anyone(_session: Session, _now: datetime) -> Actor:
    return ANYONE


def _signed_in(session: Session, token_hash: bytes, now: datetime) -> Row[SignedIn, Account, Unit] | None:
    return session.execute(
        select(SignedIn, Account, Unit)
        .join(Account, Account.id == SignedIn.account_id)
        .join(Unit, Unit.id == Account.unit_id)
        .where(
            SignedIn.token_hash == token_hash,
            SignedIn.ended_at.is_(None),
            SignedIn.idle_until > now,
            SignedIn.until > now,
            Account.state == "active",
        )
    ).one_or_none()


def _roles(session: Session, account_id: int, now: datetime) -> tuple[Role, ...]:
    names = session.scalars(
        select(RoleGrant.role)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.approved_at.is_not(None),
            RoleGrant.from_ <= now,
            or_(RoleGrant.until.is_(None), RoleGrant.until > now),
        )
        .order_by(RoleGrant.id)
    )
    return tuple(Role(name) for name in names)


def _units_below(session: Session, unit_id: int) -> frozenset[int]:
    below = select(Unit.id).where(Unit.id == unit_id).cte("below", recursive=True)
    below = below.union_all(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    return frozenset(session.scalars(select(below.c.id)))


def account_by_login(session: Session, login: str) -> Account | None:
    return session.scalars(select(Account).where(Account.login == login)).one_or_none()


def account_by_uid(session: Session, uid: UUID) -> Account | None:
    return session.scalars(select(Account).where(Account.uid == uid)).one_or_none()


def unit_by_code(session: Session, code: str) -> Unit | None:
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def all_units(session: Session) -> list[Unit]:
    return list(session.scalars(select(Unit).order_by(Unit.code)))


def attempts_since(session: Session, key: bytes, since: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(LoginAttempt)
            .where(LoginAttempt.key == key, LoginAttempt.at > since)
        )
        or 0
    )


def all_accounts(session: Session) -> list[Row[Account, Unit]]:
    return list(
        session.execute(select(Account, Unit).join(Unit, Unit.id == Account.unit_id).order_by(Account.login))
    )


def roles_of(session: Session, account_ids: list[int]) -> dict[int, list[RoleGrant]]:
    held: dict[int, list[RoleGrant]] = {}
    for grant in session.scalars(
        select(RoleGrant).where(RoleGrant.account_id.in_(account_ids)).order_by(RoleGrant.id)
    ):
        held.setdefault(grant.account_id, []).append(grant)
    return held


def roles_waiting(session: Session) -> list[Row[RoleGrant, Account, Unit]]:
    return list(
        session.execute(
            select(RoleGrant, Account, Unit)
            .join(Account, Account.id == RoleGrant.account_id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.approved_at.is_(None))
            .order_by(RoleGrant.id)
        )
    )


def names_of(session: Session, account_ids: set[int]) -> dict[int, str]:
    """The names of colleagues, for lists that the asker already reached."""
    return {
        row.id: row.name
        for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids)))
    }


def names_by_uid(session: Session, labels: set[str]) -> dict[str, str]:
    """From actor labels (``account:<uid>``) to names, for whoever may read the log."""
    uids = [uid for label in labels if (uid := _account_uid(label)) is not None]
    rows = session.execute(select(Account.uid, Account.name, Account.login).where(Account.uid.in_(uids)))
    return {f"account:{row.uid}": f"{row.name} ({row.login})" for row in rows}


def _account_uid(label: str) -> UUID | None:
    """None for the system's own actors, and for a label that somebody tampered with: the log is shown as it stands."""
    kind, _, text = label.partition(":")
    try:
        return UUID(text) if kind == "account" else None
    except ValueError:
        return None
