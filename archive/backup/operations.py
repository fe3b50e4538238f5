"""What the log says of backups and restores. The copying itself happens between two entries, for it may take hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select, update

from archive.accounts.tables import SignedIn
from archive.core.access.actions import Action
from archive.core.gate import Work, operation, place
from archive.core.jobs.tables import Job, JobState
from archive.desks.intake.changes import move
from archive.desks.intake.duplicates import IS_HERE, OPEN_THE_OTHER
from archive.desks.preservation.findings import Fixity
from archive.holdings.tables import Deposit, Item, StoredObject

DAMAGED = (Fixity.ALTERED, Fixity.MISSING, Fixity.UNREADABLE)


@operation(Action.ARCHIVE_BACKUP, on=place("archive"))
def begin_backup(work: Work, _place: None, target: str) -> None:
    """Committed before the first byte is copied. An entry that no second one follows is a backup that was cut off."""
    work.tell(target=target)


@dataclass(frozen=True)
class Ended:
    """How a backup went: what it tells, or what broke it."""

    told: Mapping[str, str]
    error: Exception | None = None


@operation(Action.ARCHIVE_BACKUP, on=place("archive"))
def end_backup(work: Work, _place: None, ended: Ended) -> None:
    """Raises what broke the backup: the gate logs it as failed."""
    if ended.error is not None:
        raise ended.error
    work.tell(**ended.told)


@operation(Action.ARCHIVE_BACKUP, on=place("archive"), reads=True)
def still_named(work: Work, _place: None, objects: Sequence[UUID]) -> frozenset[UUID]:
    """Of objects that the store lacks: those that a row names now. The others were disposed of meanwhile."""
    return frozenset(work.session.scalars(select(StoredObject.uid).where(StoredObject.uid.in_(objects))))


@dataclass(frozen=True)
class Restoration:
    snapshot: str
    objects: int
    lacking: int


@operation(Action.ARCHIVE_RESTORE, on=place("archive"))
def note_restore(work: Work, _place: None, done: Restoration) -> None:
    """Ends every session of the copied moment and puts its running jobs back, their attempt uncounted."""
    work.session.execute(update(SignedIn).where(SignedIn.ended_at.is_(None)).values(ended_at=work.now))
    work.session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING)
        .values(state=JobState.READY, attempt=Job.attempt - 1, run_at=work.now, worker=None, lease_until=None)
    )
    work.access_changed()
    work.tell(snapshot=done.snapshot, objects=str(done.objects), lacking=str(done.lacking))


@operation(Action.ARCHIVE_RESTORE, on=place("archive"))
def forget_disposed(work: Work, _place: None, objects: Sequence[UUID]) -> None:
    """Takes away the rows of uploaded bytes that the archive disposed of while the snapshot was made.

    Parts: their upload was finished or called off then, and has to send them again now. The bytes of a duplicate: it was
    linked or refused, so they are here under its twin. Any other object keeps its row, and is missing.
    """
    rows = work.session.execute(
        select(StoredObject, Deposit)
        .join(Deposit, Deposit.id == StoredObject.deposit_id)
        .where(StoredObject.uid.in_(objects), or_(_IS_PART, _IS_DUPLICATE))
    ).all()
    for row, upload in rows:
        if row.role == "master":
            upload.reason, upload.remedy = IS_HERE, OPEN_THE_OTHER
            move(upload, "refused", work.now)
        work.session.delete(row)
        work.touch(f"deposit:{upload.uid}")
    work.tell(disposed=str(len(rows)))


_IS_PART = (StoredObject.role == "part") & (Deposit.state == "receiving")
_IS_DUPLICATE = (StoredObject.role == "master") & (Deposit.state == "duplicate")


@dataclass(frozen=True)
class Ahead:
    """Where the index is newer than the database: items it should not know, and (id, uid, version) to index again."""

    unknown: tuple[int, ...]
    newer: tuple[tuple[int, UUID, int], ...]


@operation(Action.ARCHIVE_RESTORE, on=place("archive"), reads=True)
def compare_index(work: Work, _place: None, remembered: Mapping[int, int]) -> Ahead:
    """``remembered``: the index's version of each item. It was copied after the database."""
    query = select(Item.id, Item.uid, Item.index_version).where(Item.id.in_(remembered))
    items = {id_: (uid, version) for id_, uid, version in work.session.execute(query)}
    return Ahead(
        unknown=tuple(id_ for id_ in remembered if id_ not in items),
        newer=tuple(
            (id_, uid, remembered[id_]) for id_, (uid, version) in items.items() if remembered[id_] > version
        ),
    )


@dataclass(frozen=True)
class Damaged:
    """A sealed object that an inspection found altered, missing or unreadable."""

    id: int
    uid: UUID
    sealed_sha256: bytes


AT_ONCE = 50
"""Few, so that a permit outlasts the copying of all of them."""


@operation(Action.ARCHIVE_RESTORE, on=place("archive"), reads=True)
def list_damaged(work: Work, _place: None, after: int) -> tuple[Damaged, ...]:
    rows = work.session.execute(
        select(StoredObject.id, StoredObject.uid, StoredObject.sealed_sha256)
        .where(StoredObject.fixity.in_(DAMAGED), StoredObject.id > after)
        .order_by(StoredObject.id)
        .limit(AT_ONCE)
    )
    damaged = tuple(Damaged(*row) for row in rows)
    work.objects.update(each.uid for each in damaged)
    return damaged


@operation(Action.ARCHIVE_RESTORE, on=place("archive"))
def note_put_back(work: Work, _place: None, uid: UUID) -> None:
    """Its bytes are those that were sealed: the row says so, and the entry names it."""
    work.session.execute(
        update(StoredObject)
        .where(StoredObject.uid == uid)
        .values(fixity=Fixity.INTACT, checked_at=work.now)
        .execution_options(synchronize_session=False)
    )
    work.touch(f"object:{uid}")
