"""Browsing, exporting and verifying the log. Each of these is itself an entry."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from archive.accounts.queries import account_by_login, names_by_uid
from archive.core.access.actions import Action
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.event import DONE
from archive.core.audit.export import ExportSummary, write_export
from archive.core.audit.log import Row, browse, newest_note
from archive.core.audit.verify import Report, verify_export
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Work, operation, place
from archive.desks.audit.queries import Signed, newest_signed

SHOWN_AT_ONCE = 100


@dataclass(frozen=True)
class Filters:
    """``person`` is a sign-in name or an actor's label; ``record`` a label like ``item:<uid>``; times are UTC.

    A record is asked for as "who reached it"; together with an outcome other than done, as "who tried to": acts that
    did not succeed reach nothing and have a target only.
    """

    person: str = ""
    record: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class LogLine:
    id: int
    event: UUID
    at: datetime
    actor: str
    name: str
    role: str
    action: str
    target: str | None
    purpose: str | None
    outcome: str
    leaf: int | None


@dataclass(frozen=True)
class LogSeen:
    lines: tuple[LogLine, ...]
    next: int | None


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def show_log(work: Work, _place: None, wanted: Filters) -> LogSeen:
    asked = {"person": wanted.person, "record": wanted.record, "outcome": wanted.outcome}
    work.tell(**{name: value for name, value in asked.items() if value})
    record, outcome = wanted.record.strip() or None, wanted.outcome.strip() or None
    reached = outcome in {None, DONE}
    rows = browse(
        work.session,
        actor=_actor_label(work, wanted.person.strip()),
        target=None if reached else record,
        touched=record if reached else None,
        since=wanted.since,
        until=wanted.until,
        outcome=outcome,
        before_id=wanted.before,
        limit=SHOWN_AT_ONCE + 1,
    )
    names = names_by_uid(work.session, {row.actor for row in rows})
    lines = tuple(_line(row, names) for row in rows[:SHOWN_AT_ONCE])
    return LogSeen(lines, lines[-1].id if len(rows) > SHOWN_AT_ONCE else None)


def _actor_label(work: Work, person: str) -> str | None:
    if not person or ":" in person or person == "ANYONE":
        return person or None
    account = account_by_login(work.session, person)
    if account is None:
        raise Invalid(
            "person", "There is no account with this name.", "Type a sign-in name, or SYSTEM:reader."
        )
    return f"account:{account.uid}"


def _line(row: Row, names: dict[str, str]) -> LogLine:
    return LogLine(
        row.id,
        row.uid,
        row.at,
        row.actor,
        names.get(row.actor, row.actor),
        row.role,
        row.action,
        row.target,
        row.purpose,
        row.outcome,
        row.leaf_index,
    )


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def show_signed(work: Work, _place: None) -> Signed | None:
    """How far the log is signed; None while nothing is."""
    return newest_signed(work.session)


@dataclass(frozen=True)
class Export:
    """``path``: a file that the caller owns; the export holds ids only, no names and no typed text."""

    path: Path
    verifier_key: str


@operation(Action.LOG_EXPORT, on=place("log"), reads=True)
def export_log(work: Work, _place: None, export: Export) -> ExportSummary:
    return write_export(work.session, export.path, now=work.now, verifier_key=export.verifier_key)


@operation(Action.LOG_EXPORT, on=place("log"), reads=True)
def take_checkpoint(work: Work, _place: None, verifier_key: str) -> str:
    """The keepsake: verifier key and newest checkpoint, to be kept outside the archive."""
    newest = newest_note(work.session)
    if newest is None:
        raise Conflict("Nothing of the log has been signed yet.", "Try again in a moment.")
    return keepsake(verifier_key, newest)


@dataclass(frozen=True)
class Verification:
    """``remembered``: a keepsake, checkpoint and verifier key, kept outside; None compares with nothing outside."""

    export: Export
    remembered: str | None


@operation(Action.LOG_VERIFY, on=place("log"), reads=True)
def verify_log(work: Work, _place: None, wanted: Verification) -> Report:
    write_export(work.session, wanted.export.path, now=work.now, verifier_key=wanted.export.verifier_key)
    return verify_export(wanted.export.path, remembered=wanted.remembered)
