"""Requests and loans, for programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response
from pydantic import BaseModel, ConfigDict, Field

from archive.core.access.actions import Purpose
from archive.desks.loans import operations
from archive.desks.loans.operations import NewRequest, RequestSeen, Verdict
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LONGEST_REASON = 2000

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=64)]
"""The same key from the same person does the work once and answers the same again."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestBody(Body):
    items: list[UUID] = Field(min_length=1)
    purpose: Purpose
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class DecisionBody(Body):
    """``revision`` is the one that the list showed."""

    granted: bool
    opinion: str = Field(min_length=1, max_length=LONGEST_REASON)
    revision: int


class Made(BaseModel):
    uid: UUID


class ItemShown(BaseModel):
    uid: UUID
    reference_code: str | None
    title: str | None
    tier: int


class RequestShown(BaseModel):
    """``state``: submitted, granted or refused. ``reading``: pages can be opened now."""

    uid: UUID
    no: str
    revision: int
    asked_by: str
    purpose: str
    reason: str | None
    state: str
    created_at: datetime
    items: list[ItemShown]
    loan: UUID | None
    loan_no: str | None
    due_at: datetime | None
    returned_at: datetime | None
    reading: bool
    decided_by: str | None
    opinion: str | None


@router.post("/api/v1/loan-requests", status_code=201)
@serves(operations.request)
def ask(door: Door, body: RequestBody, key: IdempotencyKey = None) -> Made:
    wish = NewRequest(tuple(body.items), body.purpose, body.reason)
    return Made(uid=door.run(operations.request, None, wish, idempotency_key=key).value)


@router.get("/api/v1/loan-requests")
@serves(operations.list_requests)
def list_requests(door: Door) -> list[RequestShown]:
    return [_shown(seen) for seen in door.run(operations.list_requests, None).value]


@router.get("/api/v1/loan-requests/waiting")
@serves(operations.list_waiting)
def list_waiting(door: Door) -> list[RequestShown]:
    return [_shown(seen) for seen in door.run(operations.list_waiting, None).value]


@router.post("/api/v1/loan-requests/{uid}/decision")
@serves(operations.decide)
def decide(door: Door, uid: UUID, body: DecisionBody, key: IdempotencyKey = None) -> Made:
    """Answers with the loan's uid, or the request's when it was refused."""
    verdict = Verdict(body.granted, body.opinion, body.revision)
    own_key = None if key is None else f"{uid}:{key}"
    return Made(uid=door.run(operations.decide, uid, verdict, idempotency_key=own_key).value)


@router.post("/api/v1/loans/{uid}/return", status_code=204)
@serves(operations.give_back)
def give_back(door: Door, uid: UUID) -> Response:
    door.run(operations.give_back, uid)
    return Response(status_code=204)


def _shown(seen: RequestSeen) -> RequestShown:
    facts = {**vars(seen), "items": [ItemShown(**vars(item)) for item in seen.items]}
    return RequestShown(**facts)
