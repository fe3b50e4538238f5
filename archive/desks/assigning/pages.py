"""The pages of cases and of readers of restricted items."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action, Purpose
from archive.core.errors import ArchiveError, Conflict, Invalid, Refused
from archive.desks.assigning import operations
from archive.desks.assigning.operations import LONGEST_NAMING, NewNaming, Verdict
from archive.web import texts, words
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(USE, N_("案件"), "/cases", Action.CASE_LIST, N_("查看和分派经办案件")),
        MenuEntry(
            USE, N_("阅览提名"), "/readers", Action.READER_LIST, N_("特别敏感档案的阅览人，由两人共同确定")
        ),
    ]
)

USUAL_DAYS = 14


# --- cases -----------------------------------------------------------------------------------------------------


@router.get("/cases")
@serves(operations.list_cases)
def cases(request: Request, door: Door) -> HTMLResponse:
    return page(request, "assigning/cases.html", cases=door.run(operations.list_cases, None).value)


@router.get("/cases/assign")
@serves(operations.list_assignable)
def assignable(request: Request, door: Door) -> HTMLResponse:
    return _assignable_page(request, door)


@router.post("/cases/{volume}/assign")
@serves(operations.assign_case, operations.list_assignable)
def assign_case(request: Request, door: Door, volume: UUID, form: PostedForm) -> Response:
    try:
        door.run(operations.assign_case, volume, form.text("handler"))
    except (Invalid, Conflict, Refused) as error:
        return _assignable_page(request, door, error, volume, form.optional("handler") or "")
    return see_other(request, "/cases", notice=_("案件已分派，经办人现在可以阅览该案卷。"))


def _assignable_page(
    request: Request,
    door: Door,
    error: ArchiveError | None = None,
    volume: UUID | None = None,
    handler: str = "",
) -> HTMLResponse:
    seen = door.run(operations.list_assignable, None).value
    return page(
        request,
        "assigning/assign.html",
        status=200 if error is None else status_of(error),
        volumes=seen.volumes,
        colleagues=seen.colleagues,
        trouble=None if error is None else _trouble(error),
        chosen=volume,
        given=handler,
    )


@router.post("/cases/assignments/{uid}/end")
@serves(operations.end_assignment)
def end_assignment(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.end_assignment, uid)
    return see_other(request, "/cases", notice=_("分派已结束，经办人即时起不能再阅览该案卷。"))


# --- readers of restricted items -------------------------------------------------------------------------------


@router.get("/readers")
@serves(operations.list_namings)
def namings(request: Request, door: Door) -> HTMLResponse:
    return _namings_page(request, door)


@router.post("/readers/{uid}/decision")
@serves(operations.confirm_reader, operations.list_namings)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    try:
        verdict = Verdict(_is_confirmed(form), form.text("opinion"), form.integer("revision"))
        door.run(operations.confirm_reader, uid, verdict)
    except (Invalid, Conflict) as error:
        return _namings_page(request, door, error)
    notice = _("已确认，阅览人现在可以查到并阅览。") if verdict.confirmed else _("已拒绝，未开放任何内容。")
    return see_other(request, "/readers", notice=notice)


def _is_confirmed(form: Posted) -> bool:
    decision = form.text("decision")
    if decision not in {"confirm", "refuse"}:
        raise Invalid("decision", "A naming is confirmed or refused.", "Press one of the two buttons.")
    return decision == "confirm"


def _namings_page(request: Request, door: Door, error: ArchiveError | None = None) -> HTMLResponse:
    seen = door.run(operations.list_namings, None).value
    return page(
        request,
        "assigning/readers.html",
        status=200 if error is None else status_of(error),
        waiting=[naming for naming in seen if naming.waits_for_me],
        others=[naming for naming in seen if not naming.waits_for_me],
        trouble=None if error is None else _trouble(error),
    )


@router.get("/readers/new")
@serves(operations.prepare_naming)
def naming_form(request: Request, door: Door, item: UUID) -> HTMLResponse:
    return _naming_page(request, door, item)


@router.post("/readers/new")
@serves(operations.propose_reader, operations.prepare_naming)
def propose_reader(request: Request, door: Door, item: UUID, form: PostedForm) -> Response:
    try:
        door.run(operations.propose_reader, item, _new_naming(form))
    except Invalid as error:
        return _naming_page(request, door, item, form, error)
    return see_other(request, "/readers", notice=_("已提名。第二人确认之前，阅览人查不到也看不到该档案。"))


def _new_naming(form: Posted) -> NewNaming:
    return NewNaming(
        reader=form.text("reader"),
        second_person=form.text("second_person"),
        purpose=form.choice("purpose", Purpose),
        reason=form.text("reason"),
        days=form.integer("days"),
    )


_FIELDS = ("reader", "second_person", "purpose", "reason", "days")


def _naming_page(
    request: Request, door: Door, item: UUID, form: Posted | None = None, error: ArchiveError | None = None
) -> HTMLResponse:
    given = {name: (form.optional(name) if form else None) or "" for name in _FIELDS}
    if form is None:
        given["days"] = str(USUAL_DAYS)
    return page(
        request,
        "assigning/naming.html",
        status=200 if error is None else status_of(error),
        it=door.run(operations.prepare_naming, item).value,
        purposes=words.choices("purpose"),
        most_days=LONGEST_NAMING.days,
        given=given,
        trouble=None if error is None else _trouble(error),
    )


# --- what went wrong, in the words of the screen ----------------------------------------------------------------

_TROUBLES: dict[str, tuple[str, str]] = {
    "handler": (N_("不能分派给此人。"), N_("请核对用户名；经办人须为在用账号，并持有可办理案件的角色。")),
    "reader": (
        N_("不能提名此人为阅览人。"),
        N_("请核对用户名；阅览人须为在用账号，持有可阅览档案的角色，且不是您本人。"),
    ),
    "second_person": (
        N_("不能由此人确认。"),
        N_("请核对用户名；确认人须为核赔主管或法务，且不是您本人，也不是阅览人。"),
    ),
    "purpose": (N_("尚未选择利用目的。"), N_("请从列表中选择。")),
    "reason": (N_("尚未填写理由。"), N_("请用一句话说明为何需要阅览。")),
    "days": (N_("期限不在允许的范围内。"), N_("请按表单所示的范围填写天数。")),
    "opinion": (N_("尚未填写意见。"), N_("无论确认还是拒绝，都请用一句话说明理由。")),
    "conflict": (
        N_("目前的状态不能进行此操作。"),
        N_("它可能已由他人办理，或期限已过；请看下面的最新状态。"),
    ),
}


def _trouble(error: ArchiveError) -> tuple[str, str]:
    pair = _TROUBLES.get(error.field if isinstance(error, Invalid) else error.code)
    return texts.shown(error) if pair is None else (_(pair[0]), _(pair[1]))
