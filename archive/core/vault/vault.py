"""Sealing and opening. Nothing passes without a permit of the gate that covers the very object."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from archive.core.errors import Altered, ArchiveError
from archive.core.permit import Permit, PermitOffice
from archive.core.vault import envelope
from archive.core.vault.keyring import Keyring
from archive.core.vault.store import Store


@dataclass(frozen=True)
class Handle:
    """What an operation returns instead of bytes. ``size`` is that of the plaintext."""

    object_id: UUID
    dek_id: UUID
    size: int
    media_type: str


@dataclass(frozen=True)
class Sealed:
    """``sha256`` is of the plaintext (evidence), ``sealed_sha256`` of what lies in the store (fixity)."""

    object_id: UUID
    size: int
    sealed_size: int
    sha256: bytes
    sealed_sha256: bytes


class Opened:
    """An object being read. The permit is asked again at each read, so a long reading ends when its permit does."""

    def __init__(
        self,
        reader: envelope.Reader,
        check: Callable[[], None],
        failed: Callable[[ArchiveError], None] = lambda _error: None,
    ) -> None:
        self._reader = reader
        self._check = check
        self._failed = failed
        self.size = reader.size

    def telling(self, failed: Callable[[ArchiveError], None]) -> "Opened":
        """The same object, whose every failed reading is told to ``failed`` before it is raised."""
        return Opened(self._reader, self._check, failed)

    def read(self, offset: int, length: int) -> bytes:
        """Verifies the segments that it touches. Raises ``Altered``, ``PermitRefused``."""
        with self._told():
            self._check()
            return self._reader.read(offset, length)

    def chunks(self) -> Iterator[bytes]:
        """The whole object; verified once the iteration has ended without an error."""
        with self._told():
            for chunk in self._reader.chunks():
                self._check()
                yield chunk

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ArchiveError as error:
            self._failed(error)
            raise

    def all(self) -> bytes:
        """The whole object, verified to the last segment."""
        return b"".join(self.chunks())


class Vault:
    def __init__(
        self, store: Store, keyring: Keyring, office: PermitOffice, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._office = office
        self._clock = clock

    def seal(self, permit: Permit, object_id: UUID, dek_id: UUID, chunks: Iterable[bytes]) -> Sealed:
        """Streams into the store; durable when it returns, nothing kept when anything raises.

        Raises ``PermitRefused``, ``KeyDestroyed``, ``Conflict``, ``StoreFull``, ``StoreUnavailable`` and whatever ``chunks`` raises.
        """
        self._check(permit, object_id)
        plain, sealed = _Tally(), _Tally()
        dek = self._keyring.unwrap(dek_id)
        self._store.put(
            object_id, sealed.counting(envelope.seal(dek, object_id, dek_id, plain.counting(chunks)))
        )
        return Sealed(object_id, plain.size, sealed.size, plain.digest(), sealed.digest())

    def open(self, permit: Permit, handle: Handle) -> Opened:
        """Raises ``PermitRefused``, ``KeyDestroyed``, ``ObjectMissing``, and ``Altered`` when header or size are not as sealed."""
        self._check(permit, handle.object_id)
        object_id = handle.object_id
        reader = envelope.Reader(
            self._keyring.unwrap(handle.dek_id),
            object_id,
            handle.dek_id,
            self._store.size(object_id),
            lambda offset, length: self._store.read_at(object_id, offset, length),
        )
        if reader.size != handle.size:
            raise Altered("A sealed object was altered: it is cut off.", "Restore it from a backup.")
        return Opened(reader, lambda: self._check(permit, object_id))

    def reseal(self, permit: Permit, handle: Handle, new_object_id: UUID, new_dek_id: UUID) -> Sealed:
        """Seals the same bytes as a new object under another key. The permit covers both objects; the old one stays."""
        return self.seal(permit, new_object_id, new_dek_id, self.open(permit, handle).chunks())

    def discard(self, permit: Permit, object_id: UUID) -> None:
        """Removes an object whose row is gone already. One that is not there is removed. Raises ``PermitRefused``."""
        self._check(permit, object_id)
        self._store.delete(object_id)

    # --- the keeper's half: what lies in the store and in keys.db, without opening any of it ---------------------

    def stored_ids(self, permit: Permit, round_: UUID) -> Iterator[UUID]:
        """Ids of everything in the store, in no order. ``round_``: the inspection that the permit is for."""
        self._check(permit, round_)
        yield from self._store.objects()

    def sealed_size(self, permit: Permit, object_id: UUID) -> int:
        """Raises ``PermitRefused``, ``ObjectMissing``."""
        self._check(permit, object_id)
        return self._store.size(object_id)

    def last_written(self, permit: Permit, round_: UUID, object_id: UUID) -> datetime:
        """By the store's own clock. Raises ``PermitRefused``, ``ObjectMissing``."""
        self._check(permit, round_)
        return datetime.fromtimestamp(self._store.last_written(object_id), UTC)

    def sealed_pieces(self, permit: Permit, object_id: UUID, piece: int) -> Iterator[bytes]:
        """The sealed bytes as they lie there, to the end. Raises ``PermitRefused``, ``ObjectMissing``."""
        self._check(permit, object_id)
        offset = 0
        while data := self._store.read_at(object_id, offset, piece):
            yield data
            offset += len(data)

    def sweep_temporary(self, permit: Permit, round_: UUID, older_than_s: float, *, removing: bool) -> int:
        self._check(permit, round_)
        return self._store.sweep_temporary(older_than_s, removing=removing)

    def kept_keys(
        self, permit: Permit, round_: UUID, after: UUID | None, *, limit: int
    ) -> list[tuple[UUID, datetime]]:
        """The next data keys and when they were made; no key is unwrapped."""
        self._check(permit, round_)
        return self._keyring.deks(after, limit=limit)

    def destroy_key(self, permit: Permit, dek_id: UUID) -> None:
        """Ends a data key for good; the permit's event says why. Raises ``PermitRefused``, ``KeyUnavailable``."""
        self._check(permit, dek_id)
        self._keyring.destroy(dek_id, permit.event, self._clock())

    def put_back(self, permit: Permit, object_id: UUID, sealed: Iterable[bytes]) -> None:
        """Sealed bytes out of a backup in the place of damaged ones; who calls has compared them with the row's digest.

        Raises ``PermitRefused``, ``StoreFull``, ``StoreUnavailable`` and whatever ``sealed`` raises.
        """
        self._check(permit, object_id)
        self._store.replace(object_id, sealed)

    def _check(self, permit: Permit, object_id: UUID) -> None:
        self._office.check(permit, object_id, self._clock())


class _Tally:
    """Counts and hashes what streams through."""

    def __init__(self) -> None:
        self.size = 0
        self._hash: Any = sha256()

    def counting(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.size += len(chunk)
            self._hash.update(chunk)
            yield chunk

    def digest(self) -> bytes:
        digest: bytes = self._hash.digest()
        return digest
