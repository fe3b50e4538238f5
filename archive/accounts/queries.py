"""Who a session belongs to, and the lists that the accounts pages show."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, or_, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account, LoginAttempt, SignedIn, Unit
from archive.core.access.actions import Role
from archive.core.access.grants import RoleGrant
from archive.core.access.policy import ANYONE, Actor
from archive.core.db.types import Utc
from archive.core.errors import SignInNeeded
from archive.core.gate import ActorSource


def digest(secret: str) -> bytes:
    """Tokens are 256 random bits, so one plain hash is enough to keep them out of the database."""
    return sha256(secret.encode()).digest()


_session, _account, _unit = SignedIn.__table__, Account.__table__, Unit.__table__
_role, _now, _soon = RoleGrant.__table__, bindparam("now", type_=Utc), bindparam("soon", type_=Utc)

PROGRAM = "token"
"""The kind of a session that an API token opens: nobody typed a password for it."""

SKEW = timedelta(minutes=5)
"""A session or a failed sign-in that is younger than this will be from a clock that was ahead, and counts for nothing:
sessions would live too long, failures lock people out for as long as the clock went back.
"""

# Built once: every request runs these three, and building a statement costs more than running it.
_SIGNED_IN = (
    select(
        _session.c.uid.label("session"),
        _session.c.kind,
        _session.c.role_grant_id,
        _account.c.id,
        _account.c.uid,
        _account.c.name,
        _account.c.login,
        _unit.c.id.label("unit_id"),
        _unit.c.name.label("unit_name"),
    )
    .join_from(_session, _account, _account.c.id == _session.c.account_id)
    .join(_unit, _unit.c.id == _account.c.unit_id)
    .where(
        _session.c.token_hash == bindparam("token_hash"),
        _session.c.ended_at.is_(None),
        _session.c.created_at <= _soon,
        _session.c.idle_until > _now,
        _session.c.until > _now,
        _account.c.state == "active",
    )
)
_ROLES = (
    select(_role.c.id, _role.c.role)
    .where(
        _role.c.account_id == bindparam("account_id"),
        _role.c.approved_at.is_not(None),
        _role.c["from"] <= _now,
        or_(_role.c.until.is_(None), _role.c.until > _now),
    )
    .order_by(_role.c.id)
)
_BELOW = select(_unit.c.id).where(_unit.c.id == bindparam("unit_id")).cte("below", recursive=True)
_UNITS_BELOW = select(
    _BELOW.union_all(select(_unit.c.id).join(_BELOW, _unit.c.parent_id == _BELOW.c.id)).c.id
)


def session_actor(token: str | None) -> ActorSource:
    """The gate's ``ActorSource`` for somebody at a browser or a client. Raises ``SignInNeeded`` when asked."""

    def who(session: Session, now: datetime) -> Actor:
        connection = session.connection()
        row = None if token is None else _signed_in(connection, token, now)
        if row is None:
            raise SignInNeeded("You are not signed in, or your session has ended.", "Sign in.")
        roles = _roles_of(connection, row, now)
        units = connection.scalars(_UNITS_BELOW, {"unit_id": row.unit_id})
        return Actor(
            label=f"account:{row.uid}",
            roles=(*roles, Role.STAFF),
            id=row.id,
            uid=row.uid,
            name=row.name,
            login=row.login,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            units=frozenset(units),
            session=row.session,
            in_person=row.kind != PROGRAM,
        )

    return who


def anyone(_session: Session, _now: datetime) -> Actor:
    return ANYONE


def _signed_in(connection: Connection, token: str, now: datetime) -> Any:
    return connection.execute(
        _SIGNED_IN, {"token_hash": digest(token), "now": now, "soon": now + SKEW}
    ).one_or_none()


def _roles_of(connection: Connection, row: Any, now: datetime) -> list[Role]:
    """All that the person holds; of an API token the one it was made for, as long as the person holds it."""
    held = connection.execute(_ROLES, {"account_id": row.id, "now": now}).all()
    if row.kind != PROGRAM:
        return [Role(grant.role) for grant in held]
    roles = [Role(grant.role) for grant in held if grant.id == row.role_grant_id]
    if not roles:
        raise SignInNeeded("The role of this token has ended.", "Make a token for a role that you hold.")
    return roles


def live_roles(session: Session, account_id: int, now: datetime) -> list[RoleGrant]:
    """What the person holds now, approved, oldest first."""
    held = session.connection().execute(_ROLES, {"account_id": account_id, "now": now})
    ids = [grant.id for grant in held]
    return list(session.scalars(select(RoleGrant).where(RoleGrant.id.in_(ids)).order_by(RoleGrant.id)))


def token_by_uid(session: Session, uid: UUID) -> SignedIn | None:
    return session.scalars(
        select(SignedIn).where(SignedIn.uid == uid, SignedIn.kind == PROGRAM)
    ).one_or_none()


def tokens_of(session: Session, account_id: int, now: datetime) -> list[Row[SignedIn, RoleGrant]]:
    """Newest first, without those that were revoked or have run out."""
    return list(
        session.execute(
            select(SignedIn, RoleGrant)
            .join(RoleGrant, RoleGrant.id == SignedIn.role_grant_id)
            .where(
                SignedIn.account_id == account_id,
                SignedIn.kind == PROGRAM,
                SignedIn.ended_at.is_(None),
                SignedIn.until > now,
            )
            .order_by(SignedIn.created_at.desc(), SignedIn.uid.desc())
        )
    )


def account_by_login(session: Session, login: str) -> Account | None:
    return session.scalars(select(Account).where(Account.login == login)).one_or_none()


def account_by_uid(session: Session, uid: UUID) -> Account | None:
    return session.scalars(select(Account).where(Account.uid == uid)).one_or_none()


def unit_by_code(session: Session, code: str) -> Unit | None:
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def all_units(session: Session) -> list[Unit]:
    return list(session.scalars(select(Unit).order_by(Unit.code)))


def attempts_between(session: Session, key: bytes, since: datetime, until: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(LoginAttempt)
            .where(LoginAttempt.key == key, LoginAttempt.at > since, LoginAttempt.at <= until)
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


def login_behind(session: Session, token: str) -> str | None:
    """The sign-in name of whoever a session belonged to, also when it has ended."""
    rows = select(Account.login).join(SignedIn, SignedIn.account_id == Account.id)
    return session.scalar(rows.where(SignedIn.token_hash == digest(token)))
