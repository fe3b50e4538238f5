"""Legal holds 冻结: set at once by one person, released by another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_

from archive.accounts.queries import names_of
from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.errors import Conflict, Invalid, NotFound, SearchUnavailable
from archive.core.gate import Found, Look, Work, listing, operation
from archive.desks.legal import queries
from archive.desks.legal.knowing import KnownItem, knows, named, seen, sentence, unit_of
from archive.desks.legal.tables import HoldItem, LegalHold, Matter
from archive.holdings.holds import mark_held
from archive.holdings.queries import items_by_id, page_counts
from archive.holdings.tables import Item
from search.index import IndexStale, IndexUnavailable
from search.query import Query, parse

MOST_HELD = 2000
"""Items under one hold: what one entry of the log names, and what one search may freeze."""

SHOWN = 200


@dataclass(frozen=True)
class Wanted:
    """``items``: uids or reference codes; ``query``: a search whose hits of this moment are meant as well."""

    items: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True)
class NewHold:
    wanted: Wanted
    reason: str
    matter: UUID | None = None


@dataclass(frozen=True)
class HoldSeen:
    """``items``: those that the asker may know of. ``state``: active, proposed (for release) or released."""

    uid: UUID
    no: str
    revision: int
    reason: str | None
    query: str | None
    state: str
    matter: UUID | None
    matter_no: str | None
    set_by: str
    at: datetime
    proposed_by: str | None
    closing: str | None
    decided_by: str | None
    opinion: str | None
    decided_at: datetime | None
    items: tuple[KnownItem, ...]
    may_propose: bool
    may_decide: bool


@operation(Action.HOLD_SET, on=listing("holds"), reads=True)
def preview_hold(work: Work, _place: None, wanted: Wanted) -> tuple[KnownItem, ...]:
    """What would be held. Raises ``NotFound`` for a named item that the asker may not know of."""
    return seen(work, _wanted(work, wanted))


@operation(Action.HOLD_SET, on=listing("holds"))
def set_hold(work: Work, _place: None, new: NewHold) -> UUID:
    """In force when it returns. The search is run once, as this person; its hits are held, later ones are not."""
    reason = sentence("reason", new.reason)
    matter = _matter(work, new.matter)
    items = _wanted(work, new.wanted)
    if not items:
        raise Invalid("items", "There is nothing to hold.", "Name items, or search for other words.")
    row = LegalHold(
        uid=work.new_uid(),
        no=queries.next_number(work.session, LegalHold, "H", work.now.year),
        matter_id=None if matter is None else matter.id,
        unit_id=unit_of(work),
        set_by=work.person(),
        reason=reason,
        query=new.wanted.query.strip() or None,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    for item in items:
        work.session.add(HoldItem(hold_id=row.id, item_id=item.id))
        mark_held(item, held=True)
        work.touch(f"item:{item.uid}")
    work.touch(f"hold:{row.uid}")
    work.tell(reason=reason, query=new.wanted.query)
    return row.uid


def _matter(work: Work, uid: UUID | None) -> Matter | None:
    if uid is None:
        return None
    row = queries.matter_by_uid(work.session, uid)
    if row is None or not work.scope(Action.MATTER_LIST).covers(queries.matter_target(row)):
        raise NotFound(hidden=None if row is None else f"matter:{uid}")
    if row.state != "open":
        raise Conflict("This matter is closed.", "Open a new one.")
    return row


def _wanted(work: Work, wanted: Wanted) -> list[Item]:
    items = {item.id: item for item in named(work, wanted.items)}
    for item in _hits(work, wanted.query):
        items.setdefault(item.id, item)
    if len(items) > MOST_HELD:
        raise Invalid(
            "items", f"One hold covers at most {MOST_HELD} items.", "Search more narrowly, or set several."
        )
    return list(items.values())


def _hits(work: Work, text: str) -> list[Item]:
    """Every hit is decided again from the main database before it counts. Raises ``SearchUnavailable``."""
    query = parse(text)
    if query.is_empty:
        return []
    found: dict[int, Item] = {}
    before: int | None = None
    while len(found) <= MOST_HELD:
        ids, more, before = _some_hits(work, query, before)
        rows = items_by_id(work.session, ids)
        found.update({row.id: row for row in rows.values() if knows(work, row)})
        if not more:
            break
    return list(found.values())


def _some_hits(work: Work, query: Query, before: int | None) -> tuple[set[int], bool, int | None]:
    items, pages = work.scope(Action.ITEM_FIND), work.scope(Action.PAGE_FIND)
    try:
        found = work.index.find(
            query,
            items.filter(),
            pages.filter(),
            restricted=items.reaches_restricted or pages.reaches_restricted,
            limit=500,
            before=before,
        )
    except (IndexStale, IndexUnavailable) as error:
        raise SearchUnavailable(
            "The search index cannot be used just now.", "Try again; if it stays, run: juanzong doctor."
        ) from error
    last = found.hits[-1].row_id if found.hits else None
    return {hit.item_id for hit in found.hits}, found.more, last


# --- lists -------------------------------------------------------------------------------------------------


@operation(Action.HOLD_LIST, on=listing("holds"), reads=True)
def list_holds(work: Work, _place: None) -> tuple[HoldSeen, ...]:
    """Newest first: those she set or proposed to release, and those on items that she may know of."""
    reach = work.scope(Action.HOLD_LIST).where(queries.HOLD_COLUMNS)
    return _all_seen(work, queries.holds_where(work.session, reach, limit=SHOWN))


@operation(Action.HOLD_LIST, on=listing("holds"), reads=True)
def list_proposed(work: Work, _place: None) -> tuple[HoldSeen, ...]:
    """Those of them that somebody has proposed to release."""
    reach = work.scope(Action.HOLD_LIST).where(queries.HOLD_COLUMNS)
    return _all_seen(
        work, queries.holds_where(work.session, and_(reach, LegalHold.state == "proposed"), limit=SHOWN)
    )


def _all_seen(work: Work, rows: list[LegalHold]) -> tuple[HoldSeen, ...]:
    around = _around(work, rows)
    return tuple(one for one in (_seen(work, row, around) for row in rows) if one is not None)


@dataclass(frozen=True)
class _Around:
    """What stands around many holds, asked for once."""

    items: dict[int, list[Item]]
    pages: dict[int, int]
    names: dict[int, str]


def _around(work: Work, rows: list[LegalHold]) -> _Around:
    items = queries.items_of_holds(work.session, (row.id for row in rows))
    people = {i for row in rows for i in (row.set_by, row.proposed_by, row.decided_by) if i is not None}
    held = {item.id for some in items.values() for item in some}
    return _Around(items, page_counts(work.session, held), names_of(work.session, people))


def _seen(work: Work, row: LegalHold, around: _Around) -> HoldSeen | None:
    items = around.items.get(row.id, [])
    if not _is_known(work, row, items):
        return None
    target = queries.hold_target(row)
    matter = None if row.matter_id is None else work.session.get_one(Matter, row.matter_id)
    knows_matter = matter is not None and work.scope(Action.MATTER_LIST).covers(queries.matter_target(matter))
    names = around.names
    work.touch(f"hold:{row.uid}")
    return HoldSeen(
        uid=row.uid,
        no=row.no,
        revision=row.revision,
        reason=row.reason,
        query=row.query if row.set_by == work.actor.id else None,
        state=row.state,
        matter=matter.uid if matter is not None and knows_matter else None,
        matter_no=matter.no if matter is not None and knows_matter else None,
        set_by=names[row.set_by],
        at=row.at,
        proposed_by=None if row.proposed_by is None else names[row.proposed_by],
        closing=row.closing,
        decided_by=None if row.decided_by is None else names[row.decided_by],
        opinion=row.opinion,
        decided_at=row.decided_at,
        items=seen(work, items, around.pages),
        may_propose=row.state == "active" and work.scope(Action.HOLD_PROPOSE).covers(target),
        may_decide=row.state == "proposed" and isinstance(work.decide(Action.HOLD_RELEASE, target), Allowed),
    )


def _is_known(work: Work, row: LegalHold, items: list[Item]) -> bool:
    """A hold on nothing but items that she may not know of is hidden as they are."""
    return work.actor.id in {row.set_by, row.proposed_by} or any(knows(work, item) for item in items)


# --- releasing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Closing:
    reason: str
    revision: int


@dataclass(frozen=True)
class Verdict:
    agreed: bool
    opinion: str
    revision: int


Held = tuple[LegalHold, list[Item]]


def _hold(look: Look, uid: UUID) -> Found[Held] | None:
    """An unknown hold costs the same statements as a hidden one."""
    row = queries.hold_by_uid(look.session, uid)
    items = queries.items_of_hold(look.session, 0 if row is None else row.id)
    return None if row is None else Found(queries.hold_target(row), (row, items))


@operation(Action.HOLD_PROPOSE, on=_hold)
def propose_release(work: Work, held: Held, closing: Closing) -> UUID:
    """The hold stands until somebody else has agreed."""
    row = _checked(work, held, "active", closing.revision)
    row.closing = sentence("reason", closing.reason)
    row.state, row.proposed_by = "proposed", work.person()
    row.opinion = row.decided_by = row.decided_at = None
    row.revision += 1
    work.touch(f"hold:{row.uid}")
    work.tell(closing=row.closing)
    return row.uid


@operation(Action.HOLD_RELEASE, on=_hold)
def decide_release(work: Work, held: Held, verdict: Verdict) -> UUID:
    """By neither the one who set the hold nor the one who proposed to release it. Refused, it stands as before."""
    row = _checked(work, held, "proposed", verdict.revision)
    row.opinion = sentence("opinion", verdict.opinion)
    row.state = "released" if verdict.agreed else "active"
    row.decided_by, row.decided_at = work.person(), work.now
    row.revision += 1
    for item in held[1]:
        if verdict.agreed and not queries.is_held_otherwise(work.session, item.id, row.id):
            mark_held(item, held=False)
        work.touch(f"item:{item.uid}")
    work.touch(f"hold:{row.uid}")
    work.tell(decision=row.state, opinion=row.opinion)
    return row.uid


def _checked(work: Work, held: Held, state: str, revision: int) -> LegalHold:
    row, items = held
    if not _is_known(work, row, items):
        raise NotFound(hidden=f"hold:{row.uid}")
    if row.state != state or row.revision != revision:
        raise Conflict("This hold has been changed meanwhile.", "Look at the list again.")
    return row
