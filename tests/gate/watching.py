"""Looking over the gate's shoulder, and stepping in between two of its steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.cast import House


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """Every statement that runs on ``archive.db``, in order."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engines = (house.archive.database.reader, house.archive.database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def after_the_snapshot(house: House, step: Callable[[], Any], *, times: int = 1) -> Iterator[list[int]]:
    """Runs ``step`` each time a read has ended its snapshot and not yet written its entry, ``times`` times at most."""
    taken: list[int] = []

    stepping = False

    def between(_connection: Any, _record: Any) -> None:
        nonlocal stepping
        if len(taken) < times and not stepping:
            taken.append(len(taken))
            stepping = True  # what the step itself reads is no read to step into
            step()
            stepping = False

    pool = house.archive.database.reader.pool
    event.listen(pool, "checkin", between)
    try:
        yield taken
    finally:
        event.remove(pool, "checkin", between)


def refuse_entries(house: House, outcome: str = "%") -> None:
    """From now on the log takes no entry whose outcome is like this one."""
    house.change(
        lambda session: session.connection().exec_driver_sql(
            "CREATE TRIGGER broken_log BEFORE INSERT ON audit_event WHEN NEW.outcome LIKE "
            f"'{outcome}' BEGIN SELECT RAISE(ABORT, 'the log is broken'); END"
        )
    )


def fill_the_disk(house: House) -> None:
    """The database file may not grow any more: what SQLite says is what it says on a full disk."""
    with house.archive.database.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.rollback()


def count(house: House, table: str) -> int:
    return house.read(
        lambda session: int(
            session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
        )
    )
