"""What the generator hands out: files, the truth of their pages, and what an archivist would write down about them."""

from dataclasses import dataclass
from typing import Literal

Script = Literal["hans", "hant", "latin", "none"]
Series = Literal["claims", "records", "policies"]
NumberKind = Literal["claim", "policy", "record", "plate"]


@dataclass(frozen=True)
class Person:
    name: str
    id_no: str
    phone: str
    part: str


@dataclass(frozen=True)
class Description:
    """`doc_date` is an ISO date; `tier` runs from 1 (public) to 5 (specially restricted)."""

    series: Series
    volume_title: str
    title: str
    doc_type: str
    persons: tuple[Person, ...]
    numbers: tuple[tuple[NumberKind, str], ...]
    doc_date: str
    tier: int


@dataclass(frozen=True)
class DemoPage:
    """`text` holds one printed line or table cell per line, in reading order. The words of a stamp are left out:
    they stand on a circle, and no reader is expected to find them.
    """

    text: str
    blank: bool
    script: Script


@dataclass(frozen=True)
class DemoFile:
    name: str
    media_type: str
    content: bytes
    pages: tuple[DemoPage, ...]
    description: Description
