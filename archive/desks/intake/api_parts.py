"""Uploads in parts, for programs: what was cut goes on where it stopped.

``POST /api/v1/deposits`` begins, ``PUT …/parts/{n}`` sends one part, ``GET …/parts`` tells which have arrived, ``POST
…/finish`` ends, ``DELETE`` calls it off. A part may be sent again at any time before the end.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Response
from pydantic import BaseModel, Field
from starlette.requests import Request

from archive.desks.intake import api_board, receiving_parts
from archive.desks.intake.api import RAW_BODY, DepositMade, made
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.parts import PART_BYTES, count_of, list_parts, list_unfinished
from archive.desks.intake.receiving_parts import Announced
from archive.web.bodies import body_chunks
from archive.web.entrance import entrance_of
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.multipart import clean_name

router = GuardedRouter()
router.include_router(api_board.router)


class NewUpload(BaseModel):
    """``size`` in bytes. Give ``fonds`` to begin a batch, or the ``batch`` of an earlier answer to go on with it."""

    name: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=1)
    fonds: str = Field(default="", max_length=64)
    batch: UUID | None = None
    duplicates: Duplicates = Duplicates.ASK


class UploadBegun(BaseModel):
    """Every part has ``part_size`` bytes but the last; they are numbered from 1 to ``parts``."""

    deposit: UUID
    batch: UUID
    part_size: int
    parts: int


class PartShown(BaseModel):
    """``sha256`` in hex, of the bytes as they were sent."""

    number: int
    size: int
    sha256: str


class PartsShown(BaseModel):
    part_size: int
    parts: int
    kept: list[PartShown]


@router.post("/api/v1/deposits", status_code=201)
@serves(*receiving_parts.BEGIN)
def begin(request: Request, door: Door, body: NewUpload) -> UploadBegun:
    file = Announced(clean_name(body.name.encode()), body.size, body.fonds, body.batch, body.duplicates)
    most = entrance_of(request).settings.max_upload_bytes
    begun = receiving_parts.begin_parts(door, file, most_bytes=most)
    parts = count_of(body.size, PART_BYTES)
    return UploadBegun(deposit=begun.deposit, batch=begun.batch, part_size=PART_BYTES, parts=parts)


@router.put("/api/v1/deposits/{uid}/parts/{number}", status_code=201, openapi_extra=RAW_BODY)
@serves(*receiving_parts.SEND, streams=True)
def put_part(
    request: Request,
    door: Door,
    uid: UUID,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    content_digest: Annotated[str, Header(max_length=500)] = "",
) -> PartShown:
    """Durable when it is answered. Needs ``Content-Digest: sha-256=:<base64>:`` (RFC 9530)."""
    kept = receiving_parts.receive_part(door, uid, number, body_chunks(request), content_digest)
    return PartShown(number=kept.number, size=kept.size, sha256=kept.sha256)


class UnfinishedShown(BaseModel):
    """``kept`` parts of ``parts`` have arrived; ``first`` is the SHA-256 of the first one in hex, or null."""

    deposit: UUID
    batch: UUID
    name: str
    size: int
    part_size: int
    parts: int
    kept: int
    first: str | None
    changed_at: datetime


@router.get("/api/v1/uploads")
@serves(*receiving_parts.UNFINISHED)
def unfinished(door: Door) -> list[UnfinishedShown]:
    """One's own uploads in parts that are not at their end, newest first."""
    return [
        UnfinishedShown(**asdict(one), parts=count_of(one.size, one.part_size))
        for one in door.run(list_unfinished, None).value
    ]


@router.get("/api/v1/deposits/{uid}/parts")
@serves(*receiving_parts.LIST)
def parts(door: Door, uid: UUID) -> PartsShown:
    there = door.run(list_parts, uid).value
    kept = [PartShown(number=part.number, size=part.size, sha256=part.sha256) for part in there.kept]
    return PartsShown(part_size=there.part_size, parts=there.count, kept=kept)


@router.post("/api/v1/deposits/{uid}/finish")
@serves(*receiving_parts.FINISH)
def finish(request: Request, door: Door, uid: UUID) -> DepositMade:
    """Puts the parts together. Answers 400 naming the first part that has not arrived."""
    return made(receiving_parts.finish_parts(door, uid, entrance_of(request).clock))


@router.delete("/api/v1/deposits/{uid}", status_code=204)
@serves(*receiving_parts.CALL_OFF)
def call_off(door: Door, uid: UUID) -> Response:
    """Ends an upload that is not finished; what has arrived of it is removed."""
    receiving_parts.call_off(door, uid)
    return Response(status_code=204)
