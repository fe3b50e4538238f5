"""What was described before, offered while somebody types: from items only that she may find, and never from T5."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from archive.core.access.actions import Action, Tier
from archive.core.access.policy import Allowed
from archive.core.errors import SearchUnavailable
from archive.core.gate import Work, listing, operation
from archive.holdings import queries as holdings
from archive.holdings.tables import Item, Volume
from search.analysis import fold
from search.index import Filter, IndexStale, IndexUnavailable
from search.query import parse

FEWEST_CHARACTERS = 2
MOST_CHARACTERS = 100
MOST_ITEMS = 50
MOST = 8


class Field(StrEnum):
    PERSON = "person"
    TITLE = "title"
    DOC_TYPE = "doc_type"
    NUMBER = "number"
    VOLUME = "volume"


@dataclass(frozen=True)
class Wanted:
    """``text``: what is typed so far."""

    field: Field
    text: str


@dataclass(frozen=True)
class Suggestion:
    """``value`` goes into the field; ``beside`` tells two of them apart: the kind of a number, a volume's title. ``volume``:
    its identifier, where the field is one.
    """

    value: str
    beside: str = ""
    volume: UUID | None = None


@operation(Action.ITEM_FIND, on=listing("suggestions"), reads=True)
def suggest(work: Work, _place: None, wanted: Wanted) -> tuple[Suggestion, ...]:
    """At most eight, those of the newest items first; none before two characters. Raises ``SearchUnavailable``."""
    text = wanted.text.strip()[:MOST_CHARACTERS]
    work.tell(query=text)
    if len(text) < FEWEST_CHARACTERS:
        return ()
    found: dict[Suggestion, Item] = {}
    for item in _items(work, text):
        for suggestion in _VALUES[wanted.field](work, item):
            if _holds(suggestion, text):
                found.setdefault(suggestion, item)
    chosen = list(found)[:MOST]
    for suggestion in chosen:
        work.touch(f"item:{found[suggestion].uid}")
    return tuple(chosen)


def _items(work: Work, text: str) -> Iterator[Item]:
    """Newest first, each decided again; whose description holds the words."""
    query = parse(text)
    if query.is_empty:
        return
    try:
        reach = work.scope(Action.ITEM_FIND).filter()
        hits = work.index.find(query, reach, Filter(()), restricted=False, limit=MOST_ITEMS).hits
    except IndexStale as error:
        raise SearchUnavailable(
            "The search index is of an older version.", "Ask the administrator to run: juanzong reindex."
        ) from error
    except IndexUnavailable as error:
        raise SearchUnavailable(
            "The search index cannot be used just now.", "Try again; if it stays, run: juanzong doctor."
        ) from error
    ids = list(dict.fromkeys(hit.item_id for hit in hits))
    rows = holdings.items_by_id(work.session, ids)
    for item in (rows[row] for row in ids if row in rows):
        if item.tier < Tier.T5 and _may_find(work, item):
            yield item


def _may_find(work: Work, item: Item) -> bool:
    return isinstance(work.decide(Action.ITEM_FIND, holdings.item_target(item)), Allowed)


def _holds(suggestion: Suggestion, text: str) -> bool:
    """A volume is looked for by its items' descriptions too."""
    return suggestion.volume is not None or fold(text).text in fold(suggestion.value).text


def _persons(work: Work, item: Item) -> Iterable[Suggestion]:
    return (Suggestion(person.name) for person, _part in holdings.persons_of(work.session, item.id))


def _titles(_work: Work, item: Item) -> Iterable[Suggestion]:
    return [Suggestion(item.title)] if item.title else []


def _doc_types(_work: Work, item: Item) -> Iterable[Suggestion]:
    return [Suggestion(item.doc_type)] if item.doc_type else []


def _numbers(work: Work, item: Item) -> Iterable[Suggestion]:
    return (Suggestion(n.value, n.kind) for n in holdings.numbers_of(work.session, item.id))


def _volumes(work: Work, item: Item) -> Iterable[Suggestion]:
    """Volumes that she may describe into; a title that she does not reach is left away by the scope."""
    volume = holdings.volume_by_id(work.session, item.volume_id)
    if volume is None or not _may_describe_into(work, volume):
        return []
    return [Suggestion(volume.reference_code, volume.title, volume.uid)]


def _may_describe_into(work: Work, volume: Volume) -> bool:
    return work.scope(Action.ITEM_DESCRIBE).covers(holdings.volume_as_archived(volume))


_VALUES: dict[Field, Callable[[Work, Item], Iterable[Suggestion]]] = {
    Field.PERSON: _persons,
    Field.TITLE: _titles,
    Field.DOC_TYPE: _doc_types,
    Field.NUMBER: _numbers,
    Field.VOLUME: _volumes,
}
