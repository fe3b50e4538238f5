"""The port behind which sealed objects lie. Objects are written once, under an id of their own, and never changed."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from uuid import UUID


class Store(Protocol):
    """Every adapter passes ``tests/contracts/test_store.py``.

    All methods raise ``StoreUnavailable`` when the engine behind them fails; what ``chunks`` raises passes through.
    """

    def put(self, object_id: UUID, chunks: Iterable[bytes]) -> int:
        """Stores all chunks, or nothing, and returns the number of bytes. Durable when it returns; not visible before.

        Raises ``Conflict`` when the object is already there, ``StoreFull`` when there is no room.
        """
        ...

    def replace(self, object_id: UUID, chunks: Iterable[bytes]) -> None:
        """All chunks in the place of what lies there, if anything does, or nothing. Only for bytes that were found damaged.

        Raises ``StoreFull``.
        """
        ...

    def size(self, object_id: UUID) -> int:
        """Raises ``ObjectMissing``."""
        ...

    def read_at(self, object_id: UUID, offset: int, length: int) -> bytes:
        """Fewer bytes than ``length`` only where the object ends. Raises ``ObjectMissing``."""
        ...

    def delete(self, object_id: UUID) -> None:
        """Removes the object for good; one that is not there is already deleted."""
        ...

    def exists(self, object_id: UUID) -> bool: ...

    def objects(self) -> Iterator[UUID]:
        """All objects, in no order; one that is written or deleted meanwhile may or may not appear."""
        ...

    def last_written(self, object_id: UUID) -> float:
        """When its last byte came, in seconds since 1970. Raises ``ObjectMissing``."""
        ...

    def sweep_temporary(self, older_than_s: float, *, removing: bool = True) -> int:
        """Removes what broken-off writings left behind, untouched for so many seconds. Returns how many; not
        ``removing`` counts only.
        """
        ...
