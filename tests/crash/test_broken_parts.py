"""One part of a running archive is slow, held, replaced or gone: a clear error for whoever meets it, and all goes on after."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from archive.cli.server import web_application
from archive.core.db import engines
from archive.core.errors import ArchiveError, DatabaseUnavailable, SearchUnavailable
from archive.core.jobs.queue import claim
from archive.core.jobs.tables import Job, JobKind
from archive.core.settings import Settings
from archive.desks.finding import operations as finding
from archive.desks.intake import operations as intake
from archive.web.problems import PASSING_SECONDS
from archive.wiring import open_archive
from archive.worker import work_once
from search.query import parse
from tests.cast import PASSWORD, Clock, House, Template, enter
from tests.crash.paper import ENGINE, NAME, two_pages
from tests.crash.working import seen, upload, work, worker_with
from tests.web.conftest import listening


def board(house: House) -> None:
    house.gate_of(house.archivist, intake.list_deposits).run(intake.list_deposits, None, 1)


# --- archive.db is held by another program -----------------------------------------------------------------------


@pytest.fixture
def hurried(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Waits a tenth of a second for a lock, not fifteen."""
    monkeypatch.setattr(engines, "BUSY_MS", 100)
    house = enter(template, tmp_path / "house")
    yield house
    house.archive.close()


@contextmanager
def held(house: House) -> Iterator[None]:
    with house.archive.database.writing() as session:
        yield
        session.rollback()


@contextmanager
def held_by_another_program(house: House) -> Iterator[None]:
    settings = house.archive.settings
    other = open_archive(Settings(data=settings.data))
    try:
        with other.database.writing() as session:
            yield
            session.rollback()
    finally:
        other.close()


@pytest.mark.parametrize("holding", [held, held_by_another_program])
def test_a_database_that_is_held_is_busy_for_everybody_and_free_afterwards(
    hurried: House, holding: Callable[[House], AbstractContextManager[None]]
) -> None:
    with holding(hurried):
        for act in (lambda: board(hurried), lambda: upload(hurried, NAME, two_pages())):
            with pytest.raises(DatabaseUnavailable) as told:
                act()
            assert told.value.message == "The database is busy; nothing was changed."
    board(hurried)


def test_a_database_that_was_damaged_while_it_is_served_is_told_to_be(house: House) -> None:
    house.archived_item()
    path = house.archive.settings.archive_db
    with path.open("r+b") as file:
        for at in range(8192, path.stat().st_size, 4096):
            file.seek(at)
            file.write(b"rubbish")
    with pytest.raises(DatabaseUnavailable) as told:
        board(house)
    assert told.value.message.startswith("The database is damaged")


def test_who_signs_in_while_the_database_is_held_is_told_when_to_come_back(hurried: House) -> None:
    with listening(web_application(hurried.archive)) as address, held_by_another_program(hurried):
        answer = httpx.post(
            f"{address}/api/v1/sessions",
            json={"login": "handler", "password": PASSWORD},
            trust_env=False,
            timeout=60,
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == str(PASSING_SECONDS)


# --- other parts -------------------------------------------------------------------------------------------------


def test_an_index_that_was_replaced_by_rubbish_stops_the_search_and_nothing_else(house: House) -> None:
    house.archive.index.close()
    for file in house.archive.settings.data.glob("search.db*"):
        file.unlink()
    house.archive.settings.search_db.write_bytes(b"no database" * 1000)
    with pytest.raises(SearchUnavailable):
        house.gate_of(house.archivist, finding.search).run(
            finding.search, None, finding.Search("HARBOUR", parse("HARBOUR"))
        )
    deposit = upload(house, NAME, two_pages())
    work(house)
    row = seen(house, deposit)
    assert (row.state, row.reason) == ("read", "The search index cannot be used; this waits until it can.")
    assert house.read(lambda s: s.scalar(select(Job.attempt).where(Job.kind == JobKind.INDEX))) == 0


def test_keys_that_were_moved_away_take_no_new_file(house: House, tmp_path: Path) -> None:
    """A key written into a file that is gone would be lost with the process, and its file with it."""
    keys = house.archive.settings.keys_db
    keys.rename(tmp_path / "keys.db")
    with pytest.raises(ArchiveError) as told:
        upload(house, NAME, two_pages())
    assert told.value.code == "database_unavailable"
    (tmp_path / "keys.db").rename(keys)
    upload(house, NAME, two_pages())


# --- a slow disk -------------------------------------------------------------------------------------------------


@contextmanager
def first_sync_takes(seconds: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    begun, real = threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        if not begun.is_set():
            begun.set()
            time.sleep(seconds)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    yield begun


@pytest.mark.long
def test_a_sync_that_outlasts_the_lease_loses_no_lease(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(template, tmp_path / "house").archive.close()
    settings = Settings(data=tmp_path / "house", ocr_engine=ENGINE, lease_seconds=2)
    house = House(open_archive(settings), Clock(), template)
    upload(house, NAME, two_pages())
    worker = worker_with(house, ENGINE)
    assert work_once(worker)
    with first_sync_takes(5, monkeypatch) as begun:
        reading = threading.Thread(target=work_once, args=(worker,))
        reading.start()
        assert begun.wait(60)
        while reading.is_alive():
            assert _claimed_by_another(house) is None
            board(house)
            time.sleep(0.2)
    assert house.read(lambda s: set(s.scalars(select(Job.attempt).where(Job.kind == JobKind.READ)))) == {1}
    house.archive.close()


def _claimed_by_another(house: House) -> object:
    return house.archive.upkeep.run(
        lambda session: claim(
            session,
            kinds=[JobKind.READ],
            worker="other",
            now=house.archive.clock(),
            lease=timedelta(seconds=2),
        )
    )
