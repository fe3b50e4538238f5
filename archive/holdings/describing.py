"""The description form: what it shows, what was typed into it, and what it makes of that."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from archive.core.errors import ArchiveError, Invalid
from archive.holdings.operations import Description, ItemSeen, PersonNamed
from archive.holdings.vocabulary import DOC_TYPES, PARTS, code, word
from archive.web.forms import Posted
from archive.web.language import N_, _
from archive.web.texts import shown

MOST_PERSONS = 6
MOST_NUMBERS = 6
MOST_TEXT = 4000


@dataclass(frozen=True)
class Typed:
    """The fields as text, exactly as the form shows them again."""

    revision: str
    key: str
    volume: str = ""
    title: str = ""
    doc_type: str = ""
    doc_date: str = ""
    tier: str = ""
    notes: str = ""
    persons: tuple[PersonNamed, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()

    def against(self, item: ItemSeen) -> "Typed":
        """The same words, to be said of the item as it stands now."""
        return replace(self, revision=str(item.revision))


def as_described(item: ItemSeen, volume: str = "") -> Typed:
    """What stands there now. A draft's tier is left open: the archivist has to choose it."""
    return Typed(
        revision=str(item.revision),
        key=uuid4().hex,
        volume=volume if item.volume is None else str(item.volume.uid),
        title=item.title or "",
        doc_type=word(item.doc_type, DOC_TYPES),
        doc_date="" if item.doc_date is None else item.doc_date.isoformat(),
        tier="" if item.state == "draft" else str(item.tier),
        notes=item.notes or "",
        persons=tuple(replace(p, part=word(p.part, PARTS)) for p in item.persons),
        numbers=item.numbers,
    )


def as_typed(form: Posted) -> Typed:
    return Typed(
        revision=_text(form, "revision"),
        key=_text(form, "key"),
        volume=_text(form, "volume"),
        title=_text(form, "title"),
        doc_type=_text(form, "doc_type"),
        doc_date=_text(form, "doc_date"),
        tier=_text(form, "tier"),
        notes=_text(form, "notes"),
        persons=_persons(form),
        numbers=_numbers(form),
    )


def _text(form: Posted, name: str) -> str:
    return (form.optional(name) or "")[:MOST_TEXT]


def _persons(form: Posted) -> tuple[PersonNamed, ...]:
    typed = (
        PersonNamed(*(_text(form, f"person{number}_{field}") for field in ("name", "id_no", "phone", "part")))
        for number in range(1, _rows(form, "person", MOST_PERSONS) + 1)
    )
    return tuple(person for person in typed if person != PersonNamed(""))


def _numbers(form: Posted) -> tuple[tuple[str, str], ...]:
    typed = (
        (_text(form, f"number{number}_kind"), _text(form, f"number{number}_value"))
        for number in range(1, _rows(form, "number", MOST_NUMBERS) + 1)
    )
    return tuple((kind, value) for kind, value in typed if value)


def _rows(form: Posted, kind: str, least: int) -> int:
    """An item that a program described may have more persons than the form has empty lines."""
    count = form.optional(f"{kind}_rows") or ""
    return max(least, int(count)) if count.isascii() and count.isdigit() and len(count) <= 3 else least


def description(form: Posted) -> Description:
    """Raises ``Invalid`` naming the field."""
    persons = _persons(form)
    if any(not person.name for person in persons):
        raise Invalid("persons", "A person has no name.", "Type the name, or clear the whole line.")
    return Description(
        revision=form.integer("revision"),
        volume=form.uid("volume"),
        title=form.text("title"),
        doc_type=code(form.text("doc_type"), DOC_TYPES),
        tier=form.integer("tier"),
        doc_date=form.day("doc_date") if form.optional("doc_date") else None,
        notes=_text(form, "notes"),
        persons=tuple(replace(person, part=code(person.part, PARTS)) for person in persons),
        numbers=_numbers(form),
    )


# --- what went wrong, in words of these forms ----------------------------------------------------------------------

_FIELDS: dict[str, tuple[str, str]] = {
    "volume": (N_("没有选择案卷，或案卷不存在。"), N_("请从列表中选择案卷，或新建一个。")),
    "series": (N_("没有选择门类，或门类不存在。"), N_("请从列表中选择门类。")),
    "title": (N_("题名不能为空。"), N_("请填写题名；自拟的题名用方括号 [ ] 括起。")),
    "doc_type": (N_("文件类型不能为空。"), N_("请选择或填写文件类型。")),
    "doc_date": (N_("日期有误。"), N_("请写成 2026-11-30 的形式。")),
    "tier": (N_("没有选择密级，或密级不适用。"), N_("请选择密级；案卷题名只能是 T1 至 T4。")),
    "year": (N_("年度有误。"), N_("请填写 1900 年至明年之间的四位年份。")),
    "persons": (N_("有一行人员没有姓名。"), N_("请填写姓名，或清空该行。")),
    "numbers": (N_("没有这种号码类型。"), N_("请从列表中选择号码类型。")),
}


def in_words(error: ArchiveError) -> tuple[str, str]:
    """What happened and what to do, for the top of the form."""
    if isinstance(error, Invalid) and error.field in _FIELDS:
        what, todo = _FIELDS[error.field]
        return _(what), _(todo)
    return shown(error)


def page_trouble(reason: str) -> str:
    """Why a page has no text."""
    if reason == "the page is blank":
        return _("空白页")
    if reason == "no text was found on this page":
        return _("无文字")
    return _("未能识别")


def known_uid(text: str | None) -> str:
    """An identifier from an address, if it is one; else nothing."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""
