"""Rules as data: one YAML file a role, read once, never written by the program. Reading them is strict."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar

import yaml

from archive.core.access.actions import Action, Role, Tier

T = TypeVar("T")


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
    in_person: bool = False
    """Needs somebody who typed a password, not a program with a token. Acts of two persons always do."""
    obligations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """``version`` is a digest of the files and stands in every entry."""

    version: str
    table: dict[tuple[Role, Action], tuple[Rule, ...]]

    def of(self, role: Role, action: Action) -> tuple[Rule, ...]:
        return self.table.get((role, action), ())


OBLIGATIONS = frozenset({"watermark", "no_snippet"})
_KEYS = frozenset({"reach", "tier", "states", "purpose", "not_by_party", "in_person", "obligations"})
_NEEDS_TIER = frozenset({Reach.ALL, Reach.BATCH, Reach.CASE, Reach.LOAN, Reach.NAMED})


def load_rules() -> Rules:
    """Raises ``ValueError`` for anything a rule file says that is not understood: a typing error must not allow."""
    return assemble(rule_files())


def rule_files() -> dict[str, str]:
    """Name and text of the files beside this one, in the order of their names."""
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".yaml"))
    return {file.name: file.read_text("utf-8") for file in sorted(files, key=lambda file: file.name)}


def assemble(files: Mapping[str, str]) -> Rules:
    digest = hashlib.sha256()
    table: dict[tuple[Role, Action], tuple[Rule, ...]] = {}
    for name, text in files.items():
        digest.update(text.encode())
        read = read_rules(text, name)
        if table.keys() & read.keys():
            raise ValueError(f"{name}: another file has rules for this role")
        table.update(read)
    return Rules(digest.hexdigest()[:12], table)


def read_rules(text: str, name: str) -> dict[tuple[Role, Action], tuple[Rule, ...]]:
    """One file. ``name`` stands in the errors."""
    document = _as(dict, yaml.load(text, _NothingTwice), name)  # noqa: S506 - a SafeLoader, stricter
    if set(document) != {"role", "rules"}:
        raise ValueError(f"{name}: a rule file has 'role' and 'rules'")
    role = Role(document["role"])
    return {
        (role, Action(action)): tuple(
            _rule(role, Action(action), line, f"{name}, {action}") for line in _as(list, lines, name)
        )
        for action, lines in _as(dict, document["rules"], name).items()
    }


class _NothingTwice(yaml.SafeLoader):
    """YAML lets the last of two equal keys win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def _rule(role: Role, action: Action, line: Any, where: str) -> Rule:
    unknown = set(_as(dict, line, where)) - _KEYS
    if unknown or "reach" not in line:
        raise ValueError(f"{where}: a rule has a reach, and {', '.join(sorted(unknown))} is not understood")
    reach, tier, purpose = Reach(line["reach"]), line.get("tier"), line.get("purpose", "")
    if reach in _NEEDS_TIER and tier is None:
        raise ValueError(f"{where}: reach {reach} needs a tier")
    if purpose not in {"", "required"}:
        raise ValueError(f"{where}: a purpose is required, or not mentioned")
    obligations = frozenset(_as(list, line.get("obligations", []), where))
    not_by_party = _as(bool, line.get("not_by_party", False), where)
    if obligations - OBLIGATIONS:
        raise ValueError(f"{where}: unknown obligation")
    return Rule(
        role=role,
        action=action,
        reach=reach,
        max_tier=None if tier is None else _tier(tier, where),
        states=frozenset(_as(list, line["states"], where)) if "states" in line else _default_states(tier),
        purpose_needed=purpose == "required",
        not_by_party=not_by_party,
        in_person=not_by_party or _as(bool, line.get("in_person", False), where),
        obligations=obligations,
    )


def _tier(written: Any, where: str) -> int:
    names = {f"T{tier}": int(tier) for tier in Tier}
    if written not in names:
        raise ValueError(f"{where}: a tier is one of {', '.join(names)}")
    return names[written]


def _as(kind: type[T], value: Any, where: str) -> T:
    if not isinstance(value, kind):
        raise ValueError(f"{where}: {kind.__name__} expected")  # noqa: TRY004 - one error for whatever is wrong in a file
    return value


def _default_states(tier: str | None) -> frozenset[str] | None:
    """A rule about items reaches archived ones, unless it says otherwise."""
    return None if tier is None else frozenset({"archived"})
