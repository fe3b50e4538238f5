"""Passwords that are typed, at the sign-in and at the change of one's own: check, and remember a failure."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from starlette.requests import Request

from archive.accounts.operations import (
    Opened,
    PasswordChange,
    SessionLife,
    SignIn,
    change_password,
    check_password,
    open_session,
)
from archive.core.errors import SignInRefused
from archive.core.gate import BoundGate
from archive.web.entrance import entrance_of
from archive.web.sessions import token_of

T = TypeVar("T")


def sign_in(request: Request, door: BoundGate, *, login: str, password: str, kind: str) -> Opened:
    """``kind`` is ``browser`` or ``api``. Raises ``SignInRefused`` or ``TooManyAttempts``."""
    settings = entrance_of(request).settings
    attempt = _attempt(request, login, password)
    account = _one_at_a_time(request, attempt, lambda: door.run(check_password, attempt, attempt).value)
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return door.run(open_session, account, SessionLife(kind, idle, longest)).value


def change_own_password(request: Request, door: BoundGate, *, old: str, new: str) -> None:
    """A wrong old password counts as a failed sign-in. Raises what ``sign_in`` raises, ``SignInNeeded`` and ``Invalid``."""
    person = entrance_of(request).person(token_of(request) or "")
    attempt = _attempt(request, "" if person is None else person.login, old)
    change = PasswordChange(attempt, new)
    _one_at_a_time(request, attempt, lambda: door.run(change_password, None, change).value)


def _attempt(request: Request, login: str, password: str) -> SignIn:
    address = request.client.host if request.client else "unknown"
    return SignIn(login, password, address, entrance_of(request).settings.attempts_per_quarter_hour)


def _one_at_a_time(request: Request, attempt: SignIn, check: Callable[[], T]) -> T:
    entrance = entrance_of(request)
    with entrance.turnstile:
        try:
            return check()
        except SignInRefused:
            entrance.remember_failure(attempt.login, attempt.address)
            raise
