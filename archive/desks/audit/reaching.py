"""What one person reached, grouped by item; and everybody's own trail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.queries import names_by_uid
from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.audit.event import DONE
from archive.core.errors import Invalid
from archive.core.gate import Found, Look, Work, operation, place
from archive.desks.audit.lines import reasons_of
from archive.desks.audit.operations import actor_label
from archive.desks.audit.queries import Asked, Row, Touch, entries, own_entries, touched_by
from archive.desks.audit.records import Named, codes, items_of_pages

ENTRIES_AT_ONCE = 500
TRAIL_AT_ONCE = 100
RECORDS = ("item", "page", "volume", "deposit")
HIDDEN = "hidden"
DENIED, NOT_FOUND = "denied", "not found"


# --- what did this person see ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """How often, and from when to when, by which kinds of act."""

    times: int
    first: datetime
    last: datetime
    actions: tuple[str, ...]


@dataclass(frozen=True)
class PageReached:
    label: str
    number: int
    span: Span


@dataclass(frozen=True)
class RecordReached:
    """``pages``: those that were opened one by one, in their order."""

    label: str
    reference_code: str | None
    span: Span
    pages: tuple[PageReached, ...]


@dataclass(frozen=True)
class PersonWanted:
    """``person`` as in ``Filters``; ``before`` is the ``next`` of the page before."""

    person: str
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class PersonSeen:
    """What the entries from ``first`` to ``last`` reached: ``ENTRIES_AT_ONCE`` of them, or all that are left."""

    actor: str
    name: str
    records: tuple[RecordReached, ...]
    first: datetime | None
    last: datetime | None
    next: int | None


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def begin_search(_work: Work, _place: None) -> None:
    """The empty form in which a person or a record is named: whoever may not read the log is refused before she types."""


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def show_person(work: Work, _place: None, wanted: PersonWanted) -> PersonSeen:
    """Raises ``Invalid``."""
    work.tell(person=wanted.person)
    actor = actor_label(work, wanted.person.strip())
    if actor is None:
        field = "person"
        raise Invalid(field, f"The field {field} is empty.", "Fill it in.")
    asked = Asked(actor=actor, outcome=DONE, since=wanted.since, until=wanted.until)
    rows = entries(work.session, asked, before_id=wanted.before, limit=ENTRIES_AT_ONCE + 1)
    shown, more = rows[:ENTRIES_AT_ONCE], len(rows) > ENTRIES_AT_ONCE
    return PersonSeen(
        actor,
        names_by_uid(work.session, {actor}).get(actor, actor),
        _records(work, touched_by(work.session, shown)),
        shown[-1].at if shown else None,
        shown[0].at if shown else None,
        shown[-1].id if more else None,
    )


def _records(work: Work, touches: Iterable[Touch]) -> tuple[RecordReached, ...]:
    of_records = [touch for touch in touches if touch.record.partition(":")[0] in RECORDS]
    homes = items_of_pages(work.session, {touch.record for touch in of_records})
    grouped = _grouped(of_records, lambda touch: homes.get(touch.record, (touch.record, 0))[0])
    named = codes(work, Action.LOG_UNMASK, grouped)
    return tuple(_record(label, theirs, homes, named) for label, theirs in grouped.items())


def _record(
    label: str, touches: Sequence[Touch], homes: dict[str, tuple[str, int]], named: dict[str, Named]
) -> RecordReached:
    opened = _grouped((touch for touch in touches if touch.record in homes), lambda touch: touch.record)
    pages = [PageReached(page, homes[page][1], _span(theirs)) for page, theirs in opened.items()]
    code = named[label].code if label in named else None
    return RecordReached(label, code, _span(touches), tuple(sorted(pages, key=lambda page: page.number)))


def _grouped(touches: Iterable[Touch], key: Callable[[Touch], str]) -> dict[str, list[Touch]]:
    grouped: dict[str, list[Touch]] = {}
    for touch in touches:
        grouped.setdefault(key(touch), []).append(touch)
    return grouped


def _span(touches: Sequence[Touch]) -> Span:
    """One act that reached an item and its page is one time."""
    moments = [touch.at for touch in touches]
    actions = tuple(dict.fromkeys(touch.action for touch in touches))
    return Span(len({touch.event for touch in touches}), min(moments), max(moments), actions)


# --- the own trail ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One of the asker's own acts. What she was not to know of looks as it looked to her then: as nothing."""

    event: UUID
    at: datetime
    role: str
    action: str
    target: str | None
    reference_code: str | None
    page: int | None
    purpose: str | None
    outcome: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Trail:
    steps: tuple[Step, ...]
    next: UUID | None


def own_trail(look: Look, _where: None) -> Found[None]:
    return Found(Target("trail", owner_id=look.actor.id), None)


@operation(Action.TRAIL_SHOW, on=own_trail, reads=True)
def show_trail(work: Work, _own: None, before: UUID | None) -> Trail:
    """``before``: the last entry of the page before. Records are named while the asker may find them."""
    rows = own_entries(work.session, work.actor.label, before=before, limit=TRAIL_AT_ONCE + 1)
    shown, more = rows[:TRAIL_AT_ONCE], len(rows) > TRAIL_AT_ONCE
    hidden = {row.uid for row in shown if _is_hidden(row)}
    named = codes(work, Action.ITEM_FIND, (row.target for row in shown if row.uid not in hidden))
    steps = tuple(_unknown(row) if row.uid in hidden else _step(row, named) for row in shown)
    return Trail(steps, shown[-1].uid if more else None)


def _is_hidden(row: Row) -> bool:
    """A refusal that looked like an unknown address. One whose reasons cannot be read may have been."""
    return row.outcome == DENIED and (HIDDEN in reasons_of(row) or not reasons_of(row))


def _unknown(row: Row) -> Step:
    return Step(row.uid, row.at, row.role, row.action, None, None, None, row.purpose, NOT_FOUND, ())


def _step(row: Row, named: dict[str, Named]) -> Step:
    record = named.get(row.target or "")
    return Step(
        row.uid,
        row.at,
        row.role,
        row.action,
        row.target,
        None if record is None else record.code,
        None if record is None else record.page,
        row.purpose,
        row.outcome,
        reasons_of(row),
    )
