"""API tokens: one role of one person, until a day, and nothing that needs the person herself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from archive.accounts.operations import (
    NewAccount,
    PasswordChange,
    SignIn,
    approve_role,
    change_password,
    close_account,
    close_session,
    create_account,
    list_accounts,
    reset_password,
    show_home,
    stay_signed_in,
)
from archive.accounts.queries import digest
from archive.accounts.tables import SignedIn
from archive.accounts.tokens import (
    MOST_DAYS,
    MOST_TOKENS,
    PREFIX,
    MadeToken,
    NewToken,
    OwnTokens,
    list_tokens,
    make_token,
    note_use,
    revoke_token,
)
from archive.core.access.actions import Action, Purpose, Role
from archive.core.access.grants import RoleGrant
from archive.core.access.policy import Actor, scope_of
from archive.core.access.rules import load_rules
from archive.core.db.types import new_uid
from archive.core.errors import Conflict, Invalid, NotFound, Refused, SignInNeeded
from archive.core.gate import BoundGate, Operation
from archive.desks.loans import operations as loans
from archive.desks.loans import seeing
from archive.holdings import operations as holdings
from tests.cast import PASSWORD, House, Person

Acts = Callable[[str], bool]


@dataclass(frozen=True)
class Tokens:
    house: House

    def make(
        self, person: Person | None = None, *, role: str = Role.CLAIMS_HANDLER, days: int = 90
    ) -> MadeToken:
        gate = self.house.gate_of(person or self.house.handler, make_token)
        return gate.run(make_token, None, NewToken("核心系统", role, days)).value

    def of(self, person: Person) -> OwnTokens:
        return self.house.gate_of(person, list_tokens).run(list_tokens, None).value

    def gate(self, made: MadeToken, *operations: Operation[Any, Any, Any]) -> BoundGate:
        return self.house.archive.gate.bind(self.house.archive.who(made.token), *operations)

    def revoke(self, made: MadeToken, *, by: Person) -> None:
        self.house.gate_of(by, revoke_token).run(revoke_token, made.uid)


@pytest.fixture
def tokens(house: House) -> Tokens:
    return Tokens(house)


def give_role(house: House, person: Person, role: Role, **until: Any) -> None:
    """A second one, approved."""
    row = RoleGrant(
        uid=new_uid(house.clock()),
        account_id=person.id,
        role=role,
        unit_id=person.unit_id,
        from_=house.clock(),
        approved_at=house.clock(),
        **until,
    )
    house.change(lambda session: session.add(row))


def end_role(house: House, person: Person, role: Role) -> None:
    house.change(
        lambda s: (
            s.query(RoleGrant).filter_by(account_id=person.id, role=role).update({"until": house.clock()})
        )
    )


# --- what a token is ------------------------------------------------------------------------------------------


def test_a_token_acts_as_its_maker_with_one_role_of_hers(house: House, tokens: Tokens) -> None:
    give_role(house, house.handler, Role.AUDITOR)
    made = tokens.make(role=Role.AUDITOR)
    actor = house.read(lambda session: house.archive.who(made.token)(session, house.clock()))
    assert (actor.label, actor.session) == (house.handler.label, made.uid)
    assert actor.roles == (Role.AUDITOR, Role.STAFF)
    assert not actor.in_person


def test_whoever_signs_in_with_a_password_has_all_her_roles_in_person(house: House) -> None:
    give_role(house, house.handler, Role.AUDITOR)
    actor = house.read(lambda session: house.archive.who(house.handler.token)(session, house.clock()))
    assert actor.roles == (Role.CLAIMS_HANDLER, Role.AUDITOR, Role.STAFF)
    assert actor.in_person


def test_what_the_other_roles_may_the_token_may_not(house: House, tokens: Tokens) -> None:
    give_role(house, house.handler, Role.ARCHIVIST)
    made = tokens.make(role=Role.CLAIMS_HANDLER)
    gate = tokens.gate(made, holdings.list_holdings)
    with pytest.raises(Refused) as refused:
        gate.run(holdings.list_holdings, None)
    assert refused.value.rule == "R_ROLE"


def test_every_use_is_entered_as_the_person_with_the_token_as_session(house: House, tokens: Tokens) -> None:
    made = tokens.make()
    tokens.gate(made, seeing.list_requests).run(seeing.list_requests, None)
    entry = house.log()[-1]
    assert (entry.actor, entry.session, entry.role) == (house.handler.label, str(made.uid), "claims_handler")


def test_a_token_is_recognised_by_its_beginning_and_kept_as_a_digest(house: House, tokens: Tokens) -> None:
    made = tokens.make()
    assert made.token.startswith(PREFIX)
    [row] = house.read(lambda s: list(s.query(SignedIn).filter_by(kind="token")))
    assert row.token_hash == digest(made.token)
    assert made.token not in repr(vars(row)) + repr(house.log())


def test_the_entry_of_making_one_names_the_token_and_the_role_it_stands_for(
    house: House, tokens: Tokens
) -> None:
    made = tokens.make()
    entry = house.log()[-1]
    assert (entry.action, entry.outcome) == (Action.TOKEN_CREATE, "done")
    assert f"session:{made.uid}" in entry.objects


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewToken("核心系统", "archivist"), "role"),
        (NewToken("核心系统", "staff"), "role"),
        (NewToken("核心系统", "wizard"), "role"),
        (NewToken("  ", "claims_handler"), "name"),
        (NewToken("名" * 61, "claims_handler"), "name"),
        (NewToken("核心系统", "claims_handler", 0), "days"),
        (NewToken("核心系统", "claims_handler", MOST_DAYS + 1), "days"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(house: House, tokens: Tokens, new: NewToken, field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        house.gate_of(house.handler, make_token).run(make_token, None, new)
    assert invalid.value.field == field
    assert tokens.of(house.handler).tokens == ()


def test_nobody_heaps_up_tokens(house: House, tokens: Tokens) -> None:
    for _ in range(MOST_TOKENS):
        tokens.make()
    with pytest.raises(Conflict):
        tokens.make()


# --- how it ends ----------------------------------------------------------------------------------------------


def test_it_ends_with_its_last_day_and_not_for_want_of_use(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make(days=30)
    house.clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert acts(made.token)
    house.clock.forward(seconds=1)
    assert not acts(made.token)
    assert tokens.of(house.handler).tokens == ()


def test_use_never_prolongs_it(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make(days=1)
    house.archive.upkeep.run(lambda s: stay_signed_in(s, made.token, house.clock() + timedelta(minutes=30)))
    house.clock.forward(hours=23)
    assert acts(made.token)
    house.clock.forward(hours=1)
    assert not acts(made.token)


def test_revoked_it_ends_at_once_and_no_other_does(house: House, tokens: Tokens, acts: Acts) -> None:
    gone, stays = tokens.make(), tokens.make()
    tokens.revoke(gone, by=house.handler)
    assert (acts(gone.token), acts(stays.token)) == (False, True)
    with pytest.raises(Conflict):
        tokens.revoke(gone, by=house.handler)


def test_somebody_elses_token_is_not_there(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make()
    for somebody in (house.supervisor, house.administrator, house.auditor):
        with pytest.raises(NotFound):
            tokens.revoke(made, by=somebody)
    assert acts(made.token)
    assert tokens.of(house.supervisor).tokens == ()


def test_it_ends_with_the_account(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make()
    house.gate_of(house.administrator, close_account).run(close_account, house.handler.uid)
    assert not acts(made.token)


def test_it_ends_with_the_role_and_a_new_grant_does_not_bring_it_back(
    house: House, tokens: Tokens, acts: Acts
) -> None:
    give_role(house, house.handler, Role.AUDITOR)
    made, other = tokens.make(role=Role.AUDITOR), tokens.make(role=Role.CLAIMS_HANDLER)
    end_role(house, house.handler, Role.AUDITOR)
    assert (acts(made.token), acts(other.token)) == (False, True)
    works = {seen.role: seen.works for seen in tokens.of(house.handler).tokens}
    assert works == {"auditor": False, "claims_handler": True}
    give_role(house, house.handler, Role.AUDITOR)
    assert not acts(made.token)


def test_it_lasts_no_longer_than_the_role(house: House, tokens: Tokens) -> None:
    soon = house.clock() + timedelta(days=5)
    give_role(house, house.handler, Role.AUDITOR, until=soon)
    assert tokens.make(role=Role.AUDITOR).until == soon


def test_it_ends_with_the_password(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make()
    change = PasswordChange(SignIn("handler", PASSWORD, "127.0.0.1", 10), "another quiet room")
    house.gate_of(house.handler, change_password).run(change_password, None, change)
    assert not acts(made.token)


def test_a_reset_by_the_operator_ends_it_too(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make()
    house.system_gate(Role.OPERATOR, reset_password).run(reset_password, "handler", "another quiet room")
    assert not acts(made.token)


def test_a_program_can_give_its_own_token_back(house: House, tokens: Tokens, acts: Acts) -> None:
    made = tokens.make()
    tokens.gate(made, close_session).run(close_session, None)
    assert not acts(made.token)


# --- what is seen of it ---------------------------------------------------------------------------------------


def test_the_list_tells_name_role_end_and_last_use(house: House, tokens: Tokens) -> None:
    made = tokens.make()
    [seen] = tokens.of(house.handler).tokens
    assert (seen.name, seen.role, seen.until, seen.used_at) == (
        "核心系统",
        "claims_handler",
        made.until,
        None,
    )
    house.clock.forward(days=1)
    house.archive.upkeep.run(lambda session: note_use(session, made.token, house.clock()))
    [seen] = tokens.of(house.handler).tokens
    assert seen.used_at == house.clock()


def test_what_can_be_chosen_is_what_is_held(house: House, tokens: Tokens) -> None:
    give_role(house, house.handler, Role.AUDITOR)
    assert tokens.of(house.handler).roles == ("claims_handler", "auditor")


# --- what needs the person herself ----------------------------------------------------------------------------


def test_every_act_of_two_persons_and_every_act_on_accounts_needs_a_person() -> None:
    table = load_rules().table
    of_two = {rule for rules in table.values() for rule in rules if rule.not_by_party}
    assert of_two
    assert all(rule.in_person for rule in of_two)
    administrative = {Action.ACCOUNT_CREATE, Action.ACCOUNT_CLOSE, Action.ACCOUNT_PASSWORD}
    on_tokens = {Action.TOKEN_CREATE, Action.TOKEN_LIST, Action.TOKEN_REVOKE}
    closed = [
        rules
        for (role, action), rules in table.items()
        if action in administrative | on_tokens and role is not Role.OPERATOR
    ]
    assert all(rule.in_person for rules in closed for rule in rules)


def test_lists_and_checks_agree_for_a_program() -> None:
    """What it may not do it reaches nothing with, in SQL and in the index too."""
    person = Actor("account:x", (Role.CLAIMS_SUPERVISOR,), id=1, units=frozenset({1}))
    program = replace(person, in_person=False)
    rules = load_rules()
    assert scope_of(person, Action.LOAN_DECIDE, (), rules).clauses
    assert scope_of(program, Action.LOAN_DECIDE, (), rules).clauses == ()
    assert scope_of(program, Action.ITEM_FIND, (), rules) == scope_of(person, Action.ITEM_FIND, (), rules)


def refused_as_a_program(house: House, gate: BoundGate, run: Callable[[BoundGate], object]) -> None:
    with pytest.raises(Refused) as refused:
        run(gate)
    assert refused.value.rule == "R_PERSON"
    assert house.log()[-1].outcome == "denied"


def test_a_token_makes_lists_and_revokes_no_token(house: House, tokens: Tokens) -> None:
    made = tokens.make()
    gate = tokens.gate(made, make_token, list_tokens)
    refused_as_a_program(house, gate, lambda g: g.run(list_tokens, None))
    refused_as_a_program(house, gate, lambda g: g.run(make_token, None, NewToken("x", "claims_handler")))
    with pytest.raises(NotFound):
        tokens.gate(made, revoke_token).run(revoke_token, made.uid)


def test_a_token_changes_no_password(house: House, tokens: Tokens) -> None:
    change = PasswordChange(SignIn("handler", PASSWORD, "127.0.0.1", 10), "another quiet room")
    gate = tokens.gate(tokens.make(), change_password)
    refused_as_a_program(house, gate, lambda g: g.run(change_password, None, change))


def test_a_token_of_the_administrator_lists_accounts_and_makes_none(house: House, tokens: Tokens) -> None:
    made = tokens.make(house.administrator, role=Role.ADMINISTRATOR)
    gate = tokens.gate(made, create_account, close_account, list_accounts)
    assert gate.run(list_accounts, None).value
    new = NewAccount("wang", "Wang", "C1", "legal", "another quiet room")
    refused_as_a_program(house, gate, lambda g: g.run(create_account, None, new))
    refused_as_a_program(house, gate, lambda g: g.run(close_account, house.handler.uid))


def test_a_token_of_an_archivist_approves_no_role(house: House, tokens: Tokens) -> None:
    new = NewAccount("wang", "Wang", "HQ", "legal", "another quiet room")
    house.gate_of(house.administrator, create_account).run(create_account, None, new)
    grant = house.read(lambda s: s.query(RoleGrant).filter_by(approved_at=None).one().uid)
    gate = tokens.gate(tokens.make(house.archivist, role=Role.ARCHIVIST), approve_role)
    refused_as_a_program(house, gate, lambda g: g.run(approve_role, grant))


def test_a_token_asks_for_a_loan_and_grants_none(house: House, tokens: Tokens) -> None:
    item = house.archived_item(tier=3)
    asking = tokens.gate(tokens.make(), loans.request)
    new = loans.NewRequest((item.uid,), Purpose.CLAIM_HANDLING, "a reason")
    request = asking.run(loans.request, None, new).value
    granting = tokens.gate(tokens.make(house.supervisor, role=Role.CLAIMS_SUPERVISOR), loans.decide)
    verdict = loans.Verdict(granted=True, opinion="yes", revision=1)
    refused_as_a_program(house, granting, lambda g: g.run(loans.decide, request, verdict))


def test_the_menu_of_a_token_offers_nothing_that_needs_the_person(house: House, tokens: Tokens) -> None:
    made = tokens.make(house.archivist, role=Role.ARCHIVIST)
    may = set(tokens.gate(made, show_home).run(show_home, None).value)
    assert Action.ITEM_FIND in may
    assert not may & {Action.TOKEN_CREATE, Action.ACCOUNT_PASSWORD, Action.ROLE_APPROVE, Action.LOAN_DECIDE}


def test_after_its_role_has_ended_the_answer_says_so(house: House, tokens: Tokens) -> None:
    made = tokens.make()
    end_role(house, house.handler, Role.CLAIMS_HANDLER)
    with pytest.raises(SignInNeeded, match="role of this token"):
        tokens.gate(made, show_home).run(show_home, None)
