"""Making a snapshot while the archive is in use.

archive.db first: one moment of it says what the snapshot is. Then keys.db: a key is made before the row that needs it, so
every key is in a later copy, and one destroyed meanwhile stays destroyed. Then search.db, which is only a filter; then every
object that the copied rows name. Objects never change, so the copy of a later minute is that of the moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from archive import VERSION
from archive.backup.clearing import clear, forget_contents
from archive.backup.folder import (
    BackupFolder,
    folder_errors,
    opened_to_write,
    refuse_overlap,
    refuse_small,
    write_whole,
)
from archive.backup.manifest import (
    DATABASES,
    DISPOSED,
    EXCEPTIONS,
    FORMAT,
    KEY,
    OBJECTS,
    Entry,
    Manifest,
    Progress,
    archive_id,
    describe,
    entry_line,
    read_entries,
    write_list,
    write_manifest,
)
from archive.backup.operations import Ended, begin_backup, end_backup, still_named
from archive.backup.pool import PIECE, Pool, opened
from archive.core.access.actions import Role
from archive.core.audit.checkpoint import keepsake
from archive.core.db.engines import copy_sqlcipher, open_copy
from archive.core.db.failpoints import failpoint
from archive.core.errors import ArchiveError, ObjectMissing, StoreUnavailable
from archive.core.gate import BoundGate
from archive.core.vault.files import sync_folder
from archive.core.vault.keyfile import FULL_COST, Cost, Root, sealed_root
from archive.core.vault.local import LocalStore
from archive.wiring import Archive, system

ROWS = 2048
AT_ONCE = 500
MARGIN = 64 * 2**20
"""Lists, folders and what other programs write meanwhile."""


@dataclass
class Tally:
    """What became of the objects. ``gone``: not in the store; which of them are disposed of is asked afterwards."""

    objects: int = 0
    bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    gone: list[UUID] = field(default_factory=list)
    altered: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """``missing`` and ``altered``: objects that the snapshot lacks though the archive should have them.

    ``checkpoint``: of the copied log, with its verifier key, to be kept outside.
    """

    snapshot: str
    objects: int
    bytes: int
    copied: int
    copied_bytes: int
    disposed: int
    missing: tuple[UUID, ...]
    altered: tuple[UUID, ...]
    pruned: tuple[str, ...]
    trouble: str | None
    checkpoint: str

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.altered and self.trouble is None


def back_up(
    archive: Archive,
    root: Root,
    target: Path,
    passphrase: str,
    *,
    keep: int | None,
    watch: Progress,
    cost: Cost = FULL_COST,
) -> Made:
    """One more snapshot in ``target``; with ``keep``, only so many newest ones stay.

    What breaks it is logged and raised; nothing half-made counts as a snapshot.
    """
    gate = archive.gate.bind(system(Role.OPERATOR), begin_backup, end_backup, still_named)
    refuse_overlap(target, archive.settings.data)
    gate.run(begin_backup, None, str(target))
    try:
        watch("passphrase", 0, 1)
        with opened_to_write(target, archive_id(root)) as folder:
            made = _Making(archive, root, gate, folder, watch).run(
                sealed_root(root, passphrase, cost=cost), keep
            )
    except Exception as error:  # whatever it was stands in the log before it is told
        gate.run(end_backup, None, Ended({}, error))
        raise
    gate.run(end_backup, None, Ended(_told(made)))
    return made


def _told(made: Made) -> dict[str, str]:
    numbers = {"objects": made.objects, "copied": made.copied, "disposed": made.disposed}
    troubles = {"missing": len(made.missing), "altered": len(made.altered), "pruned": len(made.pruned)}
    return {
        "snapshot": made.snapshot,
        **{name: str(count) for name, count in {**numbers, **troubles}.items()},
    }


@dataclass(frozen=True)
class _Making:
    archive: Archive
    root: Root
    gate: BoundGate
    folder: BackupFolder
    watch: Progress

    def run(self, key: bytes, keep: int | None) -> Made:
        now = self.archive.clock()
        name = self.folder.next_name(now)
        forget_contents(self.folder)
        draft = self.folder.unfinished(name)
        with folder_errors():
            draft.mkdir(mode=0o700)
            (draft / "incoming").mkdir(mode=0o700)
        self._copy_databases(draft)
        failpoint("backup.copied")
        tally = self._copy_objects(draft)
        failpoint("backup.gathered")
        missing = self._missing(tally.gone)
        manifest = self._write(draft, name, now.isoformat(), key, tally, missing)
        failpoint("backup.written")
        self.folder.publish(name)
        failpoint("backup.published")
        pruned, trouble = self._prune(name, keep)
        return Made(
            snapshot=name,
            objects=manifest.objects,
            bytes=manifest.bytes,
            copied=tally.copied,
            copied_bytes=tally.copied_bytes,
            disposed=manifest.disposed,
            missing=tuple(missing),
            altered=tuple(tally.altered),
            pruned=pruned,
            trouble=trouble,
            checkpoint=keepsake(manifest.verifier_key, manifest.note),
        )

    def _copy_databases(self, draft: Path) -> None:
        self.archive.sequence_log()
        settings = self.archive.settings
        sources = dict(
            zip(DATABASES, (settings.archive_db, settings.keys_db, settings.search_db), strict=True)
        )
        with folder_errors():
            refuse_small(self.folder.path, sum(path.stat().st_size for path in sources.values()) + MARGIN)
        for number, (name, path) in enumerate(sources.items()):
            self.watch("databases", number, len(DATABASES))
            journal = "DELETE" if name == "keys.db" else "WAL"
            with folder_errors():
                copy_sqlcipher(path, self.root.derive(name), draft / name, journal=journal)

    def _copy_objects(self, draft: Path) -> Tally:
        """The list is whole on the disk before the first object is copied: whatever is cut off can be told by it."""
        with opened(self.folder.objects, draft / "incoming") as pool:
            return self._gather(draft, pool)

    def _gather(self, draft: Path, pool: Pool) -> Tally:
        tally, needed = Tally(), 0

        def listed() -> Iterator[dict[str, Any]]:
            nonlocal needed
            for entry in _rows(draft / "archive.db", self.root.derive("archive.db")):
                tally.objects += 1
                tally.bytes += entry.size
                needed += 0 if pool.has(entry.object, entry.size) else entry.size
                yield entry_line(entry)

        write_list(draft / OBJECTS, listed())
        refuse_small(self.folder.path, needed + MARGIN)
        store = LocalStore(self.archive.settings.objects)
        for number, entry in enumerate(read_entries(draft / OBJECTS)):
            if number % 64 == 0:
                self.watch("objects", number, tally.objects)
            if not pool.has(entry.object, entry.size):
                self._copy_object(store, pool, entry, tally)
        self.watch("objects", tally.objects, tally.objects)
        return tally

    def _copy_object(self, store: LocalStore, pool: Pool, entry: Entry, tally: Tally) -> None:
        try:
            is_whole = pool.put(entry.object, _pieces(store, entry.object), entry.sha256)
        except ObjectMissing:
            tally.gone.append(entry.object)
            return
        if is_whole:
            tally.copied += 1
            tally.copied_bytes += entry.size
        else:
            tally.altered.append(entry.object)

    def _missing(self, gone: list[UUID]) -> list[UUID]:
        missing: list[UUID] = []
        for start in range(0, len(gone), AT_ONCE):
            some = gone[start : start + AT_ONCE]
            named = self.gate.run(still_named, None, some).value
            missing += [object_id for object_id in some if object_id in named]
        return missing

    def _write(
        self, draft: Path, name: str, at: str, key: bytes, tally: Tally, missing: list[UUID]
    ) -> Manifest:
        lost = set(missing)
        disposed = [object_id for object_id in tally.gone if object_id not in lost]
        troubles = {DISPOSED: disposed, "missing": missing, "altered": tally.altered}
        lines = ({"object": o.hex, "what": what} for what, objects in troubles.items() for o in objects)
        write_list(draft / EXCEPTIONS, lines)
        write_whole(draft / KEY, key)
        with folder_errors():
            (draft / "incoming").rmdir()
        revision, note = _facts(draft / "archive.db", self.root.derive("archive.db"))
        manifest = Manifest(
            format=FORMAT,
            name=name,
            at=at,
            version=VERSION,
            revision=revision,
            archive=archive_id(self.root),
            verifier_key=self.archive.verifier_key,
            note=note,
            objects=tally.objects,
            bytes=tally.bytes,
            disposed=len(disposed),
            missing=len(missing),
            altered=len(tally.altered),
            files=describe(draft),
        )
        write_manifest(draft, manifest, self.root)
        with folder_errors():
            sync_folder(draft)
        return manifest

    def _prune(self, newest: str, keep: int | None) -> tuple[tuple[str, ...], str | None]:
        """The new snapshot stands, whatever happens here."""
        older = [name for name in self.folder.names() if name != newest]
        pruned = () if keep is None else tuple(older[: max(0, len(older) + 1 - keep)])
        try:
            for name in pruned:
                self.folder.withdraw(name)
            failpoint("backup.withdrawn")
            clear(self.folder, self.root)
        except ArchiveError as error:
            return pruned, f"{error.message} {error.remedy}"
        return pruned, None


def _rows(path: Path, key: bytes) -> Iterator[Entry]:
    connection = open_copy(path, key)
    query = "SELECT id, uid, sealed_size, sealed_sha256 FROM stored_object WHERE id > ? ORDER BY id LIMIT ?"
    try:
        last = 0
        while rows := connection.execute(query, (last, ROWS)).fetchall():
            for row, uid, size, digest in rows:
                yield Entry(row, UUID(uid), size, bytes(digest))
            last = rows[-1][0]
    finally:
        connection.close()


def _facts(path: Path, key: bytes) -> tuple[str, str]:
    """Migration revision and newest signed checkpoint of the copied moment."""
    connection = open_copy(path, key)
    try:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        (note,) = connection.execute(
            "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
    finally:
        connection.close()
    return str(revision), str(note)


def _pieces(store: LocalStore, object_id: UUID) -> Iterator[bytes]:
    """One that cannot be read is missing to the snapshot; it must not end the backup of all others."""
    offset = 0
    while piece := _read(store, object_id, offset):
        yield piece
        offset += len(piece)
        if len(piece) < PIECE:
            return


def _read(store: LocalStore, object_id: UUID, offset: int) -> bytes:
    try:
        return store.read_at(object_id, offset, PIECE)
    except StoreUnavailable as error:
        raise ObjectMissing(error.message, error.remedy) from error
