"""The pages of evidence packages: what would leave, asking for it, releasing it, taking it."""

from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose
from archive.core.errors import ArchiveError, Conflict, Invalid, Refused
from archive.desks.legal import evidence, matters, taking
from archive.desks.legal.evidence import NewPackage, Verdict, Wanted
from archive.desks.legal.pages import is_agreed
from archive.desks.legal.wording import in_words
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(USE, N_("证据包"), "/evidence", Action.EVIDENCE_LIST, N_("证据包的申请、放行和下载")),
        MenuEntry(
            USE,
            N_("证据放行"),
            "/evidence/waiting",
            Action.EVIDENCE_RELEASE,
            N_("核对他人的证据包申请，放行或拒绝"),
        ),
    ]
)

USUAL_PREFIX = "ZJ"


@router.get("/evidence")
@serves(evidence.list_packages)
def packages(request: Request, door: Door) -> HTMLResponse:
    return _packages_page(request, door)


def _packages_page(request: Request, door: Door, error: ArchiveError | None = None) -> HTMLResponse:
    return page(
        request,
        "legal/evidence.html",
        status=200 if error is None else status_of(error),
        packages=door.run(evidence.list_packages, None).value,
        trouble=None if error is None else in_words(error),
    )


# --- asking ----------------------------------------------------------------------------------------------------


@router.post("/matters/{uid}/evidence/preview")
@serves(evidence.preview, matters.show_matter)
def preview(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    return _preview_page(request, door, uid, form)


@router.post("/matters/{uid}/evidence")
@serves(evidence.request, evidence.preview, matters.show_matter)
def ask(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        new = NewPackage(_wanted(form), form.optional("recipient") or "", form.optional("document_no") or "")
        key = form.optional("key")
        door.run(
            evidence.request,
            uid,
            new,
            purpose=form.choice("purpose", Purpose),
            idempotency_key=None if key is None else f"{uid}:{key}",
        )
    except (Invalid, Conflict) as error:
        return _preview_page(request, door, uid, form, error)
    return see_other(request, "/evidence", notice=_("申请已提交；第二人放行后，您可在此下载。"))


def _wanted(form: Posted) -> Wanted:
    return Wanted(form.uids("item"), form.optional("prefix") or USUAL_PREFIX)


def _preview_page(
    request: Request, door: Door, uid: UUID, form: Posted, error: ArchiveError | None = None
) -> HTMLResponse:
    seen = door.run(matters.show_matter, uid).value
    shown = None
    try:
        shown = door.run(evidence.preview, uid, _wanted(form), purpose=form.choice("purpose", Purpose)).value
    except (Invalid, Conflict, Refused) as trouble:
        error = error or trouble
    names = ("purpose", "prefix", "recipient", "document_no", "key")
    given = {name: form.optional(name) or "" for name in names}
    return page(
        request,
        "legal/preview.html",
        status=200 if error is None else status_of(error),
        it=seen,
        preview=shown,
        given={**given, "key": given["key"] or uuid4().hex, "prefix": given["prefix"] or USUAL_PREFIX},
        trouble=None if error is None else in_words(error),
    )


# --- releasing -------------------------------------------------------------------------------------------------


@router.get("/evidence/waiting")
@serves(evidence.list_waiting)
def waiting(request: Request, door: Door) -> HTMLResponse:
    return _waiting_page(request, door)


@router.post("/evidence/{uid}/decision")
@serves(evidence.decide, evidence.list_waiting)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        verdict = Verdict(is_agreed(form), form.optional("opinion") or "", form.integer("revision"))
        door.run(evidence.decide, uid, verdict)
    except (Invalid, Conflict) as error:
        return _waiting_page(request, door, uid, error)
    notice = _("已放行，申请人现在可以下载。") if verdict.released else _("已拒绝，没有任何内容离开。")
    return see_other(request, "/evidence/waiting", notice=notice)


def _waiting_page(
    request: Request, door: Door, about: UUID | None = None, error: ArchiveError | None = None
) -> HTMLResponse:
    seen = door.run(evidence.list_waiting, None).value
    return page(
        request,
        "legal/waiting.html",
        status=200 if error is None else status_of(error),
        packages=seen,
        about=about if any(one.uid == about for one in seen) else None,
        trouble=None if error is None else in_words(error),
    )


# --- taking ----------------------------------------------------------------------------------------------------


@router.post("/evidence/{uid}/take")
@serves(*taking.OPERATIONS, evidence.list_packages)
def take(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        return taking.send_package(request, door, uid, form.choice("purpose", Purpose))
    except (Invalid, Conflict) as error:
        return _packages_page(request, door, error)
