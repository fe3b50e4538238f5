"""The pages of asking for items, of deciding on it, and of giving back."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose
from archive.core.errors import Conflict, Invalid
from archive.desks.loans import operations
from archive.desks.loans.operations import NewRequest, RequestSeen, Verdict
from archive.desks.loans.wording import in_words, standing, time_left
from archive.web import words
from archive.web.entrance import entrance_of
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(USE, N_("我的借阅"), "/loans", Action.LOAN_LIST, N_("申请、期限、归还")),
        MenuEntry(USE, N_("借阅审批"), "/loans/waiting", Action.LOAN_DECIDE, N_("同意或拒绝他人的借阅申请")),
    ]
)


@router.get("/loans")
@serves(operations.list_requests)
def loans(request: Request, door: Door) -> HTMLResponse:
    now = entrance_of(request).clock()
    mine = [(standing(seen), seen) for seen in door.run(operations.list_requests, None).value]
    return page(
        request,
        "loans/loans.html",
        lent=[seen for stands, seen in mine if stands == "lent"],
        requested=[seen for stands, seen in mine if stands == "requested"],
        past=[(stands, seen) for stands, seen in mine if stands not in {"lent", "requested"}],
        left={seen.uid: time_left(seen.due_at, now) for _stands, seen in mine if seen.due_at is not None},
    )


# --- asking ----------------------------------------------------------------------------------------------------


@router.get("/loans/new")
@serves(operations.prepare)
def request_form(request: Request, door: Door, item: Annotated[list[UUID], Query()]) -> HTMLResponse:
    return _request_page(request, door, tuple(item))


@router.post("/loans/new")
@serves(operations.request, operations.prepare)
def ask(request: Request, door: Door, form: PostedForm) -> Response:
    items = form.uids("item")
    try:
        wish = NewRequest(items, form.choice("purpose", Purpose), form.text("reason"))
    except Invalid as error:
        return _request_page(request, door, items, form, error)
    door.run(operations.request, None, wish, idempotency_key=form.optional("key"))
    return see_other(request, "/loans", notice=_("申请已提交，批准后即可在此阅览。"))


def _request_page(
    request: Request,
    door: Door,
    items: tuple[UUID, ...],
    form: Posted | None = None,
    error: Invalid | None = None,
) -> HTMLResponse:
    given = {name: (form.optional(name) if form else None) or "" for name in ("purpose", "reason", "key")}
    return page(
        request,
        "loans/new.html",
        status=200 if error is None else status_of(error),
        items=door.run(operations.prepare, None, items).value,
        purposes=words.choices("purpose"),
        given={**given, "key": given["key"] or uuid4().hex},
        trouble=None if error is None else in_words(error),
    )


# --- deciding --------------------------------------------------------------------------------------------------


@router.get("/loans/waiting")
@serves(operations.list_waiting)
def waiting(request: Request, door: Door) -> HTMLResponse:
    return _waiting_page(request, door)


@router.post("/loans/{uid}/decision")
@serves(operations.decide, operations.list_waiting)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        verdict = Verdict(_is_granted(form), form.text("opinion"), form.integer("revision"))
        key = form.optional("key")
        door.run(operations.decide, uid, verdict, idempotency_key=None if key is None else f"{uid}:{key}")
    except (Invalid, Conflict) as error:
        return _waiting_page(request, door, uid, error)
    notice = _("已同意，申请人现在可以阅览。") if verdict.granted else _("已拒绝。")
    return see_other(request, "/loans/waiting", notice=notice)


def _is_granted(form: Posted) -> bool:
    decision = form.text("decision")
    if decision not in {"grant", "refuse"}:
        raise Invalid("decision", "A request is granted or refused.", "Press one of the two buttons.")
    return decision == "grant"


def _waiting_page(
    request: Request, door: Door, about: UUID | None = None, error: Invalid | Conflict | None = None
) -> HTMLResponse:
    requests = door.run(operations.list_waiting, None).value
    return page(
        request,
        "loans/waiting.html",
        status=200 if error is None else status_of(error),
        requests=[(seen, uuid4().hex) for seen in requests],
        highest={seen.uid: _highest(seen) for seen in requests},
        about=about if any(seen.uid == about for seen in requests) else None,
        trouble=None if error is None else in_words(error),
    )


def _highest(seen: RequestSeen) -> int:
    return max((item.tier for item in seen.items), default=0)


# --- giving back -----------------------------------------------------------------------------------------------


@router.post("/loans/{uid}/return")
@serves(operations.give_back)
def give_back(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.give_back, uid)
    return see_other(request, "/loans", notice=_("已归还，相关页面即时起不能再打开。"))
