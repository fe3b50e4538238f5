"""The folder that holds the backups: numbered snapshots, and one pool of sealed objects that they share.

``juanzong-backup.json`` marks it, ``snapshots/<number>-<date>`` holds databases and lists, ``objects`` the pool. What is not
finished, or no longer wanted, lies in ``snapshots`` under a name that begins with a dot; the next run takes it away.
"""

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.core.errors import Conflict, Invalid, StoreFull, StoreUnavailable
from archive.core.vault.files import sync_folder, write_all

FORMAT = "juanzong-backup-1"
MARKER = "juanzong-backup.json"
LOCK = ".lock"
NAME = re.compile(r"\d{6}-\d{4}-\d\d-\d\dT\d{6}Z")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CANNOT_WRITE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
FOREIGN = frozenset({"lost+found"})
"""What a fresh file system holds already."""


@dataclass(frozen=True)
class BackupFolder:
    path: Path

    @property
    def marker(self) -> Path:
        return self.path / MARKER

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def objects(self) -> Path:
        return self.path / "objects"

    def names(self) -> list[str]:
        """Finished snapshots, oldest first: by number, for a clock may jump."""
        with folder_errors():
            return sorted(entry.name for entry in self.snapshots.iterdir() if NAME.fullmatch(entry.name))

    def leftovers(self) -> list[Path]:
        with folder_errors():
            return sorted(entry for entry in self.snapshots.iterdir() if entry.name.startswith("."))

    def next_name(self, now: datetime) -> str:
        used = [int(name[:6]) for name in self.names()]
        used += [int(path.name[1:7]) for path in self.leftovers() if path.name[1:7].isdigit()]
        return f"{max(used, default=0) + 1:06d}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"

    def unfinished(self, name: str) -> Path:
        return self.snapshots / f".{name}"

    def snapshot(self, name: str) -> Path:
        return self.snapshots / name

    def publish(self, name: str) -> None:
        """From here on the snapshot counts."""
        self._rename(self.unfinished(name), self.snapshot(name))

    def withdraw(self, name: str) -> None:
        """From here on it does not; its files go when no object hangs on them."""
        self._rename(self.snapshot(name), self.unfinished(name))

    def _rename(self, old: Path, new: Path) -> None:
        with folder_errors():
            old.rename(new)
            sync_folder(self.snapshots)


@contextmanager
def opened_to_write(path: Path, archive_id: str) -> Iterator[BackupFolder]:
    """Makes an empty or absent folder into one for backups of this archive, and keeps other runs out meanwhile.

    Raises ``Conflict`` when it holds something else or another run is at work there, ``StoreUnavailable``, ``StoreFull``.
    """
    folder = BackupFolder(path)
    with folder_errors():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_foreign(folder)
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take_alone(lock)
        _mark(folder, archive_id)
        yield folder
    finally:
        os.close(lock)


def opened_to_read(path: Path) -> BackupFolder:
    """Raises ``Invalid`` when no backups lie there."""
    folder = BackupFolder(path)
    try:
        known = json.loads(folder.marker.read_bytes())["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        known = False
    if not known or not folder.names():
        raise Invalid(
            "target",
            "This folder holds no backup of Juanzong.",
            "Name the folder that backups were written to.",
        )
    return folder


@contextmanager
def being_read(path: Path) -> Iterator[None]:
    """Keeps backups out, which might prune what is read; others may read meanwhile. Raises ``Conflict`` while one is written.

    A folder that cannot be written to, and has no lock yet, is read without: whoever may not write prunes nothing either.
    """
    lock = _lock_to_read(path / LOCK)
    if lock is None:
        yield
        return
    try:
        if not _is_taken(lock, fcntl.LOCK_SH):
            raise Conflict("A backup is being written there.", "Wait until it has ended, then start again.")
        yield
    finally:
        os.close(lock)


def refuse_overlap(target: Path, data: Path) -> None:
    """A copy on the same disk folder would copy itself, and die with what it is a copy of."""
    inner, outer = target.resolve(), data.resolve()
    if inner == outer or inner in outer.parents or outer in inner.parents:
        raise Invalid(
            "target",
            "The folder of the backups and the folder of the archive lie one inside the other.",
            "Choose a folder elsewhere, best on another disk.",
        )


def refuse_small(path: Path, needed: int) -> None:
    with folder_errors():
        free = shutil.disk_usage(path).free
    if free < needed:
        raise StoreFull(
            f"There is not enough room: {needed // 2**20 + 1} MiB are needed, {free // 2**20} MiB are free.",
            "Make room there, or choose another disk.",
        )


def write_whole(path: Path, content: bytes) -> None:
    """A new file of mode 0600, synced."""
    with folder_errors():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def folder_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull(
                "The disk that is written to is full; what was begun does not count.",
                "Make room there, then start again.",
            ) from error
        raise StoreUnavailable(
            f"The folder cannot be used: {os.strerror(error.errno or 0)}.",
            "Check that the disk is there, that it is writable and that the folder is yours.",
        ) from error


def _refuse_foreign(folder: BackupFolder) -> None:
    names = {entry.name for entry in folder.path.iterdir()} - FOREIGN - {LOCK}
    if names and MARKER not in names and not _is_begun(folder, names):
        raise Conflict(
            "This folder holds something else.",
            "Choose an empty folder, or the one with the earlier backups.",
        )


def _is_begun(folder: BackupFolder, names: set[str]) -> bool:
    """A run that was cut off before it had marked the folder."""
    return names <= {"snapshots", "objects", f"{MARKER}.part"} and not any(folder.snapshots.glob("*"))


def _take_alone(lock: int) -> None:
    if _is_taken(lock, fcntl.LOCK_EX):
        return
    if _is_taken(lock, fcntl.LOCK_SH):
        raise Conflict("A restore or a check is reading there.", "Wait until it has ended, then start again.")
    raise Conflict("Another backup is being written there.", "Wait until it has ended.")


def _is_taken(lock: int, how: int) -> bool:
    """Does not wait; gone when the descriptor is closed, also by a kill."""
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network folder that knows no locks: numbers and hidden names keep runs apart
        return True
    return True


def _lock_to_read(path: Path) -> int | None:
    with folder_errors():
        for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
            try:
                return os.open(path, flags, 0o600)
            except OSError as error:
                if error.errno not in CANNOT_WRITE | {errno.ENOENT}:
                    raise
    return None


def _mark(folder: BackupFolder, archive_id: str) -> None:
    if folder.marker.exists():
        _refuse_other(folder, archive_id)
        return
    with folder_errors():
        folder.snapshots.mkdir(mode=0o700, exist_ok=True)
        folder.objects.mkdir(mode=0o700, exist_ok=True)
        part = folder.path / f"{MARKER}.part"
        part.unlink(missing_ok=True)
        write_whole(part, json.dumps({"format": FORMAT, "archive": archive_id}).encode() + b"\n")
        part.rename(folder.marker)
        sync_folder(folder.path)


def _refuse_other(folder: BackupFolder, archive_id: str) -> None:
    with folder_errors():
        text = folder.marker.read_bytes()
    try:
        is_ours = json.loads(text) == {"format": FORMAT, "archive": archive_id}
    except ValueError:
        is_ours = False
    if not is_ours:
        raise Conflict(
            "This folder holds the backups of another archive.",
            "Choose a folder of its own for each archive.",
        )
