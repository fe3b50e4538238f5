"""Laying out the fonds, opening volumes, describing items and showing what was described."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, literal, select

from archive.accounts.tables import Unit
from archive.core.access.actions import Action, Tier
from archive.core.access.grants import revoke_on
from archive.core.access.policy import Denied, ScopeColumns, State, Target
from archive.core.errors import Invalid, Refused, Stale
from archive.core.gate import Found, Look, Work, listing, operation, place
from archive.core.jobs.tables import JobKind
from archive.holdings import queries
from archive.holdings.holds import is_held, refuse_held_description
from archive.holdings.masking import masked
from archive.holdings.placing import ARRANGING, OPEN, make_volume, volume_to_describe_into
from archive.holdings.placing import place as place_described
from archive.holdings.tables import Fonds, Item, ItemNumber, ItemPerson, Person, Series, Volume

NUMBER_KINDS = ("claim", "policy", "record", "plate", "other")

# --- the arrangement ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewSeries:
    code: str
    name: str
    default_tier: int


@dataclass(frozen=True)
class NewFonds:
    code: str
    name: str
    unit: UUID
    series: tuple[NewSeries, ...]


@operation(Action.HOLDING_DEFINE, on=place("fonds"))
def define_fonds(work: Work, _place: None, new: NewFonds) -> UUID:
    if (there := queries.fonds_by_code(work.session, new.code)) is not None:
        return there.uid  # a founding that broke off goes on
    unit = work.session.scalars(select(Unit).where(Unit.uid == new.unit)).one()
    fonds = Fonds(uid=work.new_uid(), code=new.code, name=new.name, unit_id=unit.id)
    work.session.add(fonds)
    work.session.flush()
    for line in new.series:
        series = Series(
            uid=work.new_uid(),
            fonds_id=fonds.id,
            code=line.code,
            name=line.name,
            default_tier=line.default_tier,
        )
        work.session.add(series)
        work.touch(f"series:{series.uid}")
    work.touch(f"fonds:{fonds.uid}")
    return fonds.uid


@dataclass(frozen=True)
class FondsSeen:
    uid: UUID
    code: str
    name: str


@dataclass(frozen=True)
class SeriesSeen:
    uid: UUID
    code: str
    name: str
    fonds: str
    fonds_uid: UUID
    default_tier: int


@dataclass(frozen=True)
class VolumeSeen:
    uid: UUID
    reference_code: str
    title: str
    year: int
    tier: int


@dataclass(frozen=True)
class Arrangement:
    """What a description form offers. Volumes are the newest that the asker may describe into."""

    series: tuple[SeriesSeen, ...]
    volumes: tuple[VolumeSeen, ...]
    fonds: tuple[FondsSeen, ...] = ()


@operation(Action.HOLDING_LIST, on=place("holdings"), reads=True)
def list_holdings(work: Work, _place: None) -> Arrangement:
    reach = work.scope(Action.ITEM_DESCRIBE).where(_volumes_as_archived())
    describable = and_(reach, Volume.state.in_([OPEN, ARRANGING]))
    volumes = queries.volumes_where(work.session, describable, limit=200)
    for volume in volumes:
        work.touch(f"volume:{volume.uid}")
    return Arrangement(
        tuple(
            SeriesSeen(series.uid, series.code, series.name, fonds.name, fonds.uid, series.default_tier)
            for series, fonds in queries.all_series(work.session)
        ),
        tuple(_volume_seen(volume) for volume in volumes),
        tuple(FondsSeen(f.uid, f.code, f.name) for f in queries.all_fonds(work.session)),
    )


def _volumes_as_archived() -> ScopeColumns:
    """An open volume is reached like an archived item of its tier."""
    return ScopeColumns(
        tier=Volume.tier, state=literal(State.ARCHIVED.value), unit=Volume.unit_id, volume=Volume.id
    )


def _volume_seen(volume: Volume) -> VolumeSeen:
    return VolumeSeen(volume.uid, volume.reference_code, volume.title, volume.year, volume.tier)


def _volume_around(work: Work, volume: Volume) -> VolumeSeen:
    """Of an item that the asker sees. Its title has a tier of its own, and may be above what she reaches."""
    seen = _volume_seen(volume)
    is_reached = work.scope(Action.ITEM_SHOW).covers(queries.volume_as_archived(volume))
    return seen if is_reached else replace(seen, title="")


@dataclass(frozen=True)
class NewVolume:
    series: UUID
    title: str
    year: int
    tier: int


@operation(Action.VOLUME_OPEN, on=place("volumes"))
def open_volume(work: Work, _place: None, new: NewVolume) -> UUID:
    series = queries.series_by_uid(work.session, new.series)
    if series is None:
        raise Invalid("series", "There is no such series.", "Choose a series from the list.")
    if not 1900 <= new.year <= work.now.year + 1:
        raise Invalid(
            "year", "The year of a volume lies between 1900 and next year.", "Type the closing year."
        )
    if new.tier not in set(Tier) - {Tier.T5}:
        raise Invalid(
            "tier",
            "A volume's own title is T1 to T4.",
            "Give it a title that tells nothing, and its items T5.",
        )
    if not new.title.strip():
        raise Invalid("title", "A volume needs a title.", "Type a title.")
    volume = make_volume(work, series, new.title.strip(), new.year, new.tier)
    return volume.uid


# --- items -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonNamed:
    name: str
    id_no: str = ""
    phone: str = ""
    part: str = ""


@dataclass(frozen=True)
class Description:
    """What an archivist says of an item. ``revision`` is the one that the form was filled in against.

    ``volume`` None: the item stays a draft, and lies loose at the binding desk.
    """

    revision: int
    volume: UUID | None
    title: str
    doc_type: str
    tier: int
    doc_date: date | None = None
    notes: str = ""
    persons: tuple[PersonNamed, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PageSeen:
    """``trouble`` says why the page has no text, None when it has one."""

    seq: int
    is_blank: bool
    trouble: str | None


@dataclass(frozen=True)
class ItemSeen:
    uid: UUID
    revision: int
    reference_code: str | None
    title: str | None
    notes: str | None
    doc_type: str
    doc_date: date | None
    tier: int
    state: str
    series: str
    volume: VolumeSeen | None
    page_count: int
    created_at: datetime
    is_held: bool = False
    persons: tuple[PersonNamed, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    may: frozenset[str] = field(default_factory=frozenset)
    """Which of the acts on an item the asker may do to this one."""
    pages: tuple[PageSeen, ...] = ()
    """Only of an item that is shown by itself, not in a list."""


def item(look: Look, uid: UUID) -> Found[Item] | None:
    """Finder: an item by its uid."""
    row = queries.item_by_uid(look.session, uid)
    return None if row is None else Found(queries.item_target(row), row)


ACTS = (Action.ITEM_DESCRIBE, Action.PAGE_SHOW, Action.LOAN_REQUEST, Action.READER_PROPOSE)


@operation(Action.ITEM_SHOW, on=item, reads=True)
def show_item(work: Work, it: Item) -> ItemSeen:
    work.touch(f"item:{it.uid}")
    pages = queries.pages_with_trouble(work.session, it.id)
    seen = _item_seen(work, it, queries.around(work.session, (it,)))
    return replace(seen, pages=tuple(PageSeen(p.seq, p.is_blank, why) for p, why in pages))


@operation(Action.ITEM_FIND, on=listing("items"), reads=True)
def list_items(work: Work, _place: None, limit: int) -> tuple[ItemSeen, ...]:
    """The newest items that the asker may know of."""
    reach = work.scope(Action.ITEM_FIND).where(queries.ITEM_COLUMNS)
    rows = queries.items_where(work.session, reach, limit=min(limit, 200))
    for row in rows:
        work.touch(f"item:{row.uid}")
    around = queries.around(work.session, rows)
    return tuple(_item_seen(work, row, around) for row in rows)


def _item_seen(work: Work, it: Item, around: queries.Around) -> ItemSeen:
    target = queries.item_target(it)
    volume, series = around.volumes.get(it.volume_id), around.series.get(it.series_id)
    return ItemSeen(
        uid=it.uid,
        revision=it.revision,
        reference_code=it.reference_code,
        title=it.title,
        notes=it.notes,
        doc_type=it.doc_type,
        doc_date=it.doc_date,
        tier=it.tier,
        state=it.state,
        series="" if series is None else series.name,
        volume=None if volume is None else _volume_around(work, volume),
        page_count=around.page_counts.get(it.id, 0),
        created_at=it.created_at,
        is_held=is_held(it),
        persons=_persons(work, target, around.persons.get(it.id, ())),
        numbers=tuple((n.kind, n.value) for n in around.numbers.get(it.id, ())),
        may=frozenset(a for a in ACTS if work.scope(a).covers(target)),
    )


def _persons(work: Work, target: Target, named: Sequence[tuple[Person, str]]) -> tuple[PersonNamed, ...]:
    """Identity and telephone numbers in full only for whoever may read the pages or describe the item."""
    in_full = any(work.scope(action).covers(target) for action in (Action.PAGE_SHOW, Action.ITEM_DESCRIBE))
    shown = (lambda number: number or "") if in_full else masked
    return tuple(PersonNamed(p.name, shown(p.id_no), shown(p.phone), part) for p, part in named)


@operation(Action.ITEM_DESCRIBE, on=item)
def describe(work: Work, it: Item, said: Description) -> UUID:
    """In an open volume a draft becomes an archived item with its reference code; an archived one is corrected.

    Raises ``Stale`` when somebody else described it since, ``Refused`` when the tier would be lowered.
    """
    if said.revision != it.revision:
        raise Stale(
            "Somebody else has described this item meanwhile.", "Open it again and repeat your changes."
        )
    volume = volume_to_describe_into(work, said.volume)
    _check_description(said)
    refuse_held_description(work.session, it, volume, said)
    was_draft, old_tier = it.state == State.DRAFT, it.tier
    if not was_draft and said.tier < old_tier:
        _check_lowering(work, it)
    place_described(work, it, volume, said.tier)
    it.title, it.notes = said.title.strip(), said.notes.strip() or None
    it.doc_type, it.doc_date, it.tier = said.doc_type.strip(), said.doc_date, said.tier
    it.revision += 1
    it.index_version += 1
    _replace_persons_and_numbers(work, it, said)
    work.access_changed()
    if said.tier > old_tier:
        # a loan was approved for the tier that the item had: at the higher one somebody else may have to approve
        revoke_on(work.session, target=("item", it.id), source_kind="loan", now=work.now)
        work.unindex(it.id, it.uid, it.index_version)
    work.later(
        JobKind.INDEX,
        it.uid,
        dedupe_key=f"index:{it.uid}:{it.index_version}",
        revision=it.index_version,
        priority=50,
    )
    work.touch(f"item:{it.uid}")
    work.tell(title=it.title, tier=f"T{old_tier} → T{it.tier}")
    return it.uid


def _check_description(said: Description) -> None:
    _check_tier(said.tier)
    if not said.title.strip():
        raise Invalid(
            "title", "An item needs a title.", "Type a title; a supplied one stands in brackets [ ]."
        )
    if not said.doc_type.strip():
        raise Invalid("doc_type", "An item needs a document type.", "Choose a type.")
    if any(kind not in NUMBER_KINDS for kind, _ in said.numbers):
        raise Invalid(
            "numbers", "There is no such kind of number.", f"Use one of: {', '.join(NUMBER_KINDS)}."
        )


def _check_tier(tier: int) -> None:
    if tier not in set(Tier):
        raise Invalid("tier", "A tier is T1, T2, T3, T4 or T5.", "Choose a tier.")


def _check_lowering(work: Work, it: Item) -> None:
    if isinstance(work.decide(Action.ITEM_LOWER, queries.item_target(it)), Denied):
        raise Refused(
            "R_LOWER",
            "The tier of an archived item is not lowered here.",
            "Ask the archive supervisor, with a reason.",
        )


def _replace_persons_and_numbers(work: Work, it: Item, said: Description) -> None:
    work.session.execute(delete(ItemPerson).where(ItemPerson.item_id == it.id))
    work.session.execute(delete(ItemNumber).where(ItemNumber.item_id == it.id))
    for named in said.persons:
        if named.name.strip():
            person = Person(
                uid=work.new_uid(),
                name=named.name.strip(),
                id_no=named.id_no.strip() or None,
                id_no_bix=work.blind("person.id_no", named.id_no) if named.id_no.strip() else None,
                phone=named.phone.strip() or None,
            )
            work.session.add(person)
            work.session.flush()
            work.session.add(ItemPerson(item_id=it.id, person_id=person.id, part=named.part.strip()))
    for kind, value in said.numbers:
        if value.strip():
            bix = work.blind(f"item_number.{kind}", value)
            work.session.add(ItemNumber(item_id=it.id, kind=kind, value=value.strip(), value_bix=bix))
