"""Signing in: one answer for every failure, a throttle, and sessions that end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from archive.accounts.operations import WINDOW, close_account, close_session, open_session, stay_signed_in
from archive.accounts.passwords import UNKNOWN_ACCOUNT, hash_password, new_password
from archive.accounts.queries import anyone, digest
from archive.accounts.tables import Account, LoginAttempt, SignedIn
from archive.core.access.actions import Role
from archive.core.audit.event import Entry
from archive.core.errors import Invalid, SignInNeeded, SignInRefused, TooManyAttempts
from tests.accounts.conftest import LIFE, Door
from tests.cast import PASSWORD, House
from tests.gate.watching import count, statements

Acts = Callable[[str], bool]


def close(house: House, login: str) -> None:
    house.gate_of(house.administrator, close_account).run(close_account, house.template.people[login].uid)


def test_name_and_password_open_a_session_that_acts(house: House, door: Door) -> None:
    opened = door.enter("handler")
    actor = house.read(lambda session: house.archive.who(opened.token)(session, house.clock()))
    assert (actor.uid, actor.session) == (house.handler.uid, opened.session)
    assert actor.roles == (Role.CLAIMS_HANDLER, Role.STAFF)


def test_the_roles_reach_the_own_unit_and_those_below_it(house: House) -> None:
    def units(token: str | None) -> frozenset[int]:
        return house.read(lambda session: house.archive.who(token)(session, house.clock()).units)

    assert units(house.handler.token) == {house.units["C1"]}
    assert units(house.archivist.token) == set(house.units.values())


# --- one answer -----------------------------------------------------------------------------------------------


def test_unknown_name_wrong_password_and_closed_account_get_the_same_answer(house: House, door: Door) -> None:
    close(house, "legal")
    attempts = (("nobody", "x"), ("handler", "x"), ("legal", "x"), ("legal", PASSWORD))
    first, *others = [refusal(house, door, *attempt) for attempt in attempts]
    assert others == [first] * 3


def refusal(house: House, door: Door, login: str, password: str) -> tuple[str, str, list[str], Entry]:
    """What is said, what was run, and what is entered."""
    with statements(house) as ran, pytest.raises(SignInRefused) as refused:
        door.check(login, password, address=f"{login} {password}")
    entry = replace(house.log()[-1], event=UUID(int=0))
    return refused.value.message, refused.value.remedy, ran, entry


def test_an_unknown_name_costs_the_hash_that_a_wrong_password_costs() -> None:
    def cost(stored: str) -> list[str]:
        return stored.split("$")[:4]

    assert cost(UNKNOWN_ACCOUNT) == cost(hash_password("a quiet room for records"))


def test_an_account_that_is_closed_after_its_password_was_checked_opens_no_session(house: House) -> None:
    close(house, "handler")
    gate = house.archive.gate.bind(anyone, open_session)
    with pytest.raises(SignInRefused):
        gate.run(open_session, house.handler.uid, LIFE)


# --- the throttle ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["handler", "nobody"])
def test_after_too_many_failures_even_the_right_password_waits(door: Door, login: str) -> None:
    """Whether there is such a name or not."""
    door.fail(login)
    with pytest.raises(TooManyAttempts):
        door.check(login)


def test_the_throttle_follows_the_name_to_every_address(door: Door) -> None:
    door.fail("handler")
    with pytest.raises(TooManyAttempts):
        door.check("handler", address="10.0.0.2")


def test_the_throttle_follows_the_address_to_every_name(door: Door) -> None:
    door.fail("handler", 2)
    door.fail("supervisor", 1)
    with pytest.raises(TooManyAttempts):
        door.check("legal")


def test_the_throttle_does_not_tell_capital_letters_apart(door: Door) -> None:
    door.fail("Handler", 1, "10.0.0.1")
    door.fail("HANDLER", 1, "10.0.0.2")
    door.fail("handler", 1, "10.0.0.3")
    with pytest.raises(TooManyAttempts):
        door.check("handler", address="10.0.0.4")


def test_others_elsewhere_are_not_held_up(house: House, door: Door) -> None:
    door.fail("handler")
    assert door.check("supervisor", address="10.0.0.2") == house.supervisor.uid


def test_after_the_window_the_door_is_open_again(house: House, door: Door) -> None:
    door.fail("handler")
    house.clock.now += WINDOW
    assert door.check("handler") == house.handler.uid


def test_a_failure_keeps_no_name_and_no_address_and_is_forgotten(house: House, door: Door) -> None:
    door.fail("handler", 1)
    keys = house.read(lambda session: {row.key for row in session.query(LoginAttempt)})
    assert keys == {digest("login:handler"), digest("address:10.0.0.1")}
    house.clock.forward(days=1)
    door.fail("supervisor", 1)
    assert count(house, "login_attempt") == 2


# --- sessions -------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_uses_it(house: House, door: Door, acts: Acts) -> None:
    token = door.enter("handler").token
    house.clock.now += LIFE.idle - timedelta(seconds=1)
    assert acts(token)
    house.clock.forward(seconds=1)
    assert not acts(token)


def test_use_prolongs_a_session_but_not_for_ever(house: House, door: Door, acts: Acts) -> None:
    token = door.enter("handler").token
    house.archive.upkeep.run(lambda s: stay_signed_in(s, token, house.clock() + timedelta(days=9)))
    house.clock.now += LIFE.longest - timedelta(seconds=1)
    assert acts(token)
    house.clock.forward(seconds=1)
    assert not acts(token)


def test_signing_out_ends_this_session_and_no_other(house: House, door: Door, acts: Acts) -> None:
    here, there = door.enter("handler").token, door.enter("handler").token
    gate = house.archive.gate.bind(house.archive.who(here), close_session)
    gate.run(close_session, None)
    assert (acts(here), acts(there)) == (False, True)
    with pytest.raises(SignInNeeded):
        gate.run(close_session, None)


def test_the_database_and_the_log_keep_no_token_and_no_password(house: House, door: Door) -> None:
    token = door.enter("handler").token
    [row] = house.read(lambda s: list(s.query(SignedIn).filter_by(token_hash=digest(token))))
    kept = repr(vars(row)) + repr(house.log()) + repr(vars(house.account(house.handler)))
    assert token not in kept
    assert "a quiet room" not in kept


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
def test_a_token_that_nobody_was_given_is_nobody(acts: Acts, token: str) -> None:
    assert not acts(token)


# --- passwords ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 129])
def test_a_password_has_12_to_128_characters(password: str) -> None:
    with pytest.raises(Invalid):
        hash_password(password)


def test_passwords_are_hashed_as_argon2id_with_19_mib_and_two_passes(house: House) -> None:
    hashes = house.read(lambda session: [account.password_hash for account in session.query(Account)])
    assert all(stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for stored in hashes)
    assert len(set(hashes)) == len(hashes)


def test_a_new_password_is_never_the_same_and_long_enough() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(hash_password(password) for password in list(made)[:1])
