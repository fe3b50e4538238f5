"""A child that somebody kills says nothing about the page it had in its hands: a fresh one is asked the same."""

import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import IO

import pytest

from ocr.facts import Limits, Unacceptable
from ocr.frames import FrameType, encode_range, encode_record
from ocr.launchers import Started
from ocr.sandbox import Sandbox, launch

PROBED = encode_record(
    FrameType.PROBED,
    {
        "kind": "png",
        "pages": [{"number": 1, "width": 9, "height": 9, "dpi": 150}],
        "has_text": False,
        "remarks": [],
        "attachments": [],
    },
)
DIES = f"os.write(1, {encode_range(0, 1)!r}); os.kill(os.getpid(), 9)"
ANSWERS = f"os.write(1, {PROBED!r}); time.sleep(60)"


@dataclass
class Killer:
    """The first ``kills`` programs it starts are killed when they have spoken; those that follow answer."""

    kills: int
    started: int = 0
    name: str = field(default="killer", init=False)

    def start(self, _program: Collection[str], errors: IO[bytes], /) -> Started:
        does = DIES if self.started < self.kills else ANSWERS
        self.started += 1
        process = subprocess.Popen(
            [sys.executable, "-c", f"import os, time; {does}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            bufsize=0,
        )
        return Started(process, None)

    def describe(self) -> str:
        return "keeps nothing out"


def examining(killer: Killer) -> Sandbox:
    return launch(killer, lambda _offset, length: bytes(length), "a.png", 10, Limits(), "rapidocr")


def test_a_file_whose_child_is_killed_twice_is_examined_all_the_same() -> None:
    killer = Killer(kills=2)
    with examining(killer) as sandbox:
        assert len(sandbox.probe().pages) == 1
    assert killer.started == 3


def test_a_file_whose_child_is_killed_three_times_is_to_blame() -> None:
    killer = Killer(kills=3)
    with examining(killer) as sandbox, pytest.raises(Unacceptable, match="SIGKILL"):
        sandbox.probe()
    assert killer.started == 3


def test_each_question_is_forgiven_its_own_kills() -> None:
    killer = Killer(kills=2)
    with examining(killer) as sandbox:
        sandbox.probe()
        sandbox.close()
        killer.kills = killer.started + 2
        assert len(sandbox.probe().pages) == 1
