"""``root.key``: the one file from which every key of an embedded archive follows.

A small JSON file of mode 0600. With a passphrase, the root is wrapped with AES-256-GCM under an Argon2id key; the cost of
Argon2id stands in the file. The checksum only tells a damaged file from a wrong passphrase.
"""

import json
import os
import secrets
import stat
import unicodedata
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.core.errors import Conflict, Invalid, KeyUnavailable
from archive.core.vault.files import sync_folder, write_all

FORMAT = "juanzong-root-1"
SIZE = 32
SALT = 16
NONCE = 12
TAG = 16
MOST_MEMORY_KIB = 4 * 2**20
MOST_TIME = 64
MOST_LANES = 16


class Root:
    """32 secret bytes that cannot be printed, pickled or copied; only keys derived from them come out."""

    __slots__ = ("_bytes",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SIZE:
            raise ValueError("a root has 32 bytes")
        self._bytes = secret

    def derive(self, label: str, length: int = 32) -> bytes:
        """HKDF-SHA-256 with the label as info: one label, one key."""
        return HKDF(SHA256(), length, None, label.encode()).derive(self._bytes)

    def __repr__(self) -> str:
        return "Root(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a root is never written out")


@dataclass(frozen=True)
class Cost:
    """What one guess of the passphrase costs: 1 GiB and about 4 CPU seconds unless told otherwise."""

    memory_kib: int = 2**20
    time: int = 4
    lanes: int = 4


FULL_COST = Cost()


@dataclass(frozen=True)
class _Contents:
    """``root`` is the 32 bytes themselves, or nonce, wrapped bytes and tag when there is a cost."""

    cost: Cost | None
    salt: bytes
    root: bytes = field(repr=False)


def create_root(path: Path, passphrase: str | None, *, cost: Cost = FULL_COST) -> Root:
    """Makes a new root and its file. Raises ``Conflict`` when a file is there: a key file is never overwritten."""
    root = Root(secrets.token_bytes(SIZE))
    keep_root(path, root, passphrase, cost=cost)
    return root


def keep_root(path: Path, root: Root, passphrase: str | None, *, cost: Cost = FULL_COST) -> None:
    """A file for a root that exists already. Raises ``Conflict`` when a file is there."""
    contents = _contents(root, passphrase, cost)
    _write_new(path, _to_text(contents))


def sealed_root(root: Root, passphrase: str, *, cost: Cost = FULL_COST) -> bytes:
    """The bytes of a key file that needs its passphrase, to be kept elsewhere."""
    return _to_text(_contents(root, passphrase, cost)).encode()


def load_root(path: Path, passphrase: str | None) -> Root:
    """Raises ``KeyUnavailable``: no file, open to everybody, damaged, passphrase needed, wrong or not expected."""
    return open_root(_read(path), passphrase)


def open_root(text: bytes, passphrase: str | None) -> Root:
    """From the bytes of a key file. Raises ``KeyUnavailable``: damaged, passphrase needed, wrong or not expected."""
    contents = _from_text(text)
    if contents.cost is None and passphrase is not None:
        raise KeyUnavailable(
            "A passphrase was given, but this key file has none.",
            "Check that it is the file you protected; otherwise start without the passphrase.",
        )
    if contents.cost is None:
        return Root(contents.root)
    if passphrase is None:
        raise KeyUnavailable("The key file needs its passphrase.", "Give it with JUANZONG_PASSPHRASE_FILE.")
    return Root(_unwrap(contents, contents.cost, passphrase))


def _contents(root: Root, passphrase: str | None, cost: Cost) -> _Contents:
    secret = root._bytes  # noqa: SLF001 - a key file is the one place where a root is written out
    return _Contents(None, b"", secret) if passphrase is None else _wrap(secret, passphrase, cost)


def _wrap(secret: bytes, passphrase: str, cost: Cost) -> _Contents:
    if not passphrase:
        raise Invalid("passphrase", "The passphrase is empty.", "Choose one, or make the key file without.")
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    cipher = AESGCM(_stretch(passphrase, salt, cost))
    return _Contents(cost, salt, nonce + cipher.encrypt(nonce, secret, _associated(cost, salt)))


def _unwrap(contents: _Contents, cost: Cost, passphrase: str) -> bytes:
    cipher = AESGCM(_stretch(passphrase, contents.salt, cost))
    nonce, wrapped = contents.root[:NONCE], contents.root[NONCE:]
    try:
        return cipher.decrypt(nonce, wrapped, _associated(cost, contents.salt))
    except InvalidTag as error:
        raise KeyUnavailable(
            "The passphrase is wrong.", "Try again; watch capitals and input method."
        ) from error


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """NFC first: two keyboards may write one character in two ways."""
    typed = unicodedata.normalize("NFC", passphrase).encode()
    try:
        return hash_secret_raw(typed, salt, cost.time, cost.memory_kib, cost.lanes, 32, Type.ID)
    except HashingError as error:
        needed = cost.memory_kib // 1024
        raise KeyUnavailable(
            f"The passphrase cannot be checked: that takes {needed} MiB of memory.",
            "Close other programs, then try again.",
        ) from error


def _associated(cost: Cost, salt: bytes) -> bytes:
    return f"{FORMAT} {cost.memory_kib} {cost.time} {cost.lanes} {salt.hex()}".encode()


def _to_text(contents: _Contents) -> str:
    fields = {
        "format": FORMAT,
        "argon2id": None if contents.cost is None else asdict(contents.cost),
        "salt": contents.salt.hex(),
        "root": contents.root.hex(),
    }
    return json.dumps({**fields, "checksum": _checksum(fields)}, indent=1) + "\n"


def _from_text(text: bytes) -> _Contents:
    """Raises outside the ``except``, so that no error of parsing is chained: it would quote the file."""
    try:
        fields = json.loads(text)
        checksum = fields.pop("checksum")
        cost = None if fields["argon2id"] is None else Cost(**fields["argon2id"])
        contents = _Contents(cost, bytes.fromhex(fields["salt"]), bytes.fromhex(fields["root"]))
        is_whole = checksum == _checksum(fields) and fields["format"] == FORMAT and _is_possible(contents)
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise KeyUnavailable("The key file is damaged.", "Put it back from your copy.")
    return contents


def _checksum(fields: dict[str, Any]) -> str:
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def _is_possible(contents: _Contents) -> bool:
    cost = contents.cost
    if cost is None:
        return len(contents.root) == SIZE
    return (
        len(contents.root) == NONCE + SIZE + TAG
        and len(contents.salt) == SALT
        and 1 <= cost.time <= MOST_TIME
        and 1 <= cost.lanes <= MOST_LANES
        and 8 * cost.lanes <= cost.memory_kib <= MOST_MEMORY_KIB
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(4096)
    except FileNotFoundError as error:
        raise KeyUnavailable(
            f"The key file {path.name} is missing.",
            "Put it back from your copy; without it this archive stays closed.",
        ) from error
    except OSError as error:
        raise _unusable(path, error) from error
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        raise KeyUnavailable(
            f"Everybody on this machine can read {path.name}.", f"Run: chmod 600 {path.name}"
        )
    return text


def _write_new(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.link(temporary, path)
        temporary.unlink()
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Conflict(
            f"There is already a key file {path.name}.", "Keep it: whatever was sealed with it needs it."
        ) from error
    except OSError as error:
        raise _unusable(path, error) from error
    finally:
        with suppress(OSError):  # a second copy of the key must not stay when the writing fails
            temporary.unlink()


def _unusable(path: Path, error: OSError) -> KeyUnavailable:
    return KeyUnavailable(
        f"The key file {path.name} cannot be used: {os.strerror(error.errno or 0)}.",
        "Check the folder and its owner.",
    )
