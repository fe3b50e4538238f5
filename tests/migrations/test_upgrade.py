"""Every step forward keeps every row, and the last one leads to the tables that the program speaks of."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, types

from archive.core.db.engines import Database, open_database
from archive.core.db.guards import check_guards, create_guards
from archive.core.db.types import FieldCipher
from migrations.metadata import METADATA
from migrations.steps import is_current, steps, upgrade

pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]

MOMENT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "archive.db", bytes(32), FieldCipher(bytes(32), bytes(32)))
    yield database
    database.dispose()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # rows are made in any order
        yield connection
        connection.rollback()


CHECKED = {("inspection", "kind"): "sweep", ("inspection", "state"): "done"}
"""Words that a table accepts, where it does not accept every word."""


def a_value(column: Any) -> object:
    """Something of the column's type; 1 for every number, so that each foreign key finds the one row there is."""
    kinds: tuple[tuple[type[Any], object], ...] = (
        (types.Boolean, True),
        (types.DateTime, MOMENT),
        (types.Date, MOMENT.date()),
        (types.Integer, 1),
        (types.Float, 0.5),
        (types.LargeBinary, b"sealed"),
    )
    word = CHECKED.get((column.table.name, column.name), "ready")
    return next((value for kind, value in kinds if isinstance(column.type, kind)), word)


def tables_of(connection: Connection) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection)
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def filled(connection: Connection) -> dict[str, dict[str, Any]]:
    """One row in each table, as it is read back."""
    rows = {}
    for name, table in tables_of(connection).items():
        if connection.execute(table.select()).first() is None:
            connection.execute(table.insert().values({c.name: a_value(c) for c in table.columns}))
        rows[name] = dict(connection.execute(table.select()).mappings().one())
    return rows


@pytest.mark.parametrize("step", steps()[:-1])
def test_rows_of_an_older_version_are_there_after_the_upgrade(connection: Connection, step: str) -> None:
    upgrade(connection, step)
    before = filled(connection)
    upgrade(connection)
    now = tables_of(connection)
    for name, row in before.items():
        after = connection.execute(now[name].select()).mappings().one()
        assert {column: after[column] for column in row} == row, name


@pytest.mark.parametrize("step", steps()[:-1])
def test_after_an_upgrade_the_guards_of_the_log_stand(connection: Connection, step: str) -> None:
    upgrade(connection, step)
    create_guards(connection)
    upgrade(connection)
    create_guards(connection)
    check_guards(connection)


def test_the_newest_version_has_the_tables_that_the_program_speaks_of(connection: Connection) -> None:
    upgrade(connection)
    assert is_current(connection)
    assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_version_that_is_not_the_newest_is_noticed(connection: Connection) -> None:
    upgrade(connection, steps()[0])
    assert not is_current(connection)
