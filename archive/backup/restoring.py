"""An archive made again from a snapshot, in an empty folder.

A mark stands in the folder until the very end, and ``up`` refuses it; a second call goes on where the first was cut off.
Databases are copied anew then, objects that are there are checked and kept.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.backup import checking
from archive.backup.checking import Finding, refuse_altered, refuse_pruned
from archive.backup.folder import being_read, folder_errors, refuse_overlap, refuse_small, write_whole
from archive.backup.making import MARGIN
from archive.backup.manifest import (
    DATABASES,
    DISPOSED,
    EXCEPTIONS,
    OBJECTS,
    Entry,
    Progress,
    Snapshot,
    read_entries,
    read_troubles,
)
from archive.backup.operations import Restoration, compare_index, forget_disposed, note_restore
from archive.backup.pool import Pool, digest_of, opened, pieces_of, pool_path
from archive.core.access.actions import Role
from archive.core.audit.findings import Kind
from archive.core.audit.verify import Report
from archive.core.db.failpoints import failpoint
from archive.core.errors import Conflict, LogAltered
from archive.core.settings import Settings
from archive.core.vault.files import sync_folder
from archive.core.vault.keyfile import FULL_COST, Cost, keep_root
from archive.desks.audit.operations import take_checkpoint
from archive.desks.finding import indexing
from archive.desks.finding.operations import index_again
from archive.wiring import Archive, Clock, found_archive, now, open_archive, system
from search.index import IndexStale

AT_ONCE = 500


@dataclass(frozen=True)
class Restored:
    """``lost``: objects that the snapshot named and that could not be restored as they were sealed.

    ``checkpoint``: of the restored log, to be kept outside.
    """

    snapshot: str
    at: str
    objects: int
    lacking: int
    lost: tuple[Finding, ...]
    log: str
    checkpoint: str
    reindexed: int


@dataclass(frozen=True)
class Wanted:
    """``new_passphrase`` None: the key file of the restored archive needs none. ``checkpoint``: one kept outside."""

    settings: Settings
    new_passphrase: str | None
    checkpoint: str | None = None
    cost: Cost = FULL_COST
    clock: Clock = now


def restore(snapshot: Snapshot, wanted: Wanted, watch: Progress) -> Restored:
    """Raises ``Altered`` when lists, databases or log are not those that were written; a single object only counts.

    ``Conflict`` while a backup is written there, which might prune what is read.
    """
    target = snapshot.pool.parent
    refuse_overlap(target, wanted.settings.data)
    with being_read(target):
        refuse_pruned(snapshot)
        return _restore(snapshot, wanted, watch)


def _restore(snapshot: Snapshot, wanted: Wanted, watch: Progress) -> Restored:
    settings = wanted.settings
    _begin(settings, snapshot)
    refuse_altered(list(checking.files(snapshot)))
    _refuse_small(settings, snapshot)
    _copy_databases(settings, snapshot, watch)
    log = _verify(settings, snapshot, wanted.checkpoint)
    lost = _copy_objects(settings, snapshot, watch)
    failpoint("restore.copied")
    keep_root(settings.key_file, snapshot.root, wanted.new_passphrase, cost=wanted.cost)
    restored = _wake(wanted, snapshot, lost, log)
    failpoint("restore.noted")
    with folder_errors():
        settings.unfinished.unlink()
        sync_folder(settings.data)
    return restored


def _begin(settings: Settings, snapshot: Snapshot) -> None:
    """Marks an empty folder, or takes back what a cut-off restore of the same snapshot has written."""
    mark = json.dumps({"snapshot": snapshot.manifest.name, "archive": snapshot.manifest.archive}).encode()
    with folder_errors():
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = {path.name for path in settings.data.iterdir()} - {"lost+found"}
        if not there:
            write_whole(settings.unfinished, mark)
            sync_folder(settings.data)
            return
        if settings.unfinished.name not in there or settings.unfinished.read_bytes() not in {mark, b""}:
            raise Conflict(
                "The folder to restore into is not empty.",
                "Choose an empty folder, or one that does not exist yet.",
            )
        _take_back(settings)


def _take_back(settings: Settings) -> None:
    settings.key_file.unlink(missing_ok=True)
    for pattern in (*(f"{name}*" for name in DATABASES), checking.EXPORTS):
        for path in settings.data.glob(pattern):
            path.unlink()
    shutil.rmtree(_incoming(settings), ignore_errors=True)


def _incoming(settings: Settings) -> Path:
    return settings.data / "restore.incoming"


def _refuse_small(settings: Settings, snapshot: Snapshot) -> None:
    there = sum(path.stat().st_size for path in settings.data.rglob("*") if path.is_file())
    needed = snapshot.manifest.bytes + sum(file["size"] for file in snapshot.manifest.files.values()) + MARGIN
    refuse_small(settings.data, needed - there)


def _copy_databases(settings: Settings, snapshot: Snapshot, watch: Progress) -> None:
    for number, name in enumerate(DATABASES):
        watch("databases", number, len(DATABASES))
        with folder_errors():
            (settings.data / name).touch(0o600)
            shutil.copyfile(snapshot.path / name, settings.data / name)


def _verify(settings: Settings, snapshot: Snapshot, checkpoint: str | None) -> str:
    """On the copies, before anything opens them to write."""
    refuse_altered(list(checking.databases(settings.data, snapshot.root)))
    report = checking.log_of(snapshot, settings.data, settings.data, checkpoint)
    if not report.ok:
        raise _does_not_verify(report)
    return report.statement


def _does_not_verify(report: Report) -> LogAltered:
    if {finding.kind for finding in report.findings} <= {Kind.OLDER_CHECKPOINT, Kind.CUT_TAIL}:
        return LogAltered(
            "The log of this snapshot ends before the checkpoint that was kept: later entries are not in it.",
            "Restore a newer snapshot. If there is none, restore without --checkpoint and keep the checkpoint: "
            "it proves what is missing.",
        )
    first = report.findings[0]
    return LogAltered(
        f"The log of this snapshot does not verify: {first.kind}, {first.place}.",
        "Find out who changed it; restore another snapshot.",
    )


def _copy_objects(settings: Settings, snapshot: Snapshot, watch: Progress) -> list[Finding]:
    with folder_errors():
        settings.objects.mkdir(mode=0o700, exist_ok=True)
        _incoming(settings).mkdir(mode=0o700)
    with opened(settings.objects, _incoming(settings)) as pool:
        lost = _fill(pool, settings, snapshot, watch)
    with folder_errors():
        _incoming(settings).rmdir()
    return lost


def _fill(pool: Pool, settings: Settings, snapshot: Snapshot, watch: Progress) -> list[Finding]:
    lost: list[Finding] = []
    known = checking.lacking(snapshot)
    for number, entry in enumerate(read_entries(snapshot.path / OBJECTS)):
        if number % 64 == 0:
            watch("objects", number, snapshot.manifest.objects)
        if entry.object not in known and not _is_there(settings, entry):
            lost += _copy_object(pool, snapshot, entry)
    return lost


def _is_there(settings: Settings, entry: Entry) -> bool:
    try:
        return digest_of(pool_path(settings.objects, entry.object)) == entry.sha256
    except FileNotFoundError:
        return False


def _copy_object(pool: Pool, snapshot: Snapshot, entry: Entry) -> Iterator[Finding]:
    try:
        if not pool.put(entry.object, pieces_of(pool_path(snapshot.pool, entry.object)), entry.sha256):
            yield Finding(f"object {entry.object}", "It is not the object that was copied.")
    except FileNotFoundError:
        yield Finding(f"object {entry.object}", "It is gone.")


def _wake(wanted: Wanted, snapshot: Snapshot, lost: list[Finding], log: str) -> Restored:
    """Brings an older database up to date, ends its sessions, and makes the index agree; all under its own log."""
    found_archive(wanted.settings, wanted.new_passphrase, is_restoring=True)
    archive = open_archive(wanted.settings, wanted.new_passphrase, clock=wanted.clock, is_restoring=True)
    manifest = snapshot.manifest
    lacking = manifest.missing + manifest.altered
    try:
        gate = archive.gate.bind(system(Role.OPERATOR), note_restore, take_checkpoint)
        done = Restoration(manifest.name, manifest.objects - len(lost), lacking + len(lost))
        gate.run(note_restore, None, done)
        _forget_disposed(archive, snapshot)
        reindexed = _agree(archive)
        archive.sequence_log()
        checkpoint = gate.run(take_checkpoint, None, archive.verifier_key).value
    finally:
        archive.close()
    return Restored(
        snapshot=manifest.name,
        at=manifest.at,
        objects=done.objects,
        lacking=lacking,
        lost=tuple(lost),
        log=log,
        checkpoint=checkpoint,
        reindexed=reindexed,
    )


def _forget_disposed(archive: Archive, snapshot: Snapshot) -> None:
    """archive.db is a little older than the list of what the store lacked."""
    gate = archive.gate.bind(system(Role.OPERATOR), forget_disposed)
    troubles = read_troubles(snapshot.path / EXCEPTIONS)
    disposed = [trouble.object for trouble in troubles if trouble.what == DISPOSED]
    for start in range(0, len(disposed), AT_ONCE):
        gate.run(forget_disposed, None, disposed[start : start + AT_ONCE])


def _agree(archive: Archive) -> int:
    """search.db is a little newer than archive.db: what only it knows is forgotten, what it has newer is indexed again."""
    operator = archive.gate.bind(system(Role.OPERATOR), compare_index)
    reader = archive.gate.bind(system(Role.READER), *indexing.OPERATIONS)
    try:
        remembered = [*archive.index.items_indexed(), *archive.index.items_removed()]
    except IndexStale:
        return indexing.reindex(reader, archive.index)
    again = 0
    for start in range(0, len(remembered), AT_ONCE):
        ahead = operator.run(compare_index, None, dict(remembered[start : start + AT_ONCE])).value
        for item_id in ahead.unknown:
            archive.index.forget(item_id)
        for item_id, uid, version in ahead.newer:
            archive.index.remove(item_id, version)
            reader.run(index_again, uid, version + 1)
        again += len(ahead.newer)
    return again
