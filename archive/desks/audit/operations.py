"""Browsing, extracting, exporting and verifying the log. Each of these is itself an entry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from archive.accounts.queries import account_by_login
from archive.core.access.actions import Action, Purpose
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.event import DONE
from archive.core.audit.export import ExportSummary, write_export
from archive.core.audit.log import newest_note
from archive.core.audit.verify import Report, verify_export
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Work, operation, place
from archive.desks.audit.lines import LogLine, lines_of
from archive.desks.audit.queries import Asked, Signed, entries, newest_signed
from archive.desks.audit.records import label_of, with_parts

SHOWN_AT_ONCE = 100
MOST_EXTRACTED = 50_000
"""Lines of one extract: it is made in memory, and people open it in a spreadsheet."""


@dataclass(frozen=True)
class Filters:
    """``person`` is a sign-in name or an actor's label; ``record`` a reference code, a label like ``item:<uid>`` or an
    item's uid; times are UTC.

    A record is asked for as "who reached it"; together with an outcome other than done, as "who tried to": acts that
    did not succeed reach nothing and have a target only.
    """

    person: str = ""
    record: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    action: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class LogSeen:
    """``record``: the label that was asked about."""

    lines: tuple[LogLine, ...]
    next: int | None
    record: str | None = None


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def show_log(work: Work, _place: None, wanted: Filters) -> LogSeen:
    work.tell(**told(wanted))
    record = label_of(work.session, work.asking, wanted.record) if wanted.record.strip() else None
    rows = entries(
        work.session, asked(work, wanted, record), before_id=wanted.before, limit=SHOWN_AT_ONCE + 1
    )
    lines = lines_of(work, rows[:SHOWN_AT_ONCE])
    return LogSeen(lines, lines[-1].id if len(rows) > SHOWN_AT_ONCE else None, record)


def told(wanted: Filters) -> dict[str, str]:
    """What the auditor asked for, for the sealed part of the entry."""
    texts = ("person", "record", "outcome", "action", "purpose")
    typed = {name: getattr(wanted, name) for name in texts if getattr(wanted, name)}
    days = {"since": wanted.since, "until": wanted.until}
    return {**typed, **{name: day.isoformat() for name, day in days.items() if day is not None}}


def asked(work: Work, wanted: Filters, record: str | None) -> Asked:
    """Raises ``Invalid`` for a filter that means nothing: an empty list would say that nobody did it."""
    outcome = wanted.outcome.strip() or None
    return Asked(
        actor=actor_label(work, wanted.person.strip()),
        action=_known("action", wanted.action, Action),
        purpose=_known("purpose", wanted.purpose, Purpose),
        outcome=outcome,
        records=None if record is None else with_parts(work.session, record),
        tried=outcome not in {None, DONE},
        since=wanted.since,
        until=wanted.until,
    )


def _known(field: str, typed: str, kind: type[StrEnum]) -> str | None:
    code = typed.strip()
    if code and code not in set(kind):
        raise Invalid(field, f"The field {field} has no such choice.", "Choose one from the list.")
    return code or None


def actor_label(work: Work, person: str) -> str | None:
    """Raises ``Invalid`` for a sign-in name that nobody has."""
    if not person or ":" in person or person == "ANYONE":
        return person or None
    account = account_by_login(work.session, person)
    if account is None:
        raise Invalid(
            "person", "There is no account with this name.", "Type a sign-in name, or SYSTEM:reader."
        )
    return f"account:{account.uid}"


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


@dataclass(frozen=True)
class Extracted:
    """The lines that fit the filters, the newest checkpoint over the log they stand in, and when they were taken."""

    lines: tuple[LogLine, ...]
    note: str
    at: datetime


@operation(Action.LOG_EXPORT, on=place("log"), reads=True)
def extract_log(work: Work, _place: None, wanted: Filters) -> Extracted:
    """Raises ``Invalid`` for filters that mean nothing, and ``Conflict`` for more lines than a table takes."""
    work.tell(**told(wanted))
    record = label_of(work.session, work.asking, wanted.record) if wanted.record.strip() else None
    rows = entries(work.session, asked(work, wanted, record), before_id=None, limit=MOST_EXTRACTED + 1)
    if len(rows) > MOST_EXTRACTED:
        raise Conflict(
            f"More than {MOST_EXTRACTED} entries fit these filters.",
            "Narrow the filters, for example by time; the whole log is exported with its own button.",
        )
    newest = newest_note(work.session)
    if newest is None:
        raise Conflict("Nothing of the log has been signed yet.", "Try again in a moment.")
    return Extracted(lines_of(work, rows), newest, work.now)


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
