"""The reading program's walls stand before it loads a library of others and before it reads a byte of a frame."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocr.launchers import choose_launcher, discard
from ocr.places import PACKAGE

WITH_WALLS = {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0" * 16, "CapPrm": "0" * 16}


def state_of(pid: int) -> dict[str, str]:
    lines = Path("/proc", str(pid), "status").read_text("utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: fields[name].strip() for name in WITH_WALLS}


@pytest.mark.parametrize("name", ["container", "bare"])
def test_the_walls_stand_before_anything_is_read(name: str) -> None:
    with os.fdopen(os.memfd_create("errors"), "r+b", buffering=0) as errors:
        started = choose_launcher((name,)).start(["-m", "ocr.child"], errors)
        try:
            for _ in range(400):
                if state_of(started.process.pid) == WITH_WALLS:
                    break
                time.sleep(0.05)
            assert state_of(started.process.pid) == WITH_WALLS
        finally:
            discard(started)


def test_the_walls_stand_before_a_library_of_others_is_loaded() -> None:
    program = """
import json, sys
before = set(sys.modules)
import ocr.child
own = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(own - sys.stdlib_module_names)))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, check=True, timeout=60
    )

    assert json.loads(ended.stdout) == ["ocr"]
