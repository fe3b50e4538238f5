"""What a fixity check looks at and writes down: sealed sizes and digests, nothing decrypted, no key touched."""

from dataclasses import dataclass

from archive.core.access.actions import Action
from archive.core.gate import Work, operation
from archive.desks.preservation import queries
from archive.desks.preservation.damage import mark
from archive.desks.preservation.findings import Fixity, Looked
from archive.desks.preservation.operations import counted, inspection, write
from archive.desks.preservation.queries import Recorded
from archive.desks.preservation.tables import Inspection

AT_ONCE = 200


@operation(Action.ARCHIVE_CHECK, on=inspection, reads=True)
def next_to_check(work: Work, it: Inspection, most_bytes: int) -> tuple[Recorded, ...]:
    """First those that are damaged, which may have been restored since; then those whose last look is longest ago."""
    rows = _within(_due(work, it), most_bytes)
    work.objects.update(row.uid for row in rows)
    return tuple(rows)


def _due(work: Work, it: Inspection) -> list[Recorded]:
    damaged = queries.damaged_objects(work.session, it.started_at, limit=AT_ONCE)
    if damaged:
        return damaged
    counts = counted(it).counts
    left = counts.get("wanted", 0) - counts.get("seen.objects", 0)
    if left <= 0:
        return []
    return queries.objects_to_check(work.session, it.started_at, limit=min(left, AT_ONCE))


def _within(rows: list[Recorded], most_bytes: int) -> list[Recorded]:
    """One at least, however large."""
    chosen: list[Recorded] = []
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
    uids = [look.uid for look in checked.looked]
    there, were_damaged = queries.known_objects(work.session, uids), queries.damaged_among(work.session, uids)
    tally = counted(it)
    tally.count("seen.damaged", len(were_damaged))
    tally.count("seen.objects", len(there) - len(were_damaged))
    tally.count("bytes", checked.size)
    whole = {look.uid for look in checked.looked if look.fixity is Fixity.INTACT} & there
    queries.mark_intact(work.session, whole, work.now)
    for uid in whole & were_damaged:
        tally.count("restored")
        work.touch(f"object:{uid}")
    damaged = {look.uid: look.fixity for look in checked.looked if look.fixity is not Fixity.INTACT}
    for row in queries.objects_by_uid(work.session, damaged).values():
        mark(work, row, damaged[row.uid], tally, repairs=checked.repairs)
    write(it, tally)


OPERATIONS = (next_to_check, record_checks)
