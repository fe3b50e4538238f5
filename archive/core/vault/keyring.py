"""``keys.db``: every key but the root, each wrapped by the one above it, in a file of its own.

root → KEK of a fonds (versioned) → DEK of an item; root → named secrets. AES-256-GCM with a fresh nonce; the associated data
name the place, so a row copied elsewhere does not open. ``secure_delete`` and a rollback journal, not WAL: the bytes of a
destroyed key leave the file. The file is no part of a transaction of ``archive.db``: what is made here is committed here.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.core.db.engines import open_sqlcipher
from archive.core.db.failpoints import failpoint
from archive.core.db.types import new_uid
from archive.core.errors import Altered, DatabaseUnavailable, KeyDestroyed, KeyUnavailable
from archive.core.vault.keyfile import Root

SUITE = 1
KEY = 32
NONCE = 12

TABLES = (
    """CREATE TABLE IF NOT EXISTS kek (
        id BLOB NOT NULL, fonds_uid BLOB NOT NULL, suite INTEGER NOT NULL, version INTEGER NOT NULL,
        wrapped BLOB, state TEXT NOT NULL CHECK (state IN ('active', 'retired')), created_at TEXT NOT NULL,
        PRIMARY KEY (id, version), UNIQUE (fonds_uid, suite, version),
        CHECK ((wrapped IS NULL) = (state = 'retired')))""",
    "CREATE UNIQUE INDEX IF NOT EXISTS kek_active ON kek (fonds_uid, suite) WHERE state = 'active'",
    """CREATE TABLE IF NOT EXISTS dek (
        id BLOB NOT NULL PRIMARY KEY, kek_id BLOB NOT NULL, kek_version INTEGER NOT NULL, wrapped BLOB,
        created_at TEXT NOT NULL, destroyed_event BLOB, destroyed_at TEXT,
        FOREIGN KEY (kek_id, kek_version) REFERENCES kek (id, version),
        CHECK ((wrapped IS NULL) = (destroyed_event IS NOT NULL)))""",
    "CREATE INDEX IF NOT EXISTS dek_kek ON dek (kek_id, kek_version)",
    "CREATE TABLE IF NOT EXISTS secret (name TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL)",
)


@dataclass(frozen=True)
class _Kek:
    id: UUID
    version: int
    cipher: AESGCM

    def wrap(self, dek_id: UUID, dek: bytes) -> bytes:
        return _wrap(self.cipher, dek, self._place(dek_id))

    def unwrap(self, dek_id: UUID, wrapped: bytes) -> bytes:
        return _unwrap(self.cipher, wrapped, self._place(dek_id))

    def _place(self, dek_id: UUID) -> bytes:
        return dek_id.bytes + self.id.bytes + self.version.to_bytes(4, "big") + bytes([SUITE])


class Keyring:
    """One connection under one lock for all threads of a process; several processes may hold the file open.

    Every method raises ``DatabaseUnavailable`` when the file cannot be used, and ``Altered`` when a key does not unwrap.
    """

    def __init__(self, connection: Any, root: Root, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._kek_wrapper = AESGCM(root.derive("keys.db/kek"))
        self._secret_wrapper = AESGCM(root.derive("keys.db/secret"))
        self._clock = clock

    def new_dek(self, fonds: UUID) -> UUID:
        """Makes a data key under the KEK of this fonds, and that KEK when it is the first. Committed when it returns."""
        now = self._clock()
        dek_id = new_uid(now)
        with self._writing() as connection:
            kek = self._active_kek(connection, fonds) or self._new_kek(connection, fonds, new_uid(now), 1)
            connection.execute(
                "INSERT INTO dek (id, kek_id, kek_version, wrapped, created_at) VALUES (?, ?, ?, ?, ?)",
                (
                    dek_id.bytes,
                    kek.id.bytes,
                    kek.version,
                    kek.wrap(dek_id, secrets.token_bytes(KEY)),
                    now.isoformat(),
                ),
            )
        failpoint("key.created")
        return dek_id

    def unwrap(self, dek_id: UUID) -> bytes:
        """The 32 bytes. Raises ``KeyDestroyed`` after disposal, ``KeyUnavailable`` when no such key was ever here."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT d.wrapped, k.id, k.fonds_uid, k.version, k.wrapped FROM dek d"
                " JOIN kek k ON k.id = d.kek_id AND k.version = d.kek_version WHERE d.id = ?",
                (dek_id.bytes,),
            ).fetchone()
        if row is None:
            raise _unknown_key()
        wrapped, *kek = row
        if wrapped is None:
            raise KeyDestroyed(
                "The key of this item was destroyed when it was disposed of.",
                "Nobody can open it again; see its disposal entry.",
            )
        return self._kek(*kek).unwrap(dek_id, wrapped)

    def destroy(self, dek_id: UUID, event: UUID, at: datetime) -> None:
        """Ends all objects sealed under this key, for good; ``event`` is the audit entry that says why. The first one stands."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE dek SET wrapped = NULL, destroyed_event = ?, destroyed_at = ? WHERE id = ? AND wrapped IS NOT NULL",
                (event.bytes, at.astimezone(UTC).isoformat(), dek_id.bytes),
            )
            if connection.execute("SELECT 1 FROM dek WHERE id = ?", (dek_id.bytes,)).fetchone() is None:
                raise _unknown_key()

    def deks(self, after: UUID | None, *, limit: int) -> list[tuple[UUID, datetime]]:
        """The next data keys that are not destroyed, in order of their ids, each with the time it was made."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, created_at FROM dek WHERE id > ? AND wrapped IS NOT NULL ORDER BY id LIMIT ?",
                (b"" if after is None else after.bytes, limit),
            ).fetchall()
        return [(UUID(bytes=dek), datetime.fromisoformat(made)) for dek, made in rows]

    def rotate(self, fonds: UUID) -> int:
        """Gives the fonds a new KEK, wraps its data keys anew and destroys the old KEK. Returns how many were wrapped."""
        with self._writing() as connection:
            old = self._active_kek(connection, fonds)
            if old is None:
                return 0
            rows = connection.execute(
                "SELECT id, wrapped FROM dek WHERE kek_id = ? AND kek_version = ? AND wrapped IS NOT NULL",
                (old.id.bytes, old.version),
            ).fetchall()
            connection.execute(
                "UPDATE kek SET state = 'retired', wrapped = NULL WHERE id = ? AND version = ?",
                (old.id.bytes, old.version),
            )
            new = self._new_kek(connection, fonds, old.id, old.version + 1)
            connection.executemany(
                "UPDATE dek SET kek_version = ?, wrapped = ? WHERE id = ?",
                [(new.version, _rewrap(UUID(bytes=dek), wrapped, old, new), dek) for dek, wrapped in rows],
            )
        return len(rows)

    def secret(self, name: str, length: int = 32) -> bytes:
        """A random key by name, made when it is first asked for; all processes get the same one."""
        wrapped = self._wrapped_secret(name) or self._new_secret(name, length)
        secret = _unwrap(self._secret_wrapper, wrapped, name.encode())
        if len(secret) != length:
            raise ValueError(f"the secret {name} has {len(secret)} bytes")
        return secret

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _wrapped_secret(self, name: str) -> bytes | None:
        with self._reading() as connection:
            row = connection.execute("SELECT wrapped FROM secret WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def _new_secret(self, name: str, length: int) -> bytes:
        wrapped = _wrap(self._secret_wrapper, secrets.token_bytes(length), name.encode())
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO secret (name, wrapped) VALUES (?, ?)", (name, wrapped))
            row = connection.execute("SELECT wrapped FROM secret WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])

    def _active_kek(self, connection: Any, fonds: UUID) -> _Kek | None:
        row = connection.execute(
            "SELECT id, fonds_uid, version, wrapped FROM kek WHERE fonds_uid = ? AND suite = ? AND state = 'active'",
            (fonds.bytes, SUITE),
        ).fetchone()
        return None if row is None else self._kek(*row)

    def _new_kek(self, connection: Any, fonds: UUID, kek_id: UUID, version: int) -> _Kek:
        wrapped = _wrap(
            self._kek_wrapper, secrets.token_bytes(KEY), _kek_place(kek_id.bytes, fonds.bytes, version)
        )
        connection.execute(
            "INSERT INTO kek (id, fonds_uid, suite, version, wrapped, state, created_at) VALUES (?, ?, ?, ?, ?, 'active', ?)",
            (kek_id.bytes, fonds.bytes, SUITE, version, wrapped, self._clock().isoformat()),
        )
        return self._kek(kek_id.bytes, fonds.bytes, version, wrapped)

    def _kek(self, kek_id: bytes, fonds: bytes, version: int, wrapped: bytes) -> _Kek:
        kek = _unwrap(self._kek_wrapper, wrapped, _kek_place(kek_id, fonds, version))
        return _Kek(UUID(bytes=kek_id), version, AESGCM(kek))

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._lock, _database_errors():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, _database_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def open_keyring(
    path: Path, root: Root, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Keyring:
    """Opens ``keys.db`` and makes its tables when it is new. Raises ``KeyUnavailable`` when the root is another archive's."""
    connection = open_sqlcipher(path, root.derive("keys.db"), journal="DELETE")
    try:
        with _database_errors():
            connection.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                connection.execute(table)
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    path.chmod(0o600)
    return Keyring(connection, root, clock)


def _rewrap(dek_id: UUID, wrapped: bytes, old: _Kek, new: _Kek) -> bytes:
    return new.wrap(dek_id, old.unwrap(dek_id, wrapped))


def _kek_place(kek_id: bytes, fonds: bytes, version: int) -> bytes:
    return kek_id + fonds + version.to_bytes(4, "big") + bytes([SUITE])


def _wrap(cipher: AESGCM, key: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, key, place)


def _unwrap(cipher: AESGCM, wrapped: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise Altered(
            "A key in keys.db was altered.", "Restore keys.db from a backup and find out who changed it."
        ) from error


def _unknown_key() -> KeyUnavailable:
    return KeyUnavailable(
        "The key of this item is not in keys.db.", "Restore keys.db from a backup newer than the item."
    )


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except sqlcipher.OperationalError as error:
        raise DatabaseUnavailable(
            f"keys.db cannot be used: {error}.",
            "Check that the disk is writable and has room, then try again.",
        ) from error
    except sqlcipher.DatabaseError as error:
        if "not a database" in str(error):
            raise KeyUnavailable(
                "The key does not open keys.db.", "Put back the root.key that belongs to this folder."
            ) from error
        raise Altered(f"keys.db is damaged: {error}.", "Restore keys.db from a backup.") from error
