"""Rules as data: one YAML file a role, read once, never written by the program. Reading them is strict."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml

from archive.core.access.actions import Action, Role


class Reach(StrEnum):
    """How far a rule goes. The last four go exactly as far as rows of ``access_grant`` of that source."""

    ALWAYS = "always"  # targets that belong to nobody: a form, a list, the log
    OWN = "own"  # the target's owner is the asker
    UNIT = "unit"  # own unit and those below it
    ALL = "all"
    BATCH = "batch"  # what the asker uploaded
    CASE = "case"  # cases assigned to the asker
    LOAN = "loan"  # active approved loans
    NAMED = "named"  # named by two persons

    @property
    def is_granted(self) -> bool:
        return self in {Reach.BATCH, Reach.CASE, Reach.LOAN, Reach.NAMED}


@dataclass(frozen=True)
class Rule:
    role: Role
    action: Action
    reach: Reach
    max_tier: int | None = None
    states: frozenset[str] | None = None
    purpose_needed: bool = False
    not_by_party: bool = False
    obligations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """``version`` is a digest of the files and stands in every entry."""

    version: str
    table: dict[tuple[Role, Action], tuple[Rule, ...]]

    def of(self, role: Role, action: Action) -> tuple[Rule, ...]:
        return self.table.get((role, action), ())


OBLIGATIONS = frozenset({"watermark", "no_snippet"})
_KEYS = frozenset({"reach", "tier", "states", "purpose", "not_by_party", "obligations"})


def load_rules() -> Rules:
    """Raises ``ValueError`` for anything a rule file says that is not understood: a typing error must not allow."""
    digest = hashlib.sha256()
    table: dict[tuple[Role, Action], tuple[Rule, ...]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            text = file.read_text("utf-8")
            digest.update(text.encode())
            table.update(_read(yaml.safe_load(text), file.name))
    return Rules(digest.hexdigest()[:12], table)


def _read(document: dict[str, Any], name: str) -> dict[tuple[Role, Action], tuple[Rule, ...]]:
    if set(document) != {"role", "rules"}:
        raise ValueError(f"{name}: a rule file has 'role' and 'rules'")
    role = Role(document["role"])
    return {
        (role, Action(action)): tuple(_rule(role, Action(action), line, name) for line in lines)
        for action, lines in document["rules"].items()
    }


def _rule(role: Role, action: Action, line: dict[str, Any], name: str) -> Rule:
    unknown = set(line) - _KEYS
    if unknown:
        raise ValueError(f"{name}, {action}: {', '.join(sorted(unknown))} is not understood")
    reach = Reach(line["reach"])
    tier = line.get("tier")
    if reach in {Reach.ALL, Reach.BATCH, Reach.CASE, Reach.LOAN, Reach.NAMED} and tier is None:
        raise ValueError(f"{name}, {action}: reach {reach} needs a tier")
    obligations = frozenset(line.get("obligations", ()))
    if obligations - OBLIGATIONS:
        raise ValueError(f"{name}, {action}: unknown obligation")
    return Rule(
        role=role,
        action=action,
        reach=reach,
        max_tier=None if tier is None else int(tier.removeprefix("T")),
        states=frozenset(line["states"]) if "states" in line else _default_states(tier),
        purpose_needed=line.get("purpose") == "required",
        not_by_party=bool(line.get("not_by_party", False)),
        obligations=obligations,
    )


def _default_states(tier: str | None) -> frozenset[str] | None:
    """A rule about items reaches archived ones, unless it says otherwise."""
    return None if tier is None else frozenset({"archived"})
