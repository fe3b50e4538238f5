"""Putting an item into the index, and putting back what left it before a commit that never came."""

from dataclasses import replace

from archive.core.db.failpoints import failpoint
from archive.core.errors import NotFound
from archive.core.gate import BoundGate
from archive.core.jobs.queue import Claimed
from archive.desks.finding.operations import index_again, take_back, take_for_index
from ocr.page import PageText
from search.index import Index, row_id

OPERATIONS = (take_for_index, take_back, index_again)


def index_item(gate: BoundGate, index: Index, job: Claimed) -> None:
    """Indexes the item as it stands now. A newer job for the same item finds a newer state: an older put stays out."""
    try:
        released = gate.run(take_for_index, job.subject)
    except NotFound:
        return
    item = released.value
    if job.revision is not None and job.revision > item.version:
        gate.run(
            index_again, job.subject, job.revision + 1
        )  # the commit that was to bring this revision failed
        return
    rows = [item.row]
    for page in item.pages:
        reading = PageText.from_json(gate.load(released.permit, page.text))
        place = row_id(item.row.item_id, page.slot)
        rows.append(replace(item.row, row_id=place, slot=page.slot, tier=page.tier, body=reading.text))
    failpoint("index.before-put")
    index.put(item.row.item_id, rows, item.version)
    failpoint("index.after-put")


def recover(gate: BoundGate, index: Index) -> None:
    """At a worker's start: items that left the index for a commit that a crash prevented come back."""
    removed = dict(index.items_removed())
    if not removed:
        return
    for item_id, uid in gate.run(take_back, None, tuple(removed)).value:
        gate.run(index_again, uid, removed[item_id] + 1)
