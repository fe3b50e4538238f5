"""How long a failed job waits, and how long a worker leaves a kind of job alone when the machine is at fault."""

import time
from collections.abc import Callable, Collection
from datetime import timedelta

from archive.core.jobs.tables import JobKind

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
LONGEST_REST = timedelta(minutes=2)
MANY_JOBS = 10_000


def back_off(attempt: int, jitter: float, longest: timedelta = LONGEST) -> timedelta:
    """Doubles with each attempt (counted from 1) up to 15 minutes; ``jitter`` from 0 to 1 spreads it over the upper half."""
    doubled = min(FIRST * (1 << min(attempt - 1, 30)), longest)
    return doubled / 2 + doubled * jitter / 2


class Patience:
    """What one worker remembers of faults of the machine, which cost a job no attempt and so are counted nowhere else.

    A job that met one waits longer each time. When jobs of one kind meet them one after another, the whole kind rests:
    with a full disk each would be read for nothing.
    """

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._met: dict[int, int] = {}
        self._in_a_row: dict[JobKind, list[int]] = {}
        self._rests_until: dict[JobKind, float] = {}

    def awake(self, kinds: Collection[JobKind]) -> tuple[JobKind, ...]:
        now = self._tick()
        return tuple(kind for kind in kinds if self._rests_until.get(kind, now) <= now)

    def met_fault(self, kind: JobKind, job: int, jitter: float) -> timedelta:
        """How long this job waits. One job alone may be at fault itself; the second in a row lays its kind to rest."""
        if len(self._met) >= MANY_JOBS:
            self._met.clear()
        self._met[job] = self._met.get(job, 0) + 1
        row = self._in_a_row.setdefault(kind, [])
        row.append(job)
        if len(set(row)) > 1:
            rest = back_off(len(row) - 1, jitter, LONGEST_REST)
            self._rests_until[kind] = self._tick() + rest.total_seconds()
        return back_off(self._met[job], jitter, LONGEST_REST)

    def went_well(self, kind: JobKind, job: int) -> None:
        self._met.pop(job, None)
        self._in_a_row.pop(kind, None)
        self._rests_until.pop(kind, None)
