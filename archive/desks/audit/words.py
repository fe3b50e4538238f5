"""The log in the words of the screen."""

import re
from dataclasses import dataclass

from archive.core.audit.findings import Kind
from archive.desks.audit.taking import Verified
from archive.web import words
from archive.web.language import N_, _

TARGETS: dict[str, str] = {
    "account": N_("账号"),
    "accounts": N_("账号列表"),
    "archive": N_("档案库"),
    "batch": N_("批次"),
    "cases": N_("案件列表"),
    "deposit": N_("上传文件"),
    "deposits": N_("上传列表"),
    "entry": N_("日志条目"),
    "evidence": N_("证据包"),
    "evidence_packages": N_("证据包列表"),
    "fonds": N_("全宗"),
    "hold": N_("冻结"),
    "holds": N_("冻结列表"),
    "holdings": N_("全宗门类"),
    "home": N_("首页"),
    "index": N_("索引"),
    "inspection": N_("巡检"),
    "inspections": N_("巡检列表"),
    "item": N_("件"),
    "items": N_("档案列表"),
    "key": N_("密钥"),
    "loan": N_("借阅"),
    "loan_request": N_("借阅申请"),
    "loan_requests": N_("借阅列表"),
    "log": N_("日志"),
    "matter": N_("法务案件"),
    "matters": N_("法务案件列表"),
    "object": N_("封存文件"),
    "page": N_("页"),
    "pages": N_("质检页面"),
    "batches": N_("质检批次"),
    "suggestions": N_("输入提示"),
    "reader_naming": N_("阅览提名"),
    "reader_namings": N_("提名列表"),
    "role_grant": N_("角色授予"),
    "role_grants": N_("待批角色"),
    "search": N_("检索"),
    "series": N_("门类"),
    "session": N_("登录"),
    "trail": N_("本人操作记录"),
    "unit": N_("机构"),
    "units": N_("机构"),
    "volume": N_("案卷"),
    "volumes": N_("案卷列表"),
}

RECORDS = frozenset(
    {"item", "page", "volume", "deposit", "account", "loan", "loan_request", "reader_naming"}
    | {"matter", "hold", "evidence"}
)
"""Kinds for which "who reached this?" is a question."""

OUTCOME_KINDS = {"done": "good", "denied": "bad", "not found": "wait", "failed": "bad"}
TAIL = 8


def person_of(actor: str, name: str) -> str:
    """A person's name, or which of the archive's own programs it was."""
    if actor == "ANYONE":
        return words.word("anyone", "role")
    if actor.startswith("SYSTEM:"):
        return words.word(actor.removeprefix("SYSTEM:"), "role")
    return name


def choices(kind: str) -> tuple[tuple[str, str], ...]:
    """Of a filter: action, purpose or outcome."""
    return (("", _("全部")), *words.choices(kind))


def trouble(field: str) -> tuple[str, str] | None:
    """What to do about a filter, in Chinese; None where the error's own words have to do."""
    pair = _FILTER_TROUBLES.get(field)
    return None if pair is None else (_(pair[0]), _(pair[1]))


_NO_DAY = (N_("日期无法识别。"), N_("请按 2026-11-30 的格式填写。"))
_FILTER_TROUBLES: dict[str, tuple[str, str]] = {
    "person": (N_("没有这个用户名。"), N_("请填写登录用的用户名；识别程序填 SYSTEM:reader。")),
    "since": _NO_DAY,
    "until": _NO_DAY,
}

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.EDITED: (N_("被修改"), N_("该条目的内容与签名时不同。")),
    Kind.DELETED: (N_("被删除"), N_("签名时存在的条目已不在日志中。")),
    Kind.INSERTED: (N_("被插入"), N_("日志中多出了签名时没有的条目。")),
    Kind.REORDERED: (N_("被调换顺序"), N_("条目的先后与签名时不同。")),
    Kind.TRUNCATED: (N_("不完整"), N_("内容在中途断开。")),
    Kind.COLUMN_CHANGED: (N_("检索栏被修改"), N_("用于查询的栏目与条目原文不一致。")),
    Kind.TOUCH_CHANGED: (N_("涉及档案被修改"), N_("“谁看过此档案”的记录与条目原文不一致。")),
    Kind.FORGED_CHECKPOINT: (N_("检查点系伪造"), N_("检查点不是由本日志的密钥签发，或与条目不符。")),
    Kind.OLDER_CHECKPOINT: (N_("检查点被换成旧的"), N_("较旧的检查点排在较新的之后。")),
    Kind.CUT_TAIL: (N_("末尾被截去"), N_("留存的检查点之内的条目已缺失。")),
    Kind.REWRITTEN: (N_("被改写"), N_("日志与留存的检查点不符：签名后被整体改写过。")),
    Kind.UNREADABLE: (N_("无法读取"), N_("内容损坏，或不是本系统写出的。")),
    Kind.MISSING_PART: (N_("缺少部分"), N_("导出文件缺少必需的部分。")),
    Kind.UNEXPECTED_PART: (N_("多余部分"), N_("导出文件含有不应有的部分。")),
}


_PLACES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"leaf (\d+), event (.+)"), N_(r"第 \1 号条目，事件 \2")),
    (re.compile(r"leaf (\d+)"), N_(r"第 \1 号条目")),
    (re.compile(r"leaves (\d+) to (\d+)"), N_(r"第 \1 至 \2 号条目")),
    (re.compile(r"checkpoint of size (\d+)"), N_(r"前 \1 条的检查点")),
    (re.compile(r"checkpoint number (\d+)"), N_(r"第 \1 个检查点")),
    (re.compile(r"remembered checkpoint"), N_("留存的检查点")),
    (re.compile(r"export"), N_("导出文件")),
)


def place(text: str) -> str:
    """Where a finding lies, as the verifier names it; a place it names otherwise (a part's file name) stays."""
    for pattern, shown_as in _PLACES:
        if match := pattern.fullmatch(text):
            return match.expand(_(shown_as))
    return text


@dataclass(frozen=True)
class Verdict:
    """``kind``: good, wait or bad."""

    kind: str
    sentence: str
    next: str


def verdict(verified: Verified) -> Verdict:
    report = verified.report
    if verified.keepsake_is_unreadable:
        return Verdict(
            "wait",
            _("粘贴的内容不是有效的检查点，未能比对。"),
            _("请打开当初保存的检查点文件，从第一行到最后一行完整复制后再粘贴。"),
        )
    if not report.ok:
        return Verdict(
            "bad",
            _("核验不通过：日志有 %(count)s 处被改动或无法读取。") % {"count": report.count},
            _("请保留现状，导出日志并备份数据库，立即报告负责人。"),
        )
    if not verified.is_current:
        return Verdict(
            "bad",
            _("日志末尾与最后一次签名不符，新条目未能纳入核验。"),
            _("请保留现状，用留存的检查点再核验一次，并报告负责人。"),
        )
    if verified.kept is not None:
        later = {"compared": verified.kept.size, "later": report.size - verified.kept.size}
        return Verdict(
            "good",
            _("核验通过：前 %(compared)s 条与您留存的检查点一致，未被改动；其后 %(later)s 条自身前后一致。")
            % later,
            _("请保存一份新的检查点，下次核验时使用。"),
        )
    return Verdict(
        "wait",
        _("日志自身前后一致（共 %(size)s 条），但没有与外部留存的检查点比对。") % {"size": report.size},
        _("掌握数据库和签名密钥的人可以整体重写日志；只有与留存在外的检查点比对，才能发现。"),
    )
