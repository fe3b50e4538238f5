"""The four prints of a folder: facts in, PDF out."""

from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

from archive.desks.binding.printing.codes import drawn
from archive.desks.binding.printing.folder import Folder, Line
from archive.web.language import _, on_paper
from archive.web.render import day
from archive.web.typeset import typeset

MOST_LETTERS = 600
"""Of a title on cover and spine; the register has it whole."""


class CoverSize(StrEnum):
    """Millimetres: the hard cover of GB/T 9705, or a sheet to be glued on."""

    TRUE = "310x220"
    A4 = "a4"


class SpineSize(StrEnum):
    """Width of a spine 310 mm tall (GB/T 9705), or the label of 30 × 210."""

    MM10 = "10"
    MM15 = "15"
    MM20 = "20"
    LABEL = "30x210"


A4 = {"width": 210, "height": 297}
_SPINES = {
    SpineSize.MM10: (10, 310),
    SpineSize.MM15: (15, 310),
    SpineSize.MM20: (20, 310),
    SpineSize.LABEL: (30, 210),
}
TALLEST_ON_A4 = 285


@on_paper()
def cover(folder: Folder, size: CoverSize = CoverSize.TRUE, font: Path | None = None) -> bytes:
    sheet = {"width": 220, "height": 310} if size is CoverSize.TRUE else A4
    return _printed("cover", {**_facts(folder), **sheet, "title": _short(folder.title)}, font)


@on_paper()
def spine(
    folder: Folder, size: SpineSize = SpineSize.MM20, *, on_a4: bool = False, font: Path | None = None
) -> bytes:
    """On A4 a spine of 310 mm is cut to what the sheet can take."""
    width, height = _SPINES[size]
    tall = min(height, TALLEST_ON_A4) if on_a4 else height
    sheet = A4 if on_a4 else {"width": width, "height": tall}
    strip = {"spine_width": width, "spine_height": tall, "on_a4": on_a4}
    return _printed(
        "spine", {**_facts(folder), **sheet, **strip, "letters": list(_short(folder.title))}, font
    )


@on_paper()
def register(folder: Folder, font: Path | None = None) -> bytes:
    heads = [_("顺序号"), _("文号"), _("责任者"), _("题名"), _("日期"), _("页号"), _("备注")]
    return _printed(
        "register", {**_facts(folder), "heads": heads, "rows": [_row(line) for line in folder.lines]}, font
    )


@on_paper()
def remarks(folder: Folder, font: Path | None = None) -> bytes:
    data = {
        "title": _short(folder.title, 200),
        "remark": folder.remark,
        "waived": [[one.document, one.reason, one.person] for one in folder.waived],
        "supplements": [[day(one.day), one.person, one.reason] for one in folder.supplements],
        "binder": folder.binder,
        "bound_on": day(folder.bound_on),
        "checker": folder.checker,
        "checked_on": day(folder.checked_on),
    }
    return _printed("remarks", {**_facts(folder), **data}, font)


def _printed(name: str, data: dict[str, object], font: Path | None) -> bytes:
    return typeset(_template("common") + _template(name), data, font)


@cache
def _template(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.typ").read_text("utf-8")


def _short(title: str, most: int = MOST_LETTERS) -> str:
    return title if len(title) <= most else f"{title[: most - 1]}…"


def _row(line: Line) -> list[str]:
    written = "" if line.day is None else f"{line.day:%Y%m%d}"
    return [str(line.number), line.document_no, line.author, line.title, written, _pages(line), line.remark]


def _pages(line: Line) -> str:
    """GB/T 9705: the number of the document's first page; with its last, so that the last document shows its end."""
    if not line.first:
        return ""
    return str(line.first) if line.first == line.last else f"{line.first}-{line.last}"


def _facts(folder: Folder) -> dict[str, object]:
    return {
        "draft": not folder.reference_code,
        "reference_code": folder.reference_code,
        "fonds_code": folder.fonds_code,
        "fonds": folder.fonds,
        "series_code": folder.series_code,
        "series": folder.series,
        "title": folder.title,
        "year": str(folder.year),
        "volume_no": folder.volume_no,
        "retention": folder.retention,
        "filing_no": folder.filing_no,
        "time": _span(folder.first_day, folder.last_day),
        "items": str(folder.items),
        "pages": str(folder.pages),
        "sheet": _("第 {0} 页 共 {1} 页"),
        "words": _words(),
        **drawn(folder),
    }


def _span(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    return _("{0} 至 {1}").format(day(first), day(last))


def _words() -> dict[str, str]:
    return {
        "draft": _("草稿 尚未归档"),
        "title": _("案卷题名"),
        "time": _("时间"),
        "retention": _("保管期限"),
        "filing_no": _("归档号"),
        "items": _("件数"),
        "pages": _("页数"),
        "reference_code": _("档号"),
        "fonds_code": _("全宗号"),
        "series_code": _("类别号"),
        "year": _("年度"),
        "volume_no": _("案卷号"),
        "register": _("卷内文件目录"),
        "no_documents": _("本卷尚无文件"),
        "remarks": _("卷内备考表"),
        "situation": _("本卷情况说明"),
        "waived": _("准予缺少的文件"),
        "document": _("文件"),
        "reason": _("理由"),
        "person": _("经办人"),
        "supplements": _("归档后的补充"),
        "day": _("日期"),
        "binder": _("立卷人"),
        "bound_on": _("立卷时间"),
        "checker": _("检查人"),
        "checked_on": _("检查时间"),
    }
