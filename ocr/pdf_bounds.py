"""pypdf on a leash: so much CPU time and no more, its warnings counted instead of printed."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.25
_REPORTS = logging.getLogger("pypdf")
_REPAIRED = (
    "ref repaired",
    "%(generation)d found",
    "in Xref table invalid",
    'Searching object with "/Catalog" key',
)
"""Of all that pypdf grumbles about, what means that objects are not where the file says. Most of the rest is harmless."""


class CpuSpent(BaseException):
    """The share is used up. No `Exception`, because pypdf swallows those while it repairs."""


@contextmanager
def cpu_share(seconds: float) -> Iterator[None]:
    """Raises `CpuSpent` in its body after `seconds` of CPU time, again and again until it is left."""

    def spent(_number: int, _frame: FrameType | None) -> None:
        raise CpuSpent

    before = signal.signal(signal.SIGPROF, spent)
    try:
        signal.setitimer(signal.ITIMER_PROF, max(seconds, _AGAIN), _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def undivided() -> Iterator[None]:
    """`CpuSpent` is not raised in its body, only when it is left: a question to the parent is not left without its answer."""
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})


class Repairs(logging.Handler):
    """Counts what pypdf had to repair in the file's table of objects."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += any(words in str(record.msg) for words in _REPAIRED)


@contextmanager
def repairs() -> Iterator[Repairs]:
    handler, passed_on = Repairs(), _REPORTS.propagate
    _REPORTS.addHandler(handler)
    _REPORTS.propagate = False
    try:
        yield handler
    finally:
        _REPORTS.removeHandler(handler)
        _REPORTS.propagate = passed_on
