"""The pages of a document that was split off are sealed again, under its own key."""

from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.db.failpoints import failpoint
from archive.core.gate import BoundGate, Found, Look, Work, operation
from archive.core.jobs.queue import Claimed
from archive.core.vault.vault import Handle, Sealed
from archive.desks.binding import queries
from archive.holdings.queries import item_by_uid, item_target
from archive.holdings.tables import Item


def item(look: Look, uid: UUID) -> Found[Item] | None:
    """Finder: a document by its uid."""
    row = item_by_uid(look.session, uid)
    return None if row is None else Found(item_target(row), row)


@dataclass(frozen=True)
class ToReseal:
    """``objects``: what lies under another key, and the id under which it may be sealed anew."""

    dek_id: UUID
    objects: tuple[tuple[Handle, UUID], ...]


@operation(Action.BINDING_RESEAL, on=item, reads=True)
def take_pages(work: Work, it: Item) -> ToReseal:
    rows = queries.to_reseal(work.session, it)
    work.touch(f"item:{it.uid}")
    return ToReseal(
        it.dek_id,
        tuple((work.handle(row.uid, row.dek_id, row.size, row.media_type), work.reserve()) for row in rows),
    )


@dataclass(frozen=True)
class Resealed:
    """``sealed``: from the id of the old object to the new one."""

    dek_id: UUID
    sealed: dict[UUID, Sealed]
    job: Claimed


@operation(Action.BINDING_RESEAL, on=item)
def put_in_place(work: Work, it: Item, done: Resealed) -> tuple[UUID, ...]:
    """Answers the objects that no row names any more: the old ones, and those whose page has moved on meanwhile."""
    work.finish(done.job)
    waiting = dict(done.sealed)
    gone = []
    for row in queries.to_reseal(work.session, it):
        sealed = waiting.pop(row.uid, None) if done.dek_id == it.dek_id else None
        if sealed is not None:
            gone.append(row.uid)
            row.uid, row.dek_id, row.sealed_size = sealed.object_id, it.dek_id, sealed.sealed_size
            row.sealed_sha256, row.checked_at, row.fixity = sealed.sealed_sha256, None, ""
            work.touch(f"object:{row.uid}")
    gone += [sealed.object_id for sealed in waiting.values()]
    work.objects.update(gone)
    return tuple(gone)


OPERATIONS = (take_pages, put_in_place)


def reseal(gate: BoundGate, job: Claimed) -> None:
    """Raises what opening and sealing raise. Killed on the way it is done again; what it had sealed is swept."""
    taken = gate.run(take_pages, job.subject)
    sealed = {}
    for handle, new in taken.value.objects:
        opened = gate.open(taken.permit, handle)
        sealed[handle.object_id] = gate.seal(taken.permit, new, taken.value.dek_id, opened.chunks())
        failpoint("reseal.sealed")
    done = gate.run(put_in_place, job.subject, Resealed(taken.value.dek_id, sealed, job))
    failpoint("reseal.committed")
    gate.discard(done.permit, done.value)
