"""One deposit, and one batch, as the board shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.desks.intake.board import BatchSeen
from archive.desks.intake.operations import DepositSeen
from archive.desks.intake.wording import age, in_words, remark_in_words
from archive.web.language import N_, _

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


@dataclass(frozen=True)
class Line:
    """``may_cancel``: an upload that has not ended and that no connection is bound to end."""

    seen: DepositSeen
    badge: str
    colour: str
    age: str
    reason: str
    remedy: str
    is_lost: bool
    scan: tuple[str, str] | None
    remarks: tuple[str, ...]
    ahead: str

    @property
    def is_moving(self) -> bool:
        return self.seen.state in _MOVING and not self.is_lost

    @property
    def may_cancel(self) -> bool:
        return self.seen.state == "receiving" and (self.seen.part_size is not None or self.is_lost)


def line(seen: DepositSeen, now: datetime) -> Line:
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
        ahead=_ahead(seen),
    )


def _broken_off(seen: DepositSeen) -> tuple[str, str]:
    if seen.part_size is None:
        return _("上传可能已中断。"), _("请重新上传该文件。")
    return _("上传可能已中断，已收到 {0} 个分块。").format(seen.parts_kept), _(
        "再次上传同一文件即从中断处继续。"
    )


def _ahead(seen: DepositSeen) -> str:
    if seen.state not in {"received", "reading"} or seen.ahead is None:
        return ""
    return _("前面还有 {0} 个文件").format(seen.ahead) if seen.ahead else _("下一个就是它")


def _scan(outcome: str) -> tuple[str, str] | None:
    if outcome not in _SCANS:
        return None
    words, colour = _SCANS[outcome]
    return _(words), colour


def is_of_today(batch: BatchSeen, now: datetime) -> bool:
    """By the clock of the office."""
    return batch.created_at.astimezone().date() == now.astimezone().date()
