"""The pages of the log: who did what to which record, and whether anybody altered it since."""

from base64 import b64encode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import Invalid
from archive.desks.audit import close_pages, entry_words, extracting, operations, taking, words
from archive.desks.audit.api_types import Before
from archive.desks.audit.filters import address, filters, given_in
from archive.desks.audit.operations import LogSeen
from archive.desks.audit.taking import Verified
from archive.web.forms import PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_
from archive.web.menu import MANAGE, MenuEntry
from archive.web.multipart import open_upload
from archive.web.problems import status_of
from archive.web.render import page

router = GuardedRouter(
    menu=[
        MenuEntry(MANAGE, N_("访问日志"), "/log", Action.LOG_SHOW, N_("查阅、导出和核验访问日志")),
        MenuEntry(MANAGE, N_("我的操作记录"), "/trail", Action.TRAIL_SHOW, N_("查看自己的操作记录")),
    ]
)
router.include_router(close_pages.router)


# --- reading ---------------------------------------------------------------------------------------------------


@router.get("/log")
@serves(operations.show_log)
def show_log(request: Request, door: Door, before: Before = None) -> HTMLResponse:
    given = given_in(lambda name: request.query_params.get(name, ""))
    seen, error = LogSeen((), None), None
    try:
        seen = door.run(operations.show_log, None, filters(given, before)).value
    except Invalid as trouble:
        error = trouble
    return page(
        request,
        "audit/log.html",
        status=200 if error is None else status_of(error),
        given=given,
        is_filtered=any(given.values()),
        record=seen.record,
        lines=[entry_words.line(line) for line in seen.lines],
        choices=words.choices,
        older=None if seen.next is None else address("/log", given, seen.next),
        newest=None if before is None else address("/log", given),
        error=error,
        trouble=None if error is None else words.trouble(error.field),
    )


# --- exporting and verifying -----------------------------------------------------------------------------------


@router.post("/log/export")
@serves(operations.export_log)
def export_log(request: Request, door: Door, _form: PostedForm) -> Response:
    return taking.send_export(request, door)


@router.post("/log/extract")
@serves(operations.extract_log)
def extract_log(request: Request, door: Door, form: PostedForm) -> Response:
    return extracting.send_extract(request, door, filters(given_in(lambda name: form.optional(name) or "")))


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


@router.post("/log/verify/file")
@serves(operations.verify_log, operations.show_signed, streams=True)
def verify_with_file(request: Request, door: Door) -> HTMLResponse:
    remembered = taking.uploaded_keepsake(open_upload(request))
    return _verification(request, door, taking.verify_now(request, door, remembered))


def _verification(
    request: Request, door: Door, verified: Verified | None = None, remembered: str = ""
) -> HTMLResponse:
    return page(
        request,
        "audit/verify.html",
        signed=door.run(operations.show_signed, None).value,
        remembered=remembered,
        verified=verified,
        kept_root="" if verified is None or verified.kept is None else b64encode(verified.kept.root).decode(),
        verdict=None if verified is None else words.verdict(verified),
        findings=[]
        if verified is None
        else [(words.KINDS[f.kind], words.place(f.place), f.words) for f in verified.report.findings],
    )
