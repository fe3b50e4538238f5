"""What was read on the pages, in the words of the description form: one chip a proposal, with a button that takes it over."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from archive.holdings.proposing import Proposed
from archive.holdings.reading_fields import Field, Proposal
from archive.holdings.vocabulary import DOC_TYPES, NUMBER_KINDS, PARTS, word
from archive.web.language import N_, _

CERTAIN = 0.9
"""A reading with a lower score is shown with it: look twice."""


@dataclass(frozen=True)
class Chip:
    """``label``: the field, ``text``: what is proposed, ``note``: why to look twice, ``take``: what its button sends."""

    label: str
    text: str
    note: str
    page: int
    take: str
    points: tuple[str, ...]


_LABELS = {
    Field.NAME: N_("人员"),
    Field.ID_NO: N_("证件号码"),
    Field.NUMBER: N_("号码"),
    Field.DATE: N_("文件日期"),
    Field.DOC_TYPE: N_("文件类型"),
    Field.TITLE: N_("题名"),
}
_IN_FORM = {Field.DATE: "doc_date"}


def chips(proposed: Iterable[Proposed]) -> list[list[Chip]]:
    """A list for each field, in the order of the fields."""
    grouped = groupby(proposed, key=lambda one: one.proposal.field)
    return [[_chip(one) for one in of_a_field] for _field, of_a_field in grouped]


def _chip(one: Proposed) -> Chip:
    read = one.proposal
    name = _IN_FORM.get(read.field, str(read.field))
    return Chip(
        label=_label(read),
        text=word(read.value, DOC_TYPES) if read.field is Field.DOC_TYPE else read.value,
        note=_note(read),
        page=read.page,
        take=f"{name}:{read.detail}:{read.value}",
        points=one.points,
    )


def _label(read: Proposal) -> str:
    if read.field is Field.NAME and read.detail:
        return word(read.detail, PARTS)
    if read.field is Field.NUMBER:
        return word(read.detail, NUMBER_KINDS)
    return _(_LABELS[read.field])


def _note(read: Proposal) -> str:
    if read.is_doubtful:
        return _("校验位不符，请核对")
    if read.score < CERTAIN:
        return _("可信度 %(percent)s%%，请核对") % {"percent": round(read.score * 100)}
    return ""
