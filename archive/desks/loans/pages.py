"""The pages of asking for items, of one's own loans, and of giving back."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose
from archive.core.errors import Conflict, Invalid
from archive.desks.loans import deciding_pages, operations, seeing
from archive.desks.loans.operations import NewRequest
from archive.desks.loans.wording import in_words, left_of, standing
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
router.include_router(deciding_pages.router)


@router.get("/loans")
@serves(seeing.list_requests)
def loans(request: Request, door: Door) -> HTMLResponse:
    now = entrance_of(request).clock()
    mine = [(standing(seen), seen) for seen in door.run(seeing.list_requests, None).value]
    return page(
        request,
        "loans/loans.html",
        lent=[seen for stands, seen in mine if stands == "lent"],
        requested=[seen for stands, seen in mine if stands == "requested"],
        past=[(stands, seen) for stands, seen in mine if stands not in {"lent", "requested"}],
        left={seen.uid: left_of(seen, now) for _stands, seen in mine},
    )


# --- asking ----------------------------------------------------------------------------------------------------


@router.get("/loans/new")
@serves(operations.prepare)
def request_form(
    request: Request,
    door: Door,
    item: Annotated[list[UUID], Query()],
    renews: UUID | None = None,
    purpose: Purpose | None = None,
    back: str = "",
) -> HTMLResponse:
    """``back``: the search that the asker comes from; she is led there again."""
    given = {"purpose": purpose or "", "renews": str(renews or ""), "back": _local(back)}
    return _request_page(request, door, tuple(item), given)


@router.post("/loans/new")
@serves(operations.request, operations.prepare)
def ask(request: Request, door: Door, form: PostedForm) -> Response:
    items = form.uids("item")
    renews = form.uid("renews") if form.optional("renews") else None
    try:
        wish = NewRequest(items, form.choice("purpose", Purpose), form.text("reason"), renews)
    except Invalid as error:
        return _request_page(request, door, items, _given(form), error)
    try:
        door.run(operations.request, None, wish, idempotency_key=form.optional("key"))
    except (Conflict, Invalid) as error:
        return _request_page(request, door, items, _given(form), error)
    back = _local(form.optional("back") or "")
    return see_other(request, back or "/loans", notice=_("申请已提交，批准后即可在此阅览。"))


def _given(form: Posted) -> dict[str, str]:
    return {name: form.optional(name) or "" for name in ("purpose", "reason", "key", "renews", "back")}


def _local(back: str) -> str:
    """Only to a search of this archive; anything else is forgotten."""
    return back if back.startswith("/search?") else ""


def _request_page(
    request: Request,
    door: Door,
    items: tuple[UUID, ...],
    given: dict[str, str],
    error: Invalid | Conflict | None = None,
) -> HTMLResponse:
    filled = {"reason": "", "key": "", **given}
    return page(
        request,
        "loans/new.html",
        status=200 if error is None else status_of(error),
        items=door.run(operations.prepare, None, items).value,
        purposes=words.choices("purpose"),
        given={**filled, "key": filled["key"] or uuid4().hex},
        trouble=None if error is None else in_words(error),
    )


@router.post("/loans/requests/{uid}/withdraw")
@serves(operations.withdraw)
def withdraw(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.withdraw, uid)
    return see_other(request, "/loans", notice=_("申请已撤回。"))


# --- giving back -----------------------------------------------------------------------------------------------


@router.post("/loans/{uid}/return")
@serves(operations.give_back)
def give_back(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.give_back, uid)
    return see_other(request, "/loans", notice=_("已归还，相关页面即时起不能再打开。"))
