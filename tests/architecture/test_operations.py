"""Every operation stands in the role matrix, and every action is one that some operation performs."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

import archive
from archive.core.access.actions import Action, Role
from archive.core.access.rules import load_rules
from archive.core.gate import Operation
from tests.access.matrix import GOLDEN

ASKED_ABOUT = {
    Action.PAGE_FIND,  # which pages a search shows, and whether with the text around the hit
    Action.ITEM_LOWER,  # allowed to nobody until there is an archive supervisor (docs/decisions/0005)
    Action.INSPECTION_COUNT,  # whether an inspection is shown with the totals of the whole archive
}
"""Actions of which a body asks whether they are allowed, and that no operation is declared for."""


@cache
def modules() -> tuple[ModuleType, ...]:
    names = [found.name for found in pkgutil.walk_packages(archive.__path__, "archive.")]
    return tuple(importlib.import_module(name) for name in names if not name.endswith("__main__"))


def operations() -> dict[str, Operation[Any, Any, Any]]:
    return {operation.name: operation for operation in every_operation()}


def every_operation() -> list[Operation[Any, Any, Any]]:
    """Each once, however many modules import it."""
    found = [value for module in modules() for value in vars(module).values() if isinstance(value, Operation)]
    return list(dict.fromkeys(found))


def test_there_are_operations() -> None:
    assert len(operations()) > 30


def test_no_two_operations_share_a_name() -> None:
    names = [operation.name for operation in every_operation()]
    assert sorted(names) == sorted(set(names))


def test_every_operation_stands_in_the_role_matrix() -> None:
    matrix = GOLDEN.read_text("utf-8")
    assert {o.action for o in every_operation() if f" {o.action} " not in matrix} == set()


def test_every_operation_is_allowed_to_somebody() -> None:
    rules = load_rules()
    allowed = {action for action in Action if any(rules.of(role, action) for role in Role)}
    assert {o.name for o in every_operation() if o.action not in allowed} == set()


def test_every_action_is_performed_by_some_operation() -> None:
    performed = {operation.action for operation in every_operation()}
    assert set(Action) - performed == ASKED_ABOUT


def test_every_rule_is_about_an_action_that_is_performed() -> None:
    performed = {operation.action for operation in every_operation()}
    assert {action for _, action in load_rules().table} - performed <= ASKED_ABOUT
