"""`./start` on a machine whose AppArmor forbids user namespaces, with root and without."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ocr.places import PACKAGE

WORKS, FAILS = "exit 0", "exit 1"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs that stand in for those of the machine; what sudo runs is only written down."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("cat", "bash"):
        (folder / name).symlink_to(f"/bin/{name}")
    program(folder / "id", "echo 1000")
    program(folder / "bwrap", FAILS)
    return folder


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def allow_bwrap(tools: Path, restricted: str = "1") -> str:
    flag = tools / "flag"
    flag.write_text(restricted, encoding="utf-8")
    script = f"set -euo pipefail; . install/bootstrap.sh; allow_bwrap {flag}; echo on"
    ended = subprocess.run(
        ["/bin/bash", "-c", script],
        env={"PATH": str(tools)},
        cwd=PACKAGE.parent,
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    assert ended.stdout.endswith("on\n")
    return ended.stdout


def test_nothing_is_done_where_namespaces_are_not_restricted(tools: Path) -> None:
    assert allow_bwrap(tools, restricted="0") == "on\n"


def test_nothing_is_done_where_a_profile_of_the_system_lets_bwrap_work(tools: Path) -> None:
    program(tools / "bwrap", WORKS)

    assert allow_bwrap(tools) == "on\n"


def test_with_root_the_profile_is_installed_and_tried(tools: Path) -> None:
    done = tools / "done"
    program(tools / "sudo", f'echo "$@" >>{done}')
    program(tools / "bwrap", f"[ -e {done} ]")

    assert "Installing the AppArmor profile" in allow_bwrap(tools)
    assert done.read_text("utf-8").splitlines() == [
        "cp ocr/apparmor-bwrap.profile /etc/apparmor.d/bwrap",
        "apparmor_parser -r /etc/apparmor.d/bwrap",
    ]


@pytest.mark.parametrize("sudo", [None, FAILS])
def test_without_root_it_says_what_to_run_and_goes_on(tools: Path, sudo: str | None) -> None:
    if sudo is not None:
        program(tools / "sudo", sudo)

    said = allow_bwrap(tools)

    assert f"cp {PACKAGE.parent}/ocr/apparmor-bwrap.profile /etc/apparmor.d/bwrap" in said
    assert "apparmor_parser -r /etc/apparmor.d/bwrap" in said
