"""Unpacking a bag and judging it as a court would: other people's tools, and the packed verifier without this program."""

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import bagit
import httpx

from tests.cast import Person
from tests.web.visiting import Visitors


@dataclass(frozen=True)
class Verdict:
    code: int
    words: str


def take(
    web: Visitors, package: UUID, *, by: Person | None = None, purpose: str = "litigation"
) -> httpx.Response:
    program = web.program(by or web.house.legal)
    return program.post(f"/api/v1/evidence/{package}/export", json={"purpose": purpose})


def unpacked(answer: httpx.Response, folder: Path) -> Path:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    [bag] = folder.iterdir()
    return bag


def packed_verifier(bag: Path, *words: str) -> Verdict:
    """In an empty environment, isolated: no package of ours can be found."""
    command = [sys.executable, "-I", str(bag / "verify.py"), *words]
    done = subprocess.run(command, cwd="/", env={}, capture_output=True, check=False)
    assert done.stderr == b"", done.stderr.decode()
    return Verdict(done.returncode, done.stdout.decode())


def is_valid(bag: Path) -> bool:
    return bool(bagit.Bag(str(bag)).is_valid())


def sums_hold(bag: Path) -> bool:
    command = ["sha256sum", "--quiet", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    return subprocess.run(command, cwd=bag, capture_output=True, check=False).returncode == 0
