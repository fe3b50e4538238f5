"""Who may: one pure decision. Rules are data, grants are rows, and both arrive as arguments.

A ``Scope`` is the same answer in three languages: ``covers`` asks about one target, ``where`` is SQL, ``filter`` is what
the search index understands. A property test holds the three together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from archive.core.access.actions import Action, Purpose, Role, Tier
from archive.core.access.rules import Reach, Rule, Rules
from search.index import Clause as IndexClause
from search.index import Filter


class State(StrEnum):
    """Where an item stands. A draft is reached by its makers only."""

    DRAFT = "draft"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Actor:
    """Who asks. ``id`` is None for the system's own actors and for somebody who has not signed in."""

    label: str
    roles: tuple[Role, ...]
    id: int | None = None
    uid: UUID | None = None
    name: str = ""
    login: str = ""
    unit_id: int | None = None
    unit_name: str = ""
    units: frozenset[int] = frozenset()
    session: UUID | None = None
    in_person: bool = True
    """False for a program that comes with an API token: some acts need somebody who typed a password."""


ANYONE = Actor(label="ANYONE", roles=(Role.ANYONE,))


@dataclass(frozen=True)
class Grant:
    """One live row of ``access_grant``."""

    id: int
    uid: UUID
    actions: frozenset[str]
    target_kind: str
    target_id: int
    source_kind: str
    source_no: str
    purpose: Purpose | None
    until: datetime | None


@dataclass(frozen=True)
class Target:
    """What is asked about. A missing attribute denies every rule that needs it."""

    kind: str
    uid: UUID | None = None
    item_id: int | None = None
    volume_id: int | None = None
    batch_id: int | None = None
    unit_id: int | None = None
    tier: int | None = None
    state: str | None = None
    owner_id: int | None = None
    """Whose it is: who asked for the loan, who uploaded, who is asked to confirm."""
    parties: frozenset[int] = frozenset()
    """Accounts that may not decide on it (separation of duties)."""
    listing: bool = False
    """True for a list: whoever reaches anything may ask for it, and the scope says what is on it."""
    guarded: bool = False
    """True where knowing that it exists is itself protected: a refusal then looks like *not found*."""

    @property
    def label(self) -> str:
        return self.kind if self.uid is None else f"{self.kind}:{self.uid}"


@dataclass(frozen=True)
class Clause:
    """One alternative of a scope: all that it names must hold. Empty sets match nothing."""

    rule: Rule
    units: frozenset[int] | None = None
    owner_id: int | None = None
    granted: dict[str, dict[int, Grant]] | None = None

    def grant_for(self, target: Target) -> Grant | None:
        ids = {"item": target.item_id, "volume": target.volume_id, "batch": target.batch_id}
        for kind, row_id in ids.items():
            found = (self.granted or {}).get(kind, {}).get(row_id) if row_id is not None else None
            if found is not None:
                return found
        return None

    def covers(self, target: Target) -> bool:
        rule = self.rule
        if target.listing:
            return True
        if rule.max_tier is not None and (target.tier is None or target.tier > rule.max_tier):
            return False
        if rule.states is not None and target.state not in rule.states:
            return False
        if self.units is not None and target.unit_id not in self.units:
            return False
        if rule.reach is Reach.OWN and (target.owner_id is None or target.owner_id != self.owner_id):
            return False
        return self.granted is None or self.grant_for(target) is not None


@dataclass(frozen=True)
class ScopeColumns:
    """The columns of a table that answer to a target's attributes; None where the table has none."""

    tier: Any = None
    state: Any = None
    unit: Any = None
    owner: Any = None
    item: Any = None
    volume: Any = None
    batch: Any = None


@dataclass(frozen=True)
class Scope:
    """Everything that an actor reaches with one action. No clause reaches nothing."""

    clauses: tuple[Clause, ...] = ()

    def clause_for(self, target: Target) -> Clause | None:
        return next((c for c in self.clauses if c.covers(target)), None)

    def covers(self, target: Target) -> bool:
        return self.clause_for(target) is not None

    @property
    def reaches_restricted(self) -> bool:
        """Whether the index of T5 is opened at all: only for somebody who holds a T5 grant."""
        return any(
            c.rule.reach is Reach.NAMED and c.rule.max_tier == Tier.T5 and any((c.granted or {}).values())
            for c in self.clauses
        )

    def where(self, columns: ScopeColumns) -> ColumnElement[bool]:
        """Raises nothing and matches nothing where a needed column is missing."""
        parts = [_clause_sql(clause, columns) for clause in self.clauses]
        return or_(false(), *parts)

    def filter(self) -> Filter:
        """For rows of items and pages only. Clauses without a tier are not about them, and they have no owner."""
        about = (c for c in self.clauses if c.rule.max_tier is not None and c.rule.reach is not Reach.OWN)
        return Filter(tuple(_index_clause(c) for c in about))


def _clause_sql(clause: Clause, columns: ScopeColumns) -> ColumnElement[bool]:
    rule = clause.rule
    needs: list[tuple[bool, Any, Any]] = [
        (rule.max_tier is not None, columns.tier, lambda c: c <= rule.max_tier),
        (rule.states is not None, columns.state, lambda c: c.in_(sorted(rule.states or ()))),
        (clause.units is not None, columns.unit, lambda c: c.in_(sorted(clause.units or ()))),
        (rule.reach is Reach.OWN, columns.owner, lambda c: c == clause.owner_id),
    ]
    parts: list[ColumnElement[bool]] = []
    for needed, column, condition in needs:
        if needed and column is None:
            return false()
        if needed:
            parts.append(condition(column))
    if rule.reach is Reach.OWN and clause.owner_id is None:
        return false()
    if clause.granted is not None:
        parts.append(_granted_sql(clause.granted, columns))
    return and_(true(), *parts)


def _granted_sql(granted: dict[str, dict[int, Grant]], columns: ScopeColumns) -> ColumnElement[bool]:
    by_kind = {"item": columns.item, "volume": columns.volume, "batch": columns.batch}
    return or_(
        false(),
        *(
            column.in_(sorted(granted[kind]))
            for kind, column in by_kind.items()
            if column is not None and granted.get(kind)
        ),
    )


def _index_clause(clause: Clause) -> IndexClause:
    granted = clause.granted
    return IndexClause(
        max_tier=clause.rule.max_tier or 0,
        unit_ids=clause.units,
        states=clause.rule.states,
        item_ids=None if granted is None else frozenset(granted.get("item", {})),
        volume_ids=None if granted is None else frozenset(granted.get("volume", {})),
        batch_ids=None if granted is None else frozenset(granted.get("batch", {})),
    )


# --- the decision ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Allowed:
    role: Role
    obligations: frozenset[str] = frozenset()
    grant: Grant | None = None
    purpose: Purpose | None = None
    """Of the grant where it has one (a loan is for one purpose), else what the asker said."""


@dataclass(frozen=True)
class Denied:
    """``hidden``: the asker may not learn that the target exists."""

    rule: str
    hidden: bool = False


Decision = Allowed | Denied


@dataclass(frozen=True)
class Asking:
    """One asker at one moment: the arguments that every decision needs."""

    actor: Actor
    grants: tuple[Grant, ...]
    rules: Rules
    purpose: Purpose | None = None
    _scopes: dict[Action, Scope] = field(default_factory=dict, compare=False)

    def scope(self, action: Action) -> Scope:
        if action not in self._scopes:
            self._scopes[action] = scope_of(self.actor, action, self.grants, self.rules)
        return self._scopes[action]

    def decide(self, action: Action, target: Target) -> Decision:
        return decide(self, action, target)


def scope_of(actor: Actor, action: Action, grants: Iterable[Grant], rules: Rules) -> Scope:
    held = tuple(grants)
    clauses = []
    for role in actor.roles:
        for rule in rules.of(role, action):
            if rule.in_person and not actor.in_person:
                continue
            if rule.reach.is_granted:
                granted = _granted(held, rule, action)
                clauses.append(Clause(rule, granted=granted))
            elif rule.reach is Reach.UNIT:
                clauses.append(Clause(rule, units=actor.units))
            else:
                clauses.append(Clause(rule, owner_id=actor.id))
    return Scope(tuple(clauses))


def _granted(grants: tuple[Grant, ...], rule: Rule, action: Action) -> dict[str, dict[int, Grant]]:
    by_kind: dict[str, dict[int, Grant]] = {}
    for grant in grants:
        if grant.source_kind == rule.reach and action in grant.actions:
            by_kind.setdefault(grant.target_kind, {})[grant.target_id] = grant
    return by_kind


def decide(asking: Asking, action: Action, target: Target) -> Decision:
    """Deny overrides: separation of duties first, then reach, then purpose. Undefined is refused."""
    clauses = [c for c in asking.scope(action).clauses if c.covers(target)]
    if not clauses:
        return Denied(_why_not(asking, action, target), hidden=_is_hidden(asking, target))
    actor_id = asking.actor.id
    for clause in clauses:
        if clause.rule.not_by_party and (actor_id is None or actor_id in target.parties):
            continue
        grant = clause.grant_for(target)
        purpose = asking.purpose if grant is None or grant.purpose is None else grant.purpose
        if clause.rule.purpose_needed and purpose is None:
            continue
        return Allowed(clause.rule.role, clause.rule.obligations, grant, purpose)
    blocked_as_party = all(c.rule.not_by_party and actor_id in target.parties for c in clauses)
    return Denied("R_SOD" if blocked_as_party else "R_PURPOSE")


def _is_hidden(asking: Asking, target: Target) -> bool:
    """Whoever reaches the target with no action that tells of it must get the answer of an unknown address."""
    if not target.guarded:
        return False
    knowing = (Action.ITEM_FIND, Action.ITEM_SHOW)
    return not any(asking.scope(action).covers(target) for action in knowing)


def _why_not(asking: Asking, action: Action, target: Target) -> str:
    """The most useful reason, not the first: a loan that could be asked for comes before a tier that is too high."""
    held = [rule for role in asking.actor.roles for rule in asking.rules.of(role, action)]
    rules = [rule for rule in held if asking.actor.in_person or not rule.in_person]
    if not rules:
        return "R_PERSON" if held else "R_ROLE"
    fitting = [
        r for r in rules if r.max_tier is None or (target.tier is not None and target.tier <= r.max_tier)
    ]
    if not fitting:
        return "R_TIER"
    if target.state is not None and all(
        r.states is not None and target.state not in r.states for r in fitting
    ):
        return "R_STATE"
    reaches = {r.reach for r in fitting}
    if Reach.LOAN in reaches:
        return "R_NOLOAN"
    if Reach.CASE in reaches:
        return "R_CASE"
    return "R_OWN" if Reach.OWN in reaches else "R_UNIT"
