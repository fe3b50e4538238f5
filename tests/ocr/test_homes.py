"""The reading program starts wherever Python lives, below the folder of temporary files too."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ocr import launchers


def test_a_python_below_tmp_is_not_hidden_by_the_childs_own_tmp(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        tool = Path(home) / "tool"
        tool.write_text("#!/bin/sh\nexit 0\n")
        tool.chmod(0o755)
        monkeypatch.setattr(launchers, "python_homes", lambda: [home, sys.base_prefix])
        command = ["bwrap", *launchers._isolation(), str(tool)]
        assert subprocess.run(command, check=False, timeout=30).returncode == 0
