"""How the embedded files are opened. Only here is a database key spoken, and never in a URL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from archive.core.db.troubles import busy, damaged
from archive.core.db.types import FieldCipher, attach_cipher
from archive.core.errors import Altered, DatabaseUnavailable, KeyUnavailable, StoreFull

BUSY_MS = 15_000
"""How long anybody waits for another writer; a person who waits longer is told so. A slow disk takes seconds to sync."""

CACHE_KIB = (
    32_768  # with 32-64 MB a connection, encryption costs almost nothing on warm data (docs/decisions)
)


def open_sqlcipher(path: Path, key: bytes, *, journal: str = "WAL") -> Any:
    """A keyed connection in autocommit mode. Raises ``KeyUnavailable`` when the key does not fit the file."""
    with suppress(OSError):  # it is there already, or SQLite will say what is wrong
        path.touch(0o600, exist_ok=False)
    try:
        connection = sqlcipher.connect(
            str(path), timeout=BUSY_MS / 1000, check_same_thread=False, isolation_level=None
        )
        connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key would print to stderr
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            f"journal_mode = {journal}",
            "synchronous = FULL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "secure_delete = ON" if journal == "DELETE" else "secure_delete = OFF",
            f"cache_size = -{CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except (sqlcipher.DatabaseError, sqlite3.Error) as error:
        raise _opening_failed(path, error) from error
    return connection


def copy_sqlcipher(path: Path, key: bytes, target: Path, *, journal: str = "WAL") -> None:
    """Writes one moment of a database that is in use to ``target``, a new file under the same key, and syncs it.

    Pages that the source no longer uses are left behind. Raises ``StoreFull``, ``DatabaseUnavailable`` or ``Altered``.
    """
    connection = open_sqlcipher(path, key, journal=journal)
    try:
        target.touch(0o600, exist_ok=False)
        connection.execute("VACUUM INTO ?", (str(target),))
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except (sqlcipher.DatabaseError, sqlite3.Error) as error:
        raise _copying_failed(path, error) from error
    finally:
        connection.close()


def _copying_failed(path: Path, error: Exception) -> StoreFull | DatabaseUnavailable | Altered:
    if "full" in str(error):
        return StoreFull(f"There is no room for the copy of {path.name}.", "Make room there, then try again.")
    if "malformed" in str(error) or "not a database" in str(error):
        return Altered(f"{path.name} is damaged.", "Restore it from an earlier backup.")
    return DatabaseUnavailable(f"{path.name} cannot be copied: {error}.", "Check both disks, then try again.")


def open_copy(path: Path, key: bytes) -> Any:
    """A finished copy that nobody writes: nothing is locked and no file appears beside it. Raises ``KeyUnavailable``."""
    try:
        connection = sqlcipher.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlcipher.DatabaseError, sqlite3.Error) as error:
        raise _opening_failed(path, error) from error
    return connection


@contextmanager
def reading_copy(path: Path, key: bytes) -> Iterator[Session]:
    """The same for the queries of the log; sealed columns do not open here."""
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=lambda: open_copy(path, key), hide_parameters=True
    )
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    finally:
        engine.dispose()


def _opening_failed(path: Path, error: Exception) -> DatabaseUnavailable | KeyUnavailable:
    if "not a database" in str(error):
        return KeyUnavailable(
            f"The key does not open {path.name}.", "Put back the root.key that belongs to this folder."
        )
    return DatabaseUnavailable(
        f"{path.name} cannot be opened: {error}.", "Check that the disk is writable and has room."
    )


@dataclass(frozen=True)
class Database:
    """``archive.db``. Readers see snapshots; one writer at a time in this process, and across processes by the file."""

    reader: Engine
    writer: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot: everything read inside is of one moment. Nothing can be written."""
        with Session(self.reader, expire_on_commit=False) as session:
            _begin(session)
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Begins at once with the write lock (a deferred BEGIN fails when it is upgraded). Whoever enters commits."""
        with Session(self.writer, expire_on_commit=False) as session:
            _begin(session)
            yield session

    def dispose(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def _begin(session: Session) -> None:
    """Raises ``DatabaseUnavailable`` when every connection stays taken, ``OperationalError`` when the lock does."""
    try:
        session.connection()
    except NoConnection as error:
        raise busy() from error


def open_database(path: Path, key: bytes, cipher: FieldCipher) -> Database:
    return Database(
        reader=_engine(path, key, cipher, begin="BEGIN", size=12, query_only=True),
        writer=_engine(path, key, cipher, begin="BEGIN IMMEDIATE", size=1, query_only=False),
    )


def _engine(
    path: Path, key: bytes, cipher: FieldCipher, *, begin: str, size: int, query_only: bool
) -> Engine:
    def creator() -> Any:
        connection = open_sqlcipher(path, key)
        if query_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=creator,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000,
        hide_parameters=True,
    )
    attach_cipher(engine.dialect, cipher)

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> None:
        code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF  # without what extends it
        if code in (sqlcipher.SQLITE_CORRUPT, sqlcipher.SQLITE_NOTADB):
            raise damaged() from context.original_exception

    @event.listens_for(engine, "checkin")
    def _(connection: Any, _record: Any) -> None:
        if connection is not None and connection.in_transaction:
            connection.rollback()  # SQLite keeps a transaction whose COMMIT failed; SQLAlchemy takes it for ended

    return engine
