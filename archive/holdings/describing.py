"""The description form: what it shows, what was typed into it, and what it makes of that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from archive.core.errors import ArchiveError, Invalid
from archive.holdings.operations import Description, ItemSeen, PersonNamed
from archive.holdings.vocabulary import DOC_TYPES, NUMBER_KINDS, PARTS, code, word
from archive.web.forms import Posted
from archive.web.language import N_, _
from archive.web.texts import shown

MOST_PERSONS = 6
MOST_NUMBERS = 6
LONGEST = {
    "title": 500,
    "doc_type": 100,
    "notes": 4000,
    "name": 200,
    "id_no": 64,
    "phone": 64,
    "part": 64,
    "value": 100,
}
"""Characters of each field; the same as for programs."""


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
    """What stands there now. The tier of what nobody described yet is left open: the archivist has to choose it."""
    return Typed(
        revision=str(item.revision),
        key=uuid4().hex,
        volume=volume if item.volume is None else str(item.volume.uid),
        title=item.title or "",
        doc_type=word(item.doc_type, DOC_TYPES),
        doc_date="" if item.doc_date is None else item.doc_date.isoformat(),
        tier="" if item.state == "draft" and item.title is None else str(item.tier),
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
    return form.optional(name) or ""


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
    _check_lengths(as_typed(form))
    persons = _persons(form)
    if any(not person.name for person in persons):
        raise Invalid("persons", "A person has no name.", "Type the name, or clear the whole line.")
    return Description(
        revision=form.integer("revision"),
        volume=form.uid("volume") if form.optional("volume") else None,
        title=form.text("title"),
        doc_type=code(form.text("doc_type"), DOC_TYPES),
        tier=form.integer("tier"),
        doc_date=form.day("doc_date") if form.optional("doc_date") else None,
        notes=_text(form, "notes"),
        persons=tuple(replace(person, part=code(person.part, PARTS)) for person in persons),
        numbers=_numbers(form),
    )


def _check_lengths(typed: Typed) -> None:
    if too_long(typed) is not None:
        raise Invalid("length", "A field is too long.", "Shorten it.")


def too_long(typed: Typed) -> tuple[str, str] | None:
    """What is too long, and by how much, for the top of the form: nothing is cut off by itself."""
    for field, text in _lengths(typed):
        if len(text) > LONGEST[field]:
            words = _("%(field)s有 %(n)s 个字，最多 %(most)s 个。")
            given = {"field": _(_NAMES[field]), "n": len(text), "most": LONGEST[field]}
            return words % given, _("请缩短后再保存；您填写的内容都在下面，没有删减。")
    return None


def _lengths(typed: Typed) -> Iterator[tuple[str, str]]:
    yield from (("title", typed.title), ("doc_type", typed.doc_type), ("notes", typed.notes))
    for person in typed.persons:
        yield from (
            ("name", person.name),
            ("id_no", person.id_no),
            ("phone", person.phone),
            ("part", person.part),
        )
    for _kind, value in typed.numbers:
        yield "value", value


_NAMES = {
    "title": N_("题名"),
    "doc_type": N_("文件类型"),
    "notes": N_("附注"),
    "name": N_("姓名"),
    "id_no": N_("证件号码"),
    "phone": N_("电话"),
    "part": N_("身份"),
    "value": N_("号码"),
}


# --- what somebody else wrote meanwhile ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One field as it was typed here, and as it stands in the archive."""

    field: str
    mine: str
    theirs: str


def differences(typed: Typed, item: ItemSeen, volumes: Mapping[str, str]) -> tuple[Difference, ...]:
    """Only of fields that differ. ``volumes``: names by their identifiers."""
    mine, theirs = _said(typed, volumes), _said(as_described(item), volumes)
    return tuple(
        Difference(field, mine[field], theirs[field]) for field in mine if mine[field] != theirs[field]
    )


def _said(typed: Typed, volumes: Mapping[str, str]) -> dict[str, str]:
    persons = (" ".join(filter(None, (p.name, p.part, p.id_no, p.phone))) for p in typed.persons)
    numbers = (f"{word(kind, NUMBER_KINDS)} {value}" for kind, value in typed.numbers)
    return {
        _("案卷"): volumes.get(typed.volume, ""),
        _("题名"): typed.title,
        _("文件类型"): typed.doc_type,
        _("文件日期"): typed.doc_date,
        _("密级"): f"T{typed.tier}" if typed.tier else "",
        _("人员"): _("；").join(persons),
        _("号码"): _("；").join(numbers),
        _("附注"): typed.notes,
    }


# --- taking over what was read --------------------------------------------------------------------------------------


def taken(typed: Typed, said: str) -> Typed:
    """The form with one proposal in its place: ``field:detail:value``, as its button says it. Nothing is saved by that."""
    field, _colon, rest = said.partition(":")
    detail, _colon, value = rest.partition(":")
    if field == "doc_type":
        return replace(typed, doc_type=word(value, DOC_TYPES))
    if field in {"title", "doc_date"}:
        return replace(typed, title=value) if field == "title" else replace(typed, doc_date=value)
    if field == "name":
        return replace(typed, persons=_with_person(typed.persons, value, word(detail, PARTS)))
    if field == "id_no":
        return replace(typed, persons=_with_identity(typed.persons, value))
    if field == "number" and (detail, value) not in typed.numbers:
        return replace(typed, numbers=(*typed.numbers, (detail, value)))
    return typed


def _with_person(persons: tuple[PersonNamed, ...], name: str, part: str) -> tuple[PersonNamed, ...]:
    """A name that stands there without its part is given it; else the person is one more."""
    for place, person in enumerate(persons):
        if person.name == name and person.part in {"", part}:
            return (*persons[:place], replace(person, part=part), *persons[place + 1 :])
    return (*persons, PersonNamed(name, part=part))


def _with_identity(persons: tuple[PersonNamed, ...], number: str) -> tuple[PersonNamed, ...]:
    """To the first person who has none yet."""
    for place, person in enumerate(persons):
        if person.id_no == number:
            return persons
        if not person.id_no:
            return (*persons[:place], replace(person, id_no=number), *persons[place + 1 :])
    return (*persons, PersonNamed("", number))


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
