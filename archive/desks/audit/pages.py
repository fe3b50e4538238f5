"""The pages of the log: who did what to which record, and whether anybody altered it since."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import Invalid
from archive.desks.audit import operations, taking, words
from archive.desks.audit.api import Before
from archive.desks.audit.operations import Filters, LogSeen
from archive.desks.audit.taking import Verified
from archive.web.forms import PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_
from archive.web.menu import MANAGE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page

router = GuardedRouter(
    menu=[MenuEntry(MANAGE, N_("访问日志"), "/log", Action.LOG_SHOW, N_("查阅、导出和核验访问日志"))]
)


# --- reading ---------------------------------------------------------------------------------------------------


@router.get("/log")
@serves(operations.show_log)
def show_log(
    request: Request,
    door: Door,
    person: str = "",
    record: str = "",
    outcome: str = "",
    since: str = "",
    until: str = "",
    before: Before = None,
) -> HTMLResponse:
    given = {"person": person, "record": record, "outcome": outcome, "since": since, "until": until}
    seen, error = LogSeen((), None), None
    try:
        first, last = _beginning("since", since), _end("until", until)
        wanted = Filters(person, _record(record), outcome, first, last, before)
        seen = door.run(operations.show_log, None, wanted).value
    except Invalid as trouble:
        error = trouble
    return page(
        request,
        "audit/log.html",
        status=200 if error is None else status_of(error),
        given=given,
        is_filtered=any(given.values()),
        lines=[words.shown(line) for line in seen.lines],
        outcomes=words.outcomes(),
        older=None if seen.next is None else _address(given, seen.next),
        newest=None if before is None else _address(given),
        error=error,
        trouble=None if error is None else words.trouble(error.field),
    )


def _address(given: dict[str, str], before: int | None = None) -> str:
    query: dict[str, str | int] = {name: value for name, value in given.items() if value}
    if before is not None:
        query["before"] = before
    return f"/log?{urlencode(query)}" if query else "/log"


def _record(text: str) -> str:
    """A bare number is an item's. What cannot be a record is refused: an empty list would say that nobody saw it."""
    label = text.strip()
    if not label:
        return ""
    kind, colon, number = label.rpartition(":")
    try:
        return f"{kind if colon else 'item'}:{UUID(number)}"
    except ValueError as error:
        raise Invalid(
            "record", "This is not the number of a record.", "Press a record in the list, or type its number."
        ) from error


def _beginning(field: str, text: str) -> datetime | None:
    """Midnight before a day, on the clock of the machine that serves."""
    return _midnight(field, text, timedelta(0))


def _end(field: str, text: str) -> datetime | None:
    """Midnight after a day: a person who types the same day twice means that whole day."""
    return _midnight(field, text, timedelta(days=1))


def _midnight(field: str, text: str, later: timedelta) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()) + later, time.min).astimezone()
    except (ValueError, OverflowError) as error:
        raise _no_day(field) from error


def _no_day(field: str) -> Invalid:
    return Invalid(field, f"The field {field} needs a day.", "Write it as 2026-11-30.")


# --- exporting and verifying -----------------------------------------------------------------------------------


@router.post("/log/export")
@serves(operations.export_log)
def export_log(request: Request, door: Door, _form: PostedForm) -> Response:
    return taking.send_export(request, door)


@router.get("/log/checkpoint")
@serves(operations.take_checkpoint)
def take_checkpoint(request: Request, door: Door) -> Response:
    return taking.send_checkpoint(request, door)


@router.get("/log/verify")
@serves(operations.show_signed)
def verification_form(request: Request, door: Door) -> HTMLResponse:
    return _verification(request, door)


@router.post("/log/verify")
@serves(operations.verify_log, operations.show_signed)
def verify_log(request: Request, door: Door, form: PostedForm) -> HTMLResponse:
    remembered = form.secret("remembered")
    return _verification(request, door, taking.verify_now(request, door, remembered), remembered)


def _verification(
    request: Request, door: Door, verified: Verified | None = None, remembered: str = ""
) -> HTMLResponse:
    return page(
        request,
        "audit/verify.html",
        signed=door.run(operations.show_signed, None).value,
        remembered=remembered,
        verified=verified,
        verdict=None if verified is None else words.verdict(verified),
        findings=[]
        if verified is None
        else [(words.KINDS[f.kind], words.place(f.place), f.words) for f in verified.report.findings],
    )
