"""A new archive: keys and databases, one unit tree, one fonds with its series, six people."""

from dataclasses import dataclass

from archive.accounts.operations import (
    NewAccount,
    NewUnit,
    create_account,
    define_unit,
    list_accounts,
    reset_password,
)
from archive.accounts.passwords import new_password
from archive.core.access.actions import Role
from archive.core.gate import BoundGate
from archive.holdings.operations import NewFonds, NewSeries, define_fonds
from archive.wiring import Archive, system

FONDS = "A001"
UNIT = "HQ"


@dataclass(frozen=True)
class Credentials:
    login: str
    name: str
    role: str
    password: str


PEOPLE = (
    ("archivist", "林档", Role.ARCHIVIST),
    ("handler", "何理", Role.CLAIMS_HANDLER),
    ("supervisor", "苏核", Role.CLAIMS_SUPERVISOR),
    ("legal", "罗法", Role.LEGAL),
    ("auditor", "申计", Role.AUDITOR),
    ("admin", "管统", Role.ADMINISTRATOR),
)

SERIES = (
    NewSeries("LP", "理赔档案", 3),
    NewSeries("BA", "住院病案", 4),
    NewSeries("BD", "保险单证", 2),
)


def operator_gate(archive: Archive) -> BoundGate:
    return archive.gate.bind(
        system(Role.OPERATOR), define_unit, define_fonds, create_account, list_accounts, reset_password
    )


def settle(archive: Archive) -> tuple[Credentials, ...]:
    """Fills an empty archive, or goes on where that broke off. Returns the six accounts with their passwords, or nothing
    where all six or other people exist already.
    """
    gate = operator_gate(archive)
    there = {account.login for account in gate.run(list_accounts, None).value}
    if not there < {login for login, _, _ in PEOPLE}:
        return ()
    unit = gate.run(define_unit, None, NewUnit(UNIT, "总公司")).value
    gate.run(define_fonds, None, NewFonds(FONDS, "示范保险公司", unit, SERIES))
    return tuple(_account(gate, *person, is_there=person[0] in there) for person in PEOPLE)


def _account(gate: BoundGate, login: str, name: str, role: Role, *, is_there: bool) -> Credentials:
    """One that is there already gets a new password: nobody has seen the first."""
    password = new_password()
    if is_there:
        gate.run(reset_password, login, password)
    else:
        gate.run(create_account, None, NewAccount(login, name, UNIT, role, password))
    return Credentials(login, name, role, password)


def reset(archive: Archive, login: str) -> str:
    """A new password for one account. Raises ``NotFound``."""
    password = new_password()
    operator_gate(archive).run(reset_password, login, password)
    return password
