"""Forms that arrange a folder: taking documents in, ordering, splitting, joining, what may be missing."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.errors import Conflict, Invalid, NotFound, Refused, Stale
from archive.desks.binding import arranging, documents, pages_words, parts, seeing, waiving
from archive.desks.binding.arranging import Begin, Flags, Order, PutBack, Remark, Take
from archive.desks.binding.documents import JoinDocuments, SplitDocument
from archive.desks.binding.folder import Plain
from archive.desks.binding.pages import LOOKING, act_on, look_at
from archive.desks.binding.seen import DocumentSeen, FolderSeen, LooseSeen
from archive.desks.binding.waiving import Unwaive, Waive
from archive.web import texts
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import _
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter()


@router.post("/binding/{uid}/begin")
@serves(arranging.begin, *LOOKING)
def begin(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        given = Begin(form.integer("revision"), form.optional("template") or "", form.many("flag"))
        door.run(arranging.begin, uid, given)

    return act_on(request, door, uid, form, _("已开始组卷。"), act)


@router.post("/binding/{uid}/flags")
@serves(arranging.set_flags, *LOOKING)
def flags(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.set_flags, uid, Flags(form.integer("revision"), form.many("flag")))

    return act_on(request, door, uid, form, _("案件情形已更新。"), act)


@router.post("/binding/{uid}/take")
@serves(arranging.take, *LOOKING)
def take(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """``place``: where the first of them goes; without it they go to the end."""

    def act() -> None:
        place = form.integer("place") if form.optional("place") else None
        door.run(arranging.take, uid, Take(form.integer("revision"), form.uids("item"), place))

    return act_on(request, door, uid, form, _("已放入案卷。"), act)


@router.post("/binding/{uid}/back")
@serves(arranging.put_back, *LOOKING)
def put_back(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.put_back, uid, PutBack(form.integer("revision"), form.uids("item")))

    return act_on(request, door, uid, form, _("已移出案卷。"), act)


@router.post("/binding/{uid}/move")
@serves(arranging.order, *LOOKING)
def move(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """One document to a place, from 1; the others close up."""

    def act() -> None:
        revision, item, place = form.integer("revision"), form.uid("item"), form.integer("place")
        seen = look_at(request, door, uid)
        door.run(arranging.order, uid, Order(revision, _moved(seen, item, place)))

    return act_on(request, door, uid, form, _("次序已更新。"), act)


def _moved(seen: FolderSeen, item: UUID, place: int) -> tuple[UUID, ...]:
    """The new order of what can be moved: documents that have their reference code stay in front."""
    others = [one.item for one in seen.documents if one.item != item and not one.is_fixed]
    fixed = sum(one.is_fixed for one in seen.documents)
    at = min(max(place - fixed, 1), len(others) + 1) - 1
    return (*others[:at], item, *others[at:])


@router.post("/binding/{uid}/template")
@serves(arranging.by_template, *LOOKING)
def by_template(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.by_template, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已按模板排序。"), act)


@router.post("/binding/{uid}/undo")
@serves(arranging.undo, *LOOKING)
def undo(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.undo, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已撤销上一步。"), act)


@router.post("/binding/{uid}/redo")
@serves(arranging.redo, *LOOKING)
def redo(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.redo, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已重做。"), act)


@router.post("/binding/{uid}/remark")
@serves(arranging.remark, *LOOKING)
def remark(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(arranging.remark, uid, Remark(form.integer("revision"), form.optional("words") or ""))

    return act_on(request, door, uid, form, _("情况说明已保存。"), act)


@router.post("/binding/{uid}/join")
@serves(documents.join_documents, *LOOKING)
def join(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """The later ones go behind the first."""

    def act() -> None:
        given = JoinDocuments(form.integer("revision"), form.uids("item"))
        door.run(documents.join_documents, uid, given)

    return act_on(request, door, uid, form, _("已合并为一件。"), act)


@router.post("/binding/{uid}/divide")
@serves(parts.split_folder, *LOOKING)
def divide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(parts.split_folder, uid, Plain(form.integer("revision")))

    return act_on(request, door, uid, form, _("已分卷，新案卷在组卷台上。"), act)


# --- what may be missing ----------------------------------------------------------------------------------------------


@router.post("/binding/{uid}/waive")
@serves(waiving.waive, *LOOKING)
def waive(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        given = Waive(form.integer("revision"), form.text("slot"), form.optional("reason") or "")
        door.run(waiving.waive, uid, given)

    return act_on(request, door, uid, form, _("已准予缺少。"), act)


@router.post("/binding/{uid}/unwaive")
@serves(waiving.unwaive, *LOOKING)
def unwaive(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    def act() -> None:
        door.run(waiving.unwaive, uid, Unwaive(form.integer("revision"), form.text("slot")))

    return act_on(request, door, uid, form, _("已取消准予。"), act)


# --- splitting a stack ------------------------------------------------------------------------------------------------


@router.get("/binding/{uid}/split/{item}")
@serves(seeing.show_folder)
def split_form(request: Request, door: Door, uid: UUID, item: UUID) -> HTMLResponse:
    return _split_page(request, look_at(request, door, uid), item)


@router.post("/binding/{uid}/split/{item}")
@serves(documents.split_document, *LOOKING)
def split(request: Request, door: Door, uid: UUID, item: UUID, form: PostedForm) -> Response:
    firsts = tuple(sorted({1, *_numbers(form)}))
    try:
        given = SplitDocument(form.integer("revision"), item, firsts)
        door.run(documents.split_document, uid, given)
    except (Invalid, Conflict, Refused, Stale) as error:
        seen = look_at(request, door, uid)
        return _split_page(request, seen, item, firsts, error)
    return see_other(
        request, f"/binding/{uid}", notice=_("已拆分为 %(n)s 件，正在重新封存。") % {"n": len(firsts)}
    )


def _numbers(form: Posted) -> tuple[int, ...]:
    """The pages that were chosen as the first of a document. Raises ``Invalid``."""
    try:
        return tuple(int(value) for value in form.many("first") if len(value) <= 9)
    except ValueError as error:
        raise Invalid(
            "first_pages", "There is no such page to begin with.", "Choose pages of this document."
        ) from error


def _split_page(
    request: Request,
    seen: FolderSeen,
    item: UUID,
    chosen: tuple[int, ...] = (1,),
    error: Conflict | Invalid | Refused | Stale | None = None,
) -> HTMLResponse:
    one = _loose(seen, item)
    return page(
        request,
        "binding/split.html",
        status=200 if error is None else status_of(error),
        volume=seen.uid,
        revision=seen.revision,
        one=one,
        chosen=chosen,
        words=pages_words,
        trouble=None if error is None else texts.shown(error),
    )


def _loose(seen: FolderSeen, item: UUID) -> LooseSeen | DocumentSeen:
    """Raises ``NotFound`` for a document that lies neither in the folder nor beside it."""
    at_hand: tuple[LooseSeen | DocumentSeen, ...] = (*seen.loose, *seen.documents)
    for one in at_hand:
        if one.item == item:
            return one
    raise NotFound
