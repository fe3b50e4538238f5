"""What `juanzong doctor` says about the reading program: the launcher in force, each of its walls, what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from archive.cli.doctor import Finding, examine
from archive.core.settings import Settings

Launcher = Literal["auto", "bwrap", "container", "bare"]


def findings(data: Path, launcher: Launcher) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(Settings(data=data, launcher=launcher))}


def test_the_safest_launcher_is_in_force_without_a_setting(tmp_path: Path) -> None:
    assert findings(tmp_path, "auto")["sandbox"].words.startswith("bwrap: no network")


@pytest.mark.parametrize(
    ("launcher", "namespaces"),
    [("bwrap", "namespaces of its own: net, pid"), ("container", "no namespaces of its own")],
)
def test_each_wall_is_named(tmp_path: Path, launcher: Launcher, namespaces: str) -> None:
    found = findings(tmp_path, launcher)

    assert found["sandbox"].ok
    assert found["walls"].ok
    assert namespaces in found["walls"].words
    for wall in ("Landlock", "seccomp", "3072 MiB of memory", "no new privileges"):
        assert wall in found["walls"].words


def test_bare_is_red_whatever_the_kernel_offers(tmp_path: Path) -> None:
    found = findings(tmp_path, "bare")

    assert not found["sandbox"].ok
    assert "NO isolation" in found["sandbox"].words


def test_a_data_folder_that_the_reading_program_would_see_is_red() -> None:
    found = findings(Path("/usr/local/archive"), "auto")["sandbox"]

    assert not found.ok
    assert "Move the data folder" in found.words
