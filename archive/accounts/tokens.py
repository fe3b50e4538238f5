"""API tokens: a person lets a program act as herself, with one of her roles, until a day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from archive.accounts import queries
from archive.accounts.tables import SignedIn
from archive.core.access.actions import Action
from archive.core.access.grants import RoleGrant
from archive.core.access.policy import Target
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Found, Look, Work, operation

PREFIX = "jz_"
"""Scanners for leaked secrets recognise a token by it."""

LONGEST_NAME = 60
MOST_DAYS, USUAL_DAYS = 365, 90
MOST_TOKENS = 50


@dataclass(frozen=True)
class NewToken:
    name: str
    role: str
    days: int = USUAL_DAYS


@dataclass(frozen=True)
class MadeToken:
    """The token exists only here and with its maker."""

    token: str
    uid: UUID
    until: datetime


@dataclass(frozen=True)
class TokenSeen:
    """``works``: its maker still holds the role. ``used_at`` is exact to the minute or so."""

    uid: UUID
    name: str
    role: str
    created_at: datetime
    until: datetime
    used_at: datetime | None
    works: bool


@dataclass(frozen=True)
class OwnTokens:
    tokens: tuple[TokenSeen, ...]
    roles: tuple[str, ...]
    """What a token of the asker can be made for."""


def _oneself(look: Look, _where: None) -> Found[None]:
    return Found(Target("account", uid=look.actor.uid, owner_id=look.actor.id), None)


@operation(Action.TOKEN_LIST, on=_oneself, reads=True)
def list_tokens(work: Work, _oneself: None) -> OwnTokens:
    held = queries.live_roles(work.session, work.person(), work.now)
    ids = {grant.id for grant in held}
    tokens = tuple(
        TokenSeen(
            row.uid, row.name or "", grant.role, row.created_at, row.until, row.used_at, grant.id in ids
        )
        for row, grant in queries.tokens_of(work.session, work.person(), work.now)
    )
    return OwnTokens(tokens, tuple(dict.fromkeys(grant.role for grant in held)))


@operation(Action.TOKEN_CREATE, on=_oneself)
def make_token(work: Work, _oneself: None, new: NewToken) -> MadeToken:
    """It ends with its last day, or with the role where that ends earlier."""
    name, grant = _name(new), _grant(work, new)
    if not 1 <= new.days <= MOST_DAYS:
        raise Invalid("days", f"A token lives 1 to {MOST_DAYS} days.", "Choose a shorter time.")
    if len(queries.tokens_of(work.session, work.person(), work.now)) >= MOST_TOKENS:
        raise Conflict(f"Nobody has more than {MOST_TOKENS} tokens.", "Revoke those that nothing uses.")
    token = PREFIX + secrets.token_urlsafe(32)
    until = work.now + timedelta(days=new.days)
    until = until if grant.until is None else min(until, grant.until)
    row = SignedIn(
        uid=work.new_uid(),
        token_hash=queries.digest(token),
        account_id=work.person(),
        kind=queries.PROGRAM,
        created_at=work.now,
        idle_until=until,
        until=until,
        name=name,
        role_grant_id=grant.id,
    )
    work.session.add(row)
    work.touch(f"session:{row.uid}")
    work.touch(f"role_grant:{grant.uid}")
    work.tell(name=name, role=grant.role)
    return MadeToken(token, row.uid, until)


def _name(new: NewToken) -> str:
    name = new.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(
            "name", f"The name of a token has 1 to {LONGEST_NAME} characters.", "Say what it is for."
        )
    return name


def _grant(work: Work, new: NewToken) -> RoleGrant:
    """Of several grants of the role the one that lasts longest."""
    held = [g for g in queries.live_roles(work.session, work.person(), work.now) if g.role == new.role]
    if not held:
        raise Invalid("role", "You do not hold this role.", "Choose one of your own roles.")
    return max(held, key=lambda grant: (grant.until is None, grant.until))


def _own_token(look: Look, uid: UUID) -> Found[SignedIn] | None:
    row = queries.token_by_uid(look.session, uid)
    return (
        None if row is None else Found(Target("session", uid=uid, owner_id=row.account_id, guarded=True), row)
    )


@operation(Action.TOKEN_REVOKE, on=_own_token)
def revoke_token(work: Work, token: SignedIn) -> None:
    if token.ended_at is not None:
        raise Conflict("This token is revoked already.", "Nothing is left to do.")
    token.ended_at = work.now
    work.access_changed()


def note_use(session: Session, token: str, now: datetime) -> None:
    """Clockwork, through core.db.upkeep."""
    this = update(SignedIn).where(SignedIn.token_hash == queries.digest(token))
    session.execute(this.where(SignedIn.kind == queries.PROGRAM).values(used_at=now))
