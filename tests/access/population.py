"""Every combination of tier, unit, state, volume and batch as a row of the database, and all of it in the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts.queries import digest
from archive.accounts.tables import Account, SignedIn
from archive.core.access.actions import Tier
from archive.core.access.policy import Scope, ScopeColumns, State, Target
from archive.holdings.queries import ITEM_COLUMNS, item_target, page_target
from archive.holdings.tables import Batch, Deposit, Fonds, Item, Page, Series, Volume
from search.index import Row, row_id
from search.query import Query, parse
from tests.cast import START, House

WORD = "医疗"
FAR = START.replace(year=2100)
PAGE_COLUMNS = ScopeColumns(
    tier=func.max(Item.tier, Page.tier),
    state=Item.state,
    unit=Item.unit_id,
    item=Item.id,
    volume=Item.volume_id,
    batch=Item.batch_id,
)
Place = tuple[int, int]
"""An item's id and a slot: 0 is the item, the others are its pages."""


@dataclass(frozen=True, repr=False)
class Population:
    """``account``: somebody signed in with ``token`` who holds no role and no grant; each example gives her some."""

    house: House
    account: int
    token: str
    units: tuple[int, ...]
    volumes: tuple[int, ...]
    batches: tuple[int, ...]
    targets: dict[Place, Target]

    @property
    def items(self) -> tuple[int, ...]:
        return tuple(item for item, slot in self.targets if slot == 0)

    def covered(self, items: Scope, pages: Scope) -> set[Place]:
        return {
            place for place, target in self.targets.items() if (pages if place[1] else items).covers(target)
        }

    def selected(self, session: Session, items: Scope, pages: Scope) -> set[Place]:
        item_rows = session.scalars(select(Item.id).where(items.where(ITEM_COLUMNS)))
        page_rows = session.execute(
            select(Item.id, Page.slot).join(Page, Page.item_id == Item.id).where(pages.where(PAGE_COLUMNS))
        )
        return {(item, 0) for item in item_rows} | {(item, slot) for item, slot in page_rows}

    def found(self, items: Scope, pages: Scope, *, restricted: bool) -> set[Place]:
        hits = self.house.archive.index.find(
            word(), items.filter(), pages.filter(), restricted=restricted, limit=10_000
        )
        return {(hit.item_id, hit.slot) for hit in hits.hits}


def word() -> Query:
    return parse(WORD)


def populate(house: House) -> Population:
    token = "a token"
    account = house.change(lambda session: _somebody(session, house.units["C1"], token))
    volumes, batches = house.change(lambda session: _places(session, house, account))
    units = tuple(house.units.values())
    house.change(lambda session: _items(session, units, volumes, batches))
    targets: dict[Place, Target] = {}
    for item, pages in house.read(_everything):
        targets[item.id, 0] = item_target(item)
        targets.update({(item.id, page.slot): page_target(item, page) for page in pages})
        house.archive.index.put(item.id, list(_rows(item, pages)), 1)
    return Population(house, account, token, units, volumes, batches, targets)


def _somebody(session: Session, unit: int, token: str) -> int:
    account = Account(
        uid=uuid4(), login="somebody", name="Somebody", unit_id=unit, password_hash="", created_at=START
    )
    session.add(account)
    session.flush()
    session.add(
        SignedIn(
            uid=uuid4(),
            token_hash=digest(token),
            account_id=account.id,
            kind="browser",
            created_at=START,
            idle_until=FAR,
            until=FAR,
        )
    )
    return account.id


def _places(session: Session, house: House, account: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    fonds, series = session.scalars(select(Fonds)).first(), session.scalars(select(Series)).first()
    assert fonds is not None
    assert series is not None
    volumes = [
        Volume(
            uid=uuid4(),
            series_id=series.id,
            unit_id=fonds.unit_id,
            reference_code=f"V{number}",
            title="案卷",
            year=2026,
            number=number,
            tier=1,
        )
        for number in (1, 2)
    ]
    batches = [
        Batch(uid=uuid4(), fonds_id=fonds.id, unit_id=house.units["C1"], account_id=account, created_at=START)
        for _ in range(2)
    ]
    session.add_all([*volumes, *batches])
    session.flush()
    return tuple(v.id for v in volumes), tuple(b.id for b in batches)


def _items(
    session: Session, units: tuple[int, ...], volumes: tuple[int, ...], batches: tuple[int, ...]
) -> None:
    deposits = {batch: _deposit(session, batch) for batch in batches}
    for tier, unit, state, volume, batch in product(Tier, units, State, (None, *volumes), batches):
        item = Item(
            uid=uuid4(),
            unit_id=unit,
            tier=int(tier),
            state=state,
            volume_id=volume,
            batch_id=batch,
            dek_id=UUID(int=0),
            created_at=START,
        )
        session.add(item)
        session.flush()
        for slot, page_tier in ((1, 1), (2, item.id % 5 + 1)):
            session.add(_page(item, deposits[batch], slot, page_tier))


def _deposit(session: Session, batch: int) -> Deposit:
    deposit = Deposit(
        uid=uuid4(),
        batch_id=batch,
        account_id=1,
        name="x",
        size=1,
        dek_id=UUID(int=0),
        created_at=START,
        changed_at=START,
    )
    session.add(deposit)
    session.flush()
    return deposit


def _page(item: Item, deposit: Deposit, slot: int, tier: int) -> Page:
    return Page(
        uid=uuid4(),
        item_id=item.id,
        slot=slot,
        seq=slot,
        deposit_id=deposit.id,
        deposit_seq=2 * item.id + slot,
        width=1,
        height=1,
        dpi=1,
        tier=tier,
    )


def _everything(session: Session) -> list[tuple[Item, list[Page]]]:
    return [
        (item, list(session.scalars(select(Page).where(Page.item_id == item.id))))
        for item in session.scalars(select(Item))
    ]


def _rows(item: Item, pages: list[Page]) -> Iterator[Row]:
    yield _row(item, 0, item.tier)
    for page in pages:
        yield _row(item, page.slot, max(item.tier, page.tier))


def _row(item: Item, slot: int, tier: int) -> Row:
    return Row(
        row_id=row_id(item.id, slot),
        item_id=item.id,
        slot=slot,
        about=WORD if slot == 0 else "",
        body=WORD if slot else "",
        tier=tier,
        unit_id=item.unit_id,
        state=item.state,
        batch_id=item.batch_id,
        volume_id=item.volume_id,
        series_id=None,
        doc_type="",
        year=None,
        day=None,
    )
