"""The board: where one's own deposits stand, by state and by batch, and what is read at this moment."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from archive.core.access.actions import Action
from archive.core.gate import Work, listing, operation
from archive.desks.intake import board_queries, queries
from archive.desks.intake.operations import DepositSeen, seen
from archive.holdings.tables import Batch, Deposit

MOST_LINES = 200
BATCHES_SHOWN = 6
QUEUE_SHOWN = 1000
"""Who waits behind more than so many is told that there are more."""


class Group(StrEnum):
    """What somebody wants to see: all, what moves by itself, what waits for a person, what is read, what was not kept."""

    ALL = "all"
    MOVING = "moving"
    TODO = "todo"
    READ = "read"
    ENDED = "ended"


FAILED = "failed"
_MOVING = ("receiving", "received", "reading")
_STATES: Mapping[Group, tuple[str, ...]] = {
    Group.ALL: (*_MOVING, "duplicate", FAILED, "read", "linked", "refused"),
    Group.MOVING: _MOVING,
    Group.TODO: ("duplicate", FAILED),
    Group.READ: ("read",),
    Group.ENDED: ("linked", "refused"),
}
_MAY_HAVE_FAILED = ("received", "reading", "read")
"""A deposit has failed when one of its jobs was given up; its row stands where it stood."""


@dataclass(frozen=True)
class Asked:
    """``after``: the last deposit of the page before."""

    group: Group = Group.ALL
    batch: UUID | None = None
    oldest_first: bool = False
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True)
class BatchSeen:
    """``pages`` of the files that have been looked at. ``moving``: files that go on by themselves; ``todo``: that wait."""

    uid: UUID
    fonds: str
    created_at: datetime
    duplicates: str
    files: int
    pages: int
    pages_read: int
    moving: int
    todo: int


@dataclass(frozen=True)
class ReadNow:
    """One's own file that a worker has in its hands. ``pages`` None: it is being looked at."""

    name: str
    pages: int | None
    pages_read: int


@dataclass(frozen=True)
class Board:
    """``batch``: the one that was asked for. ``queued``: how many of one's own files are read or wait to be; ``others``: how
    many files of other people are read at this moment.
    """

    lines: tuple[DepositSeen, ...]
    next: UUID | None
    counts: Mapping[Group, int]
    batch: BatchSeen | None
    batches: tuple[BatchSeen, ...]
    now: tuple[ReadNow, ...]
    queued: int
    others: int


@operation(Action.DEPOSIT_LIST, on=listing("deposits"), reads=True)
def show_board(work: Work, _place: None, asked: Asked) -> Board:
    """An unknown batch, and that of somebody else, is a batch without files."""
    scope = work.scope(Action.DEPOSIT_LIST)
    reach, of_batches = scope.where(queries.DEPOSIT_COLUMNS), scope.where(board_queries.BATCH_COLUMNS)
    chosen = None
    if asked.batch is not None:
        chosen = board_queries.one_batch(work.session, of_batches, asked.batch)
    last = board_queries.last_batches(work.session, of_batches, BATCHES_SHOWN)
    batches = {one.uid: one for one in _batches(work, reach, [*last, *([chosen] if chosen else [])])}
    is_nothing = asked.batch is not None and chosen is None
    batch_id = None if chosen is None else chosen[0].id
    files = _files(work, reach)
    ids, following = ([], None) if is_nothing else _ids(work, reach, asked, batch_id)
    now, others = _read_now(work, reach)
    return Board(
        lines=seen(work, board_queries.deposits_by_id(work.session, ids), _ahead(work)),
        next=following,
        counts=_by_group(
            files if asked.batch is None else _files(work, and_(reach, Deposit.batch_id == batch_id))
        ),
        batch=None if chosen is None else batches[chosen[0].uid],
        batches=tuple(batches[one.uid] for one, _ in last),
        now=now,
        queued=files["received"] + files["reading"],
        others=others,
    )


def _ids(
    work: Work, reach: ColumnElement[bool], asked: Asked, batch_id: int | None
) -> tuple[list[int], UUID | None]:
    """The deposits of this page, and the last of them where more follow."""
    limit = min(max(asked.limit, 1), MOST_LINES)
    after = None
    if asked.after is not None:
        [*before] = board_queries.deposits_of(work.session, reach, [asked.after])
        after = before[0].id if before else None
    found = board_queries.first_ids(
        work.session,
        _questions(reach, asked.group, batch_id),
        after=after,
        oldest_first=asked.oldest_first,
        limit=limit + 1,
    )
    if len(found) <= limit:
        return found, None
    return found[:limit], work.session.get_one(Deposit, found[limit - 1]).uid


def _questions(reach: ColumnElement[bool], group: Group, batch_id: int | None) -> list[Select[int]]:
    states = [state for state in _STATES[group] if state != FAILED]
    asked = {state: board_queries.ids_of_state(state, reach, batch_id) for state in states}
    if group is Group.ALL:
        return list(asked.values())
    questions = [
        one.where(~_has_failed()) if state in _MAY_HAVE_FAILED else one for state, one in asked.items()
    ]
    if group is Group.TODO:
        questions += [
            board_queries.ids_of_state(state, reach, batch_id).where(_has_failed())
            for state in _MAY_HAVE_FAILED
        ]
    return questions


def _files(work: Work, asked: ColumnElement[bool]) -> Counter[str]:
    """How many files by state, those that failed under ``failed``."""
    files = Counter(board_queries.counted_by_state(work.session, asked))
    failed = Counter(board_queries.counted_by_state(work.session, and_(asked, _has_failed())))
    return files - failed + Counter(failed=failed.total())


def _by_group(files: Counter[str]) -> dict[Group, int]:
    return {group: sum(files[state] for state in states) for group, states in _STATES.items()}


def _has_failed() -> ColumnElement[bool]:
    return Deposit.id.in_(select(board_queries.failed_ids()))


def _batches(
    work: Work, reach: ColumnElement[bool], rows: Sequence[tuple[Batch, str]]
) -> tuple[BatchSeen, ...]:
    ids = sorted({batch.id for batch, _ in rows})
    files: dict[int, Counter[str]] = defaultdict(Counter)
    pages: dict[int, Counter[str]] = defaultdict(Counter)
    for batch, state, count, of_them in board_queries.counted_by_batch(work.session, reach, ids):
        files[batch][state] += count
        pages[batch][state] += of_them
    for batch, state, count in board_queries.counted_failed(work.session, and_(reach, _has_failed()), ids):
        files[batch][state] -= count
        files[batch][FAILED] += count
    so_far = board_queries.pages_read_so_far(work.session, reach, ids)
    return tuple(
        _batch(batch, code, files[batch.id], pages[batch.id], so_far.get(batch.id, 0)) for batch, code in rows
    )


def _batch(batch: Batch, fonds: str, files: Counter[str], pages: Counter[str], read_so_far: int) -> BatchSeen:
    by_group = _by_group(files)
    return BatchSeen(
        uid=batch.uid,
        fonds=fonds,
        created_at=batch.created_at,
        duplicates=batch.duplicates,
        files=by_group[Group.ALL],
        pages=pages["read"] + pages["reading"],
        pages_read=pages["read"] + read_so_far,
        moving=by_group[Group.MOVING],
        todo=by_group[Group.TODO],
    )


def _read_now(work: Work, reach: ColumnElement[bool]) -> tuple[tuple[ReadNow, ...], int]:
    running = board_queries.running_subjects(work.session)
    own = board_queries.deposits_of(work.session, reach, running)
    read = queries.pages_read(work.session, [it.id for it in own])
    return (
        tuple(ReadNow(it.name, it.page_count, read.get(it.id, 0)) for it in own),
        len(running) - len(own),
    )


def _ahead(work: Work) -> dict[UUID, int]:
    """By deposit: how many are taken before it."""
    waiting = board_queries.queue(work.session, now=work.now, most=QUEUE_SHOWN)
    return {uid: place for place, uid in reversed(list(enumerate(waiting)))}
