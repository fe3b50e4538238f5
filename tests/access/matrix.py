"""The role matrix as text: what the rule files say, and what ``decide`` makes of it.

``python -m tests.access.matrix`` writes ``matrix.txt`` anew; a change to it is a line in review.
"""

from dataclasses import replace
from pathlib import Path

from archive.core.access.actions import Action, Role
from archive.core.access.policy import Target
from archive.core.access.rules import Rule
from tests.access.world import (
    ITEM_ACTIONS,
    ME,
    OTHER_UNIT,
    OWN_UNIT,
    SOMEBODY,
    answer,
    item,
    relations,
    rules,
)

GOLDEN = Path(__file__).with_name("matrix.txt")
VOLUME_ACTIONS = (Action.CASE_ASSIGN,)
REQUEST_ACTIONS = (Action.LOAN_DECIDE,)
LEGEND = """\
# Written by: python -m tests.access.matrix
# First what the rule files say, then what decide() answers:
# yes · yes* without the text around a hit · purpose: yes, once one is said · R_...: refused, with its reason
# - : refused as if nothing were there
"""


def matrix() -> str:
    return "\n".join([LEGEND, *_rules(), "", *_items(), *_cases_and_requests(), *_others()])


def _rules() -> list[str]:
    lines = ["== rules"]
    for role in Role:
        for action in Action:
            lines += [f"{role:<18}{action:<18}{_rule(rule)}" for rule in rules().of(role, action)]
    return lines


def _rule(rule: Rule) -> str:
    parts = [
        f"{rule.reach:<7}",
        "   " if rule.max_tier is None else f"≤T{rule.max_tier}",
        "" if rule.states is None else "/".join(sorted(rule.states)),
        "purpose" if rule.purpose_needed else "",
        "not by a party" if rule.not_by_party else "",
        "in person" if rule.in_person else "",
        " ".join(sorted(rule.obligations)),
    ]
    return "  ".join(part for part in parts if part).rstrip()


def _items() -> list[str]:
    lines = []
    for role in Role:
        rows = {
            name: [answer(role, action, target) for action in ITEM_ACTIONS]
            for name, target in relations().items()
        }
        lines += _table(f"items and pages: {role}", [*map(str, ITEM_ACTIONS)], rows)
    return lines


def _cases_and_requests() -> list[str]:
    volumes = {
        f"volume {where} T{tier}": replace(
            item(tier, unit_id=unit, state="open"), kind="volume", item_id=None
        )
        for where, unit in (("unit", OWN_UNIT), ("other", OTHER_UNIT))
        for tier in range(1, 5)
    }
    requests = {
        f"request {whose} {where} T{tier}": Target(
            "loan_request",
            unit_id=unit,
            tier=tier,
            state="archived",
            owner_id=by,
            parties=frozenset({by}),
            guarded=True,
        )
        for whose, by in (("own", ME), ("other's", SOMEBODY))
        for where, unit in (("unit", OWN_UNIT), ("other", OTHER_UNIT))
        for tier in range(1, 6)
    }
    lines = []
    for actions, targets in ((VOLUME_ACTIONS, volumes), (REQUEST_ACTIONS, requests)):
        rows = {
            name: [answer(role, action, target) for role in Role for action in actions]
            for name, target in targets.items()
        }
        lines += _table(" ".join(actions), [*map(str, Role)], rows)
    return lines


def _others() -> list[str]:
    """Everything that is about no item; acts for which a role has no rule at all are left out."""
    targets = {
        "nobody's": Target("place"),
        "own": Target("thing", owner_id=ME, unit_id=OWN_UNIT, parties=frozenset({ME})),
        "somebody's in the unit": Target(
            "thing", owner_id=SOMEBODY, unit_id=OWN_UNIT, parties=frozenset({SOMEBODY})
        ),
        "somebody's elsewhere": Target(
            "thing", owner_id=SOMEBODY, unit_id=OTHER_UNIT, parties=frozenset({SOMEBODY})
        ),
    }
    about_items = {*ITEM_ACTIONS, *VOLUME_ACTIONS, *REQUEST_ACTIONS}
    rows = {
        f"{role:<18}{action}": [answer(role, action, target, ()) for target in targets.values()]
        for role in Role
        for action in Action
        if action not in about_items and rules().of(role, action)
    }
    return _table("other acts", [*targets], rows)


def _table(title: str, heads: list[str], rows: dict[str, list[str]]) -> list[str]:
    if all(cell == "-" for cells in rows.values() for cell in cells):
        return [f"== {title}: nothing", ""]
    wide = [max(len(head), 9) + 2 for head in heads]
    first = max(map(len, rows)) + 2
    lines = [f"== {title}"]
    for name, cells in (("", heads), *rows.items()):
        line = "".join(cell.ljust(width) for cell, width in zip(cells, wide, strict=True))
        lines.append(f"{name.ljust(first)}{line}".rstrip())
    return [*lines, ""]


if __name__ == "__main__":
    GOLDEN.write_text(matrix(), "utf-8")
