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
from archive.core.vault.vault import Handle
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


def settle(work: Work, it: Deposit) -> None:
    """Lets a received deposit go on, or wait beside its twin. No byte is dropped here: ``twins_of_waiting`` comes first."""
    twin = _known_twin(work, it)
    if twin is None or queries.batch_of(work.session, it).duplicates == Duplicates.KEEP:
        _go_on(work, it)
    else:
        move(it, "duplicate", work.now)
    it.twin_id = None if twin is None else twin.id


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


@dataclass(frozen=True)
class Decision:
    """``whole``: twins whose bytes have just been read to their end. For any other nothing is dropped: the file is kept."""

    what: Duplicates
    whole: frozenset[UUID] = frozenset()


def _decided(work: Work, it: Deposit, decision: Decision) -> tuple[UUID, ...]:
    twin = None if it.twin_id is None else work.session.get_one(Deposit, it.twin_id)
    if decision.what is Duplicates.KEEP or twin is None or twin.uid not in decision.whole:
        _go_on(work, it)
        return ()
    if decision.what is Duplicates.LINK:
        move(it, "linked", work.now)
    else:
        it.reason, it.remedy = IS_HERE, OPEN_THE_OTHER
        move(it, "refused", work.now)
    return drop_objects(work, it, role="master")


def _go_on(work: Work, it: Deposit) -> None:
    move(it, "received", work.now)
    work.later(JobKind.ACCEPT, it.uid, dedupe_key=f"accept:{it.uid}", priority=20)


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


@dataclass(frozen=True)
class TwinBytes:
    """The original of a deposit's twin. ``master`` None: it has none any more."""

    twin: UUID
    master: Handle | None


@operation(Action.DUPLICATES_DECIDE, on=batch, reads=True)
def twins_of_waiting(work: Work, it: Batch, seen: frozenset[UUID]) -> tuple[TwinBytes, ...]:
    """Whose bytes are read to their end before other bytes are dropped for them; those in ``seen`` have been."""
    waiting = queries.waiting_duplicates(work.session, it.id)
    ids = sorted({each.twin_id for each in waiting if each.twin_id is not None})
    twins = (work.session.get_one(Deposit, twin_id) for twin_id in ids)
    return tuple(TwinBytes(twin.uid, _master(work, twin)) for twin in twins if twin.uid not in seen)


def _master(work: Work, twin: Deposit) -> Handle | None:
    row = holdings.master_of(work.session, twin.id)
    return None if row is None else work.handle(row.uid, row.dek_id, row.size, row.media_type)


@dataclass(frozen=True)
class Decided:
    """``gone``: objects that are no longer needed; the permit that comes with the answer removes them."""

    states: dict[UUID, str]
    gone: tuple[UUID, ...]


@operation(Action.DUPLICATES_DECIDE, on=batch)
def decide_duplicates(work: Work, it: Batch, decision: Decision) -> Decided:
    """For the files of the batch that wait, and for those still to come."""
    if decision.what is Duplicates.ASK:
        raise Invalid("decision", "This decides nothing.", "Choose keep, link or refuse.")
    it.duplicates = decision.what
    states: dict[UUID, str] = {}
    gone: list[UUID] = []
    for waiting in queries.waiting_duplicates(work.session, it.id):
        gone += _decided(work, waiting, decision)
        states[waiting.uid] = waiting.state
        work.touch(f"deposit:{waiting.uid}")
    work.touch(f"batch:{it.uid}")
    work.tell(duplicates=decision.what)
    return Decided(states, tuple(gone))
