"""A file comes in: begin, seal, finish. Its uploader watches it, and tries again what failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.grants import give
from archive.core.errors import Conflict, Invalid, NotFound
from archive.core.gate import Found, Look, Work, listing, operation, place
from archive.core.jobs.queue import retry
from archive.core.jobs.tables import JobKind
from archive.core.vault.vault import Handle, Sealed
from archive.desks.intake import queries
from archive.desks.intake.changes import move, stored
from archive.desks.intake.duplicates import Duplicates, Twin, drop_objects, seen_twin, settle
from archive.holdings import queries as holdings
from archive.holdings.tables import Batch, Deposit, Fonds, Item

MAKERS_ACTIONS = (
    Action.ITEM_FIND,
    Action.ITEM_SHOW,
    Action.ITEM_DESCRIBE,
    Action.PAGE_FIND,
    Action.PAGE_SHOW,
    Action.READER_PROPOSE,
    Action.QUALITY_SHOW,
    Action.QUALITY_MARK,
)

TRY_AGAIN = "Try again; if it fails again, scan or export the file anew."
IS_TRIED_AGAIN = "Nothing to do: it is tried again by itself."


@dataclass(frozen=True)
class NewDeposit:
    """``batch`` None opens a new batch in the fonds with this code. ``part_size`` None: the bytes come in one stream."""

    name: str
    size: int
    fonds_code: str
    batch: UUID | None = None
    duplicates: Duplicates = Duplicates.ASK
    part_size: int | None = None


@dataclass(frozen=True)
class Begun:
    deposit: UUID
    batch: UUID
    object_id: UUID
    dek_id: UUID


@operation(Action.DEPOSIT_BEGIN, on=place("deposits"))
def begin(work: Work, _place: None, new: NewDeposit) -> Begun:
    """Makes the key and the row; the permit that comes with the answer lets the bytes be sealed."""
    batch = _batch(work, new)
    fonds = work.session.get_one(Fonds, batch.fonds_id)
    dek_id = work.new_dek(fonds.uid)
    deposit = Deposit(
        uid=work.new_uid(),
        batch_id=batch.id,
        account_id=work.person(),
        name=new.name.strip()[:255] or "unnamed",
        size=new.size,
        dek_id=dek_id,
        created_at=work.now,
        changed_at=work.now,
        part_size=new.part_size,
    )
    work.session.add(deposit)
    work.touch(f"deposit:{deposit.uid}")
    return Begun(deposit.uid, batch.uid, work.reserve(), dek_id)


def _batch(work: Work, new: NewDeposit) -> Batch:
    if new.batch is not None:
        batch = holdings.batch_by_uid(work.session, new.batch)
        if batch is None:
            raise NotFound
        if batch.account_id != work.person():
            raise NotFound(hidden=f"batch:{batch.uid}")
        return batch
    fonds = holdings.fonds_by_code(work.session, new.fonds_code)
    if fonds is None or work.actor.unit_id is None:
        raise Invalid("fonds", "There is no such fonds.", "Choose a fonds from the list.")
    batch = Batch(
        uid=work.new_uid(),
        fonds_id=fonds.id,
        unit_id=work.actor.unit_id,
        account_id=work.person(),
        created_at=work.now,
        duplicates=new.duplicates,
    )
    work.session.add(batch)
    work.session.flush()
    give(
        work.session,
        account_id=work.person(),
        actions=MAKERS_ACTIONS,
        target=("batch", batch.id),
        source=("batch", batch.id),
        now=work.now,
    )
    return batch


def deposit(look: Look, uid: UUID) -> Found[Deposit] | None:
    """Finder: a deposit by its uid."""
    row = holdings.deposit_by_uid(look.session, uid)
    return None if row is None else Found(queries.deposit_target(row), row)


@dataclass(frozen=True)
class Finished:
    """``gone``: objects whose rows this commit took away; the permit that comes with the answer removes them.

    ``decided``: what the batch does with duplicates.
    """

    deposit: UUID
    batch: UUID
    state: str
    decided: Duplicates
    master: Handle
    gone: tuple[UUID, ...]


@operation(Action.DEPOSIT_FINISH, on=deposit)
def finish(work: Work, it: Deposit, sealed: Sealed) -> Finished:
    """The bytes are durable: the row says so and the first job exists, in one commit. A duplicate waits instead."""
    if it.state != "receiving":
        raise Conflict("This deposit has been received already.", "Watch its state in the list.")
    work.session.add(
        stored(
            work, sealed, it.dek_id, role="master", media_type="application/octet-stream", deposit_id=it.id
        )
    )
    it.size = sealed.size
    it.digest_bix = work.blind("deposit.digest", sealed.sha256.hex())
    work.session.flush()
    gone = drop_objects(work, it, role="part")
    settle(work, it)
    work.touch(f"deposit:{it.uid}")
    work.tell(sha256=sealed.sha256.hex())
    batch = queries.batch_of(work.session, it)
    master = work.handle(sealed.object_id, it.dek_id, sealed.size, "application/octet-stream")
    return Finished(it.uid, batch.uid, it.state, Duplicates(batch.duplicates), master, gone)


@operation(Action.DEPOSIT_ABANDON, on=deposit)
def abandon(work: Work, it: Deposit, why: tuple[str, str]) -> tuple[UUID, ...]:
    """The upload broke off or was called off: nothing of it is kept, and the row says why. ``why`` is (reason, remedy).

    Returns the objects that are no longer needed.
    """
    if it.state != "receiving":
        raise Conflict("This deposit has been received already.", "Watch its state in the list.")
    it.reason, it.remedy = why
    move(it, "refused", work.now)
    work.touch(f"deposit:{it.uid}")
    return drop_objects(work, it, role="part")


@dataclass(frozen=True)
class DepositSeen:
    """``ahead``: how many files are taken before this one waits no longer; None when it waits for no worker, or nobody asked."""

    uid: UUID
    batch: UUID
    name: str
    size: int
    state: str
    reason: str | None
    remedy: str | None
    created_at: datetime
    changed_at: datetime
    pages: int | None
    pages_read: int
    pages_unread: int
    item: UUID | None
    item_state: str | None
    reference_code: str | None
    twin: Twin | None
    remarks: tuple[tuple[str, str], ...]
    scan: str
    scan_by: str | None
    part_size: int | None
    parts_kept: int
    ahead: int | None


@operation(Action.DEPOSIT_LIST, on=listing("deposits"), reads=True)
def list_deposits(work: Work, _place: None, limit: int) -> tuple[DepositSeen, ...]:
    reach = work.scope(Action.DEPOSIT_LIST).where(queries.DEPOSIT_COLUMNS)
    rows = queries.deposits_where(work.session, reach, limit=min(limit, 500))
    return seen(work, rows)


@operation(Action.DEPOSIT_LIST, on=deposit, reads=True)
def show_deposit(work: Work, it: Deposit) -> DepositSeen:
    item = None if it.item_id is None else work.session.get(Item, it.item_id)
    return seen(work, [(it, item)])[0]


def seen(
    work: Work, rows: list[tuple[Deposit, Item | None]], ahead: Mapping[UUID, int] | None = None
) -> tuple[DepositSeen, ...]:
    """``ahead``: by deposit, how many wait before it."""
    ids = [row.id for row, _ in rows]
    counted = Counted(
        read=queries.pages_read(work.session, ids),
        unread=queries.pages_unread(work.session, ids),
        parts=queries.parts_kept(work.session, ids),
        ahead=ahead or {},
    )
    troubles = queries.troubles(work.session, rows)
    return tuple(_one_seen(work, row, item, troubles.get(row.id), counted) for row, item in rows)


@dataclass(frozen=True)
class Counted:
    """By deposit id: pages that have been read, those that no engine could read, and parts that have arrived.

    ``ahead`` by uid.
    """

    read: dict[int, int]
    unread: dict[int, int]
    parts: dict[int, int]
    ahead: Mapping[UUID, int]


def _one_seen(
    work: Work, row: Deposit, item: Item | None, trouble: queries.Trouble | None, counted: Counted
) -> DepositSeen:
    state, reason, remedy = row.state, row.reason, row.remedy
    if trouble is not None:
        state = "failed" if trouble.is_over else state
        reason, remedy = trouble.reason, TRY_AGAIN if trouble.is_over else IS_TRIED_AGAIN
    return DepositSeen(
        uid=row.uid,
        batch=queries.batch_of(work.session, row).uid,
        name=row.name,
        size=row.size,
        state=state,
        reason=reason,
        remedy=remedy,
        created_at=row.created_at,
        changed_at=row.changed_at,
        pages=row.page_count,
        pages_read=counted.read.get(row.id, 0),
        pages_unread=counted.unread.get(row.id, 0),
        item=None if item is None else item.uid,
        item_state=None if item is None else item.state,
        reference_code=None if item is None else item.reference_code,
        twin=seen_twin(work, row),
        remarks=tuple((told["code"], told["words"]) for told in json.loads(row.remarks or "[]")),
        scan=row.scan,
        scan_by=row.scan_by,
        part_size=row.part_size,
        parts_kept=counted.parts.get(row.id, 0),
        ahead=counted.ahead.get(row.uid),
    )


@operation(Action.DEPOSIT_RETRY, on=deposit)
def try_again(work: Work, it: Deposit) -> None:
    """Puts a failed deposit back where it stopped. What was refused stays refused: the file has to change."""
    item = None if it.item_id is None else work.session.get_one(Item, it.item_id)
    if it.state in {"receiving", "duplicate", "linked", "refused"} or not _restarted(work, it, item):
        raise Conflict(
            "Only a deposit that failed can be tried again.", "A refused file is corrected and uploaded anew."
        )
    it.reason = it.remedy = None
    it.changed_at = work.now


def _restarted(work: Work, it: Deposit, item: Item | None) -> bool:
    steps = [(JobKind.ACCEPT, it.uid), (JobKind.READ, it.uid)]
    if item is not None:
        steps.append((JobKind.INDEX, item.uid))
    again = [retry(work.session, kind=kind, subject=subject, now=work.now) for kind, subject in steps]
    return any(again)
