"""Runs jobs through the gate, one at a time. ``serve`` has one as a thread, ``juanzong work`` is one; both may run at once."""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.core.access.actions import Role
from archive.core.db.failpoints import failpoint
from archive.core.db.types import new_uid
from archive.core.errors import ArchiveError, LeaseLost, ScannerUnavailable
from archive.core.gate import BoundGate
from archive.core.jobs.backoff import back_off
from archive.core.jobs.queue import MOST_ATTEMPTS, Claimed, claim, fail, finish, heartbeat, release
from archive.core.jobs.tables import JobKind
from archive.core.permit import Permit
from archive.desks.finding import indexing
from archive.desks.intake import reading
from archive.desks.intake.reading import Interrupted, Reader
from archive.desks.loans.operations import expire
from archive.wiring import Archive, scanner_of, system, writer_name
from ocr.launchers import Launcher

_log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
FAULT_SECONDS = 5.0


@dataclass(frozen=True)
class Worker:
    archive: Archive
    name: str
    lease: timedelta
    gate: BoundGate
    reader: Reader
    stop: threading.Event = field(default_factory=threading.Event)


def new_worker(archive: Archive, launcher: Launcher) -> Worker:
    lease = timedelta(seconds=archive.settings.lease_seconds)
    operations = (*reading.OPERATIONS, *indexing.OPERATIONS, expire)
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
    )


def work_until(worker: Worker, stop: threading.Event) -> None:
    """Until ``stop`` is set; a deposit is then left after the page at hand, and its job handed back. A fault of the machine is logged and waited out; a fault of a job is the job's."""
    worker, is_recovered = replace(worker, stop=stop), False
    while not stop.is_set():
        is_recovered = is_recovered or _waited_out(stop, lambda: _recover(worker))
        if not _waited_out(stop, lambda: work_once(worker)):
            stop.wait(IDLE_SECONDS * (0.5 + random.random()))  # noqa: S311 - jitter, so that workers do not ask in step


def _recover(worker: Worker) -> bool:
    indexing.recover(worker.gate, worker.archive.index)
    return True


def _waited_out(stop: threading.Event, step: Callable[[], bool]) -> bool:
    """What the step answers; False after a fault, which is logged by its class: its words may hold what was typed."""
    try:
        return step()
    except ArchiveError as error:
        _log.error("worker: %s %s", error.message, error.remedy)
    except Exception as error:  # noqa: BLE001 - a full disk, a broken index: a worker that ended would leave the queue standing
        _log.error("worker: %s", type(error).__name__)
    stop.wait(FAULT_SECONDS)
    return False


def work_once(worker: Worker) -> bool:
    """Takes one job and does it. False when there was none."""
    archive = worker.archive
    job = archive.upkeep.run(
        lambda session: claim(
            session, kinds=tuple(_KINDS), worker=worker.name, now=archive.clock(), lease=worker.lease
        )
    )
    if job is None:
        return False
    failpoint("job.claimed")
    with _kept_alive(worker, job):
        _do(worker, job)
    return True


def _do(worker: Worker, job: Claimed) -> None:
    try:
        _KINDS[job.kind](worker, job)
    except LeaseLost:
        _log.warning("job %s was taken over by another worker", job.uid)
    except Interrupted:
        _hand_back(worker, job)
    except Exception as error:  # noqa: BLE001 - whatever a job meets, the queue goes on and the job says why
        _log.warning("job %s (%s) failed: %s", job.uid, job.kind, type(error).__name__)
        _put_back(worker, job, error)


def _hand_back(worker: Worker, job: Claimed) -> None:
    with suppress(LeaseLost):  # somebody else has it already
        worker.archive.upkeep.run(lambda session: release(session, job, worker.archive.clock()))


def _put_back(worker: Worker, job: Claimed, error: Exception) -> None:
    reason = (
        error.message if isinstance(error, ArchiveError) else f"The step ended with {type(error).__name__}."
    )
    is_held = isinstance(error, ScannerUnavailable)  # no fault of the file: it waits as long as it takes
    most = job.attempt + 1 if is_held else MOST_ATTEMPTS
    retry_in = back_off(min(job.attempt, MOST_ATTEMPTS), random.random())  # noqa: S311 - jitter
    now = worker.archive.clock()
    try:
        worker.archive.upkeep.run(
            lambda session: fail(session, job, reason=reason, now=now, retry_in=retry_in, most_attempts=most)
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


_KINDS: dict[JobKind, Callable[[Worker, Claimed], None]] = {
    JobKind.ACCEPT: _accept,
    JobKind.READ: _read,
    JobKind.INDEX: _index,
    JobKind.EXPIRE: _expire,
}


def _finished(worker: Worker, job: Claimed) -> None:
    worker.archive.upkeep.run(lambda session: finish(session, job, worker.archive.clock()))


def _fresh(worker: Worker) -> Callable[[Permit], bool]:
    """A permit is renewed, by deciding again, when half of its life is over."""

    def is_fresh(permit: Permit) -> bool:
        return permit.until - worker.archive.clock() > worker.lease / 2

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
            _log.warning("heartbeat of job %s: %s", job.uid, type(error).__name__)


def _now(worker: Worker) -> datetime:
    return worker.archive.clock()
