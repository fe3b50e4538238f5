"""What a search can be narrowed to, with how many items each choice would leave.

No count comes from the index. It names the newest hits, every one of them is decided again from the main database as it
would be before it is shown, and what is left is counted: a number never tells of an item that the list would not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from archive.accounts.tables import Unit
from archive.core.access.actions import Action, Tier
from archive.core.access.policy import Allowed
from archive.core.gate import Work
from archive.holdings import queries as holdings
from archive.holdings.tables import Item, Page, Series
from search.index import Hit, Only

MOST_HITS = 500
"""How many hits one search decides for its counts: what a person can look through, in some 20 ms."""

Name = Literal["series", "type", "year", "unit", "tier"]
SERIES, TYPE, YEAR, UNIT, TIER = NAMES = get_args(Name)


@dataclass(frozen=True)
class Chosen:
    """What the asker narrowed to. An empty tuple does not narrow. Several of one facet: any; of two facets: both."""

    series: tuple[UUID, ...] = ()
    type: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    unit: tuple[UUID, ...] = ()
    tier: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


NOT_NARROWED = Chosen()


@dataclass(frozen=True)
class Choice:
    """``value`` is what an address names it by; ``label`` is the name of a series or a unit, else empty."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: Name
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Counted:
    """``items``: how many there are without any narrowing. ``is_capped``: counted were the newest hits only."""

    facets: tuple[Facet, ...] = ()
    items: int = 0
    is_capped: bool = False


NOT_COUNTED = Counted()


def narrowing(session: Session, chosen: Chosen) -> Only:
    """A series or unit that does not exist lets nothing through, like one in which nothing is found."""
    return Only(
        series_ids=_ids(session, Series, chosen.series),
        doc_types=frozenset(chosen.type) if chosen.type else None,
        years=frozenset(chosen.year) if chosen.year else None,
        unit_ids=_ids(session, Unit, chosen.unit),
        tiers=frozenset(chosen.tier) if chosen.tier else None,
    )


def _ids(session: Session, table: type[Series] | type[Unit], uids: tuple[UUID, ...]) -> frozenset[int] | None:
    if not uids:
        return None
    return frozenset(session.scalars(select(table.id).where(table.uid.in_(uids))))


def count(work: Work, hits: Iterable[Hit], chosen: Chosen, *, is_capped: bool) -> Counted:
    """T5 is left out, also for whoever may find it: no number anywhere tells of it."""
    found = _found(work, list(hits))
    values, labels = _described(work.session, found)
    facets = tuple(_facet(name, values, labels, chosen) for name in NAMES)
    return Counted(tuple(facet for facet in facets if facet.choices), len(found), is_capped)


def _found(work: Work, hits: list[Hit]) -> list[Item]:
    items, pages = _items(work.session, hits), _pages(work.session, hits)
    shown: dict[int, Item] = {}
    for hit in hits:
        item = items.get(hit.item_id)
        if item is None or item.id in shown or item.tier >= Tier.T5:
            continue
        if _is_shown(work, item, pages.get((hit.item_id, hit.slot)), is_item=hit.slot == 0):
            shown[item.id] = item
    return list(shown.values())


def _items(session: Session, hits: list[Hit]) -> dict[int, Item]:
    """Without what is sealed: opening hundreds of titles that nobody sees would cost more than all the rest."""
    ids = {hit.item_id for hit in hits}
    rows = select(Item).where(Item.id.in_(ids)).options(defer(Item.title), defer(Item.notes))
    return {item.id: item for item in session.scalars(rows)}


def _pages(session: Session, hits: list[Hit]) -> dict[tuple[int, int], Page]:
    """By item, in one statement: pairs of thousands are slow to look up."""
    item_ids = {hit.item_id for hit in hits if hit.slot}
    rows = session.scalars(select(Page).where(Page.item_id.in_(item_ids), ~Page.is_excluded))
    return {(page.item_id, page.slot): page for page in rows}


def _is_shown(work: Work, item: Item, page: Page | None, *, is_item: bool) -> bool:
    if is_item:
        return isinstance(work.decide(Action.ITEM_FIND, holdings.item_target(item)), Allowed)
    if page is None or page.tier >= Tier.T5:
        return False
    return isinstance(work.decide(Action.PAGE_FIND, holdings.page_target(item, page)), Allowed)


def _described(session: Session, found: list[Item]) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Of every item its value of each facet, empty for none; and the names of series and units by their values."""
    series = _named(session, Series, (item.series_id for item in found))
    units = _named(session, Unit, (item.unit_id for item in found))
    values = [
        {
            SERIES: series.get(item.series_id, ("", ""))[0],
            TYPE: item.doc_type,
            YEAR: "" if item.doc_date is None else str(item.doc_date.year),
            UNIT: units.get(item.unit_id, ("", ""))[0],
            TIER: str(item.tier),
        }
        for item in found
    ]
    return values, dict([*series.values(), *units.values()])


def _named(
    session: Session, table: type[Series] | type[Unit], ids: Iterable[int | None]
) -> dict[int | None, tuple[str, str]]:
    rows = session.execute(select(table.id, table.uid, table.name).where(table.id.in_(set(ids) - {None})))
    return {row.id: (str(row.uid), row.name) for row in rows}


def _facet(name: Name, values: list[dict[str, str]], labels: dict[str, str], chosen: Chosen) -> Facet:
    """Counted over what the other facets leave, so that a second choice can be added to the first."""
    wanted = {each: _wanted(chosen, each) for each in NAMES if each != name}
    left = [one for one in values if all(not picks or one[each] in picks for each, picks in wanted.items())]
    counts = Counter(one[name] for one in left if one[name])
    picked = _wanted(chosen, name)
    listed = sorted(counts.keys() | picked, key=lambda value: _order(name, value, counts[value]))
    return Facet(
        name, tuple(Choice(each, labels.get(each, ""), counts[each], each in picked) for each in listed)
    )


def _wanted(chosen: Chosen, name: str) -> frozenset[str]:
    return frozenset(str(value) for value in getattr(chosen, name))


def _order(name: str, value: str, number: int) -> tuple[int, str]:
    """Years newest first, tiers from the lowest, everything else by how much there is of it."""
    if name in {YEAR, TIER}:
        return (-int(value) if name == YEAR else int(value), "")
    return (-number, value)
