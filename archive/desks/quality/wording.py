"""Marks in the words of the screen."""

from archive.desks.quality.looking import PageSeen
from archive.desks.quality.queries import Said
from archive.holdings.quality import Reason
from archive.web.language import N_, _
from archive.web.render import shown_moment

REASONS: dict[Reason, tuple[str, str]] = {
    Reason.FAILED: (N_("未能识别"), "bad"),
    Reason.BLANK: (N_("空白"), "plain"),
    Reason.NO_TEXT: (N_("无文字"), "wait"),
    Reason.LOW_CONFIDENCE: (N_("识别可信度低"), "wait"),
    Reason.LOW_RESOLUTION: (N_("分辨率低"), "wait"),
    Reason.SKEWED: (N_("歪斜"), "wait"),
    Reason.REPEATED: (N_("与上页相同"), "wait"),
    Reason.RESCAN: (N_("待重扫"), "bad"),
}

WHY_EXCLUDED = (N_("重复扫描"), N_("测试页或隔页"), N_("不属于此件"), N_("已有更清楚的一页"))
WHY_RESCAN = (N_("模糊不清"), N_("有缺损或遮挡"), N_("歪斜"), N_("漏扫一面"))

_SAID = {
    ("excluded", 1): N_("%(by)s 排除（%(at)s）：%(reason)s"),
    ("excluded", 0): N_("%(by)s 恢复（%(at)s）"),
    ("blank", 1): N_("%(by)s 标为空白（%(at)s）"),
    ("blank", 0): N_("%(by)s 标为非空白（%(at)s）"),
    ("rescan", 1): N_("%(by)s 要求重扫（%(at)s）：%(reason)s"),
    ("rescan", 0): N_("%(by)s 取消重扫（%(at)s）"),
    ("accepted", 1): N_("%(by)s 通过（%(at)s）"),
    ("accepted", 0): N_("%(by)s 撤回通过（%(at)s）"),
}


def badges(page: PageSeen) -> list[tuple[str, str]]:
    """Words and colours: first what was decided, then what speaks for a look."""
    decided = []
    if page.is_accepted:
        decided.append((_("已通过"), "good"))
    if page.is_excluded:
        decided.append((_("已排除"), "bad"))
    return decided + [(_(word), colour) for word, colour in (REASONS[reason] for reason in page.reasons)]


def said(mark: Said) -> str:
    """Who did what, when, and why."""
    at = shown_moment(mark.at)
    if mark.kind == "rotation":
        words = _("%(by)s 旋转至 %(degrees)s°（%(at)s）")
        return words % {"by": mark.by, "at": at, "degrees": mark.after}
    return _(_SAID[mark.kind, mark.after]) % {"by": mark.by, "at": at, "reason": mark.reason or ""}


def measures(page: PageSeen) -> str:
    """The figures behind the marks, in one line."""
    parts = []
    if page.confidence is not None:
        parts.append(_("可信度 %(percent)s%%") % {"percent": round(page.confidence * 100)})
    if page.dpi:
        parts.append(_("%(dpi)s dpi") % {"dpi": page.dpi})
    if page.skew is not None:
        parts.append(_("倾斜 %(degrees)s°") % {"degrees": page.skew})
    return _("，").join(parts)
