"""Taking away what no snapshot needs: snapshots that were withdrawn, and what a killed run left.

Both lie under a name with a dot and hold a list of objects. Lists are in the order of the rows, so all of them are laid
side by side line by line, and memory holds one line of each, however many objects there are.
"""

import shutil
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from uuid import UUID

from archive.backup.folder import BackupFolder, folder_errors
from archive.backup.manifest import DATABASES, OBJECTS, is_as_written, read_entries, read_manifest
from archive.backup.pool import remove
from archive.core.errors import Altered
from archive.core.vault.keyfile import Root

_Line = tuple[int, UUID, bool]


def forget_contents(folder: BackupFolder) -> None:
    """Gives the room of broken-off copies back at once; their lists stay until ``clear``, as their objects may be needed."""
    for path in folder.leftovers():
        with folder_errors():
            for name in DATABASES:
                (path / name).unlink(missing_ok=True)
            shutil.rmtree(path / "incoming", ignore_errors=True)


def clear(folder: BackupFolder, root: Root) -> None:
    """Raises ``Altered``, having removed nothing, when the list of a snapshot that stays is not the one that was written."""
    leftovers = folder.leftovers()
    if not leftovers:
        return
    kept = [folder.snapshot(name) for name in folder.names()]
    for snapshot in kept:
        if not is_as_written(snapshot / OBJECTS, read_manifest(snapshot, root)):
            raise Altered(
                f"The list of objects of {snapshot.name} was altered; nothing was removed.",
                "Check that snapshot, and find out who changed it.",
            )
    lists = [path / OBJECTS for path in leftovers if (path / OBJECTS).exists()]
    remove(
        folder.objects, _unneeded(lists, [path / OBJECTS for path in kept])
    )  # before the lists that tell of them
    for path in leftovers:
        with folder_errors():
            shutil.rmtree(path)


def _unneeded(dropped: list[Path], kept: list[Path]) -> Iterator[UUID]:
    """An object has one row in every list that names it; a row may be another object's after a restore."""
    lines = [_lines(path, is_kept=False) for path in dropped] + [_lines(path, is_kept=True) for path in kept]
    for _, group in groupby(merge(*lines, key=itemgetter(0)), key=itemgetter(0)):
        named: dict[UUID, bool] = {}
        for _, object_id, is_kept in group:
            named[object_id] = named.get(object_id, False) or is_kept
        yield from (object_id for object_id, is_kept in named.items() if not is_kept)


def _lines(path: Path, *, is_kept: bool) -> Iterator[_Line]:
    return ((entry.row, entry.object, is_kept) for entry in read_entries(path))
