"""What a program that took the reader over reaches, under each launcher, once its own walls are up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ocr import launchers
from ocr.landlock import version
from ocr.launchers import (
    BareLauncher,
    Launcher,
    LauncherUnavailable,
    Started,
    choose_launcher,
    discard,
    is_memory,
    walls_of,
)
from ocr.places import PACKAGE
from tests.ocr.rogue import Outside

ROGUE = (Path(__file__).parent / "rogue.py").read_text("utf-8")
VARIABLE, INHERITED = "JUANZONG_PASSPHRASE", 200
ABSTRACT = f"\0juanzong-{os.getpid()}"
LAUNCHERS = ["bwrap", "container"]
HARMLESS = [
    "read the archive",
    "list the archive's folder",
    "read the accounts",
    "read its environment",
    "read its state",
    "find where it works",
    "signal it",
    "limit it",
    "hold it",
    "connect by TCP",
    "connect to a socket in a folder",
    "connect to an abstract socket",
    "ask the kernel by netlink",
    "list all processes",
    "fill memory that is not counted",
]
"""Attempts that leave no trace: what any program of the same user may do."""


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """An archive in the same file system as the scratch files, a process of the same user, and somebody who listens."""
    with (
        tempfile.TemporaryDirectory(dir="/dev/shm") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        closing(_listening(f"{folder}/socket")),
        closing(_listening(ABSTRACT)),
        subprocess.Popen(["sleep", "600"], start_new_session=True) as victim,
        pytest.MonkeyPatch.context() as patch,
    ):
        secret = Path(folder, "archive.db")
        secret.write_text("sealed", encoding="utf-8")
        patch.setenv(VARIABLE, "secret")
        inherited = os.open(secret, os.O_RDONLY)
        os.dup2(inherited, INHERITED, inheritable=True)
        yield Outside(
            walls="first",
            landlock=version(),
            attempts=[],
            secret=str(secret),
            home=str(Path.home()),
            victim=victim.pid,
            port=server.getsockname()[1],
            unix=f"{folder}/socket",
            abstract=ABSTRACT,
            descriptor=INHERITED,
            variable=VARIABLE,
        )
        os.close(INHERITED)
        os.close(inherited)
        victim.kill()


def _listening(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    return listener


def told_by(launcher: Launcher, program: str, *arguments: str) -> tuple[str, Started]:
    with os.fdopen(os.memfd_create("errors"), "r+b", buffering=0) as errors:
        started = launcher.start(["-c", program, *arguments], errors)
        try:
            told, _ = started.process.communicate(timeout=60)
        finally:
            discard(started)
        errors.seek(0)
        assert started.process.returncode == 0, errors.read()
    return told.decode(), started


def through(launcher: Launcher, outside: Outside, walls: str, attempts: list[str]) -> list[str]:
    facts = asdict(outside) | {"walls": walls, "attempts": attempts}
    told, _ = told_by(launcher, ROGUE, json.dumps(facts))
    found: list[str] = json.loads(told)
    return found


@pytest.mark.parametrize("name", LAUNCHERS)
@pytest.mark.parametrize("walls", ["first", "all"])
def test_nothing_a_rogue_program_tries_gets_through(outside: Outside, name: str, walls: str) -> None:
    assert through(choose_launcher((name,)), outside, walls, []) == []


@pytest.mark.parametrize("landlock", [1, 2, 3, 4, 5, 6])
def test_the_landlock_of_older_kernels_and_seccomp_keep_the_same_out(outside: Outside, landlock: int) -> None:
    older = replace(outside, landlock=landlock)

    assert through(choose_launcher(("container",)), older, "first", []) == []


@pytest.mark.parametrize("name", LAUNCHERS)
def test_what_it_tried_to_change_is_unchanged(outside: Outside, name: str) -> None:
    secret = Path(outside.secret)
    before = secret.stat()

    through(choose_launcher((name,)), outside, "first", [])

    assert secret.read_text("utf-8") == "sealed"
    assert (secret.stat().st_mode, secret.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert sorted(path.name for path in secret.parent.iterdir()) == ["archive.db", "socket"]


def test_without_walls_the_same_attempts_do_get_through(outside: Outside) -> None:
    assert set(through(BareLauncher(), outside, "none", HARMLESS)) == set(HARMLESS)


def test_the_walls_stand_under_bare_too_where_the_kernel_has_them(outside: Outside) -> None:
    assert through(BareLauncher(), outside, "first", []) == []


@pytest.mark.parametrize("name", LAUNCHERS)
def test_no_scratch_file_is_left_when_it_ends(name: str) -> None:
    leave = "import os, pathlib; p = pathlib.Path(os.environ['TMPDIR'], 'x'); p.write_text('page'); print(p)"
    told, _ = told_by(choose_launcher((name,)), leave)

    assert told.startswith(("/dev/shm/juanzong-ocr-", "/tmp/x"))
    assert not Path(told.strip()).parent.joinpath("x").exists()


LEAVE_SOMETHING = """
import os, time
from ocr.harden import harden
harden()
if os.fork() == 0:
    os.close(1)
    time.sleep(600)
os.write(1, str(os.getpid()).encode())
"""


@pytest.mark.parametrize("name", ["container", "bare"])
def test_what_it_left_running_ends_with_it(name: str) -> None:
    _, started = told_by(choose_launcher((name,)), LEAVE_SOMETHING)

    assert eventually(lambda: not running_in_group(started.process.pid))


KILLED_PARENT = """
import os, sys
from ocr.launchers import choose_launcher
started = choose_launcher(("container",)).start(["-c", sys.argv[1]], sys.stderr.buffer)
started.process.stdout.read(1)
os.write(1, f"{started.process.pid} {started.scratch}".encode())
os.kill(os.getpid(), 9)
"""
WRITE_AND_WAIT = """
import os, pathlib, time
from ocr.harden import harden
harden()
pathlib.Path(os.environ["TMPDIR"], "page").write_text("text")
os.write(1, b"x")
time.sleep(600)
"""


def test_when_its_parent_is_killed_it_ends_and_the_next_start_removes_its_scratch_files() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_PARENT, WRITE_AND_WAIT],
        capture_output=True,
        cwd=PACKAGE.parent,
        check=False,
        timeout=60,
    )
    pid, scratch = killed.stdout.decode().split()

    assert killed.returncode == -9
    assert eventually(lambda: not running_in_group(int(pid)))
    choose_launcher(("container",))
    assert not Path(scratch).exists()


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.05)
    return False


def running_in_group(group: int) -> list[int]:
    """Processes of the group that are not just waiting to be buried."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


WAIT = "import os; from ocr.harden import harden; harden(); os.write(1, b'x'); os.read(0, 1)"


@pytest.mark.parametrize("name", ["bwrap", "container", "bare"])
def test_when_memory_runs_out_the_kernel_takes_it_and_not_its_parent(name: str) -> None:
    with os.fdopen(os.memfd_create("errors"), "r+b", buffering=0) as errors:
        started = choose_launcher((name,)).start(["-c", WAIT], errors)
        try:
            assert started.process.stdout is not None
            started.process.stdout.read(1)
            scores = [
                Path("/proc", str(pid), "oom_score_adj").read_text("utf-8").strip()
                for pid in descendants(started.process.pid)
            ]
        finally:
            discard(started)

    assert scores[-1] == "1000"
    assert Path("/proc/self/oom_score_adj").read_text("utf-8").strip() != "1000"


def descendants(pid: int) -> list[int]:
    """The process and what it started, youngest last."""
    below = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if int(path.read_text("utf-8").rpartition(")")[2].split()[1]) == pid
    ]
    return [pid, *(one for child in below for one in descendants(child))]


def test_bwrap_gives_namespaces_of_its_own_and_both_walls_besides() -> None:
    walls = walls_of(choose_launcher(("bwrap",)))

    assert set(walls.namespaces) == {"net", "pid", "ipc", "mnt", "uts", "user"}
    assert (walls.landlock > 0, walls.seccomp, walls.no_new_privileges) == (True, True, True)


def test_container_has_the_walls_alone() -> None:
    walls = walls_of(choose_launcher(("container",)))

    assert walls.namespaces == ()
    assert (walls.landlock > 0, walls.seccomp, walls.no_new_privileges) == (True, True, True)


def test_the_safest_that_works_is_taken_and_never_bare() -> None:
    assert choose_launcher(("auto",)).name == "bwrap"
    assert choose_launcher(("bare", "container")).name == "container"


@pytest.mark.parametrize("place", [Path("/usr/local/archive"), Path(sys.prefix, "data"), PACKAGE / "data"])
def test_a_folder_that_the_child_would_see_is_refused(place: Path) -> None:
    with pytest.raises(LauncherUnavailable) as caught:
        choose_launcher(("auto", "bare"), hidden=place)

    assert "Move the data folder" in caught.value.remedy


def test_a_link_does_not_hide_that_the_child_would_see_a_folder(tmp_path: Path) -> None:
    link = tmp_path / "data"
    link.symlink_to("/usr/share")

    with pytest.raises(LauncherUnavailable, match="the reading program sees"):
        choose_launcher(hidden=link)


def test_any_other_folder_is_as_hidden_as_before(tmp_path: Path) -> None:
    assert choose_launcher(("bwrap",), hidden=tmp_path / "data").name == "bwrap"


@pytest.mark.parametrize(
    ("mounts", "is_in_memory"),
    [
        ("tmpfs /dev/shm tmpfs rw 0 0", True),
        ("overlay / overlay rw 0 0", False),
        ("tmpfs /dev/shm tmpfs rw 0 0\n/dev/vda1 /dev/shm ext4 rw 0 0", False),
        ("overlay / overlay rw 0 0\ntmpfs /dev tmpfs rw 0 0", True),
    ],
)
def test_scratch_files_are_kept_where_the_file_system_is_memory(
    tmp_path: Path, mounts: str, is_in_memory: bool
) -> None:
    table = tmp_path / "mounts"
    table.write_text(mounts, encoding="utf-8")

    assert is_memory(Path("/dev/shm"), table) is is_in_memory


def test_without_shared_memory_nothing_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(launchers, "_SHARED_MEMORY", tmp_path / "none")

    with pytest.raises(LauncherUnavailable) as caught:
        choose_launcher(("container",))

    assert "Mount a tmpfs" in caught.value.remedy
