"""The sweep: one look at everything that can be left over or gone, by slices, beside whoever else is at work.

No lock is held while the store or the keys are walked. What a slice finds is decided again, under the write lock, by the
operation that repairs it; bytes and keys are removed after that commit, under its permit (docs/decisions/0020).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from archive.core.errors import ObjectMissing, StoreUnavailable
from archive.core.gate import Operation
from archive.core.permit import Permit
from archive.desks.preservation import looking, repairing
from archive.desks.preservation.damage import refuse_a_dead_store
from archive.desks.preservation.findings import Fixity, Kind, Looked, Tally
from archive.desks.preservation.indexed import sweep_index
from archive.desks.preservation.keeper import Keeper, RoundPermit
from archive.desks.preservation.leftovers import sweep_exports
from archive.desks.preservation.looking import OBJECTS_AT_ONCE, Standing
from archive.desks.preservation.queries import Recorded
from archive.desks.preservation.repairing import Damaged, Uploads

T = TypeVar("T")

MOST_LEFT = 10_000
"""How many leftovers of one kind are held in memory; the rest waits for the next sweep."""

REMOVED_AT_ONCE = 100
USUAL_LEFT = 300
USUAL_SHARE = 20
"""Up to 300 leftovers, or one in twenty, come of kills. More look like a database that is older than the folder beside it
(a restored backup): then nothing is removed until a person has said so."""


def sweep(keeper: Keeper, round_: UUID) -> Tally:
    """Raises ``Stopped``, and what the engines raise."""
    tally = Tally()
    _uploads(keeper, round_, tally)
    _unknown_objects(keeper, round_, tally)
    _missing_objects(keeper, round_, tally)
    _unused_keys(keeper, round_, tally)
    sweep_index(keeper, round_, tally)
    _deposits(keeper, round_, tally)
    _jobs(keeper, round_, tally)
    _temporary_files(keeper, round_, tally)
    return tally


# --- uploads and deposits ----------------------------------------------------------------------------------


def _uploads(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    before = keeper.clock() - keeper.upload_ends_after
    for listed in _standing(keeper, looking.abandoned_uploads, round_, before):
        for uid in listed:
            tally.found(Kind.UPLOAD_ABANDONED, uid)
        if keeper.repairs and listed:
            done = keeper.gate.run(repairing.end_uploads, round_, Uploads(listed, before))
            ended, gone = done.value
            keeper.gate.discard(done.permit, gone)
            tally.repaired(Kind.UPLOAD_ABANDONED, len(ended))


def _deposits(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    for listed in _standing(keeper, looking.standing_deposits, round_, keeper.before):
        for uid in listed:
            tally.found(Kind.DEPOSIT_STANDING, uid)
        if keeper.repairs and listed:
            woken = keeper.gate.run(repairing.wake_deposits, round_, listed).value
            tally.repaired(Kind.DEPOSIT_STANDING, len(woken))


def _standing(
    keeper: Keeper,
    listing: Operation[UUID, tuple[datetime, int], Standing],
    round_: UUID,
    before: datetime,
) -> Iterator[tuple[UUID, ...]]:
    last: int | None = 0
    while last is not None:
        keeper.step()
        slice_ = keeper.gate.run(listing, round_, (before, last)).value
        yield slice_.deposits
        last = slice_.last


# --- the store against the rows ----------------------------------------------------------------------------


def _unknown_objects(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    left: list[UUID] = []
    permit, seen = RoundPermit(keeper, round_), 0
    for stored in _batches(keeper.vault.stored_ids(permit(), round_), OBJECTS_AT_ONCE):
        keeper.step()
        seen += len(stored)
        keeper.told(seen)
        unknown = keeper.gate.run(looking.unknown_objects, round_, stored).value
        left += [uid for uid in unknown if _has_aged(keeper, permit(), round_, uid)]
        del left[MOST_LEFT:]
    tally.count("seen.objects", seen)
    for uid in left:
        tally.found(Kind.OBJECT_UNKNOWN, uid)
    if keeper.repairs and _is_usual(keeper, len(left), seen, tally):
        for some in _batches(left, REMOVED_AT_ONCE):
            keeper.step()
            done = keeper.gate.run(repairing.drop_objects, round_, some)
            keeper.gate.discard(done.permit, done.value)
            tally.repaired(Kind.OBJECT_UNKNOWN, len(done.value))


def _has_aged(keeper: Keeper, permit: Permit, round_: UUID, uid: UUID) -> bool:
    """Old by its id and by its file: an object is in the store before its row is."""
    before = keeper.before
    made = _made_at(uid)
    if made is not None and made > before:
        return False
    try:
        return keeper.vault.last_written(permit, round_, uid) <= before
    except ObjectMissing:  # removed meanwhile
        return False


def _made_at(uid: UUID) -> datetime | None:
    """The milliseconds of a UUIDv7 (RFC 9562 §5.7); None for an id of another kind."""
    return (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=uid.int >> 80) if uid.version == 7 else None
    )


def _is_usual(keeper: Keeper, left: int, seen: int, tally: Tally) -> bool:
    if keeper.is_sure or left <= max(USUAL_LEFT, seen // USUAL_SHARE):
        return True
    tally.found(Kind.TOO_MANY)
    return False


def _missing_objects(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    last = 0
    while True:
        keeper.step()
        slice_ = keeper.gate.run(looking.next_objects, round_, last)
        if not slice_.value:
            return
        last = slice_.value[-1].id
        tally.count("seen.rows", len(slice_.value))
        looked = tuple(Looked(row.uid, _fixity_by_size(keeper, slice_.permit, row)) for row in slice_.value)
        refuse_a_dead_store(keeper, round_, looked)
        damaged = tuple(look for look in looked if look.fixity is not Fixity.INTACT)
        if damaged:
            asked = Damaged(damaged, keeper.repairs)
            tally.add(keeper.gate.run(repairing.note_damage, round_, asked).value)


def _fixity_by_size(keeper: Keeper, permit: Permit, row: Recorded) -> Fixity:
    try:
        same = keeper.vault.sealed_size(permit, row.uid) == row.sealed_size
    except ObjectMissing:
        return Fixity.MISSING
    except StoreUnavailable:
        return Fixity.UNREADABLE
    return Fixity.INTACT if same else Fixity.ALTERED


# --- keys --------------------------------------------------------------------------------------------------


def _unused_keys(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    permit, after, seen = RoundPermit(keeper, round_), None, 0
    left: list[UUID] = []
    while kept := keeper.vault.kept_keys(permit(), round_, after, limit=OBJECTS_AT_ONCE):
        keeper.step()
        after, seen = kept[-1][0], seen + len(kept)
        old = tuple(dek_id for dek_id, made in kept if made <= keeper.before)
        left += keeper.gate.run(looking.unused_keys, round_, old).value if old else ()
        del left[MOST_LEFT:]
    tally.count("seen.keys", seen)
    for dek_id in left:
        tally.found(Kind.KEY_UNUSED, dek_id)
    if keeper.repairs and _is_usual(keeper, len(left), seen, tally):
        for some in _batches(left, REMOVED_AT_ONCE):
            keeper.step()
            done = keeper.gate.run(repairing.drop_keys, round_, some)
            for dek_id in done.value:
                keeper.vault.destroy_key(done.permit, dek_id)
            tally.repaired(Kind.KEY_UNUSED, len(done.value))


# --- the rest ----------------------------------------------------------------------------------------------


def _jobs(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    jobs = keeper.gate.run(looking.look_at_jobs, round_).value
    tally.found(Kind.JOB_DEAD, number=jobs.dead)
    tally.found(Kind.LEASE_EXPIRED, number=jobs.expired)


def _temporary_files(keeper: Keeper, round_: UUID, tally: Tally) -> None:
    age, permit = keeper.young.total_seconds(), RoundPermit(keeper, round_)
    swept = keeper.vault.sweep_temporary(permit(), round_, age, removing=keeper.repairs)
    swept += sweep_exports(keeper.exports, age, removing=keeper.repairs)
    tally.found(Kind.TEMPORARY_FILE, number=swept)
    if keeper.repairs:
        tally.repaired(Kind.TEMPORARY_FILE, swept)


def _batches(things: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    walk = iter(things)
    while batch := tuple(islice(walk, size)):
        yield batch
