"""Looking closer, for programs: one entry, one record, one person, and everybody's own trail."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from archive.desks.audit import looking, reaching
from archive.desks.audit.api_types import Before, Body, LineShown, Moment, line_shown
from archive.desks.audit.looking import LONGEST_REASON, Unmasking
from archive.desks.audit.reaching import PersonWanted
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()


class ObjectShown(BaseModel):
    """``reference_code`` and ``page`` are null where an auditor may not know them."""

    label: str
    reference_code: str | None
    page: int | None


class EntryShown(BaseModel):
    """``has_detail``: something was typed for it. ``is_readable`` is false for an entry whose bytes were damaged."""

    line: LineShown
    objects: list[ObjectShown]
    session: str | None
    grant: str | None
    policy: str
    has_detail: bool
    is_readable: bool


class DetailShown(BaseModel):
    """``told``: what was typed, by field, null where it is masked; null as a whole when it has been deleted."""

    told: dict[str, str | None] | None


class WayShown(BaseModel):
    action: str
    times: int
    first: datetime
    last: datetime


class PersonReachedShown(BaseModel):
    actor: str
    name: str
    times: int
    first: datetime
    last: datetime
    ways: list[WayShown]


class SubjectShown(BaseModel):
    name: str
    part: str


class RecordShown(BaseModel):
    """``persons`` are masked. ``is_known``: title and persons may be unmasked."""

    label: str
    reference_code: str | None
    page: int | None
    persons: list[SubjectShown]
    is_known: bool
    people: list[PersonReachedShown]


class UnmaskBody(Body):
    """``record``: a reference code, a label or an item's uid. ``reason`` is kept in the log."""

    record: str = Field(min_length=1, max_length=128)
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class UnmaskedShown(BaseModel):
    label: str
    reference_code: str | None
    title: str
    persons: list[SubjectShown]


class SpanShown(BaseModel):
    times: int
    first: datetime
    last: datetime
    actions: list[str]


class PageReachedShown(BaseModel):
    label: str
    number: int
    span: SpanShown


class RecordReachedShown(BaseModel):
    label: str
    reference_code: str | None
    span: SpanShown
    pages: list[PageReachedShown]


class PersonShown(BaseModel):
    """What the entries from ``first`` to ``last`` reached. ``next`` goes into ``before`` for those before."""

    actor: str
    name: str
    records: list[RecordReachedShown]
    first: datetime | None
    last: datetime | None
    next: int | None


class StepShown(BaseModel):
    event: UUID
    at: datetime
    role: str
    action: str
    target: str | None
    reference_code: str | None
    page: int | None
    purpose: str | None
    outcome: str
    reasons: list[str]


class TrailShown(BaseModel):
    """Newest first. ``next`` goes into ``before`` for the page after this one."""

    steps: list[StepShown]
    next: UUID | None


@router.get("/api/v1/log/entries/{event}")
@serves(looking.show_entry)
def show_entry(event: UUID, door: Door) -> EntryShown:
    seen = door.run(looking.show_entry, event).value
    return EntryShown(
        line=line_shown(seen.line),
        objects=[ObjectShown(**vars(one)) for one in seen.objects],
        session=seen.session,
        grant=seen.grant,
        policy=seen.policy,
        has_detail=seen.has_detail,
        is_readable=seen.is_readable,
    )


@router.post("/api/v1/log/entries/{event}/detail")
@serves(looking.show_detail)
def show_detail(event: UUID, door: Door) -> DetailShown:
    """What a person typed for this act. Looking at it is an act of its own."""
    return DetailShown(told=door.run(looking.show_detail, event).value)


@router.get("/api/v1/log/record")
@serves(looking.show_record)
def show_record(record: Annotated[str, Query(min_length=1, max_length=128)], door: Door) -> RecordShown:
    """Who reached a record: a reference code, ``item:<uid>`` and the like, or an item's uid."""
    return RecordShown.model_validate(door.run(looking.show_record, None, record).value, from_attributes=True)


@router.post("/api/v1/log/record/unmask")
@serves(looking.unmask)
def unmask(door: Door, body: UnmaskBody) -> UnmaskedShown:
    """Title and persons of a record; never what stands on its pages."""
    seen = door.run(looking.unmask, body.record, Unmasking(body.reason)).value
    return UnmaskedShown.model_validate(seen, from_attributes=True)


@router.get("/api/v1/log/person")
@serves(reaching.show_person)
def show_person(
    person: Annotated[str, Query(min_length=1, max_length=128)],
    door: Door,
    since: Moment | None = None,
    until: Moment | None = None,
    before: Before = None,
) -> PersonShown:
    """What a person reached, grouped by record."""
    wanted = PersonWanted(person, since, until, before)
    return PersonShown.model_validate(
        door.run(reaching.show_person, None, wanted).value, from_attributes=True
    )


@router.get("/api/v1/me/trail")
@serves(reaching.show_trail)
def show_trail(door: Door, before: UUID | None = None) -> TrailShown:
    """The asker's own acts."""
    return TrailShown.model_validate(door.run(reaching.show_trail, None, before).value, from_attributes=True)
