"""Lines of the log: an entry's columns, the names of the persons who act, and records by their reference codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.queries import names_by_uid
from archive.core.access.actions import Action
from archive.core.audit.event import DONE, read_leaf
from archive.core.errors import Altered
from archive.core.gate import Work
from archive.desks.audit.queries import Row
from archive.desks.audit.records import Named, codes


@dataclass(frozen=True)
class LogLine:
    """``reference_code`` and ``page``: the target's, where the auditor may know them. ``reasons`` are codes."""

    id: int
    event: UUID
    at: datetime
    actor: str
    name: str
    role: str
    action: str
    target: str | None
    reference_code: str | None
    page: int | None
    purpose: str | None
    outcome: str
    reasons: tuple[str, ...]
    leaf: int | None


def lines_of(work: Work, rows: Sequence[Row]) -> tuple[LogLine, ...]:
    names = names_by_uid(work.session, {row.actor for row in rows})
    named = codes(work, Action.LOG_UNMASK, (row.target for row in rows))
    return tuple(_line(row, names, named) for row in rows)


def _line(row: Row, names: dict[str, str], named: dict[str, Named]) -> LogLine:
    record = named.get(row.target or "")
    return LogLine(
        row.id,
        row.uid,
        row.at,
        row.actor,
        names.get(row.actor, row.actor),
        row.role,
        row.action,
        row.target,
        None if record is None else record.code,
        None if record is None else record.page,
        row.purpose,
        row.outcome,
        reasons_of(row),
        row.leaf_index,
    )


def reasons_of(row: Row) -> tuple[str, ...]:
    """Why an act did not succeed. A leaf that somebody damaged tells none: the list is shown as it stands."""
    if row.outcome == DONE:
        return ()
    try:
        return read_leaf(row.leaf).reasons
    except Altered:
        return ()
