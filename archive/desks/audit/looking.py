"""Looking closer: one entry and what was typed for it, who reached a record, and a record's names. The names of
persons who act are shown; titles and persons of records are masked until somebody says in writing why not.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.queries import names_by_uid
from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.audit.event import Entry, read_leaf
from archive.core.audit.log import detail_of
from archive.core.errors import Altered, Invalid
from archive.core.gate import Found, Look, Work, operation, place
from archive.desks.audit.lines import LogLine, lines_of
from archive.desks.audit.queries import Reached, Row, entry_row, who_reached
from archive.desks.audit.records import codes, item_of, label_of, volume_of, with_parts
from archive.holdings.queries import item_target, persons_of, volume_as_archived
from archive.holdings.tables import Item, Volume

LONGEST_REASON = 2000
MASKED = frozenset({"title"})
"""Fields of a detail that name a record, of whatever tier it is by now."""


# --- one entry -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordNamed:
    """A record that an act reached; the code is there where the auditor may know it."""

    label: str
    reference_code: str | None
    page: int | None


@dataclass(frozen=True)
class EntrySeen:
    """``has_detail``: something was typed, and lies sealed beside the entry. ``is_readable`` is False for an entry whose
    bytes somebody damaged: then only its search columns are known.
    """

    line: LogLine
    objects: tuple[RecordNamed, ...]
    session: str | None
    grant: str | None
    policy: str
    has_detail: bool
    is_readable: bool


def find_entry(look: Look, event: UUID) -> Found[Row] | None:
    row = entry_row(look.session, event)
    return None if row is None else Found(Target("entry", uid=event), row)


@operation(Action.LOG_SHOW, on=find_entry, reads=True)
def show_entry(work: Work, row: Row) -> EntrySeen:
    line = lines_of(work, [row])[0]
    entry = _readable(row)
    if entry is None:
        return EntrySeen(line, (), None, None, "", has_detail=False, is_readable=False)
    named = codes(work, Action.LOG_UNMASK, entry.objects)
    objects = tuple(
        RecordNamed(label, named[label].code, named[label].page)
        if label in named
        else RecordNamed(label, None, None)
        for label in entry.objects
    )
    has_detail = entry.detail is not None
    return EntrySeen(
        line, objects, entry.session, entry.grant, entry.policy, has_detail=has_detail, is_readable=True
    )


def _readable(row: Row) -> Entry | None:
    try:
        return read_leaf(row.leaf)
    except Altered:
        return None


@operation(Action.LOG_DETAIL, on=find_entry, reads=True)
def show_detail(work: Work, row: Row) -> dict[str, str | None] | None:
    """What a person typed, by the name of the field; empty when nothing was, None when it has been deleted. A title that
    somebody gave a record is masked (None) here as everywhere.

    Raises ``Altered`` when these are not the words that were logged.
    """
    entry = read_leaf(row.leaf)
    if entry.detail is None:
        return {}
    text = detail_of(work.session, entry)
    if text is None:
        return None
    return {name: None if name in MASKED else value for name, value in json.loads(text).items()}


@dataclass(frozen=True)
class Subject:
    """A person of a record, and her part in it: claimant, patient…"""

    name: str
    part: str


# --- who reached a record --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonReached:
    """``ways``: one for each kind of act, the most recent first."""

    actor: str
    name: str
    times: int
    first: datetime
    last: datetime
    ways: tuple[Reached, ...]


@dataclass(frozen=True)
class RecordSeen:
    """``persons``: the record's persons with their parts in it, names masked. ``is_known``: it may be unmasked."""

    label: str
    reference_code: str | None
    page: int | None
    persons: tuple[Subject, ...]
    is_known: bool
    people: tuple[PersonReached, ...]


@operation(Action.LOG_SHOW, on=place("log"), reads=True)
def show_record(work: Work, _place: None, typed: str) -> RecordSeen:
    """Raises ``Invalid``."""
    work.tell(record=typed)
    label = label_of(work.session, work.asking, typed)
    people = _people(work, who_reached(work.session, with_parts(work.session, label)))
    named = codes(work, Action.LOG_UNMASK, [label]).get(label)
    masked = _unmaskable(work, label)
    persons = _persons(work, masked) if isinstance(masked, Item) else ()
    return RecordSeen(
        label,
        None if named is None else named.code,
        None if named is None else named.page,
        tuple(Subject(mask(one.name), one.part) for one in persons),
        masked is not None,
        people,
    )


def _people(work: Work, reached: Sequence[Reached]) -> tuple[PersonReached, ...]:
    names = names_by_uid(work.session, {one.actor for one in reached})
    ways: dict[str, list[Reached]] = {}
    for one in sorted(reached, key=lambda one: (one.last, one.action), reverse=True):
        ways.setdefault(one.actor, []).append(one)
    people = [_person(actor, names.get(actor, actor), tuple(theirs)) for actor, theirs in ways.items()]
    return tuple(sorted(people, key=lambda person: person.actor.startswith("SYSTEM:")))


def _person(actor: str, name: str, ways: tuple[Reached, ...]) -> PersonReached:
    times = sum(way.times for way in ways)
    first, last = min(way.first for way in ways), max(way.last for way in ways)
    return PersonReached(actor, name, times, first, last, ways)


def mask(name: str) -> str:
    """The first character and one star, whatever the length: 王*."""
    return f"{name.strip()[:1]}*"


# --- unmasking -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unmasking:
    """``reason``: why these names have to be seen."""

    reason: str


@dataclass(frozen=True)
class Unmasked:
    """Names only; nothing that was read on a page."""

    label: str
    reference_code: str | None
    title: str
    persons: tuple[Subject, ...]


def find_masked(look: Look, typed: str) -> Found[Item | Volume] | None:
    """Raises ``Invalid`` for what is no record's number."""
    label = label_of(look.session, look.asking, typed)
    item, volume = item_of(look.session, label), volume_of(look.session, label)
    if item is not None:
        return Found(item_target(item), item)
    return None if volume is None else Found(volume_as_archived(volume), volume)


@operation(Action.LOG_UNMASK, on=find_masked, reads=True)
def unmask(work: Work, record: Item | Volume, why: Unmasking) -> Unmasked:
    reason = why.reason.strip()
    if not reason:
        field = "reason"
        raise Invalid(field, f"The field {field} is empty.", "Fill it in.")
    work.tell(reason=reason)
    if isinstance(record, Volume):
        return Unmasked(f"volume:{record.uid}", record.reference_code, record.title, ())
    return Unmasked(f"item:{record.uid}", record.reference_code, record.title or "", _persons(work, record))


def _unmaskable(work: Work, label: str) -> Item | Volume | None:
    scope = work.scope(Action.LOG_UNMASK)
    item, volume = item_of(work.session, label), volume_of(work.session, label)
    if item is not None and scope.covers(item_target(item)):
        return item
    return volume if volume is not None and scope.covers(volume_as_archived(volume)) else None


def _persons(work: Work, item: Item) -> tuple[Subject, ...]:
    return tuple(Subject(person.name, part) for person, part in persons_of(work.session, item.id))
