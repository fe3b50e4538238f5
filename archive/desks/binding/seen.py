"""What the binding desk shows: plain facts, without a row of the database."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class FolderLine:
    uid: UUID
    reference_code: str
    title: str
    series: str
    year: int
    state: str
    revision: int
    documents: int
    since: datetime | None


@dataclass(frozen=True)
class DeskSeen:
    """``open``: volumes that nobody has begun to bind. The newest of each."""

    open: tuple[FolderLine, ...]
    arranging: tuple[FolderLine, ...]
    checking: tuple[FolderLine, ...]
    archived: tuple[FolderLine, ...]


@dataclass(frozen=True)
class DocumentSeen:
    """``faces``: pages that count; ``first`` and ``last``: page numbers of the folder, 0 without any.

    ``page_numbers``: all pages of the document, by their own numbers.
    """

    item: UUID
    place: int
    title: str | None
    doc_type: str
    doc_date: date | None
    number: str
    author: str
    notes: str | None
    tier: int
    pages: int
    faces: int
    first: int
    last: int
    reference_code: str | None
    is_fixed: bool
    is_described: bool
    is_supplement: bool
    is_read: bool
    held: bool
    page_numbers: tuple[int, ...]


@dataclass(frozen=True)
class LooseSeen:
    item: UUID
    title: str | None
    doc_type: str
    pages: int
    is_read: bool
    page_numbers: tuple[int, ...]


@dataclass(frozen=True)
class FlagSeen:
    code: str
    name: str
    is_on: bool


@dataclass(frozen=True)
class SlotSeen:
    """``state``: present, missing or waived. ``types``: what would fill it."""

    code: str
    types: tuple[str, ...]
    state: str
    by: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class PartSeen:
    items: tuple[UUID, ...]
    pages: int
    mm: float


@dataclass(frozen=True)
class StepSeen:
    revision: int
    at: datetime
    by: str
    kind: str
    is_undone: bool


@dataclass(frozen=True)
class SupplementSeen:
    uid: UUID
    item: UUID
    title: str | None
    reason: str
    state: str
    asked_by: str
    at: datetime
    decided_by: str
    decided_at: datetime | None
    opinion: str
    may_decide: bool


@dataclass(frozen=True)
class ProblemSeen:
    """``code``: empty, undescribed, unread, unsealed, missing, unaccepted or too_thick. ``blocks``: the folder is not archived
    with it. ``detail``: the code of what is missing, numbers of pages, or the number of volumes that it would fill.
    """

    code: str
    item: UUID | None
    detail: str
    blocks: bool


@dataclass(frozen=True)
class ClassSeen:
    code: str
    name: str
    source: str
    flags: tuple[FlagSeen, ...]


@dataclass(frozen=True)
class FolderSeen:
    """``may``: begin, join, arrange, undo, redo, submit, take_back, begin_check, check, waive, supplement, split_folder.

    Whoever is not at the folder yet sees how many documents lie in it, and none of its drafts.
    """

    uid: UUID
    reference_code: str
    title: str
    fonds_code: str
    fonds: str
    series_code: str
    series: str
    year: int
    number: int
    state: str
    revision: int
    tier: int
    held: bool
    part_no: int | None
    template: str
    template_name: str
    source: str
    may: frozenset[str]
    classes: tuple[ClassSeen, ...] = ()
    flags: tuple[FlagSeen, ...] = ()
    documents: tuple[DocumentSeen, ...] = ()
    loose: tuple[LooseSeen, ...] = ()
    slots: tuple[SlotSeen, ...] = ()
    parts: tuple[PartSeen, ...] = ()
    pages: int = 0
    mm: float = 0.0
    limit_pages: int = 0
    limit_mm: float = 0.0
    steps: tuple[StepSeen, ...] = ()
    problems: tuple[ProblemSeen, ...] = ()
    binders: tuple[str, ...] = ()
    submitted_by: str = ""
    submitted_at: datetime | None = None
    checker: str = ""
    archived_at: datetime | None = None
    remark: str = ""
    returned: str = ""
    supplements: tuple[SupplementSeen, ...] = field(default_factory=tuple)
