"""The board of one's own deposits, and the form that brings files in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.core.access.actions import Action
from archive.core.errors import ArchiveError, Conflict, Invalid, TooLarge
from archive.desks.intake import deciding, operations, receiving
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import DepositSeen
from archive.desks.intake.receiving import Upload
from archive.desks.intake.wording import age, in_words, remark_in_words
from archive.holdings.operations import list_holdings
from archive.web.entrance import entrance_of
from archive.web.forms import PostedForm
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

SHOWN = 100
LOST_AFTER = timedelta(hours=1)
"""An upload that has not ended by then was broken off together with the server that received it."""

# Words and colours of this desk: 已拒收 is not the 已拒绝 of a loan.
_BADGES = {
    "receiving": (N_("接收中"), "busy"),
    "received": (N_("待识别"), "wait"),
    "reading": (N_("识别中"), "busy"),
    "read": (N_("已识别"), "good"),
    "refused": (N_("已拒收"), "bad"),
    "failed": (N_("失败"), "bad"),
    "duplicate": (N_("重复待定"), "wait"),
    "linked": (N_("已关联"), "good"),
}
_MOVING = {"receiving", "received", "reading"}
_SCANS = {
    "clean": (N_("无病毒"), "good"),
    "infected": (N_("含病毒"), "bad"),
    "not scanned": (N_("未查毒"), "plain"),
}


_CHOICES = (
    (Duplicates.ASK, N_("先询问")),
    (Duplicates.KEEP, N_("另存一份")),
    (Duplicates.LINK, N_("关联到已有的一份")),
    (Duplicates.REFUSE, N_("拒收")),
)


@dataclass(frozen=True)
class Line:
    """One deposit as the board shows it."""

    seen: DepositSeen
    badge: str
    colour: str
    age: str
    reason: str
    remedy: str
    is_lost: bool
    scan: tuple[str, str] | None
    remarks: tuple[str, ...]

    @property
    def is_moving(self) -> bool:
        return self.seen.state in _MOVING and not self.is_lost


@router.get("/intake")
@serves(operations.list_deposits, list_holdings)
def board(request: Request, door: Door) -> HTMLResponse:
    return _board_page(request, door)


@router.get("/intake/table")
@serves(operations.list_deposits)
def table(request: Request, door: Door) -> HTMLResponse:
    """Only the table, for the script that keeps it fresh."""
    return page(request, "intake/table.html", lines=_lines(request, door))


@router.post("/intake/upload")
@serves(*receiving.OPERATIONS, operations.list_deposits, list_holdings, streams=True)
def upload(request: Request, door: Door) -> Response:
    """The files of one form make one batch. One that is too large or empty does not hold up the others."""
    form = open_upload(request)
    try:
        kept, refused = _receive_all(request, door, form)
    except Invalid as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_summary(kept, refused))


def _receive_all(request: Request, door: Door, form: UploadForm) -> tuple[int, int]:
    fonds, batch = form.fields.text("fonds"), None
    asked = form.fields.optional("duplicates") is not None
    duplicates = form.fields.choice("duplicates", Duplicates) if asked else Duplicates.ASK
    kept = refused = 0
    for file in form.files():
        most = entrance_of(request).settings.max_upload_bytes
        arriving = Upload(file.name, file.chunks(), None, most, fonds, batch, duplicates)
        begun = receiving.start(door, arriving)
        batch = begun.value.batch
        try:
            receiving.keep(door, arriving, begun)
            kept += 1
        except (TooLarge, Invalid):
            refused += 1  # its row says why
    if batch is None:
        raise Invalid("files", "No file was chosen.", "Choose one or more files.")
    return kept, refused


def _summary(kept: int, refused: int) -> str:
    words = _("已收到 {0} 个文件，检查和识别的进展见下表。").format(kept)
    return words + _("有 {0} 个文件未能接收，原因也在表中。").format(refused) if refused else words


@router.post("/intake/{uid}/retry")
@serves(operations.try_again, operations.list_deposits, list_holdings)
def retry(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    try:
        door.run(operations.try_again, uid)
    except Conflict as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_("已重新排队。"))


@router.post("/intake/batches/{uid}/duplicates")
@serves(*deciding.OPERATIONS, operations.list_deposits, list_holdings)
def decide(request: Request, door: Door, uid: UUID, form: PostedForm) -> Response:
    """For all files of the batch that wait, and those still to come."""
    try:
        deciding.decide(door, uid, form.choice("decision", Duplicates))
    except Invalid as error:
        return _board_page(request, door, error)
    return see_other(request, "/intake", notice=_("已按您的选择处理本批的重复文件。"))


def _board_page(request: Request, door: Door, error: ArchiveError | None = None) -> HTMLResponse:
    return page(
        request,
        "intake/board.html",
        status=200 if error is None else status_of(error),
        lines=_lines(request, door),
        fonds=[(f.code, f"{f.code} {f.name}") for f in door.run(list_holdings, None).value.fonds],
        most_bytes=entrance_of(request).settings.max_upload_bytes,
        duplicates=[(choice.value, _(words)) for choice, words in _CHOICES],
        trouble=None if error is None else _trouble(error),
    )


def _trouble(error: ArchiveError) -> tuple[str, str]:
    if isinstance(error, Conflict):
        return _("只有失败的文件可以重试。"), _("被拒收的文件请改正后重新上传。")
    if isinstance(error, Invalid) and error.field == "files":
        return _("没有选择文件。"), _("请选择一个或多个文件。")
    if isinstance(error, Invalid) and error.field == "fonds":
        return _("没有这个全宗。"), _("请从列表中选择全宗。")
    return _("表单未能读取。"), _("请重新打开页面后再上传。")


def _lines(request: Request, door: Door) -> list[Line]:
    now = entrance_of(request).clock()
    return [_line(seen, now) for seen in door.run(operations.list_deposits, None, SHOWN).value]


def _line(seen: DepositSeen, now: datetime) -> Line:
    badge, colour = _BADGES[seen.state]
    reason, remedy = in_words(seen.reason, seen.remedy)
    is_lost = seen.state == "receiving" and now - seen.changed_at > LOST_AFTER
    if is_lost:
        reason, remedy = _broken_off(seen)
    return Line(
        seen=seen,
        badge=_(badge),
        colour=colour,
        age=age(seen.changed_at, now),
        reason=reason,
        remedy=remedy,
        is_lost=is_lost,
        scan=_scan(seen.scan),
        remarks=tuple(remark_in_words(code, words) for code, words in seen.remarks),
    )


def _broken_off(seen: DepositSeen) -> tuple[str, str]:
    if seen.part_size is None:
        return _("上传可能已中断。"), _("请重新上传该文件。")
    return _("上传可能已中断，已收到 {0} 个分块。").format(seen.parts_kept), _(
        "再次上传同一文件即从中断处继续。"
    )


def _scan(outcome: str) -> tuple[str, str] | None:
    if outcome not in _SCANS:
        return None
    words, colour = _SCANS[outcome]
    return _(words), colour
