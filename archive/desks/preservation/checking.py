"""What a fixity check looks at and writes down: sealed sizes and digests, nothing decrypted, no key touched."""

from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.gate import Work, operation
from archive.desks.preservation import queries
from archive.desks.preservation.damage import mark
from archive.desks.preservation.findings import Fixity, Looked, Tally
from archive.desks.preservation.operations import counted, inspection, write
from archive.desks.preservation.tables import Inspection
from archive.holdings.tables import StoredObject

AT_ONCE = 200


@dataclass(frozen=True)
class ToCheck:
    """What the row says of the sealed bytes."""

    uid: UUID
    sealed_size: int
    sealed_sha256: bytes


@operation(Action.ARCHIVE_CHECK, on=inspection, reads=True)
def next_to_check(work: Work, it: Inspection, most_bytes: int) -> tuple[ToCheck, ...]:
    """First those that are damaged, which may have been restored since; then those whose last look is longest ago."""
    rows = _within(_due(work, it), most_bytes)
    work.objects.update(row.uid for row in rows)
    return tuple(ToCheck(row.uid, row.sealed_size, row.sealed_sha256) for row in rows)


def _due(work: Work, it: Inspection) -> list[StoredObject]:
    damaged = queries.damaged_objects(work.session, it.started_at, limit=AT_ONCE)
    if damaged:
        return damaged
    counts = counted(it).counts
    left = counts.get("wanted", 0) - counts.get("seen.objects", 0)
    if left <= 0:
        return []
    return queries.objects_to_check(work.session, it.started_at, limit=min(left, AT_ONCE))


def _within(rows: list[StoredObject], most_bytes: int) -> list[StoredObject]:
    """One at least, however large."""
    chosen: list[StoredObject] = []
    total = 0
    for row in rows:
        total += row.sealed_size
        if chosen and total > most_bytes:
            break
        chosen.append(row)
    return chosen


@dataclass(frozen=True)
class Checked:
    """``size``: bytes that were read. ``repairs``: whether pages are read again from their originals."""

    looked: tuple[Looked, ...]
    size: int
    repairs: bool


@operation(Action.ARCHIVE_CHECK, on=inspection)
def record_checks(work: Work, it: Inspection, checked: Checked) -> None:
    """The count stands on the inspection with each slice, so that a check that was interrupted goes on. An object whose
    row went meanwhile is no damage.
    """
    rows = queries.objects_by_uid(work.session, [look.uid for look in checked.looked])
    tally = counted(it)
    for look in checked.looked:
        if look.uid in rows:
            _record(work, rows[look.uid], look.fixity, tally, repairs=checked.repairs)
    tally.count("bytes", checked.size)
    write(it, tally)


def _record(work: Work, row: StoredObject, fixity: Fixity, tally: Tally, *, repairs: bool) -> None:
    was_damaged = row.fixity not in {"", Fixity.INTACT}
    tally.count("seen.damaged" if was_damaged else "seen.objects")
    if fixity is not Fixity.INTACT:
        mark(work, row, fixity, tally, repairs=repairs)
        return
    row.fixity, row.checked_at = fixity, work.now
    if was_damaged:
        tally.count("restored")
        work.touch(f"object:{row.uid}")


OPERATIONS = (next_to_check, record_checks)
