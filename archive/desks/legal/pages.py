"""The pages of matters and of legal holds."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose
from archive.core.errors import ArchiveError, Conflict, Invalid, NotFound, SearchUnavailable, Stale
from archive.desks.legal import evidence, holding, matters
from archive.desks.legal.holding import Closing, NewHold, Verdict, Wanted
from archive.desks.legal.matters import NewMatter
from archive.desks.legal.wording import in_words
from archive.web import words
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(USE, N_("法务案件"), "/matters", Action.MATTER_LIST, N_("案件、收录的档案和证据包申请")),
        MenuEntry(USE, N_("冻结"), "/holds", Action.HOLD_LIST, N_("保全中的档案，冻结和解除冻结")),
    ]
)


def lines(form: Posted, name: str) -> tuple[str, ...]:
    """One reference a line."""
    return tuple(line.strip() for line in (form.optional(name) or "").splitlines() if line.strip())


# --- matters ---------------------------------------------------------------------------------------------------


@router.get("/matters")
@serves(matters.list_matters)
def list_matters(request: Request, door: Door) -> HTMLResponse:
    return _matters_page(request, door)


@router.post("/matters")
@serves(matters.open_matter, matters.list_matters)
def open_matter(request: Request, door: Door, form: PostedForm) -> Response:
    new = NewMatter(
        form.optional("title") or "", form.optional("court") or "", form.optional("opponent") or ""
    )
    try:
        uid = door.run(matters.open_matter, None, new, idempotency_key=form.optional("key")).value
    except Invalid as error:
        return _matters_page(request, door, new, error)
    return see_other(request, f"/matters/{uid}", notice=_("案件已建立，请收录档案。"))


def _matters_page(
    request: Request, door: Door, given: NewMatter | None = None, error: ArchiveError | None = None
) -> HTMLResponse:
    return page(
        request,
        "legal/matters.html",
        status=200 if error is None else status_of(error),
        matters=door.run(matters.list_matters, None).value,
        given=given or NewMatter(""),
        key=uuid4().hex,
        trouble=None if error is None else in_words(error),
    )


@router.get("/matters/{uid}")
@serves(matters.show_matter, holding.list_holds, evidence.list_packages)
def show_matter(request: Request, door: Door, uid: UUID) -> HTMLResponse:
    return _matter_page(request, door, uid)


@router.post("/matters/{uid}/items")
@serves(matters.add_items, matters.show_matter, holding.list_holds, evidence.list_packages)
def add_items(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        door.run(matters.add_items, uid, lines(form, "items"))
    except (Invalid, Conflict, NotFound) as error:
        return _matter_page(request, door, uid, error, form.optional("items") or "")
    return see_other(request, f"/matters/{uid}", notice=_("档案已收录。"))


@router.post("/matters/{uid}/items/{item}/remove")
@serves(matters.take_out)
def take_out(request: Request, door: Door, uid: UUID, item: UUID, _form: PostedForm) -> Response:
    door.run(matters.take_out, uid, item)
    return see_other(request, f"/matters/{uid}", notice=_("已移出此案件，档案本身不变。"))


@router.post("/matters/{uid}/close")
@serves(matters.close_matter, matters.show_matter, holding.list_holds, evidence.list_packages)
def close_matter(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        door.run(matters.close_matter, uid, form.integer("revision"))
    except (Invalid, Conflict, Stale) as error:
        return _matter_page(request, door, uid, error)
    return see_other(request, f"/matters/{uid}", notice=_("已结案。"))


def _matter_page(
    request: Request, door: Door, uid: UUID, error: ArchiveError | None = None, given: str = ""
) -> HTMLResponse:
    seen = door.run(matters.show_matter, uid).value
    return page(
        request,
        "legal/matter.html",
        status=200 if error is None else status_of(error),
        it=seen,
        holds=[hold for hold in door.run(holding.list_holds, None).value if hold.matter == uid],
        packages=[one for one in door.run(evidence.list_packages, None).value if one.matter == uid],
        purposes=words.choices("purpose"),
        usual_purpose=str(Purpose.LITIGATION),
        given=given,
        trouble=None if error is None else in_words(error),
    )


# --- holds -----------------------------------------------------------------------------------------------------


@router.get("/holds")
@serves(holding.list_holds)
def list_holds(request: Request, door: Door) -> HTMLResponse:
    return _holds_page(request, door)


def _holds_page(
    request: Request, door: Door, about: UUID | None = None, error: ArchiveError | None = None
) -> HTMLResponse:
    seen = door.run(holding.list_holds, None).value
    return page(
        request,
        "legal/holds.html",
        status=200 if error is None else status_of(error),
        standing=[(hold, uuid4().hex) for hold in seen if hold.state != "released"],
        past=[hold for hold in seen if hold.state == "released"],
        about=about if any(hold.uid == about for hold in seen) else None,
        trouble=None if error is None else in_words(error),
    )


@router.get("/holds/new")
@serves(holding.preview_hold, matters.list_matters)
def hold_form(
    request: Request,
    door: Door,
    q: str = "",
    items: str = "",
    item: Annotated[Sequence[UUID], Query()] = (),
    matter: UUID | None = None,
) -> HTMLResponse:
    """First what would be held is shown, then it is set. ``item``: those that were chosen in a list."""
    named = " ".join([items, *map(str, item)]).strip()
    given = {"q": q, "items": named, "matter": str(matter or ""), "reason": ""}
    return _hold_page(request, door, given)


@router.post("/holds/new")
@serves(holding.set_hold, holding.preview_hold, matters.list_matters)
def set_hold(request: Request, door: Door, form: PostedForm) -> Response:
    names = ("q", "items", "matter", "reason")
    given = {name: form.optional(name) or "" for name in names}
    try:
        matter = form.uid("matter") if given["matter"] else None
        new = NewHold(Wanted(lines(form, "items"), given["q"]), given["reason"], matter)
        door.run(holding.set_hold, None, new, idempotency_key=form.optional("key"))
    except (Invalid, Conflict, NotFound) as error:
        return _hold_page(request, door, given, error)
    return see_other(request, "/holds", notice=_("已冻结，即时生效；解除须由另一人批准。"))


def _hold_page(
    request: Request, door: Door, given: dict[str, str], error: ArchiveError | None = None
) -> HTMLResponse:
    wanted = Wanted(tuple(given["items"].split()), given["q"])
    try:
        found = door.run(holding.preview_hold, None, wanted).value
    except (Invalid, NotFound, SearchUnavailable) as trouble:
        found, error = (), error or trouble
    return page(
        request,
        "legal/new_hold.html",
        status=200 if error is None else status_of(error),
        given=given,
        is_asked=bool(given["q"].strip() or given["items"].strip()),
        found=found,
        matters=[
            (str(one.uid), f"{one.no} {one.title}")
            for one in door.run(matters.list_matters, None).value
            if one.state == "open"
        ],
        key=uuid4().hex,
        trouble=None if error is None else in_words(error),
    )


@router.post("/holds/{uid}/propose")
@serves(holding.propose_release, holding.list_holds)
def propose_release(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        closing = Closing(form.optional("reason") or "", form.integer("revision"))
        door.run(holding.propose_release, uid, closing)
    except (Invalid, Conflict) as error:
        return _holds_page(request, door, uid, error)
    return see_other(request, "/holds", notice=_("已提议解除；另一人批准之前，冻结继续有效。"))


@router.post("/holds/{uid}/decision")
@serves(holding.decide_release, holding.list_holds)
def decide_release(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        verdict = Verdict(is_agreed(form), form.optional("opinion") or "", form.integer("revision"))
        door.run(holding.decide_release, uid, verdict)
    except (Invalid, Conflict) as error:
        return _holds_page(request, door, uid, error)
    return see_other(
        request, "/holds", notice=_("冻结已解除。") if verdict.agreed else _("未同意解除，冻结继续有效。")
    )


def is_agreed(form: Posted) -> bool:
    decision = form.optional("decision")
    if decision not in {"grant", "refuse"}:
        raise Invalid("decision", "A proposal is agreed to or refused.", "Press one of the two buttons.")
    return decision == "grant"
