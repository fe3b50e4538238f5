"""The search page."""

from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.core.access.actions import Action
from archive.desks.finding import operations
from archive.desks.finding.facets import (
    NOT_NARROWED,
    SERIES,
    TIER,
    TYPE,
    UNIT,
    YEAR,
    Choice,
    Chosen,
    Facet,
)
from archive.desks.finding.narrowed import Narrowed, pairs
from archive.desks.finding.operations import Search
from archive.desks.finding.presenting import pieces, present
from archive.holdings import vocabulary
from archive.web import words
from archive.web.guarded import Door, GuardedRouter, serves
from archive.web.language import N_, _
from archive.web.menu import USE, MenuEntry
from archive.web.render import page
from search.query import Note, parse

router = GuardedRouter(
    menu=[MenuEntry(USE, N_("检索"), "/search", Action.ITEM_FIND, N_("按姓名、号码或页面文字查找，繁简均可"))]
)


FACETS: dict[str, str] = {
    SERIES: N_("门类"),
    TYPE: N_("文件类型"),
    YEAR: N_("年份"),
    UNIT: N_("机构"),
    TIER: N_("密级"),
}


@router.get("/search")
@serves(operations.search)
def search(
    request: Request, door: Door, chosen: Narrowed, q: str = "", before: UUID | None = None
) -> HTMLResponse:
    query = parse(q)
    released = door.run(operations.search, None, Search(q, query, before, chosen))
    results = released.value
    return page(
        request,
        "finding/search.html",
        q=q,
        is_asked=not query.is_empty,
        words=vocabulary,
        notes=[note for note in query.notes if note is not Note.NOTHING_ASKED],
        items=present(door, released, query),
        pieces=pieces,
        is_continued=before is not None,
        following=None if results.next is None else _address(q, chosen, before=results.next),
        here=_address(q, chosen, before=before),
        counted=results.counted,
        facets=[(_(FACETS[facet.name]), facet) for facet in results.counted.facets],
        label=_label,
        is_narrowed=not chosen.is_empty,
        whole=_address(q, NOT_NARROWED),
        is_reading=results.is_reading,
    )


def _address(q: str, chosen: Chosen, *, before: UUID | None = None) -> str:
    further = [] if before is None else [("before", str(before))]
    return "/search?" + urlencode([("q", q), *pairs(chosen), *further])


def _label(facet: Facet, choice: Choice) -> str:
    if facet.name == TYPE:
        return vocabulary.word(choice.value, vocabulary.DOC_TYPES)
    if facet.name == TIER:
        return words.word(choice.value, "tier")
    return choice.label or choice.value
