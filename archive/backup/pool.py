"""Sealed objects as files, as ``archive.core.vault.local`` lays them out: the pool of a backup, or a store being restored.

The disk is synced once for many files (measured: 2,000 files synced one by one, with the folders they are in, took six
times as long). A file gets its name after its bytes are on the disk, so what has a name is whole, whatever was killed.
"""

import ctypes
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from archive.backup.folder import folder_errors
from archive.core.vault.files import write_all

MOST_FILES = 4096
MOST_BYTES = 256 * 2**20
PIECE = 2**20


class Pool:
    """``incoming``: a folder on the same disk for what has no name yet. Made by ``opened``."""

    def __init__(self, folder: Path, incoming: Path, disk: int) -> None:
        self._folder = folder
        self._incoming = incoming
        self._disk = disk
        self._waiting: list[UUID] = []
        self._bytes = 0

    def has(self, object_id: UUID, size: int) -> bool:
        """By name and size: objects never change, and only whole ones have a name."""
        try:
            return pool_path(self._folder, object_id).stat().st_size == size
        except FileNotFoundError:
            return False

    def put(self, object_id: UUID, pieces: Iterator[bytes], digest: bytes) -> bool:
        """False, and nothing is kept, when the bytes are not those of the digest. Durable when the pool is left."""
        path = self._incoming / object_id.hex
        size, found = self._write(path, pieces)
        if found != digest:
            with folder_errors():
                path.unlink()
            return False
        self._waiting.append(object_id)
        self._bytes += size
        if len(self._waiting) >= MOST_FILES or self._bytes >= MOST_BYTES:
            self.name_waiting()
        return True

    def name_waiting(self) -> None:
        with folder_errors():
            _sync_disk(self._disk)
            for object_id in self._waiting:
                self._name(object_id)
        self._waiting, self._bytes = [], 0

    def _name(self, object_id: UUID) -> None:
        path = pool_path(self._folder, object_id)
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        (self._incoming / object_id.hex).rename(path)

    def _write(self, path: Path, pieces: Iterator[bytes]) -> tuple[int, bytes]:
        size, digest = 0, sha256()
        with folder_errors():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
        try:
            for piece in pieces:
                with folder_errors():
                    write_all(descriptor, piece)
                digest.update(piece)
                size += len(piece)
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
        finally:
            os.close(descriptor)
        return size, digest.digest()


@contextmanager
def opened(folder: Path, incoming: Path) -> Iterator[Pool]:
    """When it is left without an error, everything that was put is there for good under its name."""
    with folder_errors():
        disk = os.open(
            folder, os.O_RDONLY | os.O_DIRECTORY
        )  # open before the first write: it is told of failed ones
    try:
        pool = Pool(folder, incoming, disk)
        yield pool
        pool.name_waiting()
        with folder_errors():
            _sync_disk(disk)
    finally:
        os.close(disk)


def pool_path(folder: Path, object_id: UUID) -> Path:
    name = object_id.hex
    return folder / name[-2:] / name[-4:-2] / name


def remove(folder: Path, objects: Iterable[UUID]) -> None:
    """For good when it returns. One that is not there is already gone."""
    with folder_errors():
        for object_id in objects:
            pool_path(folder, object_id).unlink(missing_ok=True)
        disk = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _sync_disk(disk)
        finally:
            os.close(disk)


def pieces_of(path: Path) -> Iterator[bytes]:
    """Raises ``FileNotFoundError``, at the first piece, for the caller to judge."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file. Raises ``FileNotFoundError``."""
    digest = sha256()
    for piece in pieces_of(path):
        digest.update(piece)
    return digest.digest()


_LIBC = ctypes.CDLL(None, use_errno=True)


def _sync_disk(descriptor: int) -> None:
    """syncfs(2): everything written to the disk that this folder lies on. Raises ``OSError``, also for earlier writes that failed."""
    if _LIBC.syncfs(descriptor) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
