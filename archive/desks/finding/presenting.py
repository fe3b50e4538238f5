"""Results as they are shown: the texts that may be opened become snippets and places on the page."""

from dataclasses import dataclass
from itertools import pairwise

from archive.core.errors import ArchiveError
from archive.core.gate import BoundGate, Released
from archive.desks.finding.operations import ItemHit, PageHit, Results
from ocr.page import PageText, Quad
from search.highlight import Snippet, snippets, spans
from search.query import Query


@dataclass(frozen=True)
class PageShown:
    """``snippets`` None: the text was not opened. Empty: it holds none of the words itself, the description does.

    ``trouble``: the text should have opened and could not; the gate has entered that into the log.
    """

    hit: PageHit
    snippets: tuple[Snippet, ...] | None = None
    quads: tuple[Quad, ...] = ()
    trouble: ArchiveError | None = None


@dataclass(frozen=True)
class ItemShown:
    hit: ItemHit
    pages: tuple[PageShown, ...]

    @property
    def opened(self) -> list[PageShown]:
        return [page for page in self.pages if page.snippets or page.trouble]

    @property
    def others(self) -> list[int]:
        """Pages that may be opened, beyond those whose texts this search opened."""
        return [p.hit.seq for p in self.pages if p.hit.is_open and p.snippets is None and p.trouble is None]

    @property
    def closed(self) -> list[int]:
        """Pages of which the asker may know the hit and no more."""
        return [page.hit.seq for page in self.pages if not page.hit.is_open]

    @property
    def is_described(self) -> bool:
        return self.hit.described or any(page.snippets == () for page in self.pages)


def present(gate: BoundGate, released: Released[Results], query: Query) -> list[ItemShown]:
    return [
        ItemShown(hit, tuple(_page(gate, released, page, query) for page in hit.pages))
        for hit in released.value.items
    ]


def _page(gate: BoundGate, released: Released[Results], hit: PageHit, query: Query) -> PageShown:
    if hit.text is None:
        return PageShown(hit)
    try:
        reading = PageText.from_json(gate.load(released.permit, hit.text))
    except ArchiveError as trouble:
        return PageShown(hit, trouble=trouble)
    quads = tuple(reading.spans_to_quads(spans(reading.text, query)))
    return PageShown(hit, tuple(snippets(reading.text, query)), quads)


def pieces(snippet: Snippet) -> list[tuple[str, bool]]:
    """The text cut at its marks: (piece, whether it is a hit)."""
    borders = [0, *(border for mark in snippet.marks for border in mark), len(snippet.text)]
    cut = [(snippet.text[start:end], place % 2 == 1) for place, (start, end) in enumerate(pairwise(borders))]
    return [(text, is_hit) for text, is_hit in cut if text]
