"""Putting an item into the index, and putting back what left it before a commit that never came."""

from dataclasses import replace

from archive.core.db.failpoints import failpoint
from archive.core.errors import NotFound
from archive.core.gate import BoundGate
from archive.core.jobs.queue import Claimed
from archive.desks.finding.operations import index_again, list_to_index, take_back, take_for_index
from ocr.page import PageText
from search.index import Index, row_id

OPERATIONS = (take_for_index, take_back, index_again, list_to_index)

AT_ONCE = 500


def index_item(gate: BoundGate, index: Index, job: Claimed) -> None:
    """Indexes the item as it stands now. A newer job for the same item finds a newer state: an older put stays out."""
    try:
        released = gate.run(take_for_index, job.subject)
    except NotFound:
        return
    item = released.value
    if job.revision is not None and job.revision > item.version:
        # the commit that was to bring this revision failed after the rows had left
        gate.run(index_again, job.subject, job.revision + 1)
        return
    rows = [item.row]
    for page in item.pages:
        reading = PageText.from_json(gate.load(released.permit, page.text))
        place = row_id(item.row.item_id, page.slot)
        rows.append(replace(item.row, row_id=place, slot=page.slot, tier=page.tier, body=reading.text))
    failpoint("index.before-put")
    index.put(item.row.item_id, rows, item.version)
    failpoint("index.after-put")


def recover(gate: BoundGate, index: Index) -> int:
    """At a worker's start: items that left the index for a commit that a crash prevented come back. Returns how many."""
    removed = list(index.items_removed())
    for start in range(0, len(removed), AT_ONCE):
        versions = dict(removed[start : start + AT_ONCE])
        for item_id, uid in gate.run(take_back, None, tuple(versions)).value:
            gate.run(index_again, uid, versions[item_id] + 1)
    return len(removed)


def reindex(gate: BoundGate, index: Index) -> int:
    """Empties the index and asks for every item that has one row or more in the archive. Returns how many.

    Versions are remembered over the emptying, so what a worker holds in its hands meanwhile stays out.
    """
    index.clear()
    seen = dict(index.items_removed())
    asked, last = 0, 0
    while batch := gate.run(list_to_index, None, last).value:
        for item_id, uid in batch:
            gate.run(index_again, uid, seen.get(item_id, 0) + 1)
        asked, last = asked + len(batch), batch[-1][0]
    return asked
