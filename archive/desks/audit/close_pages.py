"""Pages that look closer: one entry, one record, one person, and everybody's own trail."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.core.errors import Invalid
from archive.desks.audit import entry_words, looking, reaching, words
from archive.desks.audit.api_types import Before
from archive.desks.audit.filters import address, beginning, end
from archive.desks.audit.looking import RecordSeen, Unmasking
from archive.desks.audit.reaching import PersonSeen, PersonWanted
from archive.web.forms import PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.problems import status_of
from archive.web.render import page, shown_second

router = GuardedRouter()


# --- one entry -------------------------------------------------------------------------------------------------


@router.get("/log/entries/{event}")
@serves(looking.show_entry)
def show_entry(request: Request, event: UUID, door: Door) -> HTMLResponse:
    seen = door.run(looking.show_entry, event).value
    return _entry(request, seen, asked=False, told=None)


@router.post("/log/entries/{event}/detail")
@serves(looking.show_detail, looking.show_entry)
def show_detail(request: Request, event: UUID, door: Door, _form: PostedForm) -> HTMLResponse:
    """Shown on this answer only: the address of the entry shows it no more."""
    told = door.run(looking.show_detail, event).value
    seen = door.run(looking.show_entry, event).value
    return _entry(request, seen, asked=True, told=told)


def _entry(
    request: Request, seen: looking.EntrySeen, *, asked: bool, told: dict[str, str | None] | None
) -> HTMLResponse:
    return page(
        request,
        "audit/entry.html",
        seen=seen,
        one=entry_words.line(seen.line),
        objects=[entry_words.target(o.label, o.reference_code, o.page) for o in seen.objects],
        asked=asked,
        told=None if told is None else entry_words.detail(told),
    )


# --- one record ------------------------------------------------------------------------------------------------


@router.get("/log/records")
@serves(looking.show_record, reaching.begin_search)
def show_record(request: Request, door: Door, record: str = "") -> HTMLResponse:
    seen: RecordSeen | None = None
    error: Invalid | None = None
    if not record.strip():
        door.run(reaching.begin_search, None)
    else:
        try:
            seen = door.run(looking.show_record, None, record).value
        except Invalid as trouble:
            error = trouble
    return page(
        request,
        "audit/record.html",
        status=200 if error is None else status_of(error),
        record=record,
        seen=seen,
        target=None if seen is None else entry_words.target(seen.label, seen.reference_code, seen.page),
        people=[] if seen is None else [(one, words.person_of(one.actor, one.name)) for one in seen.people],
        error=error,
    )


@router.post("/log/records/unmask")
@serves(looking.unmask)
def unmask(request: Request, door: Door, form: PostedForm) -> HTMLResponse:
    """Shown on this answer only."""
    record, why = form.text("record"), Unmasking(form.text("reason"))
    seen = door.run(looking.unmask, record, why).value
    return page(
        request,
        "audit/unmasked.html",
        seen=seen,
        target=entry_words.target(seen.label, seen.reference_code),
        reason=why.reason,
    )


# --- one person ------------------------------------------------------------------------------------------------


@router.get("/log/people")
@serves(reaching.show_person, reaching.begin_search)
def show_person(
    request: Request,
    door: Door,
    person: str = "",
    since: str = "",
    until: str = "",
    before: Before = None,
) -> HTMLResponse:
    given = {"person": person, "since": since, "until": until}
    seen: PersonSeen | None = None
    error: Invalid | None = None
    if not person.strip():
        door.run(reaching.begin_search, None)
    else:
        try:
            wanted = PersonWanted(person, beginning("since", since), end("until", until), before)
            seen = door.run(reaching.show_person, None, wanted).value
        except Invalid as trouble:
            error = trouble
    return page(
        request,
        "audit/person.html",
        status=200 if error is None else status_of(error),
        given=given,
        seen=seen,
        name="" if seen is None else words.person_of(seen.actor, seen.name),
        records=[]
        if seen is None
        else [(one, entry_words.target(one.label, one.reference_code)) for one in seen.records],
        second=shown_second,
        older=None if seen is None or seen.next is None else address("/log/people", given, seen.next),
        newest=None if before is None else address("/log/people", given),
        error=error,
        trouble=None if error is None else words.trouble(error.field),
    )


# --- the own trail ---------------------------------------------------------------------------------------------


@router.get("/trail")
@serves(reaching.show_trail)
def show_trail(request: Request, door: Door, before: Annotated[UUID | None, Query()] = None) -> HTMLResponse:
    trail = door.run(reaching.show_trail, None, before).value
    return page(
        request,
        "audit/trail.html",
        steps=[entry_words.step(one) for one in trail.steps],
        older=None if trail.next is None else f"/trail?before={trail.next}",
        newest=None if before is None else "/trail",
    )
