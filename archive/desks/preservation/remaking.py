"""A page whose picture or text was damaged is read again from its original; the new objects take the places of the old."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.errors import Conflict
from archive.core.gate import BoundGate, Found, Look, Work, operation
from archive.core.jobs.queue import Claimed
from archive.core.jobs.tables import JobKind
from archive.core.permit import Permit
from archive.core.vault.vault import Handle, Opened, Sealed
from archive.desks.preservation import queries
from archive.desks.preservation.findings import Fixity
from archive.holdings.queries import master_of, page_target
from archive.holdings.tables import Deposit, Item, Page, StoredObject
from ocr.facts import PageResult
from ocr.page import PageText

Bytes = Callable[[int, int], bytes]
ReadPage = Callable[[Bytes, str, int, int], PageResult]
"""From the original's bytes, name and size, and a page number from 1, to what the reading program sees there."""


def page(look: Look, uid: UUID) -> Found[Page] | None:
    """Finder: a page by its uid."""
    row = queries.page_by_uid(look.session, uid)
    return None if row is None else Found(page_target(look.session.get_one(Item, row.item_id), row), row)


@dataclass(frozen=True)
class TakenAgain:
    """``number``: of the page in its original, from 1. ``view`` and ``text``: where they may be sealed."""

    name: str
    size: int
    master: Handle
    number: int
    dek_id: UUID
    view: UUID
    text: UUID


@operation(Action.DEPOSIT_TAKE, on=page, reads=True)
def take_again(work: Work, it: Page) -> TakenAgain | None:
    """None when nothing of the page is damaged any more. Raises ``Conflict`` when it cannot be made again."""
    if not queries.damaged_of_page(work.session, it.id):
        return None
    deposit = work.session.get_one(Deposit, it.deposit_id)
    master = master_of(work.session, deposit.id)
    if master is None or master.fixity not in {"", Fixity.INTACT}:
        raise Conflict("The original of this page is damaged as well.", "Restore both from the backup.")
    if queries.is_corrected(work.session, it.id):
        raise Conflict("A person has corrected the text of this page.", "Restore it from the backup.")
    work.touch(f"page:{it.uid}")
    return TakenAgain(
        name=deposit.name,
        size=master.size,
        master=work.handle(master.uid, master.dek_id, master.size, master.media_type),
        number=it.deposit_seq,
        dek_id=deposit.dek_id,
        view=work.reserve(),
        text=work.reserve(),
    )


@dataclass(frozen=True)
class Remade:
    view: Sealed
    text: Sealed
    reading: PageText
    job: Claimed


@operation(Action.PAGE_STORE, on=page)
def store_again(work: Work, it: Page, remade: Remade) -> tuple[UUID, ...]:
    """Only what is damaged gives way. Returns the objects that no row names: the old ones, and a new one that was not needed."""
    work.finish(remade.job)
    new = {"view": remade.view, "text": remade.text}
    gone = []
    for row in queries.damaged_of_page(work.session, it.id):
        gone.append(row.uid)
        _take_the_place(work, row, new.pop(row.role))
        if row.role == "text":
            _is_read_anew(work, it, row, remade.reading)
    gone += [sealed.object_id for sealed in new.values()]
    work.objects.update(gone)
    work.touch(f"page:{it.uid}")
    return tuple(gone)


def _take_the_place(work: Work, row: StoredObject, sealed: Sealed) -> None:
    row.uid, row.size, row.sealed_size = sealed.object_id, sealed.size, sealed.sealed_size
    row.sealed_sha256, row.sha256 = sealed.sealed_sha256, sealed.sha256.hex()
    row.created_at, row.checked_at, row.fixity = work.now, None, ""
    work.touch(f"object:{row.uid}")


def _is_read_anew(work: Work, it: Page, row: StoredObject, reading: PageText) -> None:
    entry = queries.reading_of(work.session, row.id)
    entry.engine, entry.model, entry.reason = reading.engine, reading.model, reading.reason
    entry.confidence = _mean([line.score for line in reading.lines])
    item = work.session.get_one(Item, it.item_id)
    item.index_version += 1
    work.later(
        JobKind.INDEX,
        item.uid,
        dedupe_key=f"index:{item.uid}:{item.index_version}:{work.event}",
        revision=item.index_version,
    )


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


@operation(Action.PAGE_STORE, on=page)
def leave_as_is(work: Work, _it: Page, job: Claimed) -> None:
    """Nothing is damaged any more: the job ends."""
    work.finish(job)


class _Original:
    """Ranges of the sealed original, under a permit that is decided anew before it runs out."""

    def __init__(self, gate: BoundGate, page: UUID, fresh: Callable[[Permit], bool]) -> None:
        self._gate = gate
        self._page = page
        self._fresh = fresh
        self._permit: Permit | None = None
        self._opened: Opened | None = None

    def __call__(self, offset: int, length: int) -> bytes:
        if self._permit is None or self._opened is None or not self._fresh(self._permit):
            released = self._gate.run(take_again, self._page)
            if released.value is None:
                raise Conflict("This page is whole again.", "Nothing is left to do.")
            self._permit, self._opened = (
                released.permit,
                self._gate.open(released.permit, released.value.master),
            )
        return self._opened.read(offset, length)


OPERATIONS = (take_again, store_again, leave_as_is)


def remake(gate: BoundGate, job: Claimed, read: ReadPage, fresh: Callable[[Permit], bool]) -> None:
    """Raises what reading raises: the job says why, and the damage stands in the report."""
    taken = gate.run(take_again, job.subject)
    if taken.value is None:
        gate.run(leave_as_is, job.subject, job)
        return
    result = read(_Original(gate, job.subject, fresh), taken.value.name, taken.value.size, taken.value.number)
    room = gate.run(take_again, job.subject)
    where = room.value
    if where is None:
        gate.run(leave_as_is, job.subject, job)
        return
    view = gate.seal(room.permit, where.view, where.dek_id, [result.image.jpeg])
    text = gate.seal(room.permit, where.text, where.dek_id, [result.text.to_json()])
    done = gate.run(store_again, job.subject, Remade(view, text, result.text, job))
    gate.discard(done.permit, done.value)
