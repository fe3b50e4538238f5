"""The same file comes in again: its twin is named, and the batch decides once whether to keep, link or refuse.

Only a twin that the uploader may know of counts. A hidden one is no twin: otherwise an upload would be a question whether a
document is in the archive, answered to whoever holds a copy of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.errors import Invalid
from archive.core.gate import Found, Look, Work, operation
from archive.core.jobs.tables import JobKind
from archive.desks.intake import queries
from archive.desks.intake.changes import move
from archive.holdings import queries as holdings
from archive.holdings.queries import item_target
from archive.holdings.tables import Batch, Deposit, Item

IS_HERE = "The same file is in the archive already."
OPEN_THE_OTHER = "Nothing was kept of this one; open the one that is here."


class Duplicates(StrEnum):
    """What a batch does with files that are here already."""

    ASK = "ask"
    KEEP = "keep"
    LINK = "link"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Twin:
    """The earlier deposit of the same bytes, as far as the asker may know it."""

    deposit: UUID
    name: str
    received_at: datetime
    item: UUID | None
    reference_code: str | None


def settle(work: Work, it: Deposit) -> tuple[UUID, ...]:
    """Lets a received deposit go on, wait, or end, as its batch says. Returns the objects that are no longer needed."""
    twin = _known_twin(work, it)
    if twin is None:
        _go_on(work, it)
        return ()
    it.twin_id = twin.id
    return _decided(work, it, Duplicates(queries.batch_of(work.session, it).duplicates))


def _known_twin(work: Work, it: Deposit) -> Deposit | None:
    return next((twin for twin in queries.same_bytes(work.session, it) if _may_know(work, twin)), None)


def _may_know(work: Work, twin: Deposit) -> bool:
    if twin.item_id is not None:
        item = work.session.get_one(Item, twin.item_id)
        return isinstance(work.decide(Action.ITEM_SHOW, item_target(item)), Allowed)
    return twin.account_id == work.actor.id


def seen_twin(work: Work, it: Deposit) -> Twin | None:
    """Decided anew at each look: a twin whose tier was raised since is no longer named."""
    twin = None if it.twin_id is None else work.session.get_one(Deposit, it.twin_id)
    if twin is None or not _may_know(work, twin):
        return None
    item = None if twin.item_id is None else work.session.get_one(Item, twin.item_id)
    return Twin(
        deposit=twin.uid,
        name=twin.name,
        received_at=twin.created_at,
        item=None if item is None else item.uid,
        reference_code=None if item is None else item.reference_code,
    )


def _decided(work: Work, it: Deposit, what: Duplicates) -> tuple[UUID, ...]:
    match what:
        case Duplicates.ASK:
            move(it, "duplicate", work.now)
            return ()
        case Duplicates.KEEP:
            _go_on(work, it)
            return ()
        case Duplicates.LINK:
            move(it, "linked", work.now)
        case Duplicates.REFUSE:
            it.reason, it.remedy = IS_HERE, OPEN_THE_OTHER
            move(it, "refused", work.now)
    return _bytes_dropped(work, it)


def _go_on(work: Work, it: Deposit) -> None:
    move(it, "received", work.now)
    work.later(JobKind.ACCEPT, it.uid, dedupe_key=f"accept:{it.uid}", priority=20)


def _bytes_dropped(work: Work, it: Deposit) -> tuple[UUID, ...]:
    """The same bytes are sealed under the twin; these rows go with this commit, the objects after it."""
    return drop_objects(work, it, role="master")


def drop_objects(work: Work, it: Deposit, *, role: str) -> tuple[UUID, ...]:
    """Takes the rows away and puts their objects under the permit, so that they can be removed after the commit."""
    dropped = queries.objects_of(work.session, it.id, role)
    for row in dropped:
        work.handle(row.uid, row.dek_id, row.size, row.media_type)
        work.session.delete(row)
    return tuple(row.uid for row in dropped)


def batch(look: Look, uid: UUID) -> Found[Batch] | None:
    """Finder: a batch by its uid."""
    row = holdings.batch_by_uid(look.session, uid)
    return None if row is None else Found(queries.batch_target(row), row)


@operation(Action.DUPLICATES_DECIDE, on=batch)
def decide_duplicates(work: Work, it: Batch, what: Duplicates) -> tuple[UUID, ...]:
    """For the files of the batch that wait, and for those still to come. Returns the objects that are no longer needed."""
    if what is Duplicates.ASK:
        raise Invalid("decision", "This decides nothing.", "Choose keep, link or refuse.")
    it.duplicates = what
    gone: list[UUID] = []
    for waiting in queries.waiting_duplicates(work.session, it.id):
        gone += _decided(work, waiting, what)
        work.touch(f"deposit:{waiting.uid}")
    work.touch(f"batch:{it.uid}")
    work.tell(duplicates=what)
    return tuple(gone)
