"""The tables of the log take rows and give none back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from archive.core.db.engines import Database
from archive.core.db.guards import check_guards, create_guards
from archive.core.errors import DatabaseUnavailable
from tests.audit.logs import entry, new_database, run_sequencer, tamper, uid, write

TABLES = ["audit_event", "audit_touch", "audit_detail", "audit_leaf", "audit_checkpoint"]
EVENT = uid(0).hex


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path)
    write(database, [entry(0)], detail="why")
    run_sequencer(database)
    yield database
    database.dispose()


def execute(database: Database, statement: str) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql(statement)
        session.commit()


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_deleted(database: Database, table: str) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        execute(database, f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        "audit_event SET actor = 'x'",
        "audit_event SET leaf = x'00'",
        "audit_touch SET uid = 'x'",
        "audit_leaf SET hash = x'00'",
        "audit_checkpoint SET note = 'x'",
        "audit_detail SET sealed = x'00'",
        "audit_detail SET sealed = NULL, event = 'x'",
    ],
)
def test_no_value_is_changed(database: Database, change: str) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        execute(database, f"UPDATE {change}")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("audit_event", "id, uid, at, writer, leaf, actor, role, action, target, purpose, outcome"),
        ("audit_touch", "event, uid"),
        ("audit_detail", "event, sealed"),
        ("audit_leaf", "leaf_index, event, hash"),
        ("audit_checkpoint", "size, at, note, edge"),
    ],
)
def test_no_row_is_replaced(database: Database, table: str, columns: str) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        execute(database, f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1")


def test_a_detail_is_deleted_by_emptying_it(database: Database) -> None:
    execute(database, "UPDATE audit_detail SET sealed = NULL")
    with database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT event, sealed FROM audit_detail").all()
    assert [tuple(row) for row in found] == [(EVENT, None)]


def test_an_emptied_detail_is_not_filled_again(database: Database) -> None:
    execute(database, "UPDATE audit_detail SET sealed = NULL")
    with pytest.raises(IntegrityError, match="insert-only"):
        execute(database, "UPDATE audit_detail SET sealed = x'00'")


def test_standing_guards_pass_the_check(database: Database) -> None:
    with database.reading() as session:
        check_guards(session.connection())


@pytest.mark.parametrize("act", ["update", "delete", "insert"])
@pytest.mark.parametrize("table", TABLES)
def test_a_missing_guard_is_named(database: Database, table: str, act: str) -> None:
    execute(database, f"DROP TRIGGER guard_{table}_{act}")
    with database.reading() as session, pytest.raises(DatabaseUnavailable, match=f"guard_{table}_{act}"):
        check_guards(session.connection())


def test_a_guard_that_no_longer_refuses_is_named(database: Database) -> None:
    execute(database, "DROP TRIGGER guard_audit_leaf_delete")
    execute(
        database, "CREATE TRIGGER guard_audit_leaf_delete BEFORE DELETE ON audit_leaf BEGIN SELECT 1; END"
    )
    with database.reading() as session, pytest.raises(DatabaseUnavailable, match="guard_audit_leaf_delete"):
        check_guards(session.connection())


def test_dropped_guards_are_made_again(database: Database) -> None:
    tamper(database)
    with database.writing() as session:
        create_guards(session.connection())
        check_guards(session.connection())
        session.commit()
