"""One server for one folder: the second is told who has it, before it has touched anything."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.__main__ import app
from archive.cli import keeping, running
from archive.cli.folder_lock import owning
from archive.cli.output import Exit
from archive.core.errors import NotReady
from archive.core.settings import Settings
from tests.cast import House
from tests.crash.story import ROOT


def served(folder: Path) -> Settings:
    return Settings(data=folder, port=8421)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_second_is_told_who_has_the_folder_where_it_serves_and_what_to_do(tmp_path: Path) -> None:
    with owning(served(tmp_path), "serve", serves=True):
        owner = json.loads((tmp_path / "owner.json").read_text())
        with pytest.raises(NotReady) as told, owning(served(tmp_path), "up", serves=True):
            pass
    for words in (
        "juanzong serve",
        f"process {os.getpid()}",
        owner["host"],
        "127.0.0.1:8421",
        owner["since"],
    ):
        assert words in told.value.message
    assert f"kill {os.getpid()}" in told.value.remedy


@pytest.mark.parametrize("command", ["up", "serve", "init"])
def test_a_refused_command_has_touched_nothing(house: House, command: str) -> None:
    """Two ``up`` on two ports: the second would have given the archivist a new password in the middle of the loading."""
    folder = house.archive.settings.data
    with owning(served(folder), "up", serves=True):
        before = everything_in(folder)
        with pytest.raises(NotReady):
            {
                "up": lambda: running.up(folder, 8422, demo=True),
                "serve": lambda: keeping.serve(folder, 8422, 0),
                "init": lambda: keeping.init(folder),
            }[command]()
        assert everything_in(folder) == before


def test_nothing_is_restored_into_a_folder_that_is_in_use(tmp_path: Path) -> None:
    folder, backups = tmp_path / "data", tmp_path / "backups"
    with owning(served(folder), "up", serves=True, makes=True):
        ended = CliRunner().invoke(app, ["restore", str(backups), "--data", str(folder)])
    assert (ended.exit_code, "This folder is in use" in ended.output) == (Exit.UNAVAILABLE, True)


def test_what_only_reads_or_adds_runs_beside_the_server(house: House, tmp_path: Path) -> None:
    folder = house.archive.settings.data
    with owning(served(folder), "serve", serves=True):
        keeping.reindex(folder)
        keeping.export(folder, tmp_path / "log.zip", as_json=True)
        keeping.doctor(folder, as_json=True)
    assert (tmp_path / "log.zip").exists()


def test_when_it_has_ended_the_next_has_the_folder(tmp_path: Path) -> None:
    for _ in range(2):
        with owning(served(tmp_path), "serve", serves=True):
            pass
    assert list(tmp_path.iterdir()) == []


HOLD = """
import sys, time
from pathlib import Path
from archive.cli.folder_lock import owning
from archive.core.settings import Settings
with owning(Settings(data=Path(sys.argv[1])), "serve", serves=True):
    print("mine", flush=True)
    time.sleep(600)
"""


def test_one_that_was_killed_locks_nobody_out(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mine\n"
        with pytest.raises(NotReady, match=f"process {holder.pid}"), owning(served(tmp_path), "up"):
            pass
        holder.send_signal(signal.SIGKILL)
    assert (tmp_path / "owner.json").exists()
    with owning(served(tmp_path), "up"):
        pass


def test_of_many_that_come_at_once_exactly_one_wins(tmp_path: Path) -> None:
    start, through = threading.Barrier(8), threading.Barrier(8)
    won, lost = [], []

    def try_it() -> None:
        start.wait()
        with ExitStack() as held:
            try:
                held.enter_context(owning(served(tmp_path), "up", serves=True))
                won.append(1)
            except NotReady as refused:
                lost.append(refused.message)
            through.wait()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len([words for words in lost if f"process {os.getpid()}" in words]) == 7


def test_the_lock_lies_on_the_folder_not_on_the_file_that_names_its_owner(tmp_path: Path) -> None:
    with owning(served(tmp_path), "serve", serves=True):
        (tmp_path / "owner.json").unlink()
        with pytest.raises(NotReady), owning(served(tmp_path), "up"):
            pass


def test_a_child_that_outlives_its_server_does_not_hold_the_folder(tmp_path: Path) -> None:
    with owning(served(tmp_path), "serve"):
        child = subprocess.Popen(["sleep", "60"])
    with owning(served(tmp_path), "serve"):
        child.kill()
        child.wait()


def test_a_disk_without_locks_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(NotReady) as told, owning(served(tmp_path), "up"):
        pass
    assert "keeps no locks" in told.value.message
    assert "local disk" in told.value.remedy


def test_a_folder_without_an_archive_is_not_made_by_serving_it(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="holds no archive"):
        keeping.serve(tmp_path / "data", 8422, 0)
    assert not (tmp_path / "data").exists()
