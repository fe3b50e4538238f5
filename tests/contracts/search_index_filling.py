"""How the rules of `search.index.Index` fill an index and ask it."""

from collections.abc import Iterable

from search.index import Filter, Index, Row
from search.query import Query, parse
from tests.search.support import EVERYTHING, pages, row


def found(
    index: Index, query: str | Query, items: Filter = EVERYTHING, pages: Filter = EVERYTHING, **options: int
) -> list[int]:
    asked = parse(query) if isinstance(query, str) else query
    hits = index.find(asked, items, pages, restricted=True, limit=options.get("limit", 1000)).hits
    return [hit.row_id for hit in hits]


def fill(index: Index, rows: Iterable[Row], version: int = 1) -> list[Row]:
    listed = list(rows)
    for item_id in {each.item_id for each in listed}:
        index.put(item_id, [each for each in listed if each.item_id == item_id], version)
    return listed


def corpus(seed: int, number: int = 80) -> list[Row]:
    """Pages under three items each, whose `about` repeats on every page."""
    texts = pages(number, seed)
    abouts = pages(number, seed + 1)
    return [
        row(1 + place // 3, place % 3 + 1, about=abouts[place // 3][:30], body=text)
        for place, text in enumerate(texts)
    ]
