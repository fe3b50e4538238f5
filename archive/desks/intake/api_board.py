"""The board for programs: where one's own deposits stand, by state and by batch."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from archive.desks.intake.api import DepositShown, shown
from archive.desks.intake.board import Asked, BatchSeen, Group, show_board
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()


class BatchShown(BaseModel):
    """``pages`` of the files that have been looked at. ``todo`` files wait for a person, ``moving`` ones go on by themselves."""

    batch: UUID
    fonds: str
    created_at: datetime
    duplicates: str
    files: int
    pages: int
    pages_read: int
    moving: int
    todo: int


class ReadNowShown(BaseModel):
    """``pages`` null: the file is being looked at."""

    name: str
    pages: int | None
    pages_read: int


class BoardShown(BaseModel):
    """``next``: give it as ``after`` for the deposits that follow. ``queued``: one's own files that are read or wait to be."""

    deposits: list[DepositShown]
    next: UUID | None
    counts: dict[Group, int]
    batch: BatchShown | None
    batches: list[BatchShown]
    now: list[ReadNowShown]
    queued: int
    others: int


@router.get("/api/v1/board")
@serves(show_board)
def board(
    door: Door,
    group: Group = Group.ALL,
    batch: UUID | None = None,
    oldest_first: bool = False,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> BoardShown:
    """``others``: how many files of other people are read at this moment. An unknown batch has no files."""
    seen = door.run(show_board, None, Asked(group, batch, oldest_first, after, limit)).value
    return BoardShown(
        deposits=[shown(one) for one in seen.lines],
        next=seen.next,
        counts=dict(seen.counts),
        batch=None if seen.batch is None else _batch(seen.batch),
        batches=[_batch(one) for one in seen.batches],
        now=[ReadNowShown(**asdict(one)) for one in seen.now],
        queued=seen.queued,
        others=seen.others,
    )


def _batch(one: BatchSeen) -> BatchShown:
    told = asdict(one)
    return BatchShown(batch=told.pop("uid"), **told)
