"""Writes the whole log into one ZIP file that ``verify`` checks offline.

The file holds ids, codes and hashes only, never what a person typed (details stay sealed in the archive), so it may
lie on a disk in clear; it still tells who worked on which record id, and belongs in the auditor's hands.
"""

import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Cast, LargeBinary, Row, ScalarSelect, Select, Text, cast, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.core.audit import parts
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.event import moment_text
from archive.core.audit.tables import AuditCheckpoint, AuditEvent, AuditLeaf, AuditTouch
from archive.core.errors import LogAltered

BATCH = 2048

_Query = Select[*tuple[Any, ...]]

_README = """{format}
Written {at}: {size} entries with a place in the tree, {pending} newer ones without (export again to have them).

leaves.jsonl       one entry a line, the exact bytes that were hashed; line n is leaf n-1
events.jsonl       for each leaf: its stored hash, the columns used for searching, the records touched
strays.jsonl       rows of the log's tables that belong to no leaf; empty in a whole log
checkpoints.jsonl  every signed checkpoint (C2SP tlog-checkpoint: origin, size, Merkle root of RFC 6962)
checkpoint.txt     verifier key and newest checkpoint. Keep a copy of this file outside the archive.
verifier.key       the public key of the log (C2SP signed-note)

To verify, on any computer with Juanzong, without the archive and its keys:
    juanzong audit verify THIS_FILE --checkpoint THE_FILE_YOU_KEPT
Without --checkpoint the log is only compared with itself.
"""


@dataclass(frozen=True)
class ExportSummary:
    """``size`` counts exported entries, ``pending`` those not yet sequenced; ``keepsake`` is to be kept outside."""

    path: Path
    size: int
    pending: int
    keepsake: str


def write_export(session: Session, path: Path, *, now: datetime, verifier_key: str) -> ExportSummary:
    """Reads one snapshot (``Database.reading``) in batches and puts the finished file in place by renaming.

    The caller sequences first. An altered log is exported as it stands, so that the verifier can name the place;
    raises ``LogAltered`` only where the tables are damaged so far that the database cannot read them.
    """
    partial = path.with_name(path.name + ".part")
    partial.touch(0o600)
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            summary = _write_parts(session, archive, path, now, verifier_key)
        _sync(partial)
        partial.replace(path)
    except DBAPIError as error:
        raise LogAltered(
            "The tables of the access log are damaged and cannot be read to their end.",
            "Keep a copy of the database and restore from a backup.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return summary


def _write_parts(
    session: Session, archive: zipfile.ZipFile, path: Path, now: datetime, verifier_key: str
) -> ExportSummary:
    newest = session.scalar(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size.desc()).limit(1))
    size = session.scalar(select(func.count()).select_from(AuditLeaf)) or 0
    pending = session.scalar(select(func.count()).where(AuditEvent.id > _last_placed())) or 0
    summary = ExportSummary(path, size, pending, keepsake(verifier_key, newest or ""))
    readme = _README.format(format=parts.FORMAT, at=moment_text(now), size=size, pending=pending)
    for name, lines in (
        (parts.README, iter([readme.encode()])),
        (parts.KEY, iter([f"{verifier_key}\n".encode()])),
        (parts.CHECKPOINT, iter([summary.keepsake.encode()])),
        (parts.CHECKPOINTS, _checkpoints(session)),
        (parts.LEAVES, _leaves(session)),
        (parts.EVENTS, _events(session)),
        (parts.STRAYS, _strays(session)),
    ):
        info = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as part:
            for line in lines:
                part.write(line)
    return summary


def _checkpoints(session: Session) -> Iterator[bytes]:
    query: _Query = select(AuditCheckpoint.size, cast(AuditCheckpoint.note, Text))
    for size, note in _in_batches(session, query, AuditCheckpoint.size):
        yield parts.checkpoint_line(size, note)


def _leaves(session: Session) -> Iterator[bytes]:
    """An event that is gone leaves an empty line; a line break inside a damaged leaf becomes a space."""
    query: _Query = select(AuditLeaf.leaf_index, cast(AuditEvent.leaf, LargeBinary)).outerjoin(
        AuditEvent, AuditEvent.uid == AuditLeaf.event
    )
    for _, leaf in _in_batches(session, query, AuditLeaf.leaf_index):
        yield (leaf or b"").replace(b"\n", b" ") + b"\n"


def _events(session: Session) -> Iterator[bytes]:
    query: _Query = select(
        AuditLeaf.leaf_index,
        cast(AuditLeaf.event, Text),
        cast(AuditLeaf.hash, LargeBinary),
        AuditEvent.id,
        *_columns(),
    ).outerjoin(AuditEvent, AuditEvent.uid == AuditLeaf.event)
    touches: dict[str, list[str]] = {}
    for index, event, digest, event_id, *columns in _in_batches(session, query, AuditLeaf.leaf_index):
        if event not in touches:
            touches = _touches(session, index)
        yield parts.row_line(
            parts.EventRow(
                index=index,
                event=_uid(event),
                hash=(digest or b"").hex(),
                columns=None if event_id is None else _stored(columns),
                touches=tuple(touches.get(event, ())),
            )
        )


def _touches(session: Session, first: int) -> dict[str, list[str]]:
    """The touches of one batch of leaves, by event; an event without touches has an empty list."""
    query: _Query = (
        select(cast(AuditLeaf.event, Text), cast(AuditTouch.uid, Text))
        .outerjoin(AuditTouch, AuditTouch.event == AuditLeaf.event)
        .where(AuditLeaf.leaf_index >= first, AuditLeaf.leaf_index < first + BATCH)
        .order_by(AuditLeaf.leaf_index, AuditTouch.uid)
    )
    touches: dict[str, list[str]] = {}
    for event, uid in session.execute(query):
        touches.setdefault(event, []).extend([] if uid is None else [uid])
    return touches


def _strays(session: Session) -> Iterator[bytes]:
    """Events that were passed over by the tree, and touches of events that do not exist."""
    unplaced = ~select(AuditLeaf.event).where(AuditLeaf.event == AuditEvent.uid).exists()
    passed_over = select(cast(AuditEvent.uid, Text), *_columns()).where(
        unplaced, AuditEvent.id <= _last_placed()
    )
    for event, *columns in session.execute(passed_over):
        yield parts.row_line(parts.EventRow(None, _uid(event), None, _stored(columns), ()))
    eventless = ~select(AuditEvent.uid).where(AuditEvent.uid == AuditTouch.event).exists()
    unplaced_touch = ~select(AuditLeaf.event).where(AuditLeaf.event == AuditTouch.event).exists()
    orphans = select(cast(AuditTouch.event, Text), cast(AuditTouch.uid, Text)).where(
        eventless, unplaced_touch
    )
    for event, uid in session.execute(orphans):
        yield parts.row_line(parts.EventRow(None, _uid(event), None, None, (uid,)))


def _last_placed() -> ScalarSelect[int]:
    """The id of the newest event that has a place; events after it wait for the sequencer."""
    newest = (
        select(AuditEvent.id)
        .join(AuditLeaf, AuditLeaf.event == AuditEvent.uid)
        .order_by(AuditLeaf.leaf_index.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(func.coalesce(newest, 0)).scalar_subquery()


def _in_batches(
    session: Session, query: _Query, key: InstrumentedAttribute[int]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """All rows in the order of ``key``, which is the query's first column; memory holds one batch."""
    page = query.order_by(key).limit(BATCH)
    batch = session.execute(page).all()
    while batch:
        yield from batch
        batch = session.execute(page.where(key > batch[-1][0])).all()


def _columns() -> list[Cast[str]]:
    """As text, so that a damaged value reaches the verifier instead of failing here."""
    return [cast(getattr(AuditEvent, name), Text) for name in parts.COLUMNS]


def _stored(values: list[str | None]) -> dict[str, str | None]:
    columns = dict(zip(parts.COLUMNS, values, strict=True))
    with suppress(ValueError, TypeError):
        columns["at"] = moment_text(datetime.fromisoformat(str(columns["at"])).replace(tzinfo=UTC))
    return columns


def _uid(text: str) -> str:
    """PostgreSQL writes a UUID with dashes, SQLite stores 32 hex digits; anything else stays as it is."""
    try:
        return str(UUID(text))
    except ValueError:
        return text


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
