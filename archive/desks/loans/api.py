"""Requests and loans, for programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from archive.core.access.actions import Purpose
from archive.desks.loans import operations, seeing
from archive.desks.loans.operations import LentItem, NewRequest, Verdict
from archive.desks.loans.seeing import AskerHistory, RequestSeen
from archive.web.fields import Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LONGEST_REASON = 2000

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=64)]
"""The same key from the same person does the work once and answers the same again."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestBody(Body):
    """``renews``: the request whose running loan is to be carried on."""

    items: list[UUID] = Field(min_length=1)
    purpose: Purpose
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    renews: UUID | None = None


class DecisionBody(Body):
    """``revision`` is the one that the list showed. A refusal needs its ``opinion``."""

    granted: StrictBool
    opinion: str = Field(default="", max_length=LONGEST_REASON)
    revision: Revision


class Made(BaseModel):
    uid: UUID


class ItemShown(BaseModel):
    uid: UUID
    reference_code: str | None
    title: str | None
    tier: int
    held: bool


class RequestShown(BaseModel):
    """``state``: submitted, granted, refused or withdrawn. ``reading``: pages can be opened now. ``renews``: the number of
    the request whose loan this one carries on.
    """

    uid: UUID
    no: str
    revision: int
    account: UUID
    asked_by: str
    purpose: str
    reason: str | None
    state: str
    created_at: datetime
    items: list[ItemShown]
    loan: UUID | None
    loan_no: str | None
    lent_at: datetime | None
    due_at: datetime | None
    returned_at: datetime | None
    reading: bool
    decided_by: str | None
    decided_at: datetime | None
    opinion: str | None
    withdrawn_at: datetime | None
    renews: str | None
    may_renew: bool


class OutNowShown(BaseModel):
    loan_no: str
    due_at: datetime
    items: list[ItemShown]


class HistoryShown(BaseModel):
    """Earlier requests of whoever asks, as far as the decider may know of them. ``ran_out``: loans not given back in time.
    ``is_capped``: only the newest were looked at.
    """

    earlier: int
    granted: int
    refused: int
    withdrawn: int
    waiting: int
    ran_out: int
    out_now: list[OutNowShown]
    is_capped: bool


class RequestWithHistory(BaseModel):
    request: RequestShown
    history: HistoryShown


@router.post("/api/v1/loan-requests", status_code=201)
@serves(operations.request)
def ask(door: Door, body: RequestBody, key: IdempotencyKey = None) -> Made:
    wish = NewRequest(tuple(body.items), body.purpose, body.reason, body.renews)
    return Made(uid=door.run(operations.request, None, wish, idempotency_key=key).value)


@router.get("/api/v1/loan-requests")
@serves(seeing.list_requests)
def list_requests(door: Door) -> list[RequestShown]:
    return [_shown(seen) for seen in door.run(seeing.list_requests, None).value]


@router.get("/api/v1/loan-requests/waiting")
@serves(seeing.list_waiting)
def list_waiting(door: Door) -> list[RequestShown]:
    return [_shown(seen) for seen in door.run(seeing.list_waiting, None).value]


@router.get("/api/v1/loan-requests/{uid}")
@serves(seeing.look_into)
def look_into(door: Door, uid: UUID) -> RequestWithHistory:
    """For whoever may decide on it: the request as it stands, and the history of its maker."""
    found = door.run(seeing.look_into, uid).value
    return RequestWithHistory(request=_shown(found.request), history=_history(found.history))


@router.post("/api/v1/loan-requests/{uid}/withdrawal", status_code=204)
@serves(operations.withdraw)
def withdraw(door: Door, uid: UUID) -> Response:
    """Of an own request, before it is decided."""
    door.run(operations.withdraw, uid)
    return Response(status_code=204)


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
    return RequestShown(**{**vars(seen), "items": _items(seen.items)})


def _items(items: tuple[LentItem, ...]) -> list[ItemShown]:
    return [ItemShown(**vars(item)) for item in items]


def _history(history: AskerHistory) -> HistoryShown:
    out = [OutNowShown(**{**vars(loan), "items": _items(loan.items)}) for loan in history.out_now]
    return HistoryShown(**{**vars(history), "out_now": out})
