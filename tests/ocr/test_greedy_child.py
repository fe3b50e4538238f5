"""A reader that takes more than it is given is ended; the program that reads through it goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from ocr.launchers import Launcher, Started, choose_launcher
from ocr.sandbox import Code, Limits, Unacceptable, launch
from tests.ocr import drawing

GREEDY = (Path(__file__).parent / "greedy.py").read_text("utf-8")
SCAN = drawing.picture_bytes(drawing.page(drawing.SIMPLIFIED), "PNG")
BRIEF = Limits(probe_cpu=1, patience=1.0, start_wall=2.0)
SMALL = Limits(engine_memory=192 << 20, render_memory=64 << 20)


@dataclass(frozen=True)
class Overtaken:
    """A real launcher that is made to start the greedy program in place of the reader."""

    launcher: Launcher
    how: str
    started: list[Started] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.launcher.name

    def start(self, _program: Collection[str], errors: IO[bytes], /) -> Started:
        self.started.append(self.launcher.start(["-c", GREEDY, self.how], errors))
        return self.started[-1]

    def describe(self) -> str:
        return self.launcher.describe()


def refusal(overtaken: Overtaken, limits: Limits) -> Unacceptable:
    with (
        launch(
            overtaken, lambda at, length: SCAN[at : at + length], "a.png", len(SCAN), limits, "rapidocr"
        ) as sandbox,
        pytest.raises(Unacceptable) as caught,
    ):
        sandbox.probe()
    return caught.value


@pytest.mark.parametrize("name", ["bwrap", "container"])
def test_one_that_ignores_the_end_of_its_cpu_time_is_ended_by_the_clock(name: str) -> None:
    overtaken = Overtaken(choose_launcher((name,)), "time")

    assert refusal(overtaken, BRIEF).code is Code.TIMEOUT
    assert overtaken.started[0].process.returncode == -9


@pytest.mark.parametrize("name", ["bwrap", "container"])
def test_one_that_raises_its_own_limit_of_memory_ends_at_the_limit_of_a_life(name: str) -> None:
    overtaken = Overtaken(choose_launcher((name,)), "memory")

    refused = refusal(overtaken, SMALL)

    assert refused.code is Code.OUT_OF_MEMORY
    assert "more memory than is allowed" in refused.reason


def test_an_engine_that_hoards_memory_leaves_a_reading_that_says_so_under_container() -> None:
    poor = Limits(engine_memory=800 << 20)
    stack = drawing.tiff_bytes([drawing.page(drawing.SIMPLIFIED)] * 2)

    with launch(
        choose_launcher(("container",)),
        lambda at, length: stack[at : at + length],
        "a.tif",
        len(stack),
        poor,
        "failing:hoard",
    ) as sandbox:
        readings = [sandbox.read_page(number).text.reason for number in (1, 2)]

    assert [reason is not None and "more memory than is allowed" in reason for reason in readings] == [
        True
    ] * 2


@pytest.mark.parametrize("engine", ["rapidocr", "tesseract:chi_sim"])
def test_both_engines_read_within_the_walls_of_container(engine: str) -> None:
    with launch(
        choose_launcher(("container",)),
        lambda at, length: SCAN[at : at + length],
        "a.png",
        len(SCAN),
        Limits(),
        engine,
    ) as sandbox:
        assert "陈小明" in sandbox.read_page(1).text.text.replace(" ", "")
