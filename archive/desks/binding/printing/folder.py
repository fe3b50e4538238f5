"""What a folder's prints say (GB/T 9705-2008 案卷格式). Plain facts; whoever may print has gathered them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Line:
    """One document of the register. ``first`` and ``last`` are page numbers 页号 of the folder; 0 without pages."""

    number: int
    document_no: str
    author: str
    title: str
    day: date | None
    first: int
    last: int
    remark: str = ""


@dataclass(frozen=True)
class Waived:
    """A required document that is not there, and why that is accepted."""

    document: str
    reason: str
    person: str


@dataclass(frozen=True)
class Supplement:
    """What came into the folder after it was archived."""

    day: date
    person: str
    reason: str


@dataclass(frozen=True)
class Folder:
    """``reference_code`` is empty until the folder is archived: then its prints say that they are drafts.

    ``retention``: 保管期限 as written on covers; ``filing_no``: 归档号. Empty fields are printed as lines to write on.
    """

    uid: UUID
    reference_code: str
    fonds_code: str
    fonds: str
    series_code: str
    series: str
    title: str
    year: int
    volume_no: str
    retention: str
    filing_no: str
    first_day: date | None
    last_day: date | None
    items: int
    pages: int
    lines: tuple[Line, ...]
    binder: str = ""
    bound_on: date | None = None
    checker: str = ""
    checked_on: date | None = None
    remark: str = ""
    waived: tuple[Waived, ...] = ()
    supplements: tuple[Supplement, ...] = ()
