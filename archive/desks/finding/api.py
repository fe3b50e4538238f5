"""Searching, for programs."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from archive.desks.finding import operations
from archive.desks.finding.facets import Facet
from archive.desks.finding.narrowed import Narrowed
from archive.desks.finding.operations import Search
from archive.desks.finding.presenting import ItemShown, PageShown, present
from archive.web.guarded import Door, GuardedRouter, serves
from search.highlight import Snippet
from search.query import parse

router = GuardedRouter()


class SnippetShown(BaseModel):
    """``marks``: the hits, as (start, end) in ``text``."""

    text: str
    marks: list[tuple[int, int]]


class PageFound(BaseModel):
    """``is_open``: whether the asker may see what stands around the words.

    ``snippets`` and ``quads`` are null where the text was not opened: only the first ten of one answer are. A quad is
    four corners (x, y), clockwise from the top left, as fractions of the page's width and height.
    """

    page: UUID
    seq: int
    is_open: bool
    snippets: list[SnippetShown] | None
    quads: list[list[tuple[float, float]]] | None


class ItemFound(BaseModel):
    """``described``: the words stand in the description, whether or not they stand on a page."""

    item: UUID
    reference_code: str | None
    title: str | None
    doc_type: str
    doc_date: date | None
    tier: int
    state: str
    described: bool
    may_read: bool
    may_request: bool
    held: bool
    pages: list[PageFound]


class ChoiceShown(BaseModel):
    """``value``: give it back under the facet's name to narrow to it."""

    value: str
    label: str
    count: int
    is_chosen: bool


class FacetShown(BaseModel):
    name: Literal["series", "type", "year", "unit", "tier"]
    choices: list[ChoiceShown]


class Answer(BaseModel):
    """``next``: ask again with ``before`` = this; null at the end.

    ``facets`` count items that the asker may find, of T4 at the most. ``found`` counts them without any narrowing.
    ``is_capped``: both were counted over the newest hits only. ``is_reading``: nothing was found, and files are still
    being read.
    """

    items: list[ItemFound]
    notes: list[str]
    next: UUID | None
    facets: list[FacetShown]
    found: int
    is_capped: bool
    is_reading: bool


@router.get("/api/v1/search")
@serves(operations.search)
def search(
    door: Door, chosen: Narrowed, q: Annotated[str, Query()] = "", before: UUID | None = None
) -> Answer:
    query = parse(q)
    released = door.run(operations.search, None, Search(q, query, before, chosen))
    items, counted = present(door, released, query), released.value.counted
    return Answer(
        items=[_item(i) for i in items],
        notes=list(query.notes),
        next=released.value.next,
        facets=[_facet(facet) for facet in counted.facets],
        found=counted.items,
        is_capped=counted.is_capped,
        is_reading=released.value.is_reading,
    )


def _facet(facet: Facet) -> FacetShown:
    choices = [ChoiceShown(**vars(choice)) for choice in facet.choices]
    return FacetShown(name=facet.name, choices=choices)


def _item(shown: ItemShown) -> ItemFound:
    facts = {name: value for name, value in vars(shown.hit).items() if name not in {"pages", "described"}}
    return ItemFound(**facts, described=shown.is_described, pages=[_page(page) for page in shown.pages])


def _page(shown: PageShown) -> PageFound:
    is_opened = shown.snippets is not None
    return PageFound(
        page=shown.hit.page,
        seq=shown.hit.seq,
        is_open=shown.hit.is_open,
        snippets=[_snippet(snippet) for snippet in shown.snippets or ()] if is_opened else None,
        quads=[list(quad) for quad in shown.quads] if is_opened else None,
    )


def _snippet(snippet: Snippet) -> SnippetShown:
    return SnippetShown(text=snippet.text, marks=list(snippet.marks))
