"""What a program that took the reader over could reach from inside the sandbox."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from ocr.launchers import BareLauncher, BwrapLauncher, Launcher, LauncherUnavailable, choose_launcher, discard
from ocr.places import PACKAGE

TOOLS = """
import json, os, socket, sys

def attempt(action):
    try:
        return action()
    except OSError as error:
        return type(error).__name__

def read(path):
    with open(path) as file:
        return file.read()

def write(path):
    with open(path, "w") as file:
        file.write("x")
    return "written"

def connect(port):
    socket.create_connection(("127.0.0.1", port), timeout=2).close()
    return "connected"

def tell(**found):
    os.write(1, json.dumps(found).encode())
"""


def inside(launcher: Launcher, program: str) -> dict[str, Any]:
    with os.fdopen(os.memfd_create("errors"), "r+b", buffering=0) as errors:
        started = launcher.start(["-c", TOOLS + program], errors)
        try:
            told, _ = started.process.communicate(timeout=60)
        finally:
            discard(started)
        errors.seek(0)
        assert started.process.returncode == 0, errors.read()
    found: dict[str, Any] = json.loads(told)
    return found


@pytest.fixture(scope="module")
def bwrap() -> Launcher:
    launcher = choose_launcher(("bwrap",))
    assert isinstance(launcher, BwrapLauncher)
    return launcher


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    path.write_text("sealed", encoding="utf-8")
    return path


def test_the_archive_s_files_are_not_there(bwrap: Launcher, secret: Path) -> None:
    program = f"tell(read=attempt(lambda: read({str(secret)!r})), folder=attempt(lambda: os.listdir({str(secret.parent)!r})))"

    assert inside(bwrap, program) == {"read": "FileNotFoundError", "folder": "FileNotFoundError"}


def test_the_same_program_without_isolation_does_reach_them(secret: Path) -> None:
    assert inside(BareLauncher(), f"tell(read=attempt(lambda: read({str(secret)!r})))") == {"read": "sealed"}


def test_no_code_of_the_archive_and_no_home_folder_is_there(bwrap: Launcher) -> None:
    checkout = PACKAGE.parent

    found = inside(
        bwrap, f"tell(app=os.listdir('/app'), archive=os.path.exists({str(checkout / 'archive')!r}))"
    )

    assert found == {"app": ["ocr"], "archive": False}


def test_the_network_is_not_there(bwrap: Launcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        program = (
            f"tell(loopback=attempt(lambda: connect({port})), devices=os.listdir('/proc/sys/net/ipv4/conf'))"
        )
        found = inside(bwrap, program)

    assert found["loopback"] == "ConnectionRefusedError"
    assert set(found["devices"]) == {"all", "default", "lo"}


def test_the_same_program_without_isolation_does_reach_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        assert inside(BareLauncher(), f"tell(loopback=attempt(lambda: connect({port})))") == {
            "loopback": "connected"
        }


def test_no_other_process_is_seen(bwrap: Launcher) -> None:
    found = inside(bwrap, "tell(processes=[int(name) for name in os.listdir('/proc') if name.isdigit()])")

    assert max(found["processes"]) < 10


def test_nothing_can_be_written_but_scratch_files_in_memory(bwrap: Launcher) -> None:
    program = """
tell(
    app=attempt(lambda: write("/app/ocr/child.py")),
    usr=attempt(lambda: write("/usr/lib/x")),
    python=attempt(lambda: write(os.path.join(sys.prefix, "x"))),
    root=attempt(lambda: write("/x")),
    devices=attempt(lambda: write("/dev/x")),
    shared=attempt(lambda: write("/dev/shm/x")),
    nothing=attempt(lambda: write("/dev/null")),
    scratch=attempt(lambda: write(os.path.join(os.environ["TMPDIR"], "x"))),
    scratch_is_memory=any(line.split()[1:3] == ["/tmp", "tmpfs"] for line in open("/proc/mounts")),
)
"""
    assert inside(bwrap, program) == {
        "app": "OSError",
        "usr": "OSError",
        "python": "OSError",
        "root": "OSError",
        "devices": "OSError",
        "shared": "OSError",
        "nothing": "written",
        "scratch": "written",
        "scratch_is_memory": True,
    }


def test_no_capability_and_no_open_file_is_inherited(bwrap: Launcher, secret: Path) -> None:
    program = """
caps = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))]
files = [os.readlink("/proc/self/fd/" + name) for name in os.listdir("/proc/self/fd") if int(name) > 2 and os.path.lexists("/proc/self/fd/" + name)]
tell(caps=caps, files=[name for name in files if not name.startswith("/proc/")])
"""
    with secret.open("rb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        found = inside(bwrap, program)

    assert found == {"caps": ["0" * 16] * 3, "files": []}


@pytest.mark.skipif(os.getuid() == 0, reason="Linux does not count the processes of root")
def test_it_cannot_multiply_without_end(bwrap: Launcher) -> None:
    program = """
from ocr.harden import harden
harden()
children = []
def multiply():
    while len(children) < 500:
        child = os.fork()
        if child == 0:
            os.read(0, 1)
            os._exit(0)
        children.append(child)
refused = attempt(multiply)
for child in children:
    os.kill(child, 9)
tell(refused=refused, few=len(children) < 70)
"""
    assert inside(bwrap, program) == {"refused": "BlockingIOError", "few": True}


@pytest.mark.parametrize("launcher", ["bwrap", "bare"])
def test_no_environment_variable_is_inherited(launcher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUANZONG_PASSPHRASE", "secret")

    found = inside(choose_launcher((launcher,)), "tell(names=sorted(os.environ))")

    assert "JUANZONG_PASSPHRASE" not in found["names"]
    assert {"TMPDIR", "OMP_THREAD_LIMIT"} <= set(found["names"])


def test_bare_is_refused_unless_it_is_allowed_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(LauncherUnavailable) as caught:
        choose_launcher(("bwrap",))

    assert "bubblewrap" in caught.value.remedy


def test_falling_back_to_bare_is_said_loudly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    launcher = choose_launcher(("bwrap", "bare"))

    assert launcher.name == "bare"
    assert "NO isolation" in launcher.describe()
    assert "WITHOUT isolation" in caplog.text


def test_a_bwrap_that_does_not_work_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n", encoding="utf-8"
    )
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: str(broken))

    with pytest.raises(LauncherUnavailable, match="uid map"):
        choose_launcher(("bwrap",))
