"""What the binding desk says of documents, steps and parts of a folder."""

from collections.abc import Iterable

from archive.desks.binding.seen import (
    ClassSeen,
    DocumentSeen,
    FolderSeen,
    LooseSeen,
    PartSeen,
    ProblemSeen,
    SlotSeen,
    StepSeen,
    SupplementSeen,
)
from archive.holdings.vocabulary import DOC_TYPES, word
from archive.web import words
from archive.web.language import N_, _
from archive.web.render import day, moment

STATES: dict[str, tuple[str, str]] = {
    "open": (N_("尚未组卷"), "plain"),
    "arranging": (N_("整理中"), "busy"),
    "checking": (N_("待检查"), "wait"),
    "archived": (N_("已归档"), "good"),
}
"""The word of a folder's state and the kind of its badge."""

SHEET_ACROSS, SHEET_CELL, SHEET_PAGES = 8, 180, 40
"""The picture of a document's pages: so many in a row, pixels of each, so many on one picture."""


def state(code: str) -> tuple[str, str]:
    shown, kind = STATES.get(code, (code, "plain"))
    return _(shown), kind


def step(seen: StepSeen) -> str:
    what = words.word(seen.kind, "step")
    line = _("{0} {1}：{2}").format(moment(seen.at), seen.by, what)
    return _("{0}（已撤销）").format(line) if seen.is_undone else line


def name(one: DocumentSeen | LooseSeen) -> str:
    return one.title or (word(one.doc_type, DOC_TYPES) if one.doc_type else _("未著录的文件"))


def about(one: DocumentSeen) -> str:
    kind = word(one.doc_type, DOC_TYPES) if one.doc_type else ""
    return " · ".join(part for part in (kind, day(one.doc_date), one.number, one.author) if part)


def loose_about(one: LooseSeen) -> str:
    return word(one.doc_type, DOC_TYPES) if one.doc_type else _("尚未著录类型")


def span(one: DocumentSeen) -> str:
    """The page numbers that a document has in the folder."""
    if not one.first or not one.last:
        return _("无页号")
    if one.first == one.last:
        return _("第 {0} 页").format(one.first)
    return _("第 {0}–{1} 页").format(one.first, one.last)


_SLOTS: dict[str, tuple[str, str]] = {
    "present": (N_("有"), "good"),
    "missing": (N_("缺"), "bad"),
    "waived": (N_("准予缺少"), "wait"),
}


def slot(seen: SlotSeen) -> tuple[str, str]:
    """Whether a required document is there, and the kind of its badge."""
    shown, kind = _SLOTS[seen.state]
    return _(shown), kind


def slot_name(seen: SlotSeen) -> str:
    return word(seen.code, DOC_TYPES)


OF_CLASSES = (
    N_("理赔案卷"),
    N_("住院病案"),
    N_("保单册"),
    N_("诉讼"),
    N_("人伤"),
    N_("伤残"),
    N_("身故"),
    N_("手术"),
    N_("麻醉"),
    N_("输血"),
    N_("死亡"),
)
"""Names in the classes that ship, for the catalogues; one that a site adds is shown as its file says it."""


def templates(classes: Iterable[ClassSeen]) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, _(one.name)) for one in classes)


def choices(loose: Iterable[LooseSeen]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one.item), name(one)) for one in loose)


_DECIDED: dict[str, str] = {
    "asked": N_("待审批"),
    "approved": N_("已同意"),
    "refused": N_("未同意"),
}


def supplement(one: SupplementSeen) -> str:
    asked = _("{0} {1} 申请补充《{2}》：{3}").format(
        moment(one.at), one.asked_by, one.title or "", one.reason
    )
    return _("{0}（{1}）").format(asked, _(_DECIDED[one.state]))


# What is missing, and that a folder is too thick, is shown where it can be mended.
_PROBLEMS: dict[str, str] = {
    "empty": N_("案卷里还没有文件。"),
    "undescribed": N_("尚未著录题名和类型。"),
    "unread": N_("正在识别，请稍候。"),
    "unsealed": N_("拆分后正在重新封存，请稍候。"),
    "unaccepted": N_("第 {0} 页有质量标记，尚未验收。"),
}


def problem(seen: ProblemSeen, it: FolderSeen) -> str:
    """What keeps the folder from being archived, with the document that it is about."""
    said = _(_PROBLEMS[seen.code]).format(seen.detail)
    about = next((name(one) for one in it.documents if one.item == seen.item), "")
    return _("《{0}》：{1}").format(about, said) if about else said


def part(number: int, one: PartSeen) -> str:
    return _("第 {0} 卷：{1} 件，{2} 页，约 {3} 毫米").format(
        number, len(one.items), one.pages, f"{one.mm:.1f}"
    )


def sheet_height(pages: int) -> int:
    """Pixels of the picture on which so many pages stand."""
    return max(1, -(-min(pages, SHEET_PAGES) // SHEET_ACROSS)) * SHEET_CELL
