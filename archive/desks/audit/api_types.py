"""What the routes of the log share: moments, places to go on from, and the line."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from archive.desks.audit.lines import LogLine
from archive.web.fields import WRITTEN

LARGEST_ID = 2**63 - 1


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no such moment") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc), WRITTEN]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LineShown(BaseModel):
    """``leaf`` is the entry's place in the tree, from 0; null until it has one. ``reference_code`` and ``page`` are the
    target's, where an auditor may know them; ``reasons`` say why an act was refused.
    """

    id: int
    event: UUID
    at: datetime
    actor: str
    name: str
    role: str
    action: str
    target: str | None
    reference_code: str | None
    page: int | None
    purpose: str | None
    outcome: str
    reasons: list[str]
    leaf: int | None


def line_shown(line: LogLine) -> LineShown:
    return LineShown(**{**vars(line), "reasons": list(line.reasons)})
