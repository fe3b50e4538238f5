"""Deposits for programs: a file is the raw body of one ``PUT``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel
from starlette.requests import Request

from archive.core.errors import Invalid
from archive.desks.intake import operations, receiving
from archive.desks.intake.operations import DepositSeen
from archive.desks.intake.receiving import Upload
from archive.web.bodies import announced_length, body_chunks
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.multipart import clean_name

router = GuardedRouter()

_RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class DepositMade(BaseModel):
    deposit: UUID
    batch: UUID


class DepositShown(BaseModel):
    """``state``: receiving, received, reading, read, refused or failed; ``remedy`` says what to do about the last two."""

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


@router.put("/api/v1/deposits", status_code=201, openapi_extra=_RAW_BODY)
@serves(*receiving.OPERATIONS, streams=True)
def put_deposit(
    request: Request,
    door: Door,
    name: Annotated[str, Query(min_length=1, max_length=1000)],
    fonds: Annotated[str, Query(max_length=64)] = "",
    batch: UUID | None = None,
) -> DepositMade:
    """Needs ``Content-Length``. Give ``fonds`` to begin a batch, or the ``batch`` of an earlier answer to go on with it."""
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
        ),
    )
    return DepositMade(deposit=received.deposit, batch=received.batch)


@router.get("/api/v1/deposits")
@serves(operations.list_deposits)
def list_deposits(door: Door, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[DepositShown]:
    """One's own, newest first."""
    return [_shown(seen) for seen in door.run(operations.list_deposits, None, limit).value]


@router.get("/api/v1/deposits/{uid}")
@serves(operations.show_deposit)
def show_deposit(door: Door, uid: UUID) -> DepositShown:
    return _shown(door.run(operations.show_deposit, uid).value)


@router.post("/api/v1/deposits/{uid}/retry", status_code=204)
@serves(operations.try_again)
def retry(door: Door, uid: UUID) -> Response:
    door.run(operations.try_again, uid)
    return Response(status_code=204)


def _shown(seen: DepositSeen) -> DepositShown:
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
    )
