"""What may be wrong with the image of a page, and which pages nobody has looked at yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atan2, degrees
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.settings import Settings
from archive.holdings.tables import Page, PageReading, StoredObject
from ocr.page import BLANK, NO_TEXT, Line, PageText

FEWEST_LINES = 3
SHORTEST_LINE = 0.15
"""Of the page's width: a short line says little about how the page lies."""

SCALED_SIDE = 2000
"""A view of this length was made smaller, so its dpi are not those of the scan."""


class Reason(StrEnum):
    """Why somebody should look at a page before it is bound."""

    FAILED = "failed"  # it could not be drawn or read
    BLANK = "blank"
    NO_TEXT = "no_text"
    LOW_CONFIDENCE = "low_confidence"
    LOW_RESOLUTION = "low_resolution"
    SKEWED = "skewed"
    REPEATED = "repeated"  # the same words in the same places as on the page before
    RESCAN = "rescan"  # somebody asked for a new scan


@dataclass(frozen=True)
class Limits:
    """From the site's settings. ``confidence`` 0..1, ``dpi`` of the scan, ``skew`` in degrees."""

    confidence: float
    dpi: int
    skew: float


def limits(settings: Settings) -> Limits:
    return Limits(settings.quality_confidence, settings.quality_dpi, settings.quality_skew)


@dataclass(frozen=True)
class Facts:
    """A page and what its indexed reading says of it. ``digest``: of the reading, to tell pages that are the same."""

    page: Page
    confidence: float | None
    reason: str | None
    digest: str | None


def facts_of(session: Session, pages: Iterable[int]) -> list[Facts]:
    """Of pages by their ids, in the order of items and of pages within them."""
    rows = session.execute(
        select(Page, PageReading.confidence, PageReading.reason, StoredObject.sha256)
        .outerjoin(PageReading, (PageReading.page_id == Page.id) & PageReading.is_indexed)
        .outerjoin(StoredObject, StoredObject.id == PageReading.object_id)
        .where(Page.id.in_(list(pages)))
        .order_by(Page.item_id, Page.seq)
    )
    return [Facts(*row) for row in rows]


def reasons_of(facts: Facts, before: Facts | None, limits: Limits) -> tuple[Reason, ...]:
    """``before``: the page before it in the same item, where there is one."""
    page = facts.page
    has_text = facts.reason is None and facts.confidence is not None
    found = {
        Reason.FAILED: page.width == 0 or facts.reason not in {None, BLANK, NO_TEXT},
        Reason.BLANK: page.is_blank,
        Reason.NO_TEXT: facts.reason == NO_TEXT and not page.is_blank,
        Reason.LOW_CONFIDENCE: has_text and (facts.confidence or 0) < limits.confidence,
        Reason.LOW_RESOLUTION: 0 < page.dpi < limits.dpi and max(page.width, page.height) < SCALED_SIDE,
        Reason.SKEWED: page.skew is not None and abs(page.skew) > limits.skew,
        Reason.REPEATED: has_text and before is not None and facts.digest == before.digest,
        Reason.RESCAN: page.wants_rescan,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def with_reasons(facts: Sequence[Facts], limits: Limits) -> list[tuple[Facts, tuple[Reason, ...]]]:
    """``facts`` in the order of ``facts_of``."""
    befores: tuple[Facts | None, ...] = (None, *facts)
    return [
        (one, reasons_of(one, before if _same_item(one, before) else None, limits))
        for one, before in zip(facts, befores, strict=False)
    ]


def _same_item(one: Facts, before: Facts | None) -> bool:
    return before is not None and before.page.item_id == one.page.item_id


def unaccepted(session: Session, items: Iterable[int], limits: Limits) -> dict[int, list[int]]:
    """From item id to the numbers of its pages that have a reason to be looked at and that nobody has accepted.

    Pages that are left out need no acceptance. Items without such pages are not in it.
    """
    pages = session.scalars(select(Page.id).where(Page.item_id.in_(list(items)))).all()
    found: dict[int, list[int]] = {}
    for one, reasons in with_reasons(facts_of(session, pages), limits):
        if reasons and not one.page.is_accepted and not one.page.is_excluded:
            found.setdefault(one.page.item_id, []).append(one.page.seq)
    return found


def skew_of(reading: PageText, width: int, height: int) -> float | None:
    """Degrees by which the lines lean, clockwise positive; None where too few long lines tell. Size in pixels."""
    leaning = [_lean(line, width, height) for line in reading.lines if _tells(line)]
    return round(median(leaning), 2) if len(leaning) >= FEWEST_LINES else None


def _tells(line: Line) -> bool:
    return not line.vertical and line.quad[1][0] - line.quad[0][0] >= SHORTEST_LINE


def _lean(line: Line, width: int, height: int) -> float:
    (left, top), (right, end) = line.quad[0], line.quad[1]
    return degrees(atan2((end - top) * height, (right - left) * width))
