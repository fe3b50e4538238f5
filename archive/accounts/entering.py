"""Signing in, for browsers and for programs: check, remember a failure, open a session."""

from datetime import timedelta

from starlette.requests import Request

from archive.accounts.operations import Opened, SessionLife, SignIn, check_password, open_session
from archive.core.errors import SignInRefused
from archive.core.gate import BoundGate
from archive.web.entrance import entrance_of


def sign_in(request: Request, door: BoundGate, *, login: str, password: str, kind: str) -> Opened:
    """``kind`` is ``browser`` or ``api``. Raises ``SignInRefused`` or ``TooManyAttempts``."""
    entrance = entrance_of(request)
    settings = entrance.settings
    address = request.client.host if request.client else "unknown"
    attempt = SignIn(login, password, address, settings.attempts_per_quarter_hour)
    with entrance.turnstile:
        try:
            account = door.run(check_password, attempt, attempt).value
        except SignInRefused:
            entrance.remember_failure(login, address)
            raise
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return door.run(open_session, account, SessionLife(kind, idle, longest)).value
