"""One inspection from its beginning to its entry: what the worker's job, and the command line, run."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from archive.core.jobs.queue import Claimed
from archive.desks.preservation import checking, looking, repairing
from archive.desks.preservation.findings import Tally
from archive.desks.preservation.fixity import Pace, check
from archive.desks.preservation.keeper import Keeper
from archive.desks.preservation.operations import Ended, begin_check, begin_sweep, end_inspection, plan
from archive.desks.preservation.sweeping import sweep

OPERATIONS = (
    begin_sweep,
    begin_check,
    end_inspection,
    plan,
    *looking.OPERATIONS,
    *repairing.OPERATIONS,
    *checking.OPERATIONS,
)


@dataclass(frozen=True)
class Periods:
    """How often a sweep is made, and in what time every object is read again."""

    sweep: timedelta
    fixity: timedelta

    @property
    def planned(self) -> dict[str, timedelta]:
        """The share of objects that is due is read each day."""
        return {"sweep": self.sweep, "fixity": timedelta(days=1)}


def sweep_by_job(keeper: Keeper, periods: Periods, job: Claimed) -> None:
    """Raises ``Stopped``: the job is handed back, and begins again."""
    round_ = keeper.gate.run(begin_sweep, None, job.subject).value
    tally = sweep(keeper, round_)
    keeper.gate.run(end_inspection, round_, Ended(tally, job, periods.planned["sweep"]))


def check_by_job(keeper: Keeper, periods: Periods, job: Claimed, pace: Pace) -> None:
    """Raises ``Stopped``: the job is handed back, and goes on where it was."""
    round_ = keeper.gate.run(begin_check, None, (job.subject, periods.fixity)).value
    check(keeper, round_, pace)
    keeper.gate.run(end_inspection, round_, Ended(None, job, periods.planned["fixity"]))


def sweep_now(keeper: Keeper) -> Tally:
    round_ = keeper.gate.run(begin_sweep, None, None).value
    return _ended(keeper, round_, sweep(keeper, round_))


def check_all_now(keeper: Keeper, pace: Pace) -> Tally:
    """Every object, whenever it was checked last."""
    round_ = keeper.gate.run(begin_check, None, (None, None)).value
    check(keeper, round_, pace)
    return _ended(keeper, round_, None)


def _ended(keeper: Keeper, round_: UUID, tally: Tally | None) -> Tally:
    return keeper.gate.run(end_inspection, round_, Ended(tally, None, None)).value
