"""Matters 案件: what legal works on, and the items that belong to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.queries import names_of
from archive.core.access.actions import Action
from archive.core.errors import Conflict, Invalid, NotFound, Stale
from archive.core.gate import Found, Look, Work, listing, operation, place
from archive.desks.legal import queries
from archive.desks.legal.knowing import KnownItem, named, seen, unit_of
from archive.desks.legal.tables import Matter, MatterItem
from archive.holdings.queries import item_by_uid

SHOWN = 200


@dataclass(frozen=True)
class NewMatter:
    title: str
    court: str = ""
    opponent: str = ""


@dataclass(frozen=True)
class MatterSeen:
    """``items`` are those that the asker may know of now; they are empty in a list of matters."""

    uid: UUID
    no: str
    revision: int
    title: str | None
    court: str | None
    opponent: str | None
    state: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    items: tuple[KnownItem, ...] = ()


def matter(look: Look, uid: UUID) -> Found[Matter] | None:
    """Finder: a matter by its uid."""
    row = queries.matter_by_uid(look.session, uid)
    return None if row is None else Found(queries.matter_target(row), row)


@operation(Action.MATTER_LIST, on=listing("matters"), reads=True)
def list_matters(work: Work, _place: None) -> tuple[MatterSeen, ...]:
    reach = work.scope(Action.MATTER_LIST).where(queries.MATTER_COLUMNS)
    rows = queries.matters_where(work.session, reach, limit=SHOWN)
    return tuple(_seen(work, row) for row in rows)


@operation(Action.MATTER_LIST, on=matter, reads=True)
def show_matter(work: Work, it: Matter) -> MatterSeen:
    return _seen(work, it, seen(work, queries.items_of_matter(work.session, it.id)))


def _seen(work: Work, row: Matter, items: tuple[KnownItem, ...] = ()) -> MatterSeen:
    work.touch(f"matter:{row.uid}")
    return MatterSeen(
        uid=row.uid,
        no=row.no,
        revision=row.revision,
        title=row.title,
        court=row.court,
        opponent=row.opponent,
        state=row.state,
        opened_by=names_of(work.session, {row.opened_by})[row.opened_by],
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        items=items,
    )


@operation(Action.MATTER_OPEN, on=place("matters"))
def open_matter(work: Work, _place: None, new: NewMatter) -> UUID:
    if not new.title.strip():
        raise Invalid("title", "A matter needs a title.", "Type what the matter is about.")
    row = Matter(
        uid=work.new_uid(),
        no=queries.next_number(work.session, Matter, "M", work.now.year),
        title=new.title.strip(),
        court=new.court.strip() or None,
        opponent=new.opponent.strip() or None,
        unit_id=unit_of(work),
        opened_by=work.person(),
        opened_at=work.now,
    )
    work.session.add(row)
    work.touch(f"matter:{row.uid}")
    return row.uid


@operation(Action.MATTER_CLOSE, on=matter)
def close_matter(work: Work, it: Matter, revision: int) -> UUID:
    """Nothing that hangs on it may still stand: holds are released first."""
    _check_open(it)
    if it.revision != revision:
        raise Stale("Somebody else has changed this matter meanwhile.", "Look at it again.")
    if queries.has_live_holds(work.session, it.id):
        raise Conflict("Holds of this matter are still in force.", "Have them released first.")
    it.state, it.closed_at = "closed", work.now
    it.revision += 1
    work.touch(f"matter:{it.uid}")
    return it.uid


@operation(Action.MATTER_FILE, on=matter)
def add_items(work: Work, it: Matter, references: tuple[str, ...]) -> UUID:
    """``references``: uids or reference codes. Raises ``NotFound`` for an item that the asker may not know of."""
    _check_open(it)
    items = named(work, references)
    if not items:
        raise Invalid("items", "No item is named.", "Type a reference code.")
    for item in items:
        if queries.matter_item(work.session, it.id, item.id) is None:
            line = MatterItem(matter_id=it.id, item_id=item.id, added_by=work.person(), at=work.now)
            work.session.add(line)
        work.touch(f"item:{item.uid}")
    it.revision += 1
    work.touch(f"matter:{it.uid}")
    return it.uid


@operation(Action.MATTER_FILE, on=matter)
def take_out(work: Work, it: Matter, uid: UUID) -> UUID:
    """The item stays where it is; it belongs to this matter no more."""
    _check_open(it)
    item = item_by_uid(work.session, uid)
    line = queries.matter_item(work.session, it.id, 0 if item is None else item.id)
    if item is None or line is None:
        raise NotFound
    named(work, (str(uid),))  # one that she may not know of is not there for her
    work.session.delete(line)
    it.revision += 1
    work.touch(f"item:{item.uid}")
    work.touch(f"matter:{it.uid}")
    return it.uid


def _check_open(it: Matter) -> None:
    if it.state != "open":
        raise Conflict("This matter is closed.", "Open a new one.")
