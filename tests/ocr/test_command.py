"""`python -m ocr FILE...`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ocr.places import PACKAGE
from tests.ocr import drawing


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocr", *arguments],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        check=False,
        timeout=120,
    )


def test_it_prints_every_page_and_ends_with_0(tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(drawing.pdf_bytes(*[drawing.lines_of_text(drawing.SIMPLIFIED)] * 2))

    ended = run(str(path))

    assert ended.stdout.count("住院号 ZY20240317") == 2
    assert ended.returncode == 0


def test_a_bad_file_is_explained_and_it_ends_with_6(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"PK\x03\x04")

    ended = run(str(path))

    assert "archive of packed files" in ended.stderr
    assert ended.returncode == 6
