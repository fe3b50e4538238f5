"""Puts single sealed objects back that an inspection found damaged: out of the pool of the backups, into the archive in use.

No passphrase is needed. An object of the pool is the sealed object itself, and the archive's own row holds its digest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from archive.backup.folder import being_read, folder_errors, opened_to_read
from archive.backup.operations import Damaged, list_damaged, note_put_back
from archive.backup.pool import digest_of, pieces_of, pool_path
from archive.core.access.actions import Role
from archive.core.errors import Altered
from archive.core.permit import Permit
from archive.wiring import Archive, system


@dataclass(frozen=True)
class Mended:
    """``lacking``: damaged objects that the backups do not hold as they were sealed."""

    put_back: tuple[UUID, ...]
    lacking: tuple[UUID, ...]


def mend(archive: Archive, target: Path) -> Mended:
    """Safe to break off and to run again; the archive may be in use. Raises what a folder of backups and the store raise.

    ``Conflict`` while a backup is written there, which might prune what is read.
    """
    pool = opened_to_read(target).objects
    with being_read(target):
        return _mend(archive, pool)


def _mend(archive: Archive, pool: Path) -> Mended:
    gate = archive.gate.bind(system(Role.OPERATOR), list_damaged, note_put_back)
    done: list[UUID] = []
    lacking: list[UUID] = []
    last = 0
    while (damaged := gate.run(list_damaged, None, last)).value:
        for each in damaged.value:
            if _put_back(archive, damaged.permit, pool, each):
                gate.run(note_put_back, None, each.uid)
                done.append(each.uid)
            else:
                lacking.append(each.uid)
        last = damaged.value[-1].id
    return Mended(tuple(done), tuple(lacking))


def _put_back(archive: Archive, permit: Permit, pool: Path, each: Damaged) -> bool:
    path = pool_path(pool, each.uid)
    with folder_errors():
        if not path.exists() or digest_of(path) != each.sealed_sha256:
            return False
    archive.vault.put_back(permit, each.uid, _checked(path, each.sealed_sha256))
    return True


def _checked(path: Path, digest: bytes) -> Iterator[bytes]:
    """Raises ``Altered`` before the object is published when the disk of the backups gives something else now."""
    tally = sha256()
    for piece in pieces_of(path):
        tally.update(piece)
        yield piece
    if tally.digest() != digest:
        raise Altered(
            "An object of the backups reads differently each time.", "Check the disk of the backups."
        )
