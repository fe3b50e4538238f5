"""Signing in and out, and making and closing accounts."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.accounts import passwords, queries
from archive.accounts.tables import Account, LoginAttempt, SignedIn, Unit
from archive.core.access.actions import GRANTED_ROLES, Action, Role
from archive.core.access.grants import AccessGrant, RoleGrant
from archive.core.access.policy import Target
from archive.core.errors import Conflict, Invalid, SignInRefused, TooManyAttempts
from archive.core.gate import Found, Look, Work, operation, place

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class SignIn:
    login: str
    password: str
    address: str
    most_attempts: int

    @property
    def keys(self) -> tuple[bytes, bytes]:
        return queries.digest(f"login:{self.login.casefold()}"), queries.digest(f"address:{self.address}")


@dataclass(frozen=True)
class SessionLife:
    """How long a session lives, and what it is for: ``browser`` or ``api``."""

    kind: str
    idle: timedelta
    longest: timedelta


@dataclass(frozen=True)
class Opened:
    """The token exists only here and at the client. ``language`` and ``theme`` are what the account chose, or None."""

    token: str
    session: UUID
    until: datetime
    language: str | None
    theme: str | None


def _account_of_login(look: Look, sign_in: SignIn) -> Found[Account | None]:
    return Found(Target("session"), queries.account_by_login(look.session, sign_in.login))


def heed_throttle(work: Work, sign_in: SignIn) -> None:
    """Raises ``TooManyAttempts``. Whoever asks holds the turnstile until a failure is remembered."""
    since, until = work.now - WINDOW, work.now + queries.SKEW
    failed = [queries.attempts_between(work.session, key, since, until) for key in sign_in.keys]
    if max(failed) >= sign_in.most_attempts:
        raise TooManyAttempts("Too many failed sign-ins.", "Wait a quarter of an hour, then try again.")


@operation(Action.SESSION_CHECK, on=_account_of_login, reads=True)
def check_password(work: Work, account: Account | None, sign_in: SignIn) -> UUID:
    """Answers with the account's uid. Raises ``TooManyAttempts`` or ``SignInRefused``; unknown names cost the same."""
    heed_throttle(work, sign_in)
    stored = passwords.UNKNOWN_ACCOUNT if account is None else account.password_hash
    right = passwords.matches(stored, sign_in.password)
    if account is None or not right or account.state != "active":
        raise SignInRefused(
            "The name or the password is not right.", "Check both, or ask your administrator."
        )
    return account.uid


def _account(look: Look, uid: UUID) -> Found[Account] | None:
    account = queries.account_by_uid(look.session, uid)
    if account is None:
        return None
    return Found(
        Target(
            "account", uid=uid, unit_id=account.unit_id, owner_id=account.id, parties=frozenset({account.id})
        ),
        account,
    )


@operation(Action.SESSION_OPEN, on=_account)
def open_session(work: Work, account: Account, life: SessionLife) -> Opened:
    if account.state != "active":
        raise SignInRefused(
            "The name or the password is not right.", "Check both, or ask your administrator."
        )
    token = secrets.token_urlsafe(32)
    until = work.now + life.longest
    row = SignedIn(
        uid=work.new_uid(),
        token_hash=queries.digest(token),
        account_id=account.id,
        kind=life.kind,
        created_at=work.now,
        idle_until=work.now + life.idle,
        until=until,
    )
    work.session.add(row)
    work.touch(f"session:{row.uid}")
    return Opened(token, row.uid, until, account.language, account.theme)


def _own_session(look: Look, _where: None) -> Found[UUID] | None:
    uid = look.actor.session
    return None if uid is None else Found(Target("session", uid=uid, owner_id=look.actor.id), uid)


@operation(Action.SESSION_CLOSE, on=_own_session)
def close_session(work: Work, session_uid: UUID) -> None:
    work.session.execute(update(SignedIn).where(SignedIn.uid == session_uid).values(ended_at=work.now))


@operation(Action.HOME_SHOW, on=place("home"), reads=True)
def show_home(work: Work, _place: None) -> tuple[str, ...]:
    """The actions that the asker has any rule for: what the menu offers."""
    return tuple(sorted(a for a in Action if work.scope(a).clauses))


# --- clockwork, through core.db.upkeep ---------------------------------------------------------------------


def remember_failure(session: Session, sign_in: SignIn, now: datetime) -> None:
    for key in sign_in.keys:
        session.add(LoginAttempt(key=key, at=now))
    session.execute(LoginAttempt.__table__.delete().where(LoginAttempt.at < now - 4 * WINDOW))  # type: ignore[attr-defined]  # Table, typed as FromClause


def stay_signed_in(session: Session, token: str, idle_until: datetime) -> None:
    """A token that was made for a program has no idle time."""
    this = update(SignedIn).where(SignedIn.token_hash == queries.digest(token))
    session.execute(this.where(SignedIn.kind != queries.PROGRAM).values(idle_until=idle_until))


# --- accounts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewAccount:
    login: str
    name: str
    unit_code: str
    role: str
    password: str


@dataclass(frozen=True)
class AccountSeen:
    uid: UUID
    login: str
    name: str
    unit: str
    state: str
    roles: tuple[tuple[str, bool], ...]
    """(role, approved)."""


@operation(Action.ACCOUNT_LIST, on=place("accounts"), reads=True)
def list_accounts(work: Work, _place: None) -> tuple[AccountSeen, ...]:
    rows = queries.all_accounts(work.session)
    held = queries.roles_of(work.session, [account.id for account, _ in rows])
    return tuple(
        AccountSeen(
            account.uid,
            account.login,
            account.name,
            unit.name,
            account.state,
            tuple((g.role, g.approved_at is not None) for g in held.get(account.id, [])),
        )
        for account, unit in rows
    )


@operation(Action.ACCOUNT_CREATE, on=place("units"), reads=True)
def list_units(work: Work, _place: None) -> tuple[tuple[str, str], ...]:
    """(code, name) of every unit that an account can belong to."""
    return tuple((unit.code, unit.name) for unit in queries.all_units(work.session))


@operation(Action.ACCOUNT_CREATE, on=place("accounts"))
def create_account(work: Work, _place: None, new: NewAccount) -> UUID:
    """The role waits for a second person; what the operator sets up in the archive's own folder counts at once."""
    unit = queries.unit_by_code(work.session, new.unit_code)
    if unit is None:
        raise Invalid("unit", "There is no unit with this code.", "Choose a unit from the list.")
    if new.role not in GRANTED_ROLES:
        raise Invalid("role", "There is no such role.", "Choose a role from the list.")
    if not new.login.isascii() or not new.login.isidentifier():
        raise Invalid("login", "A sign-in name has letters, digits and _ only.", "Choose another name.")
    if queries.account_by_login(work.session, new.login) is not None:
        raise Invalid("login", "This sign-in name is taken.", "Choose another name.")
    account = Account(
        uid=work.new_uid(),
        login=new.login,
        name=new.name.strip() or new.login,
        unit_id=unit.id,
        password_hash=passwords.hash_password(new.password),
        password_chosen_at=work.now if work.actor.id is None else None,
        created_at=work.now,
    )
    work.session.add(account)
    work.session.flush()
    grant = _role_grant(work, account, unit, Role(new.role))
    work.session.add(grant)
    work.access_changed()
    work.touch(f"account:{account.uid}")
    work.touch(f"role_grant:{grant.uid}")
    work.tell(role=grant.role, unit=unit.code)
    return account.uid


def _role_grant(work: Work, account: Account, unit: Unit, role: Role) -> RoleGrant:
    by_operator = work.actor.id is None
    return RoleGrant(
        uid=work.new_uid(),
        account_id=account.id,
        role=role,
        unit_id=unit.id,
        from_=work.now,
        granted_by=work.actor.id,
        approved_at=work.now if by_operator else None,
    )


@operation(Action.ACCOUNT_CLOSE, on=_account)
def close_account(work: Work, account: Account) -> None:
    """Ends the account, its sessions and its grants in one commit."""
    if account.state == "closed":
        raise Conflict("This account is closed already.", "Nothing is left to do.")
    account.state = "closed"
    account.revision += 1
    ended = update(SignedIn).where(SignedIn.account_id == account.id, SignedIn.ended_at.is_(None))
    work.session.execute(ended.values(ended_at=work.now))
    open_grants = update(AccessGrant).where(
        AccessGrant.account_id == account.id, AccessGrant.revoked_at.is_(None)
    )
    work.session.execute(open_grants.values(revoked_at=work.now))
    work.access_changed()


def _account_by_login(look: Look, login: str) -> Found[Account] | None:
    account = queries.account_by_login(look.session, login)
    return None if account is None else _account(look, account.uid)


@operation(Action.ACCOUNT_RESET, on=_account_by_login)
def reset_password(work: Work, account: Account, password: str) -> None:
    """A new password; every open session of the account ends."""
    account.password_hash = passwords.hash_password(password)
    account.revision += 1
    ended = update(SignedIn).where(SignedIn.account_id == account.id, SignedIn.ended_at.is_(None))
    work.session.execute(ended.values(ended_at=work.now))
    work.access_changed()


@dataclass(frozen=True)
class PasswordChange:
    """``attempt`` carries the old password: a wrong one counts as a failed sign-in."""

    attempt: SignIn
    new: str


def _own_account(look: Look, _where: None) -> Found[Account] | None:
    uid = look.actor.uid
    return None if uid is None else _account(look, uid)


@operation(Action.ACCOUNT_PASSWORD, on=_own_account)
def change_password(work: Work, account: Account, change: PasswordChange) -> None:
    """Every other session of the account ends. Raises ``TooManyAttempts``, or ``SignInRefused`` for a wrong old password."""
    heed_throttle(work, change.attempt)
    if not passwords.matches(account.password_hash, change.attempt.password):
        raise SignInRefused("The old password is not right.", "Type it again.")
    account.password_hash = passwords.hash_password(change.new)
    account.password_chosen_at = work.now
    account.revision += 1
    others = update(SignedIn).where(
        SignedIn.account_id == account.id, SignedIn.ended_at.is_(None), SignedIn.uid != work.actor.session
    )
    work.session.execute(others.values(ended_at=work.now))
    work.access_changed()


# --- roles: one person grants, another approves -------------------------------------------------------------


@dataclass(frozen=True)
class RoleWaiting:
    """``ready``: the holder has chosen a password of her own, so that approving opens nothing to who made the account."""

    uid: UUID
    account: str
    role: str
    unit: str
    ready: bool


def _role_grant_by_uid(look: Look, uid: UUID) -> Found[RoleGrant] | None:
    grant = look.session.scalars(select(RoleGrant).where(RoleGrant.uid == uid)).one_or_none()
    if grant is None:
        return None
    parties = frozenset(i for i in (grant.granted_by, grant.account_id) if i is not None)
    return Found(Target("role_grant", uid=uid, unit_id=grant.unit_id, parties=parties), grant)


@operation(Action.ROLE_LIST, on=place("role_grants"), reads=True)
def list_waiting_roles(work: Work, _place: None) -> tuple[RoleWaiting, ...]:
    reach = work.scope(Action.ROLE_APPROVE)
    return tuple(
        RoleWaiting(grant.uid, account.name, grant.role, unit.name, account.password_chosen_at is not None)
        for grant, account, unit in queries.roles_waiting(work.session)
        if reach.covers(Target("role_grant", uid=grant.uid, unit_id=grant.unit_id))
    )


@operation(Action.ROLE_APPROVE, on=_role_grant_by_uid)
def approve_role(work: Work, grant: RoleGrant) -> None:
    if grant.approved_at is not None:
        raise Conflict("This role is approved already.", "Nothing is left to do.")
    account = work.session.get_one(Account, grant.account_id)
    if account.password_chosen_at is None:
        raise Conflict(
            "Whoever holds this account has not chosen a password yet.",
            "Ask the person to sign in and choose one; then approve.",
        )
    grant.approved_by = work.person()
    grant.approved_at = work.now
    work.access_changed()
    work.touch(f"account:{account.uid}")
    work.tell(role=grant.role)


@dataclass(frozen=True)
class NewUnit:
    code: str
    name: str
    parent_code: str | None = None


@operation(Action.HOLDING_DEFINE, on=place("units"))
def define_unit(work: Work, _place: None, new: NewUnit) -> UUID:
    """Answers with the unit that has this code already, where one has: a founding that broke off goes on."""
    there = queries.unit_by_code(work.session, new.code)
    if there is not None:
        return there.uid
    parent = None if new.parent_code is None else queries.unit_by_code(work.session, new.parent_code)
    unit = Unit(
        uid=work.new_uid(), code=new.code, name=new.name, parent_id=None if parent is None else parent.id
    )
    work.session.add(unit)
    work.touch(f"unit:{unit.uid}")
    return unit.uid
