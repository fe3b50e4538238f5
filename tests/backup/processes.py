"""Processes that back up, restore and die: children of one that has loaded everything once and opened nothing."""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.__main__ import main as command_line
from archive.backup.checking import chosen
from archive.backup.making import back_up
from archive.backup.restoring import Wanted, restore
from archive.core.settings import Settings
from archive.core.vault.keyfile import load_root
from archive.wiring import open_archive
from tests.backup.doing import CHEAP, PASSPHRASE, quiet
from tests.cast import Clock


def kill(act: str, failpoint: str, data: Path, target: Path) -> None:
    """Backs up, leaving one snapshot, or restores the newest one, and dies at the failpoint."""
    assert _ended(_die, act, failpoint, data, target) == -signal.SIGKILL


@dataclass(frozen=True)
class Told:
    code: int | None
    envelope: dict[str, Any]


def juanzong(scratch: Path, *words: object, **environment: str) -> Told:
    """The command line with ``--json``, and nobody at a terminal."""
    out = scratch / "told.json"
    code = _ended(_command, (*map(str, words), "--json"), environment, out)
    return Told(code, json.loads(out.read_text()))


def _ended(act: Callable[..., None], *given: object) -> int | None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__, "archive.cli.backups"])
    process = processes.Process(target=act, args=given)
    process.start()
    process.join(60)
    return process.exitcode


def _die(act: str, failpoint: str, data: Path, target: Path) -> None:
    settings, clock = Settings(data=data), Clock()
    if act == "restore":
        os.environ["JUANZONG_FAILPOINT"] = failpoint
        restore(chosen(target, None, PASSPHRASE), Wanted(settings, None, None, CHEAP, clock), quiet)
        return
    archive = open_archive(settings, clock=clock)
    root = load_root(settings.key_file, None)
    os.environ["JUANZONG_FAILPOINT"] = failpoint
    back_up(archive, root, target, PASSPHRASE, keep=1, watch=quiet, cost=CHEAP)


def _command(words: tuple[str, ...], environment: dict[str, str], out: Path) -> None:
    os.environ.update(environment)
    sys.argv = ["juanzong", *words]
    with out.open("w") as sys.stdout, Path(os.devnull).open() as sys.stdin:
        command_line()
