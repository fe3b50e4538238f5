"""The types of operations and gates: mypy refuses what must not be written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """\
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.gate import BoundGate, Found, Look, Released, Work, operation, place


def number(look: Look, where: UUID) -> Found[int]:
    return Found(Target("number", uid=where), 1)


@operation(Action.ITEM_SHOW, on=number, reads=True)
def double(work: Work, it: int) -> int:
    return 2 * it


@operation(Action.ITEM_DESCRIBE, on=number)
def name_it(work: Work, it: int, said: str) -> bool:
    return bool(said)


def uses(gate: BoundGate, work: Work, uid: UUID) -> None:
    doubled: Released[int] = gate.run(double, uid)
    named: bool = gate.run(name_it, uid, "one").value
    again: Released[bool] = gate.run(name_it, uid, "one", idempotency_key="form 1")


def misuses(gate: BoundGate, work: Work, uid: UUID) -> None:
    double(work, 1)  # called directly
    gate.run(lambda work, it: it, uid)  # a plain function
    gate.run(double, "a text")  # wrong target
    gate.run(double)  # no target
    gate.run(name_it, uid)  # nothing given
    gate.run(name_it, uid, 1)  # wrong type given
    gate.run(double, uid, "one")  # given to one that takes nothing
    text: str = gate.run(double, uid).value  # wrong result
    gate.run(double, uid, purpose="because")  # a purpose that is a text
    gate.open(uid, uid)  # no permit
    Work()  # made outside the gate
    Released(1)  # released outside the gate


@operation(on=number)  # no action
def without_action(work: Work, it: int) -> int:
    return it


@operation("item:show", on=number)  # an action spelled as a text
def with_a_text(work: Work, it: int) -> int:
    return it


@operation(Action.ITEM_SHOW)  # no target
def without_target(work: Work, it: int) -> int:
    return it


@operation(Action.ITEM_SHOW, on=number)  # takes another thing than is found
def of_another_thing(work: Work, it: str) -> str:
    return it


@operation(Action.ITEM_SHOW, on=place("numbers"))  # takes what a place does not give
def of_a_place(work: Work, it: int) -> int:
    return it


@operation(Action.ITEM_SHOW, on=lambda look, where: 1)  # a finder without a target
def found_nowhere(work: Work, it: int) -> int:
    return it
"""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Line → what mypy says of it."""
    file = tmp_path_factory.mktemp("misuse") / "program.py"
    file.write_text(PROGRAM, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    found = subprocess.run([*command, str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = re.findall(r"^\S*program\.py:(\d+): error: (.*)$", found.stdout, re.MULTILINE)
    return {int(line): text for line, text in lines}


def lines_with(mark: str) -> list[int]:
    return [number for number, line in enumerate(PROGRAM.splitlines(), start=1) if mark in line]


@pytest.mark.parametrize(
    "line", lines_with("  # "), ids=lambda line: PROGRAM.splitlines()[line - 1].split("  # ")[1]
)
def test_a_misuse_does_not_pass_mypy(complaints: dict[int, str], line: int) -> None:
    assert line in complaints


def test_right_use_passes_mypy(complaints: dict[int, str]) -> None:
    assert sorted(complaints) == lines_with("  # ")
