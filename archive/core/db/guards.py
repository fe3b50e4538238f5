"""Triggers that keep the log insert-only.

They stop mistakes and half-privileged writers, not somebody who holds the database and its key: that one is found by
the verifier. Dropping and re-making a table drops its triggers, so every migration creates and checks them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from archive.core.errors import DatabaseUnavailable

_REPLACED = {
    # INSERT OR REPLACE deletes the old row without firing its DELETE trigger, so an occupied key is refused before
    "audit_event": "id = NEW.id OR uid = NEW.uid",
    "audit_touch": "event = NEW.event AND uid = NEW.uid",
    "audit_detail": "event = NEW.event",
    "audit_leaf": "leaf_index = NEW.leaf_index OR event = NEW.event",
    "audit_checkpoint": "size = NEW.size",
}
_DETAIL_KEPT = "WHEN NOT (NEW.sealed IS NULL AND NEW.event IS OLD.event)"


def create_guards(connection: Connection) -> None:
    """Makes every guard anew, whatever stood there."""
    for name, statement in _dialect(connection).guards.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(statement)


def check_guards(connection: Connection) -> None:
    """Raises ``DatabaseUnavailable`` naming the first guard that is missing or does not say what it should."""
    dialect = _dialect(connection)
    found = {str(row[0]): str(row[1]) for row in connection.exec_driver_sql(dialect.installed)}
    for name, statement in dialect.guards.items():
        if found.get(name) != statement:
            raise DatabaseUnavailable(
                f"The guard {name} of the access log is missing or changed.",
                "Run the migrations again, then verify the log.",
            )


def _sqlite_guards() -> dict[str, str]:
    guards: dict[str, str] = {}
    for table, occupied in _REPLACED.items():
        changed = _DETAIL_KEPT if table == "audit_detail" else ""
        replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {occupied})"  # noqa: S608 - constants of this file
        for act, when in (("update", changed), ("delete", ""), ("insert", replaced)):
            name = f"guard_{table}_{act}"
            guards[name] = (
                f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )
    return guards


@dataclass(frozen=True)
class _Dialect:
    """``guards`` by name, each with the statement that makes it; ``installed`` asks for both as they stand."""

    guards: Mapping[str, str]
    installed: str


_DIALECTS = {
    "sqlite": _Dialect(_sqlite_guards(), "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"),
}


def _dialect(connection: Connection) -> _Dialect:
    return _DIALECTS[connection.dialect.name]
