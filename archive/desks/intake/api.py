"""Deposits for programs: a file is the raw body of one ``PUT``."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel
from starlette.requests import Request

from archive.core.errors import Invalid
from archive.desks.intake import deciding, operations, receiving
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import DepositSeen, Finished
from archive.desks.intake.receiving import Upload
from archive.web.bodies import announced_length, body_chunks
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.multipart import clean_name

router = GuardedRouter()

RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class DepositMade(BaseModel):
    """``state`` is ``received``, or what became of a file that is here already: duplicate, linked or refused."""

    deposit: UUID
    batch: UUID
    state: str


class TwinShown(BaseModel):
    """The earlier deposit of the same bytes."""

    deposit: UUID
    name: str
    received_at: datetime
    item: UUID | None
    reference_code: str | None


class RemarkShown(BaseModel):
    code: str
    words: str


class DepositShown(BaseModel):
    """``state``: receiving, received, reading, read, refused or failed; ``remedy`` says what to do about the last two.

    A file that is here already waits as ``duplicate``, or ended as ``linked``. ``scan``: clean, infected, not scanned, or
    empty before it was looked at. ``ahead``: how many files are taken before it, where the board says it.
    """

    deposit: UUID
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
    twin: TwinShown | None
    remarks: list[RemarkShown]
    scan: str
    scan_by: str | None
    part_size: int | None
    parts_kept: int
    ahead: int | None


@router.put("/api/v1/deposits", status_code=201, openapi_extra=RAW_BODY)
@serves(*receiving.OPERATIONS, streams=True)
def put_deposit(
    request: Request,
    door: Door,
    name: Annotated[str, Query(min_length=1, max_length=1000)],
    fonds: Annotated[str, Query(max_length=64)] = "",
    batch: UUID | None = None,
    duplicates: Duplicates = Duplicates.ASK,
) -> DepositMade:
    """Needs ``Content-Length``. Give ``fonds`` to begin a batch, or the ``batch`` of an earlier answer to go on with it.

    ``duplicates`` belongs to a new batch: what to do with files that are here already.
    """
    size = announced_length(request)
    if size is None:
        raise Invalid("Content-Length", "The length of the file was not announced.", "Send Content-Length.")
    received = receiving.receive(
        door,
        Upload(
            name=clean_name(name.encode()),
            chunks=body_chunks(request),
            announced=size,
            most_bytes=entrance_of(request).settings.max_upload_bytes,
            fonds_code=fonds,
            batch=batch,
            duplicates=duplicates,
        ),
    )
    return made(received)


def made(done: Finished) -> DepositMade:
    return DepositMade(deposit=done.deposit, batch=done.batch, state=done.state)


@router.get("/api/v1/deposits")
@serves(operations.list_deposits)
def list_deposits(door: Door, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[DepositShown]:
    """One's own, newest first."""
    return [shown(seen) for seen in door.run(operations.list_deposits, None, limit).value]


@router.get("/api/v1/deposits/{uid}")
@serves(operations.show_deposit)
def show_deposit(door: Door, uid: UUID) -> DepositShown:
    return shown(door.run(operations.show_deposit, uid).value)


@router.post("/api/v1/deposits/{uid}/retry", status_code=204)
@serves(operations.try_again)
def retry(door: Door, uid: UUID) -> Response:
    door.run(operations.try_again, uid)
    return Response(status_code=204)


class Decision(BaseModel):
    decision: Literal[Duplicates.KEEP, Duplicates.LINK, Duplicates.REFUSE]


@router.post("/api/v1/batches/{uid}/duplicates", status_code=204)
@serves(*deciding.OPERATIONS)
def decide(door: Door, uid: UUID, body: Decision) -> Response:
    """Keep, link or refuse the files of this batch that are in the archive already: those that wait, and those to come."""
    deciding.decide(door, uid, body.decision)
    return Response(status_code=204)


def shown(seen: DepositSeen) -> DepositShown:
    return DepositShown(
        deposit=seen.uid,
        batch=seen.batch,
        name=seen.name,
        size=seen.size,
        state=seen.state,
        reason=seen.reason,
        remedy=seen.remedy,
        created_at=seen.created_at,
        changed_at=seen.changed_at,
        pages=seen.pages,
        pages_read=seen.pages_read,
        pages_unread=seen.pages_unread,
        item=seen.item,
        item_state=seen.item_state,
        reference_code=seen.reference_code,
        twin=None if seen.twin is None else TwinShown(**asdict(seen.twin)),
        remarks=[RemarkShown(code=code, words=words) for code, words in seen.remarks],
        scan=seen.scan,
        scan_by=seen.scan_by,
        part_size=seen.part_size,
        parts_kept=seen.parts_kept,
        ahead=seen.ahead,
    )
