"""PDF pages that take the reading program down: the page is told to be unreadable, the file and its other pages stay."""

from __future__ import annotations

import pytest

from ocr.sandbox import Code, Limits, PageUnreadable, Sandbox, Unacceptable, choose_launcher, launch
from tests.hostile.pdf_bombs import STOPPED, table_bomb

QUICK = ("content of 600 MiB from 2 KB",)
SLOW = "a shading that calculates 20,000 times for each pixel"
STOPS = {Code.CRASHED, Code.OUT_OF_MEMORY, Code.TIMEOUT}


def opened(content: bytes, limits: Limits) -> Sandbox:
    return launch(
        choose_launcher(),
        lambda offset, length: content[offset : offset + length],
        "bomb.pdf",
        len(content),
        limits,
        "failing:raise",
    )


def is_stopped(content: bytes, limits: Limits) -> PageUnreadable:
    with opened(content, limits) as sandbox:
        assert len(sandbox.probe().pages) == 1
        with pytest.raises(PageUnreadable) as caught:
            sandbox.read_page(1)
        assert len(sandbox.probe().pages) == 1
    return caught.value


@pytest.mark.parametrize("what", QUICK)
def test_a_page_that_grows_without_measure_is_unreadable(what: str) -> None:
    stopped = is_stopped(STOPPED[what](), Limits())

    assert stopped.code in STOPS
    assert stopped.reason


def test_a_page_that_takes_too_long_is_unreadable() -> None:
    stopped = is_stopped(STOPPED[SLOW](), Limits(render_cpu=1))

    assert (stopped.code, stopped.reason) == (Code.TIMEOUT, "it was stopped after 1 s of CPU time")


def test_a_file_that_needs_too_much_memory_to_be_examined_is_refused_with_reason_and_remedy() -> None:
    with opened(table_bomb(), Limits()) as sandbox, pytest.raises(Unacceptable) as caught:
        sandbox.probe()

    assert caught.value.code in STOPS
    assert caught.value.reason
    assert caught.value.remedy


@pytest.mark.long
@pytest.mark.parametrize("what", sorted(STOPPED))
def test_every_page_that_cannot_be_drawn_is_unreadable(what: str) -> None:
    assert is_stopped(STOPPED[what](), Limits()).code in STOPS
