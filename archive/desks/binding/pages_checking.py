"""Forms about a folder that is arranged: checking by another person, archiving, supplements."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from archive.core.errors import Invalid
from archive.desks.binding import arranging, checking, supplements
from archive.desks.binding.arranging import Remark
from archive.desks.binding.checking import SendBack, Submit
from archive.desks.binding.folder import Plain
from archive.desks.binding.pages import LOOKING, act_on, limits_of, look_at
from archive.desks.binding.supplements import NewSupplement, SupplementDecision
from archive.web.forms import PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import _

router = GuardedRouter()


@router.post("/binding/{uid}/submit")
@serves(checking.submit, arranging.remark, *LOOKING)
def submit(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """With the words of the remarks sheet, which are kept first where they have changed."""

    def act() -> None:
        revision, said = form.integer("revision"), form.optional("words") or ""
        if said != look_at(request, door, uid).remark:
            revision = door.run(arranging.remark, uid, Remark(revision, said)).value
        door.run(checking.submit, uid, Submit(revision, limits_of(request)))

    return act_on(request, door, uid, form, _("已送检查，请另一人检查。"), act)


@router.post("/binding/{uid}/take-back")
@serves(checking.take_back, *LOOKING)
def take_back(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(checking.take_back, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已撤回，可以继续整理。"), act)


@router.post("/binding/{uid}/check")
@serves(checking.begin_check, *LOOKING)
def begin_check(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(checking.begin_check, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已开始检查。"), act)


@router.post("/binding/{uid}/send-back")
@serves(checking.send_back, *LOOKING)
def send_back(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        given = SendBack(form.integer("revision"), form.optional("words") or "")
        door.run(checking.send_back, uid, given)

    return act_on(request, door, uid, form, _("已退回立卷人。"), act)


@router.post("/binding/{uid}/archive")
@serves(checking.archive_folder, *LOOKING)
def archive(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        given = Submit(form.integer("revision"), limits_of(request))
        door.run(checking.archive_folder, uid, given)

    return act_on(request, door, uid, form, _("已归档，档号和次序已确定。"), act)


@router.post("/binding/{uid}/supplement")
@serves(supplements.add_supplement, *LOOKING)
def supplement(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        given = NewSupplement(form.integer("revision"), form.uid("item"), form.optional("reason") or "")
        door.run(supplements.add_supplement, uid, given)

    return act_on(request, door, uid, form, _("补充已申请，请另一人审批。"), act)


@router.post("/binding/{uid}/supplement/decision")
@serves(supplements.decide_supplement, *LOOKING)
def decide_supplement(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        decision = form.optional("decision")
        if decision not in {"grant", "refuse"}:
            raise Invalid("decision", "A proposal is agreed to or refused.", "Press one of the two buttons.")
        given = SupplementDecision(
            form.integer("revision"), decision == "grant", form.optional("opinion") or ""
        )
        door.run(supplements.decide_supplement, form.uid("supplement"), given)

    return act_on(request, door, uid, form, _("补充已审批。"), act)
