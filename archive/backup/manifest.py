"""What a snapshot says of itself: one small signed file, and a list of objects, a line each.

``manifest.json`` names every other file of the snapshot with size and SHA-256, and ``manifest.mac`` is its HMAC under a key
that follows from the archive's root: without the passphrase nobody changes a snapshot unseen. Both, and the list, hold
ids, sizes, digests, times and the signed checkpoint of the log; nothing that a person typed or a page says.
"""

import hmac
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from archive.backup.folder import folder_errors, write_whole
from archive.backup.pool import digest_of
from archive.core.errors import Altered, Invalid, KeyUnavailable
from archive.core.vault.keyfile import Root, open_root

FORMAT = "juanzong-snapshot-1"
MANIFEST, MAC = "manifest.json", "manifest.mac"
KEY, OBJECTS, EXCEPTIONS = "backup.key", "objects.jsonl", "exceptions.jsonl"
DATABASES = ("archive.db", "keys.db", "search.db")
"""In the order in which they are copied; each is also the label of its key."""
DISPOSED = "disposed"
FILES = (*DATABASES, KEY, OBJECTS, EXCEPTIONS)

Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, of how many."""


@dataclass(frozen=True)
class Entry:
    """One object. ``row`` is that of ``stored_object``; lists are in its order."""

    row: int
    object: UUID
    size: int
    sha256: bytes


@dataclass(frozen=True)
class Trouble:
    """An object that a snapshot lacks. ``what``: disposed (of while the backup ran), missing, altered."""

    object: UUID
    what: str


@dataclass(frozen=True)
class Manifest:
    """``archive`` tells archives apart; ``note`` is the newest signed checkpoint in this copy of the log."""

    format: str
    name: str
    at: str
    version: str
    revision: str
    archive: str
    verifier_key: str
    note: str
    objects: int
    bytes: int
    disposed: int
    missing: int
    altered: int
    files: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Snapshot:
    """One whose passphrase was given and whose manifest is the one that was written."""

    path: Path
    pool: Path
    root: Root
    manifest: Manifest


def archive_id(root: Root) -> str:
    return root.derive("backup/archive", 16).hex()


def describe(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and digest of every file that a manifest names."""
    with folder_errors():
        return {
            name: {"size": (folder / name).stat().st_size, "sha256": digest_of(folder / name).hex()}
            for name in FILES
        }


def write_manifest(folder: Path, manifest: Manifest, root: Root) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode() + b"\n"
    write_whole(folder / MANIFEST, text)
    write_whole(folder / MAC, _mac(root, text).encode() + b"\n")


def open_snapshot(folder: Path, pool: Path, passphrase: str) -> Snapshot:
    """Raises ``KeyUnavailable`` for a wrong passphrase, ``Altered`` when the manifest is not the one that was written."""
    try:
        root = open_root((folder / KEY).read_bytes(), passphrase)
    except OSError as error:
        raise KeyUnavailable(
            f"The snapshot has no {KEY}.", "Take another snapshot; this one cannot be opened."
        ) from error
    return Snapshot(folder, pool, root, read_manifest(folder, root))


def read_manifest(folder: Path, root: Root) -> Manifest:
    try:
        text, mac = (folder / MANIFEST).read_bytes(), (folder / MAC).read_bytes()
    except OSError as error:
        raise _altered(f"The manifest of {folder.name} cannot be read.") from error
    if not hmac.compare_digest(mac.strip(), _mac(root, text).encode()):
        raise _altered(f"The manifest of {folder.name} was altered.")
    fields = json.loads(text)
    if fields.get("format") != FORMAT:
        raise Invalid("snapshot", "The snapshot is of another version.", "Restore it with that version.")
    manifest = Manifest(**fields)
    if manifest.name != folder.name:
        raise _altered(f"The snapshot {folder.name} was written as {manifest.name}.")
    return manifest


def is_as_written(snapshot_file: Path, manifest: Manifest) -> bool:
    told = manifest.files[snapshot_file.name]
    try:
        is_as_long: bool = snapshot_file.stat().st_size == told["size"]
        return is_as_long and digest_of(snapshot_file).hex() == told["sha256"]
    except OSError:
        return False


def write_list(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Whole or not at all under its name."""
    part = path.with_name(f"{path.name}.part")
    with folder_errors():
        part.touch(0o600)
        with part.open("wb") as file:
            for line in lines:
                file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)


def entry_line(entry: Entry) -> dict[str, Any]:
    return {
        "row": entry.row,
        "object": entry.object.hex,
        "size": entry.size,
        "sha256": entry.sha256.hex(),
    }


def read_entries(path: Path) -> Iterator[Entry]:
    """Raises ``Altered`` at a line that no backup wrote."""
    try:
        with path.open("rb") as file:
            for line in file:
                fields = json.loads(line)
                yield Entry(
                    int(fields["row"]),
                    UUID(fields["object"]),
                    int(fields["size"]),
                    bytes.fromhex(fields["sha256"]),
                )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _altered(f"The list of objects of {path.parent.name} cannot be read.") from error


def read_troubles(path: Path) -> Iterator[Trouble]:
    try:
        with path.open("rb") as file:
            for line in file:
                fields = json.loads(line)
                yield Trouble(UUID(fields["object"]), str(fields["what"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _altered(f"The list of exceptions of {path.parent.name} cannot be read.") from error


def _mac(root: Root, text: bytes) -> str:
    return hmac.new(root.derive("backup/manifest"), text, sha256).hexdigest()


def _altered(message: str) -> Altered:
    return Altered(message, "Take another snapshot, and find out who changed it.")
