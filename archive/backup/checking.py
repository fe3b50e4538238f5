"""Whether a snapshot is the one that was written, and could be restored. Reads only; nothing is written beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from archive.backup.folder import being_read, folder_errors, opened_to_read
from archive.backup.manifest import (
    DATABASES,
    EXCEPTIONS,
    FILES,
    OBJECTS,
    Manifest,
    Progress,
    Snapshot,
    is_as_written,
    open_snapshot,
    read_entries,
    read_troubles,
)
from archive.backup.pool import digest_of, pool_path
from archive.core.audit.checkpoint import keepsake
from archive.core.audit.export import write_export
from archive.core.audit.verify import Report, verify_export
from archive.core.db.engines import open_copy, reading_copy
from archive.core.db.guards import check_guards
from archive.core.errors import Altered, ArchiveError, Invalid
from archive.core.vault.keyfile import Root
from migrations.steps import is_current, is_unknown

EXPORTS = ".log-*.zip"
"""The log while it is verified; a check that was killed leaves one."""


@dataclass(frozen=True)
class Finding:
    """``place`` is a file of the snapshot, ``log``, or ``object <id>``."""

    place: str
    words: str


@dataclass(frozen=True)
class Checked:
    """``lacking``: objects that were altered or missing already when the snapshot was made."""

    manifest: Manifest
    findings: tuple[Finding, ...]
    objects: int
    lacking: int
    disposed: int
    log: str

    @property
    def is_whole(self) -> bool:
        return not self.findings


def chosen(target: Path, name: str | None, passphrase: str) -> Snapshot:
    """The named snapshot, or the newest. Raises ``Invalid``, ``KeyUnavailable``, ``Altered`` or ``Conflict``."""
    folder = opened_to_read(target)
    with being_read(target):
        names = folder.names()
        if name is not None and name not in names:
            raise Invalid("snapshot", "There is no such snapshot.", f"The newest is {names[-1]}.")
        return open_snapshot(folder.snapshot(name or names[-1]), folder.objects, passphrase)


def refuse_pruned(snapshot: Snapshot) -> None:
    """A backup may have come between choosing a snapshot and reading it."""
    if not snapshot.path.exists():
        raise Invalid(
            "snapshot", "There is no such snapshot any more.", "A backup has pruned it; take a newer one."
        )


def check(snapshot: Snapshot, scratch: Path, *, checkpoint: str | None, watch: Progress) -> Checked:
    """``scratch``: a folder for the export of the log (ids only) while it is verified; ``checkpoint``: one kept outside.

    Raises ``Conflict`` while a backup is written there, which might prune what is read.
    """
    with being_read(snapshot.pool.parent):
        refuse_pruned(snapshot)
        return _check(snapshot, scratch, checkpoint, watch)


def _check(snapshot: Snapshot, scratch: Path, checkpoint: str | None, watch: Progress) -> Checked:
    findings = list(files(snapshot))
    log = "not verified: archive.db was altered"
    if not any(finding.place in DATABASES for finding in findings):
        watch("databases", 0, 1)
        findings += databases(snapshot.path, snapshot.root)
        report = log_of(snapshot, snapshot.path, scratch, checkpoint)
        findings += [Finding("log", f"{f.kind}, {f.place}: {f.words}") for f in report.findings]
        log = report.statement
    if not any(finding.place in {OBJECTS, EXCEPTIONS} for finding in findings):
        findings += objects(snapshot, watch)
    manifest = snapshot.manifest
    lacking = manifest.missing + manifest.altered
    return Checked(manifest, tuple(findings), manifest.objects, lacking, manifest.disposed, log)


def files(snapshot: Snapshot) -> Iterator[Finding]:
    for name in FILES:
        if not is_as_written(snapshot.path / name, snapshot.manifest):
            yield Finding(name, "It is not the file that was written.")


def databases(folder: Path, root: Root) -> Iterator[Finding]:
    """SQLCipher's and SQLite's own checks, the guards of the log, and whether this program knows the version."""
    for name in DATABASES:
        try:
            yield from _sound(folder / name, root.derive(name))
        except ArchiveError as error:
            yield Finding(name, error.message)
    try:
        with reading_copy(folder / "archive.db", root.derive("archive.db")) as session:
            yield from _known(session.connection())
    except (ArchiveError, DatabaseError) as error:
        yield Finding(
            "archive.db", error.message if isinstance(error, ArchiveError) else "It cannot be read."
        )
    yield from _keys(folder, root)


def log_of(snapshot: Snapshot, folder: Path, scratch: Path, checkpoint: str | None) -> Report:
    """Compared with the checkpoint in the manifest, and with one kept outside where there is one."""
    manifest = snapshot.manifest
    own = keepsake(manifest.verifier_key, manifest.note)
    path = scratch / EXPORTS.replace("*", uuid4().hex)
    try:
        with (
            folder_errors(),
            reading_copy(folder / "archive.db", snapshot.root.derive("archive.db")) as session,
        ):
            write_export(session, path, now=datetime.now(UTC), verifier_key=manifest.verifier_key)
        report = verify_export(path, remembered=own)
        return report if checkpoint is None or not report.ok else verify_export(path, remembered=checkpoint)
    finally:
        path.unlink(missing_ok=True)


def objects(snapshot: Snapshot, watch: Progress) -> Iterator[Finding]:
    """Every sealed object against the digest of its row."""
    known = lacking(snapshot)
    for number, entry in enumerate(read_entries(snapshot.path / OBJECTS)):
        if number % 64 == 0:
            watch("objects", number, snapshot.manifest.objects)
        if entry.object in known:
            continue
        try:
            if digest_of(pool_path(snapshot.pool, entry.object)) != entry.sha256:
                yield Finding(f"object {entry.object}", "It is not the object that was copied.")
        except FileNotFoundError:
            yield Finding(f"object {entry.object}", "It is gone.")


def lacking(snapshot: Snapshot) -> set[UUID]:
    return {trouble.object for trouble in read_troubles(snapshot.path / EXCEPTIONS)}


def _sound(path: Path, key: bytes) -> Iterator[Finding]:
    connection = open_copy(path, key)
    try:
        told = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check")]
        told += [row[0] for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
        told += [
            f"A row of {row[0]} points nowhere." for row in connection.execute("PRAGMA foreign_key_check")
        ][:10]
    finally:
        connection.close()
    for words in told:
        yield Finding(path.name, str(words))


def _known(connection: Connection) -> Iterator[Finding]:
    if is_unknown(connection):
        yield Finding("archive.db", "It was written by a newer version; restore it with that version.")
        return
    if is_current(
        connection
    ):  # an older version had older guards; it is brought up to date when it is restored
        check_guards(connection)


def _keys(folder: Path, root: Root) -> Iterator[Finding]:
    """Every object of the copied moment has its key in the copied keys.db, if only one destroyed since."""
    archive = open_copy(folder / "archive.db", root.derive("archive.db"))
    keys = open_copy(folder / "keys.db", root.derive("keys.db"))
    try:
        without = 0
        for (dek,) in archive.execute("SELECT DISTINCT dek_id FROM stored_object"):
            row = keys.execute("SELECT 1 FROM dek WHERE id = ?", (UUID(dek).bytes,)).fetchone()
            without += row is None
    finally:
        archive.close()
        keys.close()
    if without:
        yield Finding("keys.db", f"{without} keys of objects are not in it.")


def refuse_altered(findings: list[Finding]) -> None:
    if findings:
        first = findings[0]
        raise Altered(
            f"{first.place}: {first.words}",
            "Restore another snapshot; juanzong restore --check tells everything that is wrong with this one.",
        )
