"""Runs jobs through the gate, one at a time. ``serve`` has one as a thread, ``juanzong work`` is one; both may run at once."""

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from archive.core.access.actions import Role
from archive.core.db.failpoints import failpoint
from archive.core.db.types import new_uid
from archive.core.errors import ArchiveError, DatabaseUnavailable, LeaseLost
from archive.core.gate import BoundGate
from archive.core.jobs.backoff import Patience, back_off
from archive.core.jobs.faults import Complaints, waits_for
from archive.core.jobs.queue import (
    MOST_ATTEMPTS,
    Claimed,
    claim,
    fail,
    finish,
    heartbeat,
    put_off,
    release,
)
from archive.core.jobs.tables import JobKind
from archive.core.permit import Permit
from archive.core.settings import MiB
from archive.desks.binding import resealing
from archive.desks.finding import indexing
from archive.desks.intake import reading
from archive.desks.intake.reading import Interrupted, Reader
from archive.desks.loans.operations import expire
from archive.desks.preservation import remaking, rounds
from archive.desks.preservation.fixity import Pace
from archive.desks.preservation.keeper import Keeper, Stopped
from archive.desks.preservation.operations import plan
from archive.wiring import Archive, scanner_of, system, writer_name
from ocr.facts import PageResult
from ocr.launchers import Launcher
from ocr.sandbox import launch

_log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
FAULT_SECONDS = 5.0
PLAN_SECONDS = 6 * 3600.0
RECOVER_SECONDS = 30.0


@dataclass(frozen=True)
class Worker:
    archive: Archive
    name: str
    lease: timedelta
    gate: BoundGate
    reader: Reader
    kinds: tuple[JobKind, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    patience: Patience = field(default_factory=Patience)
    complaints: Complaints = field(default_factory=Complaints)
    held: list[Claimed] = field(default_factory=list)
    """The job in hand, or nothing: for whoever ends this process and cannot wait for it."""


def new_worker(archive: Archive, launcher: Launcher) -> Worker:
    lease = timedelta(seconds=archive.settings.lease_seconds)
    operations = (
        *reading.OPERATIONS,
        *indexing.OPERATIONS,
        *remaking.OPERATIONS,
        *resealing.OPERATIONS,
        expire,
    )
    return Worker(
        archive=archive,
        name=f"{writer_name()}:{new_uid(archive.clock())}",
        lease=lease,
        gate=archive.gate.bind(system(Role.READER), *operations, opening=lease),
        reader=Reader(
            launcher,
            archive.limits(),
            archive.settings.ocr_engine,
            scanner_of(archive.settings, archive.clock),
        ),
        kinds=tuple(_KINDS),
    )


def new_keeper(archive: Archive, launcher: Launcher) -> Worker:
    """Sweeps and checks, in a thread of its own: however long one lasts, no deposit waits for it."""
    worker = new_worker(archive, launcher)
    gate = archive.gate.bind(system(Role.KEEPER), *rounds.OPERATIONS, opening=worker.lease)
    return replace(worker, gate=gate, kinds=tuple(_KEEPING))


def work_until(worker: Worker, stop: threading.Event) -> None:
    """Until ``stop`` is set; a deposit is then left after the page at hand, and its job handed back. A fault of the machine is logged and waited out; a fault of a job is the job's."""
    worker, again_at = replace(worker, stop=stop), 0.0
    while not stop.is_set():
        if time.monotonic() >= again_at:
            again_at = _next_recovery(worker, is_done=_waited_out(worker, lambda: _recover(worker)))
        if not _waited_out(worker, lambda: work_once(worker)):
            stop.wait(IDLE_SECONDS * (0.5 + random.random()))  # noqa: S311 - jitter, so that workers do not ask in step


def _next_recovery(worker: Worker, *, is_done: bool) -> float:
    if not is_done:
        return time.monotonic() + RECOVER_SECONDS
    return math.inf if worker.kinds == tuple(_KINDS) else time.monotonic() + PLAN_SECONDS


def _recover(worker: Worker) -> bool:
    """What a crash left; for the keeper, what should be planned and is not: its last job may have been given up."""
    if worker.kinds == tuple(_KINDS):
        indexing.recover(worker.gate, worker.archive.index)
    else:
        worker.gate.run(plan, None, _periods(worker).planned)
    return True


def _waited_out(worker: Worker, step: Callable[[], bool]) -> bool:
    """What the step answers; False after a fault, which is logged by its class: its words may hold what was typed."""
    try:
        answer = step()
    except ArchiveError as error:
        worker.complaints.say("worker", f"{error.message} {error.remedy}")
    except Exception as error:  # noqa: BLE001 - a full disk, a broken index: a worker that ended would leave the queue standing
        worker.complaints.say("worker", type(error).__name__)
    else:
        worker.complaints.over("worker")
        return answer
    worker.stop.wait(FAULT_SECONDS)
    return False


def work_once(worker: Worker) -> bool:
    """Takes one job and does it. False when there was none, or none of a kind that is not at rest."""
    archive = worker.archive
    kinds = worker.patience.awake(worker.kinds)
    job = archive.upkeep.run(
        lambda session: claim(
            session, kinds=kinds, worker=worker.name, now=archive.clock(), lease=worker.lease
        )
    )
    if job is None:
        return False
    failpoint("job.claimed")
    worker.held.append(job)
    try:
        with _kept_alive(worker, job):
            _do(worker, job)
    finally:
        worker.held.clear()
    return True


def let_go(worker: Worker) -> None:
    """Hands the job in hand back for a worker that is not through in time; whatever that one still says is thrown away."""
    for job in tuple(worker.held):
        _hand_back(worker, job)


def _do(worker: Worker, job: Claimed) -> None:
    try:
        (_KINDS | _KEEPING)[job.kind](worker, job)
        _went_well(worker, job)
    except LeaseLost:
        _log.warning("job %s was taken over by another worker", job.uid)
    except (Interrupted, Stopped):
        _hand_back(worker, job)
    except Exception as error:  # noqa: BLE001 - whatever a job meets, the queue goes on and the job says why
        waits = waits_for(error)
        if waits is None:
            _log.warning("job %s (%s) failed: %s", job.uid, job.kind, type(error).__name__)
            _put_back(worker, job, error)
        else:
            worker.complaints.say(f"jobs ({job.kind})", waits)
            _put_off(worker, job, waits)


def _went_well(worker: Worker, job: Claimed) -> None:
    worker.patience.went_well(job.kind, job.id)
    worker.complaints.over(f"jobs ({job.kind})")


def _put_off(worker: Worker, job: Claimed, waits: str) -> None:
    """Not the job's fault: no attempt is counted. Where not even this can be written, it is tried until it can."""
    wait = worker.patience.met_fault(job.kind, job.id, random.random())  # noqa: S311 - jitter

    def change(session: Session) -> None:
        put_off(session, job, reason=waits, now=worker.archive.clock(), wait=wait)

    while True:
        try:
            worker.archive.upkeep.run(change)
        except LeaseLost:
            return
        except DatabaseUnavailable as error:
            worker.complaints.say("worker", f"{error.message} {error.remedy}")
            if worker.stop.wait(FAULT_SECONDS):
                return
        else:
            return


def _hand_back(worker: Worker, job: Claimed) -> None:
    with suppress(LeaseLost):  # somebody else has it already
        worker.archive.upkeep.run(lambda session: release(session, job, worker.archive.clock()))


def _put_back(worker: Worker, job: Claimed, error: Exception) -> None:
    reason = (
        error.message if isinstance(error, ArchiveError) else f"The step ended with {type(error).__name__}."
    )
    retry_in = back_off(min(job.attempt, MOST_ATTEMPTS), random.random())  # noqa: S311 - jitter
    now = worker.archive.clock()
    try:
        worker.archive.upkeep.run(
            lambda session: fail(session, job, reason=reason, now=now, retry_in=retry_in)
        )
    except LeaseLost:
        _log.warning("job %s was taken over by another worker", job.uid)


def _accept(worker: Worker, job: Claimed) -> None:
    reading.accept_deposit(worker.gate, job, worker.reader, _fresh(worker))


def _read(worker: Worker, job: Claimed) -> None:
    reading.read_deposit(worker.gate, job, worker.reader, _fresh(worker), lambda: not worker.stop.is_set())


def _index(worker: Worker, job: Claimed) -> None:
    indexing.index_item(worker.gate, worker.archive.index, job)
    _finished(worker, job)


def _expire(worker: Worker, job: Claimed) -> None:
    worker.gate.run(expire, job.subject)
    _finished(worker, job)


def _reseal(worker: Worker, job: Claimed) -> None:
    resealing.reseal(worker.gate, job)


def _remake(worker: Worker, job: Claimed) -> None:
    remaking.remake(worker.gate, job, partial(_page_again, worker.reader), _fresh(worker))


def _page_again(reader: Reader, source: remaking.Bytes, name: str, size: int, number: int) -> PageResult:
    with launch(reader.launcher, source, name, size, reader.limits, reader.engine) as child:
        child.probe()
        return child.read_page(number)


def _sweep(worker: Worker, job: Claimed) -> None:
    rounds.sweep_by_job(_keeper(worker), _periods(worker), job)


def _check(worker: Worker, job: Claimed) -> None:
    keeper = _keeper(worker)
    rate = worker.archive.settings.fixity_mib_per_second * MiB
    rounds.check_by_job(keeper, _periods(worker), job, Pace(rate, keeper.pause))


def _keeper(worker: Worker) -> Keeper:
    stop, plain = worker.stop, keeper_of(worker.archive, worker.gate)
    return replace(plain, goes_on=lambda: not stop.is_set(), pause=lambda seconds: not stop.wait(seconds))


def keeper_of(archive: Archive, gate: BoundGate) -> Keeper:
    settings = archive.settings
    return Keeper(
        gate=gate,
        vault=archive.vault,
        index=archive.index,
        clock=archive.clock,
        young=timedelta(hours=settings.young_hours),
        upload_ends_after=timedelta(hours=settings.upload_hours),
        exports=settings.data / "exports",
    )


def _periods(worker: Worker) -> rounds.Periods:
    settings = worker.archive.settings
    return rounds.Periods(timedelta(hours=settings.sweep_hours), timedelta(days=settings.fixity_days))


_KINDS: dict[JobKind, Callable[[Worker, Claimed], None]] = {
    JobKind.ACCEPT: _accept,
    JobKind.READ: _read,
    JobKind.INDEX: _index,
    JobKind.EXPIRE: _expire,
    JobKind.RESEAL: _reseal,
    JobKind.REMAKE: _remake,
}

_KEEPING: dict[JobKind, Callable[[Worker, Claimed], None]] = {
    JobKind.SWEEP: _sweep,
    JobKind.FIXITY: _check,
}


def _finished(worker: Worker, job: Claimed) -> None:
    worker.archive.upkeep.run(lambda session: finish(session, job, worker.archive.clock()))


def _fresh(worker: Worker) -> Callable[[Permit], bool]:
    """A permit is renewed, by deciding again, when half of its life is over."""

    def is_fresh(permit: Permit) -> bool:
        return permit.left(worker.archive.clock()) > worker.lease / 2

    return is_fresh


@contextmanager
def _kept_alive(worker: Worker, job: Claimed) -> Iterator[None]:
    """Prolongs the lease every third of it while the job runs."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(worker, job, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(worker: Worker, job: Claimed, done: threading.Event) -> None:
    while not done.wait(worker.lease.total_seconds() / 3):
        try:
            worker.archive.upkeep.run(lambda session: heartbeat(session, job, _now(worker), worker.lease))
        except LeaseLost:
            return  # the job's own last step will find out and throw its result away
        except Exception as error:  # noqa: BLE001 - the next beat may succeed; the lease outlasts two missed ones
            worker.complaints.say("heartbeat", type(error).__name__)
        else:
            worker.complaints.over("heartbeat")


def _now(worker: Worker) -> datetime:
    return worker.archive.clock()
