"""Logs for the tests: real ones in a SQLCipher file, and exports rebuilt by hand as a forger would."""

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from archive.core.audit import parts
from archive.core.audit.checkpoint import Checkpoint, keepsake, note, verifier_key
from archive.core.audit.event import Entry, leaf_bytes, touched
from archive.core.audit.export import write_export
from archive.core.audit.log import append, sequence
from archive.core.audit.tables import AuditCheckpoint, AuditDetail, AuditEvent, AuditLeaf, AuditTouch
from archive.core.audit.tree import leaf_hash, root
from archive.core.audit.verify import Report, verify_export
from archive.core.db.engines import Database, open_database
from archive.core.db.guards import create_guards
from archive.core.db.types import Base, FieldCipher
from archive.core.vault.signing import LogSigner

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SIGNER = LogSigner("juanzong.example/log", b"s" * 32)
STRANGER = LogSigner("juanzong.example/log", b"x" * 32)
VERIFIER_KEY = verifier_key(SIGNER.name, SIGNER.public)
KEY = b"k" * 32
CIPHER = FieldCipher(b"f" * 32, b"b" * 32)
TABLES: list[Table] = [
    Base.metadata.tables[mapped.__tablename__]
    for mapped in (AuditEvent, AuditTouch, AuditDetail, AuditLeaf, AuditCheckpoint)
]

Parts = dict[str, bytes]


def uid(number: int) -> UUID:
    return UUID(int=(0x0190 << 112) | (0x7 << 76) | (0x2 << 62) | number)


def entry(number: int, **changes: Any) -> Entry:
    usual = Entry(
        event=uid(number),
        at=START + timedelta(seconds=number),
        actor=f"account:{uid(900_000 + number % 3)}",
        role="claims_handler",
        session=str(uid(800_000)),
        action="page:show",
        target=f"item:{uid(700_000 + number % 5)}",
        grant=str(uid(600_000)),
        purpose="claim",
        outcome="done",
        reasons=("grant.loan",),
        policy="1",
        objects=(f"page:{uid(500_000 + number)}",),
        detail=None,
    )
    return replace(usual, **changes)


def entries(count: int) -> list[Entry]:
    return [entry(number) for number in range(count)]


def new_database(folder: Path) -> Database:
    database = reopen(folder)
    with database.writing() as session:
        Base.metadata.create_all(session.connection(), tables=TABLES)
        create_guards(session.connection())
        session.commit()
    return database


def reopen(folder: Path) -> Database:
    return open_database(folder / "archive.db", KEY, CIPHER)


def write(database: Database, these: Sequence[Entry], detail: str | None = None) -> None:
    with database.writing() as session:
        for one in these:
            append(session, one, writer="test", detail=detail)
        session.commit()


def run_sequencer(database: Database, most: int = 4096) -> int:
    with database.writing() as session:
        placed = sequence(session, now=START, signer=SIGNER, most=most)
        session.commit()
    return placed


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the database key does: drops the guards, then changes what she likes."""
    with database.writing() as session:
        connection = session.connection()
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()
        for (name,) in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.exec_driver_sql(statement)
        session.commit()


def export(database: Database, path: Path) -> Path:
    with database.reading() as session:
        write_export(session, path, now=START, verifier_key=VERIFIER_KEY)
    return path


def read_parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(these: Parts, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in these.items():
            archive.writestr(name, data)
    return path


def signed_note(hashes: Sequence[bytes], size: int, signer: LogSigner = SIGNER) -> str:
    return note(Checkpoint(signer.name, size, root(hashes[:size])), signer)


def remember(these: Sequence[Entry], size: int, signer: LogSigner = SIGNER) -> str:
    hashes = [leaf_hash(leaf_bytes(one)) for one in these]
    return keepsake(verifier_key(signer.name, signer.public), signed_note(hashes, size, signer))


def build(these: Sequence[Entry], sizes: Sequence[int], signer: LogSigner = SIGNER) -> Parts:
    """The parts of an export of these entries, every derived value made anew."""
    leaves = [leaf_bytes(one) for one in these]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    notes = [signed_note(hashes, size, signer) for size in sizes]
    rows = [
        parts.EventRow(index, str(one.event), hashes[index].hex(), parts.search_columns(one), touched(one))
        for index, one in enumerate(these)
    ]
    key = verifier_key(signer.name, signer.public)
    return {
        parts.README: f"{parts.FORMAT}\n".encode(),
        parts.KEY: f"{key}\n".encode(),
        parts.CHECKPOINT: keepsake(key, notes[-1] if notes else "").encode(),
        parts.CHECKPOINTS: b"".join(map(parts.checkpoint_line, sizes, notes)),
        parts.LEAVES: b"".join(leaf + b"\n" for leaf in leaves),
        parts.EVENTS: b"".join(map(parts.row_line, rows)),
        parts.STRAYS: b"",
    }


def verify(these: Parts, folder: Path, remembered: str | None) -> Report:
    return verify_export(pack(these, folder / "forged.zip"), remembered=remembered)


def found(report: Report) -> list[tuple[str, str]]:
    """Kind and place of every finding."""
    return [(finding.kind.value, finding.place) for finding in report.findings]


def kinds(report: Report) -> set[str]:
    return {finding.kind.value for finding in report.findings}
