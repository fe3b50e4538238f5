"""A large file comes in parts, each sealed as an object of its own, so that a cut connection costs one part.

No stream position is ever sealed twice: a part that is sent again is a new object with a fresh salt. Finishing streams the
parts into the master and drops them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.errors import Conflict, Invalid, UploadCut
from archive.core.gate import Work, listing, operation
from archive.core.vault.vault import Handle, Sealed
from archive.desks.intake import board_queries, queries
from archive.desks.intake.changes import stored
from archive.desks.intake.operations import deposit
from archive.holdings.tables import Deposit

PART_BYTES = 8 * 1024 * 1024
"""32 segments; a cut connection costs at most so much, and 2 GiB are 256 parts, each with two entries in the log."""


@dataclass(frozen=True)
class KeptPart:
    """``number`` counts from 1; ``sha256`` in hex is of the bytes that were sent."""

    number: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Parts:
    part_size: int
    count: int
    kept: tuple[KeptPart, ...]


def _is_coming(it: Deposit) -> int:
    """The size of its parts. Raises ``Conflict`` when the deposit is not one that still comes in parts."""
    if it.part_size is None or it.state != "receiving":
        raise Conflict("This deposit takes no parts.", "Look at its state; begin a new upload if it is over.")
    return it.part_size


def count_of(size: int, part_size: int) -> int:
    return -(-size // part_size)


@operation(Action.DEPOSIT_SEND, on=deposit, reads=True)
def list_parts(work: Work, it: Deposit) -> Parts:
    """What has arrived: an upload that was cut goes on with the rest."""
    part_size = _is_coming(it)
    kept = tuple(
        KeptPart(row.part_no or 0, row.size, row.sha256)
        for row in queries.objects_of(work.session, it.id, "part")
    )
    return Parts(part_size, count_of(it.size, part_size), kept)


MOST_UNFINISHED = 500


@dataclass(frozen=True)
class Unfinished:
    """An upload that goes on when the same file is chosen again. ``first``: the SHA-256 of its first part in hex, None before
    that has arrived.
    """

    deposit: UUID
    batch: UUID
    name: str
    size: int
    part_size: int
    kept: int
    first: str | None
    changed_at: datetime


@operation(Action.DEPOSIT_LIST, on=listing("deposits"), reads=True)
def list_unfinished(work: Work, _place: None) -> tuple[Unfinished, ...]:
    """Newest first."""
    reach = work.scope(Action.DEPOSIT_LIST).where(queries.DEPOSIT_COLUMNS)
    rows = board_queries.unfinished(work.session, reach, MOST_UNFINISHED)
    kept = queries.parts_kept(work.session, [it.id for it, _, _ in rows])
    return tuple(
        Unfinished(
            deposit=it.uid,
            batch=batch,
            name=it.name,
            size=it.size,
            part_size=it.part_size or PART_BYTES,
            kept=kept.get(it.id, 0),
            first=None if first is None else first.sha256,
            changed_at=it.changed_at,
        )
        for it, batch, first in rows
    )


@dataclass(frozen=True)
class PartRoom:
    """Where one part may be sealed, and how many bytes it has."""

    object_id: UUID
    dek_id: UUID
    size: int


@operation(Action.DEPOSIT_SEND, on=deposit, reads=True)
def make_part_room(work: Work, it: Deposit, number: int) -> PartRoom:
    part_size = _is_coming(it)
    count = count_of(it.size, part_size)
    if not 1 <= number <= count:
        raise Invalid("part", f"This file has the parts 1 to {count}.", "Send one of these.")
    size = part_size if number < count else it.size - part_size * (count - 1)
    return PartRoom(work.reserve(), it.dek_id, size)


@dataclass(frozen=True)
class SealedPart:
    number: int
    sealed: Sealed


@dataclass(frozen=True)
class Kept:
    """``gone``: the object of an earlier sending of the same part, which this one has replaced."""

    part: KeptPart
    gone: tuple[UUID, ...]


@operation(Action.DEPOSIT_SEND, on=deposit)
def keep_part(work: Work, it: Deposit, part: SealedPart) -> Kept:
    """The same part sent again takes the place of the earlier one, which may be lost or damaged: its sender saw a reason.

    Raises ``Conflict`` when another part has this number already.
    """
    _is_coming(it)
    digest = part.sealed.sha256.hex()
    gone = _make_way(work, it, part.number, digest)
    row = stored(
        work, part.sealed, it.dek_id, role="part", media_type="application/octet-stream", deposit_id=it.id
    )
    row.part_no = part.number
    work.session.add(row)
    it.changed_at = work.now
    work.touch(f"deposit:{it.uid}")
    return Kept(KeptPart(part.number, part.sealed.size, digest), gone)


def _make_way(work: Work, it: Deposit, number: int, digest: str) -> tuple[UUID, ...]:
    there = queries.part_of(work.session, it.id, number)
    if there is None:
        return ()
    if there.sha256 != digest:
        raise Conflict("Another part of this number is here already.", "Begin a new upload for another file.")
    work.handle(there.uid, there.dek_id, there.size, there.media_type)
    work.session.delete(there)
    return (there.uid,)


@dataclass(frozen=True)
class Gathered:
    """The parts in order, and where the whole may be sealed."""

    parts: tuple[Handle, ...]
    master: UUID
    dek_id: UUID


@operation(Action.DEPOSIT_SEND, on=deposit, reads=True)
def gather(work: Work, it: Deposit) -> Gathered:
    """Raises ``UploadCut`` naming the first part that is missing."""
    count = count_of(it.size, _is_coming(it))
    rows = queries.objects_of(work.session, it.id, "part")
    there = {row.part_no for row in rows}
    missing = next((n for n in range(1, count + 1) if n not in there), None)
    if missing is not None:
        raise UploadCut(f"Part {missing} of {count} has not arrived.", "Send the parts that are missing.")
    handles = tuple(work.handle(row.uid, row.dek_id, row.size, row.media_type) for row in rows)
    return Gathered(handles, work.reserve(), it.dek_id)
