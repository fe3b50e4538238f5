"""What a list shows is what a check allows: in Python, in SQL and in the index, for random people on real rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive.accounts.queries import session_actor
from archive.accounts.tables import Account
from archive.core.access.actions import GRANTED_ROLES, Action, Purpose, Role
from archive.core.access.grants import AccessGrant, RoleGrant, live_grants
from archive.core.access.policy import Allowed, Asking, Clause, Grant, Scope, ScopeColumns, State, Target
from archive.core.access.rules import Reach, Rule
from archive.holdings.queries import ITEM_COLUMNS
from archive.holdings.tables import Item
from tests.access.population import PAGE_COLUMNS, Population, populate
from tests.access.world import rules
from tests.cast import START, Template, enter

EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAIRS = ((Action.ITEM_FIND, Action.PAGE_FIND), (Action.ITEM_SHOW, Action.PAGE_SHOW))
NAMES_OF_ATTRIBUTES = ("tier", "state", "unit_id", "owner_id", "item_id", "volume_id", "batch_id")


@pytest.fixture(scope="module")
def population(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Population]:
    folder: Path = tmp_path_factory.mktemp("population")
    house = enter(template, folder)
    yield populate(house)
    house.archive.close()


# --- random people --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Hours from now; ``until`` None: for ever."""

    from_: int
    until: int | None

    @property
    def is_now(self) -> bool:
        return self.from_ <= 0 and (self.until is None or self.until > 0)


@dataclass(frozen=True)
class Held:
    """A grant by numbers: which of the population's rows it names is taken modulo their number."""

    source: str
    kind: str
    number: int
    actions: frozenset[Action]
    span: Span
    revoked: bool


@dataclass(frozen=True)
class Somebody:
    unit: int
    roles: tuple[tuple[Role, Span, bool], ...]
    grants: tuple[Held, ...]


spans = st.builds(Span, st.sampled_from([-2, -1, 0, 1]), st.sampled_from([None, -1, 0, 1, 2]))
lasting = st.just(Span(-1, None))
grants = st.builds(
    Held,
    source=st.sampled_from(["batch", "case", "loan", "named", "another desk"]),
    kind=st.sampled_from(["item", "volume", "batch", "page"]),
    number=st.integers(0, 10_000),
    actions=st.frozensets(st.sampled_from([a for pair in PAIRS for a in pair]), min_size=1),
    span=lasting | spans,
    revoked=st.sampled_from([False, False, True]),
)
somebodies = st.builds(
    Somebody,
    unit=st.integers(0, 2),
    roles=st.lists(
        st.tuples(st.sampled_from(GRANTED_ROLES), lasting | spans, st.sampled_from([True, True, False])),
        max_size=3,
    ).map(tuple),
    grants=st.lists(grants, max_size=8).map(tuple),
)


def settle(session: Session, population: Population, who: Somebody) -> Asking:
    """Writes her roles and grants and reads them back as the gate does. Whoever calls rolls back."""
    unit = population.units[who.unit]
    session.execute(update(Account).where(Account.id == population.account).values(unit_id=unit))
    for role, span, approved in who.roles:
        session.add(_role_row(population, role, span, unit, approved=approved))
    for number, held in enumerate(who.grants):
        session.add(_grant_row(population, UUID(int=number), held))
    session.flush()
    actor = session_actor(population.token)(session, START)
    return Asking(actor, live_grants(session, actor.id, START), rules(), Purpose.CLAIM_HANDLING)


def _role_row(population: Population, role: Role, span: Span, unit: int, *, approved: bool) -> RoleGrant:
    return RoleGrant(
        uid=uuid4(),
        account_id=population.account,
        role=role,
        unit_id=unit,
        from_=_at(span.from_),
        until=_at(span.until),
        approved_at=START if approved else None,
    )


def _grant_row(population: Population, uid: UUID, held: Held) -> AccessGrant:
    rows = {"item": population.items, "volume": population.volumes, "batch": population.batches}
    named = rows.get(held.kind, population.items)
    return AccessGrant(
        uid=uid,
        account_id=population.account,
        actions=" ".join(sorted(held.actions)),
        target_kind=held.kind,
        target_id=named[held.number % len(named)],
        source_kind=held.source,
        source_id=1,
        from_=_at(held.span.from_),
        until=_at(held.span.until),
        revoked_at=START if held.revoked else None,
    )


def _at(hours: int | None) -> datetime | None:
    return None if hours is None else START + timedelta(hours=hours)


# --- the property ---------------------------------------------------------------------------------------------


@EXAMPLES
@given(who=somebodies)
def test_a_list_shows_exactly_what_a_check_allows(population: Population, who: Somebody) -> None:
    with population.house.archive.database.writing() as session:
        asking = settle(session, population, who)
        for item_action, page_action in PAIRS:
            items, pages = asking.scope(item_action), asking.scope(page_action)
            decided = {
                place
                for place, target in population.targets.items()
                if isinstance(asking.decide(page_action if place[1] else item_action, target), Allowed)
            }
            finds = item_action is Action.ITEM_FIND
            restricted = not finds or items.reaches_restricted or pages.reaches_restricted
            assert population.covered(items, pages) == decided
            assert population.selected(session, items, pages) == decided
            assert population.found(items, pages, restricted=restricted) == decided
        session.rollback()


@EXAMPLES
@given(who=somebodies)
def test_only_roles_and_grants_in_force_count(population: Population, who: Somebody) -> None:
    with population.house.archive.database.writing() as session:
        asking = settle(session, population, who)
        held = {role for role, span, approved in who.roles if approved and span.is_now}
        assert set(asking.actor.roles) == held | {Role.STAFF}
        in_force = {n for n, grant in enumerate(who.grants) if grant.span.is_now and not grant.revoked}
        assert {grant.uid.int for grant in asking.grants} == in_force
        session.rollback()


# --- any rules at all -----------------------------------------------------------------------------------------

tiers = st.none() | st.integers(1, 5)
any_rules = st.builds(
    Rule,
    role=st.just(Role.STAFF),
    action=st.just(Action.ITEM_FIND),
    reach=st.sampled_from(Reach),
    max_tier=tiers,
    states=st.none() | st.frozensets(st.sampled_from([*State, "open"])),
)


def clauses(population: Population) -> st.SearchStrategy[Clause]:
    ids = {
        "item": st.sampled_from(population.items),
        "volume": st.sampled_from(population.volumes),
        "batch": st.sampled_from(population.batches),
    }
    granted = st.fixed_dictionaries(
        {}, optional={kind: st.frozensets(rows, max_size=3).map(_by_id) for kind, rows in ids.items()}
    )
    return st.builds(_clause, any_rules, st.frozensets(st.sampled_from(population.units)), granted)


def _by_id(ids: frozenset[int]) -> dict[int, Grant]:
    actions = frozenset({str(Action.ITEM_FIND)})
    return {row: Grant(row, UUID(int=row), actions, "", row, "", "", None, None) for row in ids}


def _clause(rule: Rule, units: frozenset[int], granted: dict[str, dict[int, Grant]]) -> Clause:
    return Clause(
        rule,
        units=units if rule.reach is Reach.UNIT else None,
        owner_id=1 if rule.reach is Reach.OWN else None,
        granted=granted if rule.reach.is_granted else None,
    )


@EXAMPLES
@given(data=st.data())
def test_the_three_languages_of_a_scope_agree_whatever_the_rules_say(
    population: Population, data: st.DataObject
) -> None:
    """The index knows only rules that name a tier; every other language knows them all."""
    scope = Scope(tuple(data.draw(st.lists(clauses(population), max_size=3))))
    covered = population.covered(scope, scope)
    with population.house.archive.database.reading() as session:
        assert population.selected(session, scope, scope) == covered
    with_tier = Scope(tuple(c for c in scope.clauses if c.rule.max_tier is not None))
    assert population.found(scope, scope, restricted=True) == population.covered(with_tier, with_tier)


@EXAMPLES
@given(data=st.data())
def test_an_attribute_that_is_missing_never_lets_anything_in(
    population: Population, data: st.DataObject
) -> None:
    scope = Scope((data.draw(clauses(population)),))
    for target in list(population.targets.values())[::7]:
        owned = replace(target, owner_id=1)
        for name in NAMES_OF_ATTRIBUTES:
            less = without(owned, name)
            assert scope.covers(owned) or not scope.covers(less)


@EXAMPLES
@given(data=st.data())
def test_a_column_that_is_missing_never_lets_anything_in(population: Population, data: st.DataObject) -> None:
    scope = Scope((data.draw(clauses(population)),))
    with population.house.archive.database.reading() as session:

        def rows(columns: ScopeColumns) -> set[int]:
            return set(session.scalars(select(Item.id).where(scope.where(columns))))

        everything = rows(ITEM_COLUMNS)
        for name in ("tier", "state", "unit", "owner", "item", "volume", "batch"):
            assert rows(replace(ITEM_COLUMNS, **{name: None})) <= everything


def test_an_attribute_that_a_rule_needs_and_a_target_lacks_denies() -> None:
    def one(reach: Reach, **of_clause: object) -> Scope:
        rule = Rule(Role.STAFF, Action.ITEM_FIND, reach, 5, frozenset({"archived"}))
        return Scope((Clause(rule, **of_clause),))  # type: ignore[arg-type]  # names of Clause's fields

    granted = {kind: _by_id(frozenset({1})) for kind in ("item", "volume", "batch")}
    full = Target("item", item_id=1, volume_id=1, batch_id=1, unit_id=1, tier=1, state="archived", owner_id=1)
    for scope, needed in (
        (one(Reach.ALL), ("tier", "state")),
        (one(Reach.UNIT, units=frozenset({1})), ("tier", "state", "unit_id")),
        (one(Reach.OWN, owner_id=1), ("tier", "state", "owner_id")),
        (one(Reach.LOAN, granted=granted), ("tier", "state")),
    ):
        assert scope.covers(full)
        assert [name for name in needed if scope.covers(without(full, name))] == []
    nowhere = replace(full, item_id=None, volume_id=None, batch_id=None)
    assert not one(Reach.LOAN, granted=granted).covers(nowhere)


def without(target: Target, name: str) -> Target:
    return replace(target, **{name: None})  # type: ignore[arg-type]  # names of Target's fields


def test_an_owner_that_nobody_is_owns_nothing() -> None:
    """A rule of reach *own* and an actor without an account must not meet in None."""
    rule = Rule(Role.STAFF, Action.ITEM_FIND, Reach.OWN)
    scope = Scope((Clause(rule, owner_id=None),))
    assert not scope.covers(Target("loan", owner_id=None))


def test_an_empty_scope_finds_nothing_in_any_language(population: Population) -> None:
    nothing = Scope()
    assert population.covered(nothing, nothing) == set()
    assert not nothing.covers(Target("items", listing=True))
    with population.house.archive.database.reading() as session:
        assert population.selected(session, nothing, nothing) == set()
        assert session.scalars(select(Item.id).where(nothing.where(PAGE_COLUMNS))).all() == []
    assert population.found(nothing, nothing, restricted=True) == set()
