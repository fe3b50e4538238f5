"""Objects as files of one local folder.

``ab/cd/<32 hex digits>``: the folders are the last four digits, which are random; the first ones of a UUIDv7 are its date.
A file is written under another name, synced, linked to its own name (a link never overwrites), and its folders are synced.
"""

import errno
import math
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from archive.core.db.failpoints import failpoint
from archive.core.errors import Conflict, ObjectMissing, StoreFull, StoreUnavailable
from archive.core.vault.files import sync_folder, write_all

TEMPORARY = ".part"
OBJECT_NAME = re.compile("[0-9a-f]{32}")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalStore:
    """An adapter of ``archive.core.vault.store.Store``. Several processes may use one folder.

    It stays with the folder that it found: where another one lies in its place, as under a disk that is not mounted any
    more, nothing is written and nothing counts as missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _store_errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
            self._identity = _identity(folder)

    def put(self, object_id: UUID, chunks: Iterable[bytes]) -> int:
        path = self._path(object_id)
        if self.exists(object_id):
            raise _already_there()
        return self._put(path, chunks, _publish)

    def replace(self, object_id: UUID, chunks: Iterable[bytes]) -> None:
        self._check()
        self._put(self._path(object_id), chunks, _put_in_place)

    def _put(self, path: Path, chunks: Iterable[bytes], publish: Callable[[Path, Path], None]) -> int:
        with self._errors():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
        try:
            size = _write(temporary, chunks)
            failpoint("store.synced")
            publish(temporary, path)
        except ObjectMissing:
            self._check()
            raise
        finally:
            with _store_errors():
                temporary.unlink(missing_ok=True)
        failpoint("store.renamed")
        self._sync_names(path)
        return size

    def size(self, object_id: UUID) -> int:
        with self._errors():
            return self._path(object_id).stat().st_size

    def read_at(self, object_id: UUID, offset: int, length: int) -> bytes:
        with self._errors():
            descriptor = os.open(self._path(object_id), os.O_RDONLY)
            try:
                return _read(descriptor, offset, length)
            finally:
                os.close(descriptor)

    def delete(self, object_id: UUID) -> None:
        path = self._path(object_id)
        with self._errors():
            self._check()
            if path.exists():
                path.unlink(missing_ok=True)
                sync_folder(path.parent)

    def exists(self, object_id: UUID) -> bool:
        with self._errors():
            self._check()
            return self._path(object_id).exists()

    def objects(self) -> Iterator[UUID]:
        for path in self._files():
            if OBJECT_NAME.fullmatch(path.name):
                yield UUID(path.name)

    def last_written(self, object_id: UUID) -> float:
        with self._errors():
            return self._path(object_id).stat().st_mtime

    def sweep_temporary(self, older_than_s: float, *, removing: bool = True) -> int:
        oldest = time.time() - older_than_s
        swept = 0
        for path in self._files():
            if path.name.endswith(TEMPORARY) and _last_written(path) < oldest:
                if removing:
                    with _store_errors():
                        path.unlink(missing_ok=True)
                swept += 1
        return swept

    def _path(self, object_id: UUID) -> Path:
        name = object_id.hex
        return self._folder / name[-2:] / name[-4:-2] / name

    def _files(self) -> Iterator[Path]:
        with self._errors():
            self._check()
            for outer in _folders(self._folder):
                for inner in _folders(outer):
                    yield from inner.iterdir()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What is missing is missing only in the folder with which the store was opened."""
        try:
            with _store_errors():
                yield
        except ObjectMissing:
            self._check()
            raise

    def _check(self) -> None:
        try:
            is_same = _identity(self._folder) == self._identity
        except OSError:
            is_same = False
        if not is_same:
            raise StoreUnavailable(
                "The objects folder is not there any more, or another one lies in its place.",
                "Mount its disk again, then restart the archive.",
            )

    def _sync_names(self, path: Path) -> None:
        """All three levels: another process may have made a folder and not yet synced its name. A clean one costs nothing."""
        with _store_errors():
            for folder in (path.parent, path.parent.parent, self._folder):
                sync_folder(folder)


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _write(temporary: Path, chunks: Iterable[bytes]) -> int:
    with _store_errors():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    size = 0
    try:
        for chunk in chunks:
            with _store_errors():
                write_all(descriptor, chunk)
            size += len(chunk)
        failpoint("store.written")
        with _store_errors():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size


def _publish(temporary: Path, path: Path) -> None:
    with _store_errors():
        try:
            os.link(temporary, path)
        except FileExistsError as error:
            raise _already_there() from error


def _put_in_place(temporary: Path, path: Path) -> None:
    with _store_errors():
        temporary.replace(path)


def _read(descriptor: int, offset: int, length: int) -> bytes:
    """``os.pread`` may give fewer bytes than there are."""
    pieces = []
    while length > 0 and (piece := os.pread(descriptor, length, offset)):
        pieces.append(piece)
        offset, length = offset + len(piece), length - len(piece)
    return b"".join(pieces)


def _folders(folder: Path) -> Iterator[Path]:
    return (Path(entry) for entry in os.scandir(folder) if entry.is_dir() and len(entry.name) == 2)


def _last_written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its writer has just finished
        return math.inf


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(
            "A sealed object is not in the store.", "Restore the objects folder from a backup."
        ) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull(
                "The disk of the archive is full; nothing of this file was kept.",
                "Free some room, then send it again.",
            ) from error
        raise StoreUnavailable(
            f"The objects folder cannot be used: {os.strerror(error.errno or 0)}.",
            "Check that the disk is there, is writable and allows hard links.",
        ) from error


def _already_there() -> Conflict:
    return Conflict("An object of this id is already stored.", "Store it under a new id.")
