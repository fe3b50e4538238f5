"""What happens to the machine does not end a worker: it says so, waits, and goes on when it can."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from archive import worker
from archive.core.jobs.queue import MOST_ATTEMPTS
from archive.desks.intake import operations as intake
from archive.worker import work_once, work_until
from tests.cast import House
from tests.crash.paper import ENGINE, NAME, two_pages
from tests.crash.test_faults import no_file_larger_than
from tests.crash.working import seen, upload, work, worker_with
from tests.ocr.test_rogue_child import DeadLauncher

LONGEST_WAIT = 60.0


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FAULT_SECONDS", 0.05)


@contextmanager
def at_work(house: House) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=work_until, args=(worker_with(house, ENGINE), stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def comes_true(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONGEST_WAIT
    while not (is_true := what()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_true


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [words for record in caplog.records if (words := record.getMessage()).startswith("worker: ")]


def test_a_worker_outlives_a_full_disk_says_so_once_and_reads_on_when_there_is_room(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    deposit = upload(house, NAME, two_pages())
    full = (house.archive.settings.data / "archive.db-wal").stat().st_size
    with ExitStack() as working:
        with no_file_larger_than(full):
            working.enter_context(at_work(house))
            assert comes_true(lambda: len(said(caplog)) > 0)
        assert comes_true(lambda: seen(house, deposit).state == "read")
    assert [words.partition(" ")[2][:8] for words in said(caplog)] == ["The data", "goes on "]


def test_with_a_broken_index_deposits_are_read_all_the_same(house: House) -> None:
    settings = house.archive.settings
    house.archive.index.close()
    for file in settings.data.glob("search.db*"):
        file.unlink()
    settings.search_db.write_bytes(b"no database" * 1000)
    deposit = upload(house, NAME, two_pages())
    with at_work(house):
        assert comes_true(lambda: seen(house, deposit).state == "read")


def test_a_reading_program_that_does_not_start_refuses_no_file(house: House) -> None:
    deposit = upload(house, NAME, two_pages())
    reader = worker_with(house, ENGINE)
    dead = replace(reader, reader=replace(reader.reader, launcher=DeadLauncher(0.2)))
    assert work_once(dead)
    assert (seen(house, deposit).state, seen(house, deposit).remedy) == ("received", intake.IS_TRIED_AGAIN)
    house.clock.forward(hours=1)
    work(house)
    assert seen(house, deposit).state == "read"


@pytest.mark.long
def test_a_worker_that_is_asked_to_end_hands_its_deposit_back_unblamed(house: House) -> None:
    deposit = upload(house, NAME, two_pages())
    worker = worker_with(house, ENGINE)
    assert work_once(worker)
    ending = replace(worker, stop=threading.Event())
    ending.stop.set()
    for _ in range(2 * MOST_ATTEMPTS):
        assert work_once(ending)
    assert (seen(house, deposit).state, seen(house, deposit).reason) == ("reading", None)
    work(house)
    assert (seen(house, deposit).state, seen(house, deposit).pages_read) == ("read", 2)
