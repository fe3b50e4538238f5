"""Inspections in the words of the screen."""

from dataclasses import dataclass

from archive.desks.preservation.findings import DAMAGE, Kind
from archive.desks.preservation.operations import InspectionSeen
from archive.web.language import N_, _

KINDS: dict[str, str] = {"sweep": N_("清查"), "fixity": N_("完整性检查")}

STATES: dict[str, tuple[str, str]] = {
    "running": (N_("进行中"), "busy"),
    "done": (N_("完成"), "good"),
    "broken": (N_("中断"), "wait"),
}

_RESTORE = N_("请管理员从备份恢复此文件（juanzong restore 备份目录 --damaged），再发起一次检查。")
_NOTHING = N_("无需处理。")
_LOOK = N_("请管理员运行 juanzong doctor --deep 查看。")

FINDINGS: dict[Kind, tuple[str, str]] = {
    Kind.OBJECT_MISSING: (N_("封存文件缺失"), _RESTORE),
    Kind.OBJECT_ALTERED: (N_("封存文件被改动或损坏"), _RESTORE),
    Kind.OBJECT_UNREADABLE: (
        N_("封存文件所在的磁盘读取出错"),
        N_("请管理员检查磁盘，再从备份恢复此文件（juanzong restore 备份目录 --damaged）。"),
    ),
    Kind.OBJECT_UNKNOWN: (N_("无登记的封存文件（上传中断的残留）"), _NOTHING),
    Kind.KEY_UNUSED: (N_("未使用的密钥（上传中断的残留）"), _NOTHING),
    Kind.TOO_MANY: (
        N_("残留异常多，未予清除"),
        N_("数据库可能比文件旧（例如恢复过备份）。核实后由管理员运行 juanzong doctor --deep --repair。"),
    ),
    Kind.INDEX_STRAY: (N_("索引中多余的条目"), _NOTHING),
    Kind.NOT_INDEXED: (N_("未编入索引或索引陈旧的档案"), N_("已安排重新编入索引。")),
    Kind.INDEX_UNUSABLE: (N_("索引不能使用"), N_("请管理员运行 juanzong reindex。")),
    Kind.UPLOAD_ABANDONED: (N_("没有传完的上传"), N_("上传人可重新上传。")),
    Kind.DEPOSIT_STANDING: (N_("无人处理的上传"), N_("已重新排队。")),
    Kind.PAGE_REMADE: (N_("由原件重新生成的页"), _NOTHING),
    Kind.TEMPORARY_FILE: (N_("临时文件"), _NOTHING),
    Kind.JOB_DEAD: (N_("已停止的任务"), N_("上传人可在上传列表中重试。")),
    Kind.LEASE_EXPIRED: (N_("处理中断的任务"), N_("会自动接手。")),
}


@dataclass(frozen=True)
class Line:
    """One kind of finding in one inspection. ``badge``: good (repaired), wait, bad."""

    what: str
    found: int
    repaired: int
    remedy: str
    badge: str


def lines(seen: InspectionSeen) -> list[Line]:
    return [
        _line(kind, seen.counts.get(f"found.{kind}", 0), seen.counts.get(f"repaired.{kind}", 0))
        for kind in Kind
        if f"found.{kind}" in seen.counts or f"repaired.{kind}" in seen.counts
    ]


def _line(kind: Kind, found: int, repaired: int) -> Line:
    what, remedy = FINDINGS[kind]
    badge = "bad" if kind in DAMAGE | {Kind.TOO_MANY} else "good" if repaired >= found else "wait"
    shown = remedy if repaired >= found or kind not in _REMOVED else _LOOK
    return Line(_(what), found or repaired, repaired, _(shown), badge)


_REMOVED = {Kind.OBJECT_UNKNOWN, Kind.KEY_UNUSED, Kind.INDEX_STRAY, Kind.TEMPORARY_FILE}


def what(kind: Kind) -> str:
    return _(FINDINGS[kind][0])


def remedy(kind: Kind) -> str:
    return _(FINDINGS[kind][1])


def verdict(seen: InspectionSeen) -> tuple[str, str]:
    """(sentence, badge) of the whole inspection."""
    if seen.state != "done":
        word, badge = STATES[seen.state]
        return _(word), badge
    if any(seen.counts.get(f"found.{kind}") for kind in DAMAGE):
        return _("有损坏"), "bad"
    if seen.counts.get(f"found.{Kind.TOO_MANY}"):
        return _("需核实"), "bad"
    return _("完好"), "good"
