"""Rows of the holdings, and the target that each stands for in a decision."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from archive.core.access.policy import ScopeColumns, State, Target
from archive.holdings.tables import (
    Batch,
    Deposit,
    Fonds,
    Item,
    ItemNumber,
    ItemPerson,
    Page,
    PageMark,
    PageReading,
    Person,
    Series,
    StoredObject,
    Volume,
)

ITEM_COLUMNS = ScopeColumns(
    tier=Item.tier,
    state=Item.state,
    unit=Item.unit_id,
    item=Item.id,
    volume=Item.volume_id,
    batch=Item.batch_id,
)


def item_target(item: Item) -> Target:
    return Target(
        "item",
        uid=item.uid,
        item_id=item.id,
        volume_id=item.volume_id,
        batch_id=item.batch_id,
        unit_id=item.unit_id,
        tier=item.tier,
        state=item.state,
        guarded=True,
    )


def page_target(item: Item, page: Page) -> Target:
    """A page is reached as its item is; a page raised above its item keeps its own tier."""
    whole = item_target(item)
    return Target(
        "page",
        uid=page.uid,
        item_id=whole.item_id,
        volume_id=whole.volume_id,
        batch_id=whole.batch_id,
        unit_id=whole.unit_id,
        tier=max(item.tier, page.tier),
        state=whole.state,
        guarded=True,
    )


def volume_target(volume: Volume) -> Target:
    return Target(
        "volume",
        uid=volume.uid,
        volume_id=volume.id,
        unit_id=volume.unit_id,
        tier=volume.tier,
        state=volume.state,
        guarded=True,
    )


def volume_as_archived(volume: Volume) -> Target:
    """An open volume is reached like an archived item of its tier."""
    return replace(volume_target(volume), state=State.ARCHIVED)


def item_by_uid(session: Session, uid: UUID) -> Item | None:
    return session.scalars(select(Item).where(Item.uid == uid)).one_or_none()


def items_by_id(session: Session, ids: Iterable[int]) -> dict[int, Item]:
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(set(ids))))}


def items_after(session: Session, item_id: int, *, limit: int) -> list[Item]:
    """All items in order of their ids, for the worker that indexes them; it shows nothing to anybody."""
    return list(session.scalars(select(Item).where(Item.id > item_id).order_by(Item.id).limit(limit)))


def items_where(session: Session, reach: ColumnElement[bool], *, limit: int) -> list[Item]:
    """``reach`` comes from a ``Scope``; there is no list without one. Asked as one truth, so that SQLite walks from the newest
    item on: part by part it would gather and sort everything of a state.
    """
    reached = reach.is_(true())
    return list(session.scalars(select(Item).where(reached).order_by(Item.id.desc()).limit(limit)))


def pages_of(session: Session, item_id: int) -> list[Page]:
    return list(session.scalars(select(Page).where(Page.item_id == item_id).order_by(Page.seq)))


def pages_with_trouble(session: Session, item_id: int) -> list[tuple[Page, str | None]]:
    """The pages that are shown, in their order, each with the reason why it has no text."""
    rows = session.execute(
        select(Page, PageReading.reason)
        .outerjoin(PageReading, (PageReading.page_id == Page.id) & PageReading.is_indexed)
        .where(Page.item_id == item_id, ~Page.is_excluded)
        .order_by(Page.seq)
    )
    return [(page, reason) for page, reason in rows]


def page_of_item(session: Session, item_id: int, seq: int) -> Page | None:
    return session.scalars(select(Page).where(Page.item_id == item_id, Page.seq == seq)).one_or_none()


def page_by_uid(session: Session, uid: UUID) -> tuple[Item, Page] | None:
    row = session.execute(
        select(Item, Page).join(Page, Page.item_id == Item.id).where(Page.uid == uid)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def seqs_shown(session: Session, item_id: int) -> list[int]:
    """The numbers of the pages that readers are shown: all but those that an archivist has left out."""
    shown = select(Page.seq).where(Page.item_id == item_id, ~Page.is_excluded)
    return list(session.scalars(shown.order_by(Page.seq)))


def exclusion_of(session: Session, page_id: int) -> PageMark | None:
    """Who left the page out, when and why; None when it is not left out."""
    standing = (PageMark.kind == "excluded") & (PageMark.after == 1) & ~PageMark.is_undone
    return session.scalars(
        select(PageMark)
        .join(Page, Page.id == PageMark.page_id)
        .where(PageMark.page_id == page_id, Page.is_excluded, standing)
        .order_by(PageMark.id.desc())
        .limit(1)
    ).one_or_none()


def page_count(session: Session, item_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Page).where(Page.item_id == item_id)) or 0


def page_counts(session: Session, item_ids: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(Page.item_id, func.count()).where(Page.item_id.in_(set(item_ids))).group_by(Page.item_id)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class PageObjects:
    view: StoredObject | None
    text: StoredObject | None
    reason: str | None


def objects_of_page(session: Session, page_id: int) -> PageObjects:
    """The page's image and its indexed reading; ``reason`` tells why a page has no text."""
    view = session.scalars(
        select(StoredObject).where(StoredObject.page_id == page_id, StoredObject.role == "view")
    ).one_or_none()
    row = session.execute(
        select(StoredObject, PageReading.reason)
        .join(PageReading, PageReading.object_id == StoredObject.id)
        .where(PageReading.page_id == page_id, PageReading.is_indexed)
    ).one_or_none()
    return PageObjects(view, None if row is None else row[0], None if row is None else row[1])


def texts_of_item(session: Session, item_id: int) -> dict[int, StoredObject]:
    """From page id to the sealed text that is indexed. A page that is left out has none: no search finds it."""
    rows = session.execute(
        select(PageReading.page_id, StoredObject)
        .join(StoredObject, StoredObject.id == PageReading.object_id)
        .join(Page, Page.id == PageReading.page_id)
        .where(Page.item_id == item_id, PageReading.is_indexed, ~Page.is_excluded)
    )
    return dict(rows.all())


def master_of(session: Session, deposit_id: int) -> StoredObject | None:
    return session.scalars(
        select(StoredObject).where(StoredObject.deposit_id == deposit_id, StoredObject.role == "master")
    ).one_or_none()


def persons_of(session: Session, item_id: int) -> list[tuple[Person, str]]:
    rows = session.execute(
        select(Person, ItemPerson.part)
        .join(ItemPerson, ItemPerson.person_id == Person.id)
        .where(ItemPerson.item_id == item_id)
        .order_by(ItemPerson.id)
    )
    return [(person, part) for person, part in rows]


def numbers_of(session: Session, item_id: int) -> list[ItemNumber]:
    return list(
        session.scalars(select(ItemNumber).where(ItemNumber.item_id == item_id).order_by(ItemNumber.id))
    )


@dataclass(frozen=True)
class Around:
    """What stands around rows of items, each asked for once for all of them. Counts, persons and numbers by item id;
    volumes and series by their own.
    """

    page_counts: Mapping[int, int]
    persons: Mapping[int, list[tuple[Person, str]]]
    numbers: Mapping[int, list[ItemNumber]]
    volumes: Mapping[int | None, Volume]
    series: Mapping[int | None, Series]


def around(session: Session, items: Collection[Item]) -> Around:
    ids = {item.id for item in items}
    volumes = session.scalars(select(Volume).where(Volume.id.in_({it.volume_id for it in items} - {None})))
    series = session.scalars(select(Series).where(Series.id.in_({it.series_id for it in items} - {None})))
    return Around(
        page_counts(session, ids),
        _persons_by_item(session, ids),
        _numbers_by_item(session, ids),
        {volume.id: volume for volume in volumes},
        {one.id: one for one in series},
    )


def _persons_by_item(session: Session, item_ids: Collection[int]) -> dict[int, list[tuple[Person, str]]]:
    rows = session.execute(
        select(ItemPerson.item_id, Person, ItemPerson.part)
        .join(Person, Person.id == ItemPerson.person_id)
        .where(ItemPerson.item_id.in_(item_ids))
        .order_by(ItemPerson.id)
    )
    found: dict[int, list[tuple[Person, str]]] = {}
    for item_id, person, part in rows:
        found.setdefault(item_id, []).append((person, part))
    return found


def _numbers_by_item(session: Session, item_ids: Collection[int]) -> dict[int, list[ItemNumber]]:
    rows = select(ItemNumber).where(ItemNumber.item_id.in_(item_ids)).order_by(ItemNumber.id)
    found: dict[int, list[ItemNumber]] = {}
    for number in session.scalars(rows):
        found.setdefault(number.item_id, []).append(number)
    return found


def volume_by_uid(session: Session, uid: UUID) -> Volume | None:
    return session.scalars(select(Volume).where(Volume.uid == uid)).one_or_none()


def volume_by_id(session: Session, volume_id: int | None) -> Volume | None:
    return None if volume_id is None else session.get(Volume, volume_id)


def series_by_uid(session: Session, uid: UUID) -> Series | None:
    return session.scalars(select(Series).where(Series.uid == uid)).one_or_none()


def fonds_by_code(session: Session, code: str) -> Fonds | None:
    return session.scalars(select(Fonds).where(Fonds.code == code)).one_or_none()


def all_fonds(session: Session) -> list[Fonds]:
    return list(session.scalars(select(Fonds).order_by(Fonds.code)))


def all_series(session: Session) -> list[tuple[Series, Fonds]]:
    rows: Select[Series, Fonds] = (
        select(Series, Fonds).join(Fonds, Fonds.id == Series.fonds_id).order_by(Fonds.code, Series.code)
    )
    return [(series, fonds) for series, fonds in session.execute(rows)]


def volumes_where(session: Session, reach: ColumnElement[bool], *, limit: int) -> list[Volume]:
    return list(session.scalars(select(Volume).where(reach).order_by(Volume.id.desc()).limit(limit)))


def next_volume_number(session: Session, series_id: int, year: int) -> int:
    last = session.scalar(
        select(func.max(Volume.number)).where(Volume.series_id == series_id, Volume.year == year)
    )
    return (last or 0) + 1


def next_item_number(session: Session, volume_id: int) -> int:
    last = session.scalar(select(func.max(Item.seq_no)).where(Item.volume_id == volume_id))
    return (last or 0) + 1


def deposit_by_uid(session: Session, uid: UUID) -> Deposit | None:
    return session.scalars(select(Deposit).where(Deposit.uid == uid)).one_or_none()


def batch_by_uid(session: Session, uid: UUID) -> Batch | None:
    return session.scalars(select(Batch).where(Batch.uid == uid)).one_or_none()
