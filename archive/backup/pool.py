"""Sealed objects as files, as ``archive.core.vault.local`` lays them out: the pool of a backup, or a store being restored.

Many are synced at once: a sync for each would cost hours for a million. A file gets its name after its bytes are on the
disk, so what has a name is whole, whatever was killed.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from archive.backup.folder import folder_errors
from archive.core.vault.files import sync_folder, write_all

MOST_FILES = 256
MOST_BYTES = 64 * 2**20
PIECE = 2**20


class Pool:
    def __init__(self, folder: Path, incoming: Path) -> None:
        """``incoming``: a folder on the same disk for what has no name yet; it exists."""
        self._folder = folder
        self._incoming = incoming
        self._waiting: list[UUID] = []
        self._bytes = 0

    def has(self, object_id: UUID, size: int) -> bool:
        """By name and size: objects never change, and only whole ones have a name."""
        try:
            return pool_path(self._folder, object_id).stat().st_size == size
        except FileNotFoundError:
            return False

    def put(self, object_id: UUID, pieces: Iterator[bytes], digest: bytes) -> bool:
        """False, and nothing is kept, when the bytes are not those of the digest. Durable after ``flush``."""
        path = self._incoming / object_id.hex
        size, found = self._write(path, pieces)
        if found != digest:
            with folder_errors():
                path.unlink()
            return False
        self._waiting.append(object_id)
        self._bytes += size
        if len(self._waiting) >= MOST_FILES or self._bytes >= MOST_BYTES:
            self.flush()
        return True

    def flush(self) -> None:
        with folder_errors():
            for object_id in self._waiting:
                _sync_file(self._incoming / object_id.hex)
            for folder in sorted({self._place(object_id) for object_id in self._waiting}):
                sync_folder(folder)
        self._waiting, self._bytes = [], 0

    def _place(self, object_id: UUID) -> Path:
        path = pool_path(self._folder, object_id)
        if not path.parent.is_dir():
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(path.parent.parent)
            sync_folder(self._folder)
        (self._incoming / object_id.hex).rename(path)
        return path.parent

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


def pool_path(folder: Path, object_id: UUID) -> Path:
    name = object_id.hex
    return folder / name[-2:] / name[-4:-2] / name


def remove(folder: Path, object_id: UUID) -> None:
    """One that is not there is already gone."""
    with folder_errors():
        pool_path(folder, object_id).unlink(missing_ok=True)


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


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
