"""The log for programs."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field
from starlette.requests import Request

from archive.core.audit.checkpoint import LONGEST_NOTE
from archive.desks.audit import close_api, extracting, operations, taking
from archive.desks.audit.api_types import Before, Body, LineShown, Moment, line_shown
from archive.desks.audit.operations import Filters
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()
router.include_router(close_api.router)


class VerificationBody(Body):
    """``remembered``: the text of a checkpoint file that was kept outside."""

    remembered: str = Field(default="", max_length=2 * LONGEST_NOTE)


class ExtractBody(Body):
    """The filters of the time line; empty ones leave everything."""

    person: str = Field(default="", max_length=128)
    record: str = Field(default="", max_length=128)
    action: str = Field(default="", max_length=64)
    purpose: str = Field(default="", max_length=64)
    outcome: str = Field(default="", max_length=64)
    since: Moment | None = None
    until: Moment | None = None


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
    action: str = "",
    purpose: str = "",
    outcome: str = "",
    since: Moment | None = None,
    until: Moment | None = None,
    before: Before = None,
) -> LogShown:
    """``record``: a reference code, ``item:<uid>`` and the like, or an item's uid."""
    wanted = Filters(person, record, outcome, since, until, before, action, purpose)
    seen = door.run(operations.show_log, None, wanted).value
    return LogShown(lines=[line_shown(line) for line in seen.lines], next=seen.next)


_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "Everything that `juanzong audit verify` needs"}
}
_EXTRACT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/zip": {}},
        "description": "A table (CSV), its signature, and how to check it",
    }
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {}}, "description": "Verifier key and newest checkpoint"}
}


@router.post("/api/v1/log/export", response_class=Response, responses=_ZIP)
@serves(operations.export_log)
def export_log(request: Request, door: Door) -> Response:
    return taking.send_export(request, door)


@router.post("/api/v1/log/extract", response_class=Response, responses=_EXTRACT)
@serves(operations.extract_log)
def extract_log(request: Request, door: Door, body: ExtractBody) -> Response:
    """The table in the words of the screen, with a detached signature by the log's key."""
    return extracting.send_extract(request, door, Filters(**body.model_dump()))


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
