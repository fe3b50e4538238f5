from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from archive.accounts.operations import (
    Opened,
    SessionLife,
    SignIn,
    check_password,
    open_session,
    remember_failure,
)
from archive.accounts.queries import anyone
from archive.core.errors import SignInNeeded, SignInRefused
from tests.cast import PASSWORD, House

MOST = 3
LIFE = SessionLife("browser", timedelta(minutes=30), timedelta(hours=12))


@dataclass(frozen=True)
class Door:
    """Signing in as the web does it: check, remember a failure, open a session."""

    house: House

    def check(self, login: str, password: str = PASSWORD, address: str = "10.0.0.1") -> UUID:
        attempt = SignIn(login, password, address, MOST)
        gate = self.house.archive.gate.bind(anyone, check_password)
        try:
            return gate.run(check_password, attempt, attempt).value
        except SignInRefused:
            self.house.archive.upkeep.run(
                lambda session: remember_failure(session, attempt, self.house.clock())
            )
            raise

    def enter(self, login: str, password: str = PASSWORD, life: SessionLife = LIFE) -> Opened:
        account = self.check(login, password)
        return self.house.archive.gate.bind(anyone, open_session).run(open_session, account, life).value

    def fail(self, login: str, times: int = MOST, address: str = "10.0.0.1") -> None:
        for _ in range(times):
            with pytest.raises(SignInRefused):
                self.check(login, "not the password", address)


@pytest.fixture
def door(house: House) -> Door:
    return Door(house)


@pytest.fixture
def acts(house: House) -> Callable[[str], bool]:
    """Whether a token is somebody's."""

    def asked(token: str) -> bool:
        try:
            house.read(lambda session: house.archive.who(token)(session, house.clock()))
        except SignInNeeded:
            return False
        return True

    return asked
