"""Single entries in the words of the screen: records, reasons, and the fields that people typed into."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archive.desks.audit.extract import Sheet, sheet_of
from archive.desks.audit.lines import LogLine
from archive.desks.audit.operations import Extracted
from archive.desks.audit.reaching import Step
from archive.desks.audit.words import OUTCOME_KINDS, RECORDS, TAIL, TARGETS, person_of
from archive.web import words
from archive.web.language import N_, _
from archive.web.render import shown_second

REASONS: dict[str, str] = {
    "R_ROLE": N_("角色不允许"),
    "R_TIER": N_("密级高于其范围"),
    "R_STATE": N_("档案状态不符"),
    "R_NOLOAN": N_("没有有效借阅"),
    "R_CASE": N_("案件未分派给此人"),
    "R_OWN": N_("他人经办的事项"),
    "R_UNIT": N_("属于其他机构"),
    "R_SOD": N_("本人参与，须由他人决定"),
    "R_PURPOSE": N_("未说明利用目的"),
    "R_PERSON": N_("须本人登录，不能用接口令牌"),
    "hidden": N_("此人不得知其存在，按“无此内容”答复"),
}

FIELDS: dict[str, str] = {
    "query": N_("检索内容"),
    "step": N_("组卷步骤"),
    "slot": N_("应有文件"),
    "flags": N_("案件情形"),
    "remark": N_("情况说明"),
    "parts": N_("卷数"),
    "reason": N_("理由"),
    "mark": N_("质检标记"),
    "opinion": N_("意见"),
    "decision": N_("决定"),
    "closing": N_("结案说明"),
    "title": N_("题名"),
    "name": N_("名称"),
    "released": N_("放行内容"),
    "tier": N_("密级"),
    "role": N_("角色"),
    "unit": N_("机构"),
    "person": N_("人员"),
    "record": N_("档案编号"),
    "outcome": N_("结果"),
    "action": N_("操作"),
    "purpose": N_("目的"),
    "since": N_("自"),
    "until": N_("至"),
    "duplicates": N_("重复文件的处理"),
    "scan": N_("病毒检测"),
    "scan_by": N_("检测程序"),
    "scan_said": N_("检测说明"),
    "counts": N_("数目"),
    "target": N_("备份位置"),
    "snapshot": N_("备份"),
    "objects": N_("封存文件数"),
    "lacking": N_("缺少的文件数"),
    "originals": N_("原件校验值"),
    "sha256": N_("原件校验值"),
    "disposed": N_("已清除的文件数"),
}
"""By the names under which the desks tell them. A name that is not here is shown as it is."""

_CODED = {
    "role": "role",
    "decision": "state",
    "outcome": "outcome",
    "action": "action",
    "purpose": "purpose",
    "step": "step",
}


@dataclass(frozen=True)
class TargetShown:
    """``kind`` in words; ``code`` a reference code or empty; ``tail`` tells records of one kind apart; ``record`` is what
    "who saw this?" asks for, empty where that is no question.
    """

    kind: str
    code: str
    tail: str
    record: str


def target(label: str | None, code: str | None = None, page: int | None = None) -> TargetShown:
    kind, _colon, uid = (label or "").partition(":")
    name = _(TARGETS[kind]) if kind in TARGETS else kind
    if code is not None and page is not None:
        code = _("%(code)s 第 %(page)s 页") % {"code": code, "page": page}
    return TargetShown(name, code or "", uid[-TAIL:], (label or "") if kind in RECORDS and uid else "")


def reasons(codes: Iterable[str]) -> str:
    return _("；").join(_reason(code) for code in codes if not code.startswith("event:"))


def _reason(code: str) -> str:
    return _(REASONS[code]) if code in REASONS else code


def detail(told: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Field and value, both in words."""
    return [(_(FIELDS[name]) if name in FIELDS else name, _value(name, text)) for name, text in told.items()]


def _value(name: str, text: str | None) -> str:
    if text is None:
        return _("已遮盖")
    return words.word(text, _CODED[name]) if name in _CODED else _plain(text)


def _plain(text: str) -> str:
    """Some desks tell a small table: one line for each of its values, with what it is called."""
    try:
        table = json.loads(text)
    except ValueError:
        return text
    return "\n".join(_rows(table)) if isinstance(table, dict) else text


def _rows(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _rows(part, f"{name} {key}".strip())
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _rows(part, f"{name} {number}")
    elif value is not None:
        yield f"{name}　{value}"


@dataclass(frozen=True)
class LineShown:
    line: LogLine
    time: str
    person: str
    target: TargetShown
    reasons: str
    badge: str


def line(one: LogLine) -> LineShown:
    return LineShown(
        one,
        shown_second(one.at),
        person_of(one.actor, one.name),
        target(one.target, one.reference_code, one.page),
        reasons(one.reasons),
        badge(one.outcome),
    )


@dataclass(frozen=True)
class StepShown:
    step: Step
    time: str
    target: TargetShown
    reasons: str
    badge: str


def step(one: Step) -> StepShown:
    return StepShown(
        one,
        shown_second(one.at),
        target(one.target, one.reference_code, one.page),
        reasons(one.reasons),
        badge(one.outcome),
    )


def badge(outcome: str) -> str:
    return OUTCOME_KINDS.get(outcome.partition(":")[0], "plain")


def sheet(extracted: Extracted) -> Sheet:
    return sheet_of(_row(line) for line in extracted.lines)


def _row(line: LogLine) -> tuple[str, ...]:
    shown = target(line.target, line.reference_code, line.page)
    return (
        "" if line.leaf is None else str(line.leaf),
        line.at.strftime("%Y-%m-%d %H:%M:%S"),
        person_of(line.actor, line.name),
        line.actor,
        words.word(line.role, "role"),
        words.word(line.action, "action"),
        shown.kind,
        shown.code,
        line.target or "",
        words.word(line.purpose, "purpose"),
        words.word(line.outcome, "outcome"),
        reasons(line.reasons),
        str(line.event),
    )
