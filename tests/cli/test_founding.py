"""A founding that broke off goes on; one that is complete is not repeated."""

from pathlib import Path

import pytest

from archive.accounts.operations import SignIn, check_password
from archive.accounts.queries import anyone
from archive.cli import founding
from archive.cli.founding import PEOPLE, Credentials, settle
from archive.core.settings import Settings
from archive.wiring import Archive, found_archive, open_archive

LOGINS = [login for login, _, _ in PEOPLE]


@pytest.fixture
def empty(tmp_path: Path) -> Archive:
    settings = Settings(data=tmp_path / "data")
    found_archive(settings)
    return open_archive(settings)


def break_off_at(archive: Archive, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    made: list[str] = []
    whole = founding._account

    def account(*person: object, **how: object) -> Credentials:
        if len(made) == number:
            raise KeyboardInterrupt
        made.append("one")
        return whole(*person, **how)  # type: ignore[arg-type]  # passed on as they came

    with monkeypatch.context() as patched:
        patched.setattr(founding, "_account", account)
        with pytest.raises(KeyboardInterrupt):
            settle(archive)


def signs_in(archive: Archive, who: Credentials) -> bool:
    attempt = SignIn(who.login, who.password, "127.0.0.1", 10)
    return bool(archive.gate.bind(anyone, check_password).run(check_password, attempt, attempt).value)


@pytest.mark.parametrize("number", [0, 1, 5])
def test_a_founding_that_broke_off_goes_on_and_every_password_is_shown(
    empty: Archive, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    break_off_at(empty, monkeypatch, number)
    people = settle(empty)
    assert [person.login for person in people] == LOGINS
    assert all(signs_in(empty, person) for person in people)
    empty.close()


def test_a_founding_that_is_complete_is_not_repeated(empty: Archive) -> None:
    people = settle(empty)
    assert settle(empty) == ()
    assert all(signs_in(empty, person) for person in people)
    empty.close()
