from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.orm import Session

from archive.core.db.engines import Database, open_database
from archive.core.db.types import FieldCipher
from archive.core.jobs.tables import Job

KEY = bytes(32)
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def opened(path: Path) -> Database:
    return open_database(path, KEY, FieldCipher(KEY, KEY))


def created(path: Path) -> Database:
    database = opened(path)
    table = Job.__table__
    assert isinstance(table, Table)
    with database.writing() as session:
        table.create(session.connection())
        session.commit()
    return database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def database(path: Path) -> Database:
    return created(path)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as session:
        yield session
