"""What a process leaves behind when it is killed at a named failpoint, and that one sweep clears it away."""

import os
import pickle
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.desks.preservation.findings import Kind
from tests.cast import Template
from tests.crash.scene import CAST, open_house
from tests.crash.story import SIGKILL, play
from tests.preservation.conftest import Rooms
from tests.preservation.test_sweep import found

LEFT: dict[tuple[str, str], dict[str, int]] = {
    ("begin", "key.created"): {Kind.KEY_UNUSED: 1},
    ("keep", "store.synced"): {Kind.TEMPORARY_FILE: 1, Kind.UPLOAD_ABANDONED: 1},
    ("keep", "intake.sealed"): {Kind.OBJECT_UNKNOWN: 1, Kind.UPLOAD_ABANDONED: 1},
    ("keep", "gate.before-commit"): {Kind.OBJECT_UNKNOWN: 1, Kind.UPLOAD_ABANDONED: 1},
    ("send", "intake.part-sealed"): {Kind.OBJECT_UNKNOWN: 1, Kind.UPLOAD_ABANDONED: 1},
    ("gather", "intake.sealed"): {Kind.OBJECT_UNKNOWN: 1, Kind.UPLOAD_ABANDONED: 1},
    ("gather", "intake.gathered"): {Kind.OBJECT_UNKNOWN: 1},
}
DAILY = [("begin", "key.created"), ("keep", "intake.sealed")]


@pytest.fixture
def killed(request: pytest.FixtureRequest, template: Template, tmp_path: Path) -> Iterator[Rooms]:
    """The archive after the kill, two days later."""
    step, failpoint = request.param
    shutil.copytree(template.folder, tmp_path / "data")
    (tmp_path / CAST).write_bytes(pickle.dumps(template))
    assert play(step, failpoint, tmp_path).code == SIGKILL
    house = open_house(tmp_path)
    for unfinished in house.archive.settings.objects.rglob("*.part"):
        os.utime(unfinished, (0, 0))
    house.clock.now = datetime.now(UTC) + timedelta(days=2)
    yield Rooms(house)
    house.archive.close()


def clears_away(rooms: Rooms, left: dict[str, int]) -> None:
    first = rooms.sweep()
    standing = {Kind.DEPOSIT_STANDING, Kind.LEASE_EXPIRED}
    assert {kind: number for kind, number in found(first).items() if kind not in standing} == left
    assert found(rooms.sweep()) == {}
    assert rooms.objects() == set(rooms.rows())


@pytest.mark.parametrize("killed", DAILY, indirect=True, ids=": ".join)
def test_what_a_kill_left_is_cleared_away(killed: Rooms, request: pytest.FixtureRequest) -> None:
    clears_away(killed, LEFT[request.node.callspec.params["killed"]])


@pytest.mark.long
@pytest.mark.parametrize("killed", sorted(LEFT.keys() - set(DAILY)), indirect=True, ids=": ".join)
def test_what_any_other_kill_left_too(killed: Rooms, request: pytest.FixtureRequest) -> None:
    clears_away(killed, LEFT[request.node.callspec.params["killed"]])
