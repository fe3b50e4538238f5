"""Real small disks that run full or read-only, and go on: what people are told, and that nothing is half done."""

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.desks.intake.operations import IS_TRIED_AGAIN
from tests.cast import Template
from tests.crash.scene import CAST
from tests.crash.story import ROOT

NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


@cache
def can_mount() -> bool:
    """Where this machine gives a process a mount namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    tried = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.fixture
def play(template: Template, tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    if not can_mount():
        pytest.skip("this machine lets nobody mount a disk of his own (unshare --user --mount)")
    (tmp_path / CAST).write_bytes(pickle.dumps(template))

    def played(scene: str) -> dict[str, Any]:
        command = [*NAMESPACE, sys.executable, "-m", "tests.crash.disk_scene", scene, str(tmp_path)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
        assert ended.returncode == 0, ended.stderr
        told: dict[str, Any] = json.loads(ended.stdout)
        return told

    return played


NOT_LOGGED = "no entry can be written in the log, so nothing was changed and nothing is shown."


def test_on_a_full_disk_nothing_is_taken_or_shown_and_all_goes_on_when_there_is_room(
    play: Callable[[str], dict[str, Any]],
) -> None:
    full = f"database_unavailable: The disk of the database is full: {NOT_LOGGED} Make room, then try again."
    assert play("one_disk") == {
        "upload": full,
        "page": full,
        "worker": full,
        "nothing half": True,
        "read afterwards": "read",
        "upload afterwards": "done",
        "page afterwards": "done",
    }


@pytest.mark.long
def test_while_the_objects_disk_is_full_files_wait_unblamed_and_say_for_what(
    play: Callable[[str], dict[str, Any]],
) -> None:
    told = play("objects_disk")
    assert told == {
        "upload": "store_full: The disk of the archive is full; nothing of this file was kept. Free some room, then send it again.",
        "accepted": [True, True],
        "board": [
            "reading",
            "The disk of the archive is full; this waits until there is room.",
            IS_TRIED_AGAIN,
        ],
        "attempts": [0, 0],
        "a whole file is shown": True,
        "read afterwards": ["read", "read"],
    }


@pytest.mark.long
def test_an_objects_disk_that_turns_read_only_still_gives_and_takes_again_without_a_restart(
    play: Callable[[str], dict[str, Any]],
) -> None:
    told = play("objects_read_only")
    assert told.pop("upload").startswith(
        "store_unavailable: The objects folder cannot be used: Read-only file system."
    )
    assert told == {
        "read": True,
        "board": ["reading", "The objects folder cannot be used; this waits until it can."],
        "read afterwards": "read",
        "upload afterwards": "done",
    }


def test_a_folder_that_cannot_be_written_is_refused_at_the_start(
    play: Callable[[str], dict[str, Any]],
) -> None:
    assert play("folder_read_only") == {
        "start": "not_ready: The folder of the archive cannot be written: Read-only file system."
        " Find out why its disk is mounted read-only, and mount it for writing."
    }


def test_an_export_without_room_says_so_and_leaves_nothing(play: Callable[[str], dict[str, Any]]) -> None:
    assert play("exports_disk") == {
        "export": "store_full: There is no room on the archive's disk to write the log out. Make room, then try again.",
        "left": [],
        "export afterwards": "done",
    }
