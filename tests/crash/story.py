"""The main job step by step, with the archive's folder kept as it stood before each of them."""

import pickle
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from archive.core.audit.checkpoint import keepsake
from archive.core.audit.log import newest_note
from tests.cast import House, Template
from tests.crash.scene import ACKNOWLEDGED, CAST, STEPS, open_house

ROOT = Path(__file__).parents[2]
REMEMBERED = "remembered.txt"
TOLD_BY_KILL = {"read": "gate.after-commit", "read on": "gate.after-commit"}
"""Steps that end in the middle of a job: the worker is killed when the commit of one page is durable."""

BESIDE = {"send", "gather", "begin"}
"""Steps that begin a deposit of their own, as "keep" does, and lead nowhere in the story."""

SIGKILL = -9


@dataclass(frozen=True)
class Played:
    """What was seen from outside: how the process ended, and whether the person was told that it was done."""

    code: int
    acknowledged: bool
    complaint: str


def play(step: str, failpoint: str, folder: Path) -> Played:
    hours = str(list(STEPS).index(step))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crash.scene", step, failpoint, str(folder), hours],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Played(ended.returncode, ended.stdout == ACKNOWLEDGED, ended.stderr)


def tell(template: Template, shelf: Path) -> None:
    """Plays every step; ``shelf / step`` is the folder as it stood before it, with a checkpoint remembered outside."""
    now = shelf / "now"
    shutil.copytree(template.folder, now / "data")
    (now / CAST).write_bytes(pickle.dumps(template))
    open_the_volume(now)
    for step in STEPS:
        remember(now)
        shutil.copytree(now, shelf / step)
        if step in BESIDE:
            continue
        played = play(step, TOLD_BY_KILL.get(step, "-"), now)
        assert played.code == (SIGKILL if step in TOLD_BY_KILL else 0), played.complaint


def open_the_volume(folder: Path) -> None:
    house = open_house(folder)
    house.open_volume()
    house.archive.close()


def remember(folder: Path) -> None:
    """Signs what is logged so far and keeps the checkpoint beside the archive, as an auditor would at home."""
    house = open_house(folder)
    house.archive.sequence_log()
    (folder / REMEMBERED).write_text(_keepsake(house))
    house.archive.close()


def _keepsake(house: House) -> str:
    note = house.read(newest_note)
    assert note is not None
    return keepsake(house.archive.verifier_key, note)
