"""The time line of the log, newest first, by person, record, time and outcome."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.core.db.engines import Database
from archive.desks.audit.queries import Asked, Row
from archive.desks.audit.queries import entries as time_line_of
from tests.audit.logs import START, entries, entry, new_database, run_sequencer, uid, write


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path)
    yield database
    database.dispose()


def rows(database: Database, asked: Asked, *, before: int | None = None, limit: int = 50) -> list[Row]:
    with database.reading() as session:
        return time_line_of(session, asked, before_id=before, limit=limit)


def numbers(database: Database, asked: Asked) -> list[int]:
    return [row.uid.int & 0xFFFF for row in rows(database, asked)]


def test_the_log_is_read_newest_first(database: Database) -> None:
    write(database, entries(4))
    assert numbers(database, Asked()) == [3, 2, 1, 0]


def test_pages_of_the_log_join_without_gap_or_repetition(database: Database) -> None:
    same_moment = [entry(number, at=START) for number in range(7)]
    write(database, same_moment)
    found: list[int] = []
    before = None
    while page := rows(database, Asked(), before=before, limit=3):
        found += [row.uid.int & 0xFFFF for row in page]
        before = page[-1].id
    assert found == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(actor=f"account:{uid(900_001)}"), [4, 1]),
        (Asked(records=(f"item:{uid(700_002)}",)), [2]),
        (Asked(records=(f"page:{uid(500_003)}",)), [3]),
        (Asked(records=(f"item:{uid(700_003)}",)), [3]),
        (Asked(since=START + timedelta(seconds=2), until=START + timedelta(seconds=4)), [3, 2]),
        (Asked(outcome="done"), [4, 3, 2, 1]),
        (Asked(outcome="denied"), [0]),
        (Asked(outcome="failed"), [6, 5]),
        (Asked(outcome="failed: StoreFull"), [5]),
        (Asked(actor=f"account:{uid(900_001)}", records=(f"item:{uid(700_001)}",)), [1]),
        (Asked(actor="nobody"), []),
    ],
)
def test_the_log_answers_by_person_record_time_and_outcome(
    database: Database, asked: Asked, expected: list[int]
) -> None:
    outcomes = ["denied", "done", "done", "done", "done", "failed: StoreFull", "failed: KeyUnavailable"]
    plain = [entry(number, outcome=outcome) for number, outcome in enumerate(outcomes)]
    strangers = [entry(number, actor="ANYONE", target=None, outcome=outcomes[number]) for number in (5, 6)]
    write(database, [*plain[:5], *strangers])
    assert numbers(database, asked) == expected


def test_a_row_shows_whether_it_has_its_place(database: Database) -> None:
    write(database, entries(1))
    run_sequencer(database)
    write(database, [entry(1)])
    assert [row.leaf_index for row in rows(database, Asked())] == [None, 0]


@pytest.mark.parametrize(
    "asked",
    [
        Asked(actor="x"),
        Asked(action="x"),
        Asked(purpose="x"),
        Asked(outcome="x"),
        Asked(records=("x",)),
        Asked(records=("x",), tried=True),
    ],
)
def test_every_question_uses_an_index(database: Database, asked: Asked) -> None:
    with database.reading() as session:
        said: list[str] = []
        connection = session.connection()
        connection.connection.dbapi_connection.set_trace_callback(said.append)  # type: ignore[union-attr]  # the driver's own
        time_line_of(session, asked, before_id=None, limit=50)
        statement = next(line for line in said if line.startswith("SELECT audit_event"))
        details = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert any(line.startswith("SEARCH audit_event USING") for line in details), details
