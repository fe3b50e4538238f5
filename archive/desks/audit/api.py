"""The log for programs."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request

from archive.core.audit.checkpoint import LONGEST_NOTE
from archive.desks.audit import operations, taking
from archive.desks.audit.operations import Filters
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()

LARGEST_ID = 2**63 - 1


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no such moment") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VerificationBody(Body):
    """``remembered``: the text of a checkpoint file that was kept outside."""

    remembered: str = Field(default="", max_length=2 * LONGEST_NOTE)


class LineShown(BaseModel):
    """``leaf`` is the entry's place in the tree, from 0; null until it has one."""

    id: int
    event: UUID
    at: datetime
    actor: str
    name: str
    role: str
    action: str
    target: str | None
    purpose: str | None
    outcome: str
    leaf: int | None


class LogShown(BaseModel):
    """Newest first. ``next`` goes into ``before`` for the page after this one."""

    lines: list[LineShown]
    next: int | None


class FindingShown(BaseModel):
    kind: str
    place: str
    words: str


class ReportShown(BaseModel):
    """``compared``: a remembered checkpoint was laid beside the log. ``up_to_date`` is false when the end of the log is
    not what was last signed. ``findings`` holds the first hundred of ``count``.
    """

    ok: bool
    size: int
    compared: bool
    up_to_date: bool
    statement: str
    count: int
    findings: list[FindingShown]


@router.get("/api/v1/log")
@serves(operations.show_log)
def show_log(
    door: Door,
    person: str = "",
    record: str = "",
    outcome: str = "",
    since: Moment | None = None,
    until: Moment | None = None,
    before: Before = None,
) -> LogShown:
    wanted = Filters(person, record, outcome, since, until, before)
    seen = door.run(operations.show_log, None, wanted).value
    return LogShown(lines=[LineShown(**vars(line)) for line in seen.lines], next=seen.next)


_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "Everything that `juanzong audit verify` needs"}
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {}}, "description": "Verifier key and newest checkpoint"}
}


@router.post("/api/v1/log/export", response_class=Response, responses=_ZIP)
@serves(operations.export_log)
def export_log(request: Request, door: Door) -> Response:
    return taking.send_export(request, door)


@router.get("/api/v1/log/checkpoint", response_class=Response, responses=_TEXT)
@serves(operations.take_checkpoint)
def take_checkpoint(request: Request, door: Door) -> Response:
    return taking.send_checkpoint(request, door)


@router.post("/api/v1/log/verify")
@serves(operations.verify_log)
def verify_log(request: Request, door: Door, body: VerificationBody | None = None) -> ReportShown:
    verified = taking.verify_now(request, door, body.remembered if body else "")
    report = verified.report
    return ReportShown(
        ok=report.ok,
        size=report.size,
        compared=report.compared,
        up_to_date=verified.is_current,
        statement=report.statement,
        count=report.count,
        findings=[FindingShown(**vars(finding)) for finding in report.findings],
    )
