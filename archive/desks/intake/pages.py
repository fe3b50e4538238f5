"""The board of one's own deposits, and the form that brings files in."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import ArchiveError, Conflict, Invalid, NotFound, TooLarge
from archive.desks.intake import board, deciding, operations, receiving, receiving_parts, uploading
from archive.desks.intake.announcing import TAKEN
from archive.desks.intake.board import Asked, Group
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.lines import is_of_today, line
from archive.desks.intake.receiving import Upload
from archive.holdings.operations import list_holdings
from archive.web.entrance import entrance_of
from archive.web.forms import Posted, PostedForm
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import COLLECT, MenuEntry
from archive.web.multipart import UploadForm, open_upload
from archive.web.problems import status_of
from archive.web.render import page, see_other

router = GuardedRouter(
    menu=[
        MenuEntry(COLLECT, N_("上传"), "/intake", Action.DEPOSIT_LIST, N_("上传扫描件，查看接收和识别的进度"))
    ]
)
router.include_router(uploading.router)

SHOWN = 50

_GROUPS = (
    (Group.ALL, N_("全部")),
    (Group.MOVING, N_("进行中")),
    (Group.TODO, N_("待处理")),
    (Group.READ, N_("已识别")),
    (Group.ENDED, N_("未另存或已拒收")),
)
_CHOICES = (
    (Duplicates.ASK, N_("先询问")),
    (Duplicates.KEEP, N_("另存一份")),
    (Duplicates.LINK, N_("关联到已有的一份")),
    (Duplicates.REFUSE, N_("拒收")),
)


@router.get("/intake")
@serves(board.show_board, list_holdings)
def show(request: Request, door: Door) -> HTMLResponse:
    return _board_page(request, door)


@router.get("/intake/table")
@serves(board.show_board)
def table(request: Request, door: Door) -> HTMLResponse:
    """Only what changes by itself, for the script that keeps it fresh."""
    return page(request, "intake/table.html", **_board(request, door))


@router.post("/intake/upload")
@serves(*receiving.OPERATIONS, board.show_board, list_holdings, streams=True)
def upload(request: Request, door: Door) -> Response:
    """The files of one form go into one batch. One that is too large or empty does not hold up the others."""
    form = open_upload(request)
    try:
        kept, refused = _receive_all(request, door, form)
    except (Invalid, NotFound) as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_summary(kept, refused))


@dataclass(frozen=True)
class Into:
    """Where files go: into a batch that there is, or a new one of this fonds."""

    fonds: str
    batch: UUID | None


def _into(fields: Posted) -> Into:
    kind, _colon, value = fields.text("into").partition(":")
    if kind != "batch":
        return Into(value, None)
    try:
        return Into("", UUID(value))
    except ValueError as error:
        raise Invalid("into", "There is no such batch.", "Choose a batch from the list.") from error


def _receive_all(request: Request, door: Door, form: UploadForm) -> tuple[int, int]:
    into = _into(form.fields)
    asked = form.fields.optional("duplicates") is not None
    duplicates = form.fields.choice("duplicates", Duplicates) if asked else Duplicates.ASK
    most = entrance_of(request).settings.max_upload_bytes
    kept = refused = 0
    for file in form.files():
        arriving = Upload(file.name, file.chunks(), None, most, into.fonds, into.batch, duplicates)
        begun = receiving.start(door, arriving)
        into = replace(into, batch=begun.value.batch)
        try:
            receiving.keep(door, arriving, begun)
            kept += 1
        except (TooLarge, Invalid):
            refused += 1  # its row says why
    if kept + refused == 0:
        raise Invalid("files", "No file was chosen.", "Choose one or more files.")
    return kept, refused


def _summary(kept: int, refused: int) -> str:
    words = _("已收到 {0} 个文件，检查和识别的进展见下表。").format(kept)
    return words + _("有 {0} 个文件未能接收，原因也在表中。").format(refused) if refused else words


@router.post("/intake/{uid}/retry")
@serves(operations.try_again, board.show_board, list_holdings)
def retry(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    try:
        door.run(operations.try_again, uid)
    except Conflict as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_("已重新排队。"))


@router.post("/intake/{uid}/cancel")
@serves(*receiving_parts.CALL_OFF)
def cancel(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    try:
        receiving_parts.call_off(door, uid)
    except Conflict:
        return see_other(request, "/intake", notice=_("该文件已收完，不能再取消上传。"))
    return see_other(request, "/intake", notice=_("已取消上传，没有保存任何内容。"))


@router.post("/intake/many")
@serves(operations.try_again, *receiving_parts.CALL_OFF)
def many(request: Request, door: Door, form: PostedForm) -> Response:
    """The same for each that was marked; what cannot be done for one does not hold up the others."""
    chosen = form.uids("deposits")
    if not chosen:
        return see_other(request, "/intake", notice=_("没有勾选文件。请先勾选要处理的文件。"))
    is_retry = form.text("act") == "retry"
    done = sum(_is_done(door, uid, is_retry=is_retry) for uid in chosen)
    words = _("已重新排队 {0} 个文件。") if is_retry else _("已取消 {0} 个文件的上传。")
    left = len(chosen) - done
    skipped = _("另有 {0} 个文件的状态不能这样处理，未作更改。").format(left) if left else ""
    return see_other(request, "/intake", notice=words.format(done) + skipped)


def _is_done(door: Door, uid: UUID, *, is_retry: bool) -> bool:
    try:
        if is_retry:
            door.run(operations.try_again, uid)
        else:
            receiving_parts.call_off(door, uid)
    except (Conflict, NotFound):
        return False
    return True


@router.post("/intake/batches/{uid}/duplicates")
@serves(*deciding.OPERATIONS, board.show_board, list_holdings)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """For all files of the batch that wait, and those still to come."""
    try:
        deciding.decide(door, uid, form.choice("decision", Duplicates))
    except Invalid as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_("已按您的选择处理本批的重复文件。"))


def _board_page(request: Request, door: Door, error: ArchiveError | None = None) -> HTMLResponse:
    shown = _board(request, door)
    now = entrance_of(request).clock()
    todays = next((batch for batch in shown["seen"].batches if is_of_today(batch, now)), None)
    fonds = [(f.code, f"{f.code} {f.name}") for f in door.run(list_holdings, None).value.fonds]
    return page(
        request,
        "intake/board.html",
        status=200 if error is None else status_of(error),
        fonds=fonds,
        into=_preferred(fonds, None if todays is None else todays.uid),
        taken=",".join(TAKEN),
        most_bytes=entrance_of(request).settings.max_upload_bytes,
        duplicates=[(choice.value, _(words)) for choice, words in _CHOICES],
        trouble=None if error is None else _trouble(error),
        **shown,
    )


def _preferred(fonds: list[tuple[str, str]], todays: UUID | None) -> str:
    """Today's batch, else a new one where there is but one fonds, else nothing: it has to be chosen."""
    if todays is not None:
        return f"batch:{todays}"
    return f"fonds:{fonds[0][0]}" if len(fonds) == 1 else ""


def _trouble(error: ArchiveError) -> tuple[str, str]:
    if isinstance(error, Conflict):
        return _("只有失败的文件可以重试。"), _("被拒收的文件请改正后重新上传。")
    if isinstance(error, Invalid) and error.field == "files":
        return _("没有选择文件。"), _("请选择一个或多个文件。")
    if isinstance(error, Invalid) and error.field == "fonds":
        return _("没有这个全宗。"), _("请从列表中选择全宗。")
    if isinstance(error, NotFound) or (isinstance(error, Invalid) and error.field == "into"):
        return _("没有选择放入哪一批，或该批已不在。"), _("请从列表中选择一批，或新的一批。")
    return _("表单未能读取。"), _("请重新打开页面后再上传。")


# --- what is shown -----------------------------------------------------------------------------------------------


def _board(request: Request, door: Door) -> dict[str, Any]:
    asked = _asked(request)
    seen = door.run(board.show_board, None, asked).value
    now = entrance_of(request).clock()
    lines = [line(one, now) for one in seen.lines]
    first = replace(asked, after=None)
    return {
        "asked": asked,
        "seen": seen,
        "lines": lines,
        "is_moving": seen.queued > 0 or any(one.is_moving for one in lines),
        "groups": [
            (_address(replace(first, group=group)), _(words), seen.counts[group], group is asked.group)
            for group, words in _GROUPS
        ],
        "turned": _address(replace(first, oldest_first=not asked.oldest_first)),
        "without_batch": _address(replace(first, batch=None)),
        "of_batch": {one.uid: _address(Asked(batch=one.uid)) for one in seen.batches},
        "first": None if asked.after is None else _address(first),
        "next": None if seen.next is None else _address(replace(asked, after=seen.next)),
        "table": _address(asked, "/intake/table"),
    }


def _asked(request: Request) -> Asked:
    """What the address does not say rightly is as if it said nothing."""
    query = request.query_params
    group = query.get("group", "")
    return Asked(
        group=Group(group) if group in set(Group) else Group.ALL,
        batch=_uid(query.get("batch", "")),
        oldest_first=query.get("order") == "oldest",
        after=_uid(query.get("after", "")),
        limit=SHOWN,
    )


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(asked: Asked, path: str = "/intake") -> str:
    said = {
        "group": "" if asked.group is Group.ALL else str(asked.group),
        "batch": "" if asked.batch is None else str(asked.batch),
        "order": "oldest" if asked.oldest_first else "",
        "after": "" if asked.after is None else str(asked.after),
    }
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{path}?{query}" if query else path
