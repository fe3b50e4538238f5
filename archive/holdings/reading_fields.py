"""What was read on an item's pages, as proposals for its description: pure, and never taken over by itself.

A value stands after its label (``姓名 张伟``, ``病案号：00123456``), in the same line or in the next cell. Labels and values are
compared folded, so that both scripts are one; a proposal shows the characters that stand on the page.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.holdings.reading_dates import dates_in
from archive.holdings.reading_labels import (
    DOC_TYPE_WORDS,
    MEDICAL_WORDS,
    NAME_LABELS,
    NUMBER_LABELS,
    PLATE_PLACES,
    SURNAMES,
    label_pattern,
)
from ocr.page import PageText, Quad
from search.analysis import Folded, fold

MOST_OF_A_KIND = {"title": 1, "doc_type": 2, "date": 4}
MOST_OF_OTHERS = 5
TOP = 0.4
"""Share of a page's lines among which its heading is looked for."""

LONGEST_HEADING = 40


class Field(StrEnum):
    """In the order in which they are shown."""

    TITLE = "title"
    DOC_TYPE = "doc_type"
    NAME = "name"
    ID_NO = "id_no"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True)
class Proposal:
    """``value``: as it goes into the field. ``detail``: the part of a person, the kind of a number, else empty. ``page``: its
    number. ``score`` of the reading, 0..1. ``is_doubtful``: the check digit of an identity number does not fit.
    """

    field: Field
    value: str
    detail: str
    page: int
    score: float
    quads: tuple[Quad, ...]
    is_doubtful: bool = False


@dataclass(frozen=True)
class _Cell:
    """A line of a page, folded; ``start``: where it begins in the page's text."""

    folded: Folded
    start: int
    score: float

    @property
    def text(self) -> str:
        return self.folded.text


@dataclass(frozen=True)
class _Found:
    field: Field
    detail: str
    cell: _Cell
    start: int
    end: int
    value: str = ""
    is_doubtful: bool = False


def proposals(pages: Iterable[tuple[int, PageText]]) -> tuple[Proposal, ...]:
    """In the order of the fields, then of the pages; each value once, at its first place."""
    found: dict[tuple[Field, str, str], Proposal] = {}
    for number, reading in pages:
        for one in _on_page(_cells(reading)):
            shown = _proposal(one, number, reading)
            found.setdefault((shown.field, shown.detail, shown.value), shown)
    return tuple(_few(_settled(found.values())))


def is_identity_number(number: str) -> bool:
    """GB 11643: the last character is a check digit, X for ten."""
    if not re.fullmatch(r"\d{17}[\dXx]", number, re.ASCII):
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return number[-1].upper() == "10X98765432"[total % 11]


def _cells(reading: PageText) -> list[_Cell]:
    cells, start = [], 0
    for line in reading.lines:
        cells.append(_Cell(fold(line.text), start, line.score))
        start += len(line.text) + 1
    return cells


def _on_page(cells: Sequence[_Cell]) -> Iterator[_Found]:
    is_medical = any(word in cell.text for cell in cells for word in MEDICAL_WORDS)
    yield from _headings(cells)
    yield from _names(cells, is_medical=is_medical)
    yield from _numbers(cells)
    before = ""
    for cell in cells:
        yield from _identities(cell)
        yield from _plates(cell)
        for start, end, day in dates_in(cell.text):
            if "出生" not in before + cell.text[:start]:
                yield _Found(Field.DATE, "", cell, start, end, day.isoformat())
        before = cell.text


# --- headings ----------------------------------------------------------------------------------------------------


def _headings(cells: Sequence[_Cell]) -> Iterator[_Found]:
    """A short line near the top that names a type of document."""
    for cell in cells[: max(3, int(len(cells) * TOP))]:
        text = cell.text.strip()
        code = next((code for word, code in DOC_TYPE_WORDS if word in text), None)
        if code and len(text) <= LONGEST_HEADING and not re.search(r"[:：。，,;；]|号|no\.", text):
            yield _Found(Field.DOC_TYPE, "", cell, 0, len(cell.text), code)
            yield _Found(Field.TITLE, "", cell, 0, len(cell.text))
            return


# --- what stands after a label -------------------------------------------------------------------------------------

_NAME_LABEL = label_pattern(NAME_LABELS)
_NUMBER_LABEL = label_pattern(NUMBER_LABELS)
_GAP = re.compile(r"\s*(?:[a-z]+[.']?(?=[\s:：]|$)\s*)*[\s:：]*")
"""Between a label and its value: perhaps the label in English, and a colon."""

_NAME = re.compile(
    rf"(?:[{SURNAMES}])[\u4e00-\u9fff]{{1,3}}(?:·[\u4e00-\u9fff]{{1,6}})?(?=[^\u4e00-\u9fff]|$)"
)
_CODE = re.compile(r"(?=[a-z0-9-]*\d{3})[a-z0-9][a-z0-9-]{3,29}(?![a-z0-9])")
_NOT_NAMES = re.compile(r"性别|电话|本人|关系|单位|签名|签字|号码|身份|年龄|地址|时间|日期|医院|公司|科室")


def _after_labels(
    cells: Sequence[_Cell], labels: re.Pattern[str], value: re.Pattern[str]
) -> Iterator[tuple[str, _Cell, int, int]]:
    """(label, cell, start, end) of each value."""
    for place, cell in enumerate(cells):
        for label in labels.finditer(cell.text):
            gap = _GAP.match(cell.text, label.end())
            start = label.end() if gap is None else gap.end()
            if start < len(cell.text):
                match, there = value.match(cell.text, start), cell
            elif place + 1 < len(cells):
                there = cells[place + 1]
                match = value.match(there.text)
            else:
                continue
            if match is not None:
                yield label[0], there, match.start(), match.end()


def _names(cells: Sequence[_Cell], *, is_medical: bool) -> Iterator[_Found]:
    for label, cell, start, end in _after_labels(cells, _NAME_LABEL, _NAME):
        part = NAME_LABELS[label] or ("patient" if is_medical else "")
        if not _NOT_NAMES.search(cell.text[start:end]):
            yield _Found(Field.NAME, part, cell, start, end)


def _numbers(cells: Sequence[_Cell]) -> Iterator[_Found]:
    for label, cell, start, end in _after_labels(cells, _NUMBER_LABEL, _CODE):
        yield _Found(Field.NUMBER, NUMBER_LABELS[label], cell, start, end)


# --- what is known by its shape --------------------------------------------------------------------------------------

_IDENTITY = re.compile(
    r"(?<![a-z0-9])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx](?![a-z0-9])"
)
_PLATE = re.compile(
    rf"(?:[{PLATE_PLACES}]|(?<=[牌码:：\s])[\u4e00-\u9fff]|^[\u4e00-\u9fff])[a-z][·.\s]?[a-z0-9]{{5,6}}(?![a-z0-9])"
)


def _identities(cell: _Cell) -> Iterator[_Found]:
    for match in _IDENTITY.finditer(cell.text):
        is_doubtful = not is_identity_number(match[0])
        yield _Found(Field.ID_NO, "", cell, match.start(), match.end(), match[0].upper(), is_doubtful)


def _plates(cell: _Cell) -> Iterator[_Found]:
    for match in _PLATE.finditer(cell.text):
        if re.search(r"\d", match[0]):
            yield _Found(Field.NUMBER, "plate", cell, match.start(), match.end())


# --- from a place to a proposal ---------------------------------------------------------------------------------------


def _proposal(found: _Found, number: int, reading: PageText) -> Proposal:
    start, end = found.cell.folded.original_span(found.start, found.end)
    span = (found.cell.start + start, found.cell.start + end)
    return Proposal(
        found.field,
        found.value or reading.text[span[0] : span[1]].strip(),
        found.detail,
        number,
        found.cell.score,
        tuple(reading.spans_to_quads([span])),
        found.is_doubtful,
    )


def _settled(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """A name with a part says more than the same name without one."""
    listed = list(proposals)
    with_part = {one.value for one in listed if one.field is Field.NAME and one.detail}
    for one in listed:
        if one.field is not Field.NAME or one.detail or one.value not in with_part:
            yield one


def _few(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    listed = list(proposals)
    for field in Field:
        yield from [one for one in listed if one.field is field][: MOST_OF_A_KIND.get(field, MOST_OF_OTHERS)]
