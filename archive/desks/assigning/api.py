"""Cases and readers of restricted items, for programs."""

from datetime import datetime
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from archive.core.access.actions import Purpose
from archive.desks.assigning import operations
from archive.desks.assigning.operations import LONGEST_NAMING, NewNaming, Verdict
from archive.web.fields import Revision
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LONGEST_REASON = 2000


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssignmentBody(Body):
    """``handler``: a sign-in name."""

    handler: str = Field(min_length=1, max_length=64)


class NamingBody(Body):
    """``reader`` and ``second_person`` are sign-in names; neither is the asker."""

    reader: str = Field(min_length=1, max_length=64)
    second_person: str = Field(min_length=1, max_length=64)
    purpose: Purpose
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    days: StrictInt = Field(ge=1, le=LONGEST_NAMING.days)


class DecisionBody(Body):
    """``revision`` is the one that the list showed."""

    confirmed: StrictBool
    opinion: str = Field(min_length=1, max_length=LONGEST_REASON)
    revision: Revision


class Made(BaseModel):
    uid: UUID


class CaseShown(BaseModel):
    assignment: UUID
    volume: UUID
    reference_code: str
    title: str
    handler: str
    since: datetime


class NamingShown(BaseModel):
    """``state``: proposed, confirmed, refused or expired."""

    uid: UUID
    revision: int
    reference_code: str | None
    reader: str
    proposed_by: str
    asked: str
    purpose: str
    reason: str | None
    opinion: str | None
    state: str
    until: datetime
    waits_for_me: bool


@router.get("/api/v1/cases")
@serves(operations.list_cases)
def list_cases(door: Door) -> list[CaseShown]:
    return [CaseShown(**vars(seen)) for seen in door.run(operations.list_cases, None).value]


@router.post("/api/v1/volumes/{uid}/assignments", status_code=201)
@serves(operations.assign_case)
def assign_case(door: Door, uid: UUID, body: AssignmentBody) -> Made:
    return Made(uid=door.run(operations.assign_case, uid, body.handler).value)


@router.delete("/api/v1/assignments/{uid}", status_code=204)
@serves(operations.end_assignment)
def end_assignment(door: Door, uid: UUID) -> Response:
    door.run(operations.end_assignment, uid)
    return Response(status_code=204)


@router.get("/api/v1/reader-namings")
@serves(operations.list_namings)
def list_namings(door: Door) -> list[NamingShown]:
    return [NamingShown(**vars(seen)) for seen in door.run(operations.list_namings, None).value]


@router.post("/api/v1/items/{uid}/reader-namings", status_code=201)
@serves(operations.propose_reader)
def propose_reader(door: Door, uid: UUID, body: NamingBody) -> Made:
    new = NewNaming(body.reader, body.second_person, body.purpose, body.reason, body.days)
    return Made(uid=door.run(operations.propose_reader, uid, new).value)


@router.post("/api/v1/reader-namings/{uid}/decision", status_code=204)
@serves(operations.confirm_reader)
def decide(door: Door, uid: UUID, body: DecisionBody) -> Response:
    door.run(operations.confirm_reader, uid, Verdict(body.confirmed, body.opinion, body.revision))
    return Response(status_code=204)
