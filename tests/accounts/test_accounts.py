"""Accounts, roles that wait for a second person, closing, and whose password is whose."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from archive.accounts.operations import (
    NewAccount,
    PasswordChange,
    SignIn,
    approve_role,
    change_password,
    close_account,
    create_account,
    list_accounts,
    list_waiting_roles,
    reset_password,
)
from archive.core.access.actions import Action, Role
from archive.core.access.grants import RoleGrant, access_version, live_grants
from archive.core.errors import Conflict, Invalid, NotFound, Refused, SignInRefused
from archive.core.gate import Operation
from archive.desks.finding import operations as finding
from archive.desks.intake import operations as intake
from archive.desks.loans import seeing
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from search.query import parse
from tests.accounts.conftest import Door
from tests.cast import PASSWORD, House, Person, sign_in

OTHER_PASSWORD = "another quiet room"


def new_account(login: str = "wang", unit: str = "C1", role: str = "claims_handler") -> NewAccount:
    return NewAccount(login, "Wang", unit, role, PASSWORD)


def made(house: House, new: NewAccount, by: Person | None = None) -> UUID:
    return house.gate_of(by or house.administrator, create_account).run(create_account, None, new).value


def waiting(house: House, person: Person) -> list[UUID]:
    gate = house.gate_of(person, list_waiting_roles)
    return [role.uid for role in gate.run(list_waiting_roles, None).value]


def approve(house: House, person: Person, role: UUID) -> None:
    house.gate_of(person, approve_role).run(approve_role, role)


def choose_password(house: House, login: str) -> Person:
    """The holder signs in with what the administrator handed over and replaces it."""
    person = sign_in(house.archive, login)
    change(house, person, PASSWORD, OTHER_PASSWORD)
    return person


def roles(house: House, person: Person) -> tuple[Role, ...]:
    return house.read(lambda session: house.archive.who(person.token)(session, house.clock()).roles)


# --- roles ----------------------------------------------------------------------------------------------------


def test_a_role_that_the_administrator_gives_counts_when_a_second_person_has_approved_it(
    house: House,
) -> None:
    made(house, new_account())
    wang = choose_password(house, "wang")
    assert roles(house, wang) == (Role.STAFF,)
    [role] = waiting(house, house.supervisor)
    approve(house, house.supervisor, role)
    assert roles(house, wang) == (Role.CLAIMS_HANDLER, Role.STAFF)
    assert waiting(house, house.supervisor) == []


def test_no_role_is_approved_while_the_password_that_the_administrator_saw_still_opens_the_account(
    house: House,
) -> None:
    made(house, new_account())
    [role] = waiting(house, house.supervisor)
    with pytest.raises(Conflict):
        approve(house, house.supervisor, role)


def test_until_then_she_does_nothing_but_sign_out_and_change_her_password(house: House) -> None:
    made(house, new_account())
    wang = sign_in(house.archive, "wang")
    actor = house.read(lambda session: house.archive.who(wang.token)(session, house.clock()))
    rules = house.archive.gate._parts.rules
    tokens = {Action.TOKEN_LIST, Action.TOKEN_CREATE, Action.TOKEN_REVOKE}  # for roles that she holds: none
    assert {a for a in Action for role in actor.roles if rules.of(role, a)} - tokens == {
        Action.SESSION_CLOSE,
        Action.HOME_SHOW,
        Action.ACCOUNT_PASSWORD,
        Action.ACCOUNT_PREFER,
        Action.TRAIL_SHOW,
    }


def test_the_administrator_does_not_approve(house: House) -> None:
    made(house, new_account())
    [role] = waiting(house, house.supervisor)
    with pytest.raises(Refused) as refused:
        approve(house, house.administrator, role)
    assert refused.value.rule == "R_ROLE"


def test_whoever_gave_a_role_does_not_approve_it_whatever_else_she_is(house: House) -> None:
    hold(house, house.administrator, Role.ARCHIVIST)
    made(house, new_account())
    [role] = waiting(house, house.supervisor)
    with pytest.raises(Refused) as refused:
        approve(house, house.administrator, role)
    assert refused.value.rule == "R_SOD"
    choose_password(house, "wang")
    approve(house, house.archivist, role)


def test_nobody_approves_a_role_of_her_own(house: House) -> None:
    role = hold(house, house.supervisor, Role.ARCHIVIST, approved=False)
    with pytest.raises(Refused) as refused:
        approve(house, house.supervisor, role)
    assert refused.value.rule == "R_SOD"


def test_a_role_in_another_unit_is_approved_by_those_of_that_unit(house: House) -> None:
    made(house, new_account(unit="C2"))
    [role] = waiting(house, house.archivist)
    assert waiting(house, house.supervisor) == []
    with pytest.raises(Refused) as refused:
        approve(house, house.supervisor, role)
    assert refused.value.rule == "R_UNIT"


def test_a_role_is_approved_once(house: House) -> None:
    made(house, new_account())
    choose_password(house, "wang")
    [role] = waiting(house, house.supervisor)
    approve(house, house.supervisor, role)
    with pytest.raises(Conflict):
        approve(house, house.legal, role)


def hold(house: House, person: Person, role: Role, *, approved: bool = True) -> UUID:
    row = RoleGrant(
        uid=uuid4(),
        account_id=person.id,
        role=role,
        unit_id=person.unit_id,
        from_=house.clock(),
        approved_at=house.clock() if approved else None,
    )
    house.change(lambda session: session.add(row))
    return house.read(lambda session: session.query(RoleGrant).order_by(RoleGrant.id.desc()).first().uid)  # type: ignore[union-attr]  # it was added just now


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (new_account(login="handler"), "login"),
        (new_account(login="王"), "login"),
        (new_account(login="with space"), "login"),
        (new_account(login=""), "login"),
        (new_account(unit="nowhere"), "unit"),
        (new_account(role="wizard"), "role"),
        (new_account(role="operator"), "role"),
        (new_account(role="reader"), "role"),
        (NewAccount("wang", "Wang", "C1", "legal", "short"), "password"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(house: House, changed: NewAccount, field: str) -> None:
    before = house.read(lambda session: session.query(RoleGrant).count())
    with pytest.raises(Invalid) as invalid:
        made(house, changed)
    assert invalid.value.field == field
    assert house.read(lambda session: session.query(RoleGrant).count()) == before


# --- the administrator ----------------------------------------------------------------------------------------


def test_the_administrator_sets_nobodys_password(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.gate_of(house.administrator, reset_password).run(reset_password, "handler", OTHER_PASSWORD)
    assert refused.value.rule == "R_ROLE"


def test_the_administrator_does_not_close_her_own_account(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.gate_of(house.administrator, close_account).run(close_account, house.administrator.uid)
    assert refused.value.rule == "R_SOD"


def test_the_administrator_sees_accounts_and_no_record(house: House) -> None:
    item = house.archived_item(tier=1, texts=["医疗费用"])
    listed = house.gate_of(house.administrator, list_accounts).run(list_accounts, None).value
    assert {account.login for account in listed} == set(house.template.people)
    attempts: list[tuple[Operation[Any, Any, Any], Any, Any]] = [
        (holdings.show_item, item.uid, None),
        (holdings.list_items, None, 10),
        (finding.search, None, finding.Search("医疗", parse("医疗"))),
        (show_page, PageAddress(item.uid, 1), None),
        (intake.list_deposits, None, 10),
        (seeing.list_requests, None, None),
    ]
    for operation, where, given in attempts:
        with pytest.raises((Refused, NotFound)):
            house.gate_of(house.administrator, operation).run(operation, where, given)


# --- closing --------------------------------------------------------------------------------------------------


def test_closing_ends_sessions_and_grants_at_once(house: House, acts: Callable[[str], bool]) -> None:
    house.lend(house.archived_item(tier=3), to=house.handler)
    house.assign(house.archived_item(tier=4), to=house.handler)
    token = house.handler.token
    assert token is not None
    assert acts(token)
    assert len(held(house, house.handler)) == 2
    house.gate_of(house.administrator, close_account).run(close_account, house.handler.uid)
    assert not acts(token)
    assert held(house, house.handler) == ()


def held(house: House, person: Person) -> tuple[object, ...]:
    return house.read(lambda session: live_grants(session, person.id, house.clock()))


def test_a_closed_account_stays_for_the_log_and_is_closed_once(house: House) -> None:
    gate = house.gate_of(house.administrator, close_account, list_accounts)
    gate.run(close_account, house.handler.uid)
    states = {account.login: account.state for account in gate.run(list_accounts, None).value}
    assert states["handler"] == "closed"
    with pytest.raises(Conflict):
        gate.run(close_account, house.handler.uid)


# --- the own password -----------------------------------------------------------------------------------------


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(
    house: House, door: Door, acts: Callable[[str], bool]
) -> None:
    other = door.enter("handler").token
    this = house.handler.token
    assert this is not None
    change(house, house.handler, PASSWORD, OTHER_PASSWORD)
    assert (acts(this), acts(other)) == (True, False)
    with pytest.raises(SignInRefused):
        door.enter("handler", PASSWORD)
    assert door.check("handler", OTHER_PASSWORD) == house.handler.uid


def change(house: House, person: Person, old: str, new: str) -> None:
    attempt = SignIn(person.login, old, "127.0.0.1", 10)
    house.gate_of(person, change_password).run(change_password, None, PasswordChange(attempt, new))


def test_a_wrong_old_password_changes_nothing(house: House, door: Door) -> None:
    with pytest.raises(SignInRefused):
        change(house, house.handler, "not the password", OTHER_PASSWORD)
    assert door.check("handler", PASSWORD) == house.handler.uid


def test_a_password_that_is_too_short_changes_nothing(house: House, door: Door) -> None:
    with pytest.raises(Invalid):
        change(house, house.handler, PASSWORD, "short")
    assert door.check("handler", PASSWORD) == house.handler.uid


def test_the_operator_in_the_folder_resets_a_password_and_ends_every_session(
    house: House, door: Door, acts: Callable[[str], bool]
) -> None:
    gate = house.system_gate(Role.OPERATOR, reset_password)
    gate.run(reset_password, "handler", OTHER_PASSWORD)
    assert house.handler.token is not None
    assert not acts(house.handler.token)
    assert door.check("handler", OTHER_PASSWORD) == house.handler.uid
    with pytest.raises(NotFound):
        gate.run(reset_password, "nobody", OTHER_PASSWORD)


# --- the version that reads compare ---------------------------------------------------------------------------

ACTS: dict[str, Callable[[House], object]] = {
    "an account is made": lambda house: made(house, new_account()),
    "an account is closed": lambda house: house.gate_of(house.administrator, close_account).run(
        close_account, house.handler.uid
    ),
    "a password is changed": lambda house: change(house, house.handler, PASSWORD, OTHER_PASSWORD),
    "a password is reset": lambda house: house.system_gate(Role.OPERATOR, reset_password).run(
        reset_password, "handler", OTHER_PASSWORD
    ),
}


@pytest.mark.parametrize("act", list(ACTS))
def test_whatever_moves_rights_moves_their_version(house: House, act: str) -> None:
    before = house.read(access_version)
    ACTS[act](house)
    assert house.read(access_version) > before


def test_every_step_of_an_item_that_moves_rights_moves_their_version(house: House) -> None:
    versions = [house.read(access_version)]

    def note() -> None:
        versions.append(house.read(access_version))

    draft = house.draft_item()
    note()
    volume = house.open_volume()
    house.describe(draft, volume=volume)
    note()
    item = house.archived_item(tier=3)
    note()
    loan = house.lend(item, to=house.handler)
    note()
    house.give_back(loan, by=house.handler)
    note()
    house.assign(item, to=house.handler)
    note()
    house.name_reader(house.archived_item(tier=5), reader=house.handler)
    note()
    assert versions == sorted(set(versions))
