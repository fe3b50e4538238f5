"""Rule files are read strictly: whatever is not understood is refused, since a typing error must not allow."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from archive.core.access import rules as reading
from archive.core.access.actions import Action, Role
from archive.core.access.policy import Scope
from archive.core.access.rules import Reach, Rule, Rules
from tests.access.world import asking, item, rules

ITEMS_AND_PAGES = (
    Action.ITEM_FIND,
    Action.ITEM_SHOW,
    Action.PAGE_FIND,
    Action.PAGE_SHOW,
    Action.ITEM_DESCRIBE,
)


def read(text: str) -> dict[tuple[Role, Action], tuple[Rule, ...]]:
    return reading.read_rules(text, "file.yaml")


def test_a_line_without_states_reaches_archived_items() -> None:
    [rule] = read("{role: archivist, rules: {'item:show': [{reach: all, tier: T4}]}}")[
        Role.ARCHIVIST, Action.ITEM_SHOW
    ]
    assert rule == Rule(Role.ARCHIVIST, Action.ITEM_SHOW, Reach.ALL, 4, frozenset({"archived"}))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{role: archivist}", "no rules"),
        ("{role: archivist, rules: {}, extra: 1}", "unknown key of the file"),
        ("[]", "not a mapping"),
        ("{role: wizard, rules: {}}", "unknown role"),
        ("{role: archivist, rules: []}", "rules are no mapping"),
        ("{role: archivist, rules: {'item:fly': [{reach: always}]}}", "unknown action"),
        ("{role: archivist, rules: {'item:show': {reach: always}}}", "no list of lines"),
        ("{role: archivist, rules: {'item:show': [always]}}", "a line is no mapping"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: T4, state: [draft]}]}}", "unknown key"),
        ("{role: archivist, rules: {'item:show': [{tier: T4}]}}", "no reach"),
        ("{role: archivist, rules: {'item:show': [{reach: everywhere, tier: T4}]}}", "unknown reach"),
        ("{role: archivist, rules: {'item:show': [{reach: all}]}}", "this reach needs a tier"),
        ("{role: archivist, rules: {'item:show': [{reach: loan}]}}", "this reach needs a tier"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: T9}]}}", "unknown tier"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: high}]}}", "unknown tier"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: 4}]}}", "a tier is written T4"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: T4, purpose: requierd}]}}", "purpose"),
        ("{role: archivist, rules: {'item:show': [{reach: all, tier: T4, purpose: true}]}}", "purpose"),
        (
            "{role: archivist, rules: {'loan:decide': [{reach: unit, not_by_party: 'no'}]}}",
            "not a truth value",
        ),
        (
            "{role: archivist, rules: {'item:show': [{reach: all, tier: T4, states: draft}]}}",
            "no list of states",
        ),
        (
            "{role: archivist, rules: {'page:show': [{reach: all, tier: T4, obligations: [water]}]}}",
            "obligation",
        ),
        (
            "{role: archivist, rules: {'page:show': [{reach: all, tier: T4, obligations: watermark}]}}",
            "no list",
        ),
        ("{role: archivist, rules: {'role:list': [{reach: always}], 'role:list': [{reach: own}]}}", "twice"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_a_role_in_two_files_is_refused() -> None:
    one = "{role: staff, rules: {'role:list': [{reach: own}]}}"
    with pytest.raises(ValueError):
        reading.assemble({"a.yaml": one, "b.yaml": one})


def test_the_version_of_the_rules_moves_with_every_byte_of_them() -> None:
    one = {"a.yaml": "{role: staff, rules: {'home:show': [{reach: always}]}}"}
    other = {"a.yaml": one["a.yaml"] + "# a remark"}
    assert reading.assemble(one).version != reading.assemble(other).version


def test_every_rule_about_items_and_pages_names_a_tier() -> None:
    """Without one it would reach T5, and the filter of the index would not know it."""
    assert [
        r for role in Role for a in ITEMS_AND_PAGES for r in rules().of(role, a) if r.max_tier is None
    ] == []


def test_t5_is_found_through_a_naming_only() -> None:
    """The restricted index is opened for whoever is named; a rule that finds T5 otherwise would find nothing there."""
    finding = (Action.ITEM_FIND, Action.PAGE_FIND)
    reaching = {r.reach for role in Role for a in finding for r in rules().of(role, a) if r.max_tier == 5}
    assert reaching == {Reach.NAMED}


def test_the_makers_reach_is_the_only_one_that_reaches_drafts() -> None:
    assert {rule.reach for rule in every_rule(rules()) if "draft" in (rule.states or ())} == {Reach.BATCH}


@pytest.mark.parametrize("action", list(Action))
def test_an_action_that_no_role_of_the_actor_mentions_is_refused(action: Action) -> None:
    assert asking().scope(action) == Scope()
    assert not asking().scope(action).covers(item(1))


def test_an_unknown_role_is_no_role() -> None:
    with pytest.raises(ValueError):
        Role("wizard")


def every_rule(all_rules: Rules) -> Iterator[Rule]:
    for lines in all_rules.table.values():
        yield from lines


def test_every_file_is_a_role_of_its_own() -> None:
    documents: list[Any] = [yaml.safe_load(text) for text in reading.rule_files().values()]
    assert {document["role"] for document in documents} == set(Role)
