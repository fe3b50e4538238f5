"""The one escape from the gate on ``archive.db``: clockwork that concerns no record.

Job leases, idle times of sessions, the sign-in throttle, the tree over the log. Each change runs under SQLite's
authorizer, which lets it write the columns named here and nothing else.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive.core.db.engines import Database
from archive.core.db.failpoints import failpoint
from archive.core.db.troubles import database_trouble

T = TypeVar("T")

UPDATES: dict[str, frozenset[str]] = {
    "job": frozenset({"state", "attempt", "worker", "lease_until", "run_at", "reason", "finished_at"}),
    "session": frozenset({"idle_until", "used_at"}),
}
INSERTS = frozenset({"login_attempt", "audit_leaf", "audit_checkpoint"})
DELETES = frozenset({"login_attempt"})


class Upkeep:
    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, change: Callable[[Session], T], *, before_commit: str | None = None) -> T:
        """Runs ``change`` under the write lock and commits it. ``before_commit`` names a failpoint.

        Raises what ``change`` raises, and ``DatabaseUnavailable``.
        """
        try:
            return self._run(change, before_commit)
        except OperationalError as error:
            raise database_trouble(error) from error

    def _run(self, change: Callable[[Session], T], before_commit: str | None) -> T:
        with self._database.writing() as session:
            connection = session.connection().connection.driver_connection
            assert connection is not None
            connection.set_authorizer(_limited)
            try:
                result = change(session)
                session.flush()
            finally:
                connection.set_authorizer(None)
            if before_commit is not None:
                failpoint(before_commit)
            session.commit()
            return result


def _limited(
    action: int, table: str | None, column: str | None, _database: str | None, _trigger: str | None
) -> Any:
    allowed = {
        sqlcipher.SQLITE_UPDATE: lambda: column in UPDATES.get(table or "", frozenset()),
        sqlcipher.SQLITE_INSERT: lambda: table in INSERTS,
        sqlcipher.SQLITE_DELETE: lambda: table in DELETES,
    }
    check = allowed.get(action)
    return sqlcipher.SQLITE_OK if check is None or check() else sqlcipher.SQLITE_DENY
