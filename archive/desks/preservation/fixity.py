"""The fixity check 完整性: sealed objects are read again, slowly, and compared with the size and digest of their rows.

Each object is due once in a period. DA/T 70-2018 asks for such checks at capture, at transfer and periodically; all of it in
a year, a twelfth a month, is the practice followed here (docs/decisions/0020).
"""

import time
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from archive.core.errors import ObjectMissing, StoreUnavailable
from archive.core.permit import Permit
from archive.desks.preservation import checking
from archive.desks.preservation.checking import Checked
from archive.desks.preservation.damage import refuse_a_dead_store
from archive.desks.preservation.findings import Fixity, Looked
from archive.desks.preservation.keeper import Keeper, Stopped
from archive.desks.preservation.queries import Recorded

PIECE = 1024 * 1024
UNHURRIED = 64 * PIECE
"""Bytes of a slice where no rate is set: a few tenths of a second."""

SECONDS_A_SLICE = 5


class Pace:
    """Reads no faster than so many bytes a second; None: as fast as the disk gives them. ``pause`` waits and says whether
    to go on.
    """

    def __init__(
        self,
        bytes_per_second: int | None,
        pause: Callable[[float], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = bytes_per_second
        self._pause = pause
        self._monotonic = monotonic
        self._free_at = monotonic()

    @property
    def slice(self) -> int:
        return UNHURRIED if self._rate is None else self._rate * SECONDS_A_SLICE

    def took(self, size: int) -> None:
        """Waits until so many bytes were due; what a slow disk lost is not caught up with. Raises ``Stopped``."""
        if self._rate is None:
            return
        now = self._monotonic()
        self._free_at = max(self._free_at + size / self._rate, now)
        if not self._pause(self._free_at - now):
            raise Stopped


def check(keeper: Keeper, round_: UUID, pace: Pace) -> None:
    """Until the share of the inspection is done. Raises ``Stopped``; what is checked stays checked and counted."""
    seen = 0
    while True:
        keeper.step()
        slice_ = keeper.gate.run(checking.next_to_check, round_, pace.slice)
        if not slice_.value:
            return
        looked, size = _looked(keeper, slice_.permit, slice_.value, pace)
        refuse_a_dead_store(keeper, round_, looked)
        keeper.gate.run(checking.record_checks, round_, Checked(looked, size, keeper.repairs))
        seen += len(looked)
        keeper.told(seen)


def _looked(
    keeper: Keeper, permit: Permit, objects: tuple[Recorded, ...], pace: Pace
) -> tuple[tuple[Looked, ...], int]:
    looked, total = [], 0
    for each in objects:
        keeper.step()
        fixity, size = _fixity(keeper, permit, each, pace)
        looked.append(Looked(each.uid, fixity))
        total += size
    return tuple(looked), total


def _fixity(keeper: Keeper, permit: Permit, each: Recorded, pace: Pace) -> tuple[Fixity, int]:
    digest, size = sha256(), 0
    try:
        for piece in keeper.vault.sealed_pieces(permit, each.uid, PIECE):
            digest.update(piece)
            size += len(piece)
            pace.took(len(piece))
    except ObjectMissing:
        return Fixity.MISSING, size
    except StoreUnavailable:
        return Fixity.UNREADABLE, size
    same = size == each.sealed_size and digest.digest() == each.sealed_sha256
    return Fixity.INTACT if same else Fixity.ALTERED, size
