"""A large archive without scanning one: rows put straight into the tables, in the proportions of a working archive.

Its sealed objects are names only (but for one), so nothing of it can be read; every list of it can be asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account, Unit
from archive.core.access.grants import AccessGrant
from archive.core.audit.event import DONE, Entry
from archive.core.audit.log import append
from archive.core.db.engines import open_sqlcipher
from archive.core.db.types import Base, new_uid
from archive.core.jobs.tables import Job
from archive.core.settings import Settings
from archive.core.vault.keyfile import load_root
from archive.desks.assigning.tables import CaseAssignment, ReaderNaming
from archive.desks.intake.operations import MAKERS_ACTIONS
from archive.desks.legal.tables import EvidenceItem, EvidencePackage, HoldItem, LegalHold, Matter, MatterItem
from archive.desks.loans.tables import Approval, Loan, LoanRequest, RequestItem
from archive.desks.preservation.tables import Inspection
from archive.holdings.tables import Batch, Deposit, Item, Page, Series, StoredObject, Volume
from archive.wiring import Archive
from search.fts5 import Fts5Index
from search.index import Row, row_id

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FAR = datetime(2036, 1, 1, tzinfo=UTC)
AT_ONCE = 5000
WORD = "理赔"
FEWEST = 10
Values = dict[str, Any]
Rows = tuple[type[Base], Iterator[Values]]


@dataclass(frozen=True)
class Size:
    """Every kind of row has ten at least; one item in ten is a draft that nobody has described."""

    items: int

    def share(self, one_in: int) -> int:
        return max(FEWEST, self.items // one_in)

    @property
    def pages(self) -> int:
        return self.items * 5 // 2


@dataclass(frozen=True)
class People:
    """Row ids by login, and the unit of all of them."""

    ids: Mapping[str, int]
    uids: Mapping[str, UUID]
    unit: int


def fill(archive: Archive, settings: Settings, size: Size) -> None:
    with archive.database.reading() as session:
        people = _people(session)
        series = session.scalars(select(Series.id).order_by(Series.id)).first()
        assert series is not None
    items = [new_uid(_day(n)) for n in range(size.items)]
    deposits = [new_uid(_day(n)) for n in range(size.items)]
    filled: tuple[Rows, ...] = (
        (Batch, _batches(size, people)),
        (Volume, _volumes(size, people, series)),
        (AccessGrant, _makers_grants(size, people)),
        (Item, _items(size, people, series, items)),
        (Deposit, _deposits(size, people, deposits)),
        (Page, _pages(size)),
        (StoredObject, _objects(size)),
        (Job, _jobs(deposits)),
        *_lending(size, people),
        *_assigning(size, people),
        *_law(size, people),
        (Inspection, _inspections(size)),
        (Account, _colleagues(size, people)),
    )
    for table, rows in filled:
        _store(archive, table, rows)
    _log(archive, people, items)
    _index(settings, size, people, series)
    first = settings.objects / "00" / "00" / f"{0:032x}"
    first.parent.mkdir(parents=True, exist_ok=True)
    first.touch()  # an archive whose objects are all gone does not open


def _store(archive: Archive, table: type[Base], rows: Iterable[Values]) -> None:
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        with archive.database.writing() as session:
            session.execute(insert(table.__table__), some)  # type: ignore[arg-type]  # a mapped class has a Table
            session.commit()


def _day(n: int) -> datetime:
    return START + timedelta(seconds=n * 60)


def _people(session: Session) -> People:
    rows = session.execute(select(Account.login, Account.id, Account.uid)).all()
    unit = session.scalars(select(Unit.id)).one()
    return People({r.login: r.id for r in rows}, {r.login: r.uid for r in rows}, unit)


# --- holdings ----------------------------------------------------------------------------------------------

A_BATCH = 500
A_VOLUME = 10
DRAFT = 10
"""One in so many is a draft."""


def _batches(size: Size, people: People) -> Iterator[Values]:
    for n in range(size.share(A_BATCH)):
        yield {
            "id": n + 1,
            "uid": new_uid(_day(n)),
            "fonds_id": 1,
            "unit_id": people.unit,
            "account_id": people.ids["archivist"],
            "created_at": _day(n * A_BATCH),
        }


def _makers_grants(size: Size, people: People) -> Iterator[Values]:
    """As every batch gives one: what all gate calls of the one archivist who brought everything in have to load."""
    for n in range(size.share(A_BATCH)):
        yield _grant(people.ids["archivist"], ("batch", n + 1), ("batch", n + 1), n, is_live=True)


def _volumes(size: Size, people: People, series: int) -> Iterator[Values]:
    for n in range(size.share(A_VOLUME)):
        yield {
            "id": n + 1,
            "uid": new_uid(_day(n)),
            "series_id": series,
            "unit_id": people.unit,
            "reference_code": f"A001-LP-2026-{n + 1:06d}",
            "title": f"案卷 {n + 1}",
            "year": 2026,
            "number": n + 1,
            "tier": 1,
            "state": "open" if n % DRAFT == 0 else "archived",
        }


def _items(size: Size, people: People, series: int, uids: list[UUID]) -> Iterator[Values]:
    for n, uid in enumerate(uids):
        is_draft = n % DRAFT == 0
        volume = n % size.share(A_VOLUME) + 1
        yield {
            "id": n + 1,
            "uid": uid,
            "series_id": None if is_draft else series,
            "volume_id": None if is_draft else volume,
            "seq_no": None if is_draft else n // A_VOLUME + 1,
            "reference_code": None if is_draft else f"A001-LP-2026-{volume:06d}-{n + 1:06d}",
            "doc_type": "" if is_draft else "claim_file",
            "title": None if is_draft else f"{WORD}案卷 {n + 1}",
            "notes": None,
            "doc_date": date(2020 + n % 6, 5, 4),
            "unit_id": people.unit,
            "tier": 4 if is_draft else 1 + n % 4,
            "state": "draft" if is_draft else "archived",
            "batch_id": n % size.share(A_BATCH) + 1,
            "dek_id": uuid4(),
            "created_at": _day(n),
        }


def _deposits(size: Size, people: People, uids: list[UUID]) -> Iterator[Values]:
    for n, uid in enumerate(uids):
        yield {
            "id": n + 1,
            "uid": uid,
            "batch_id": n % size.share(A_BATCH) + 1,
            "account_id": people.ids["archivist"],
            "name": f"scan-{n:06d}.jpg",
            "media_type": "image/jpeg",
            "size": 400_000,
            "digest_bix": uid.bytes,
            "state": ("refused" if n % 500 == 1 else "read"),
            "dek_id": uuid4(),
            "item_id": n + 1,
            "page_count": 2 + n % 2,
            "created_at": _day(n),
            "changed_at": _day(n),
        }


def _pages(size: Size) -> Iterator[Values]:
    for n in range(size.pages):
        seq, item = divmod(n, size.items)
        yield {
            "id": n + 1,
            "uid": new_uid(_day(n)),
            "item_id": item + 1,
            "slot": seq + 1,
            "seq": seq + 1,
            "deposit_id": item + 1,
            "deposit_seq": seq + 1,
            "width": 1654,
            "height": 2339,
            "dpi": 200,
            "tier": 1,
            "is_accepted": item % DRAFT != 0,
        }


def _objects(size: Size) -> Iterator[Values]:
    """Master, and the image of each page."""
    for n in range(size.items + size.pages):
        page = n - size.items
        yield {
            "uid": new_uid(_day(n)),
            "item_id": None if page < 0 else page % size.items + 1,
            "deposit_id": n + 1 if page < 0 else None,
            "page_id": None if page < 0 else page + 1,
            "role": "master" if page < 0 else "view",
            "media_type": "image/jpeg",
            "size": 400_000,
            "sealed_size": 400_100,
            "sealed_sha256": bytes(32),
            "sha256": "0" * 64,
            "dek_id": UUID(int=n % size.items),
            "created_at": _day(n % size.items),
        }


def _jobs(deposits: list[UUID]) -> Iterator[Values]:
    for n, uid in enumerate(deposits):
        for kind in ("accept", "read"):
            yield {
                "uid": new_uid(_day(n)),
                "kind": kind,
                "subject_uid": uid,
                "priority": 5,
                "state": "dead" if n % 5000 == 7 and kind == "read" else "done",
                "attempt": 1,
                "run_at": _day(n),
                "dedupe_key": f"{kind}:{uid}",
                "created_at": _day(n),
                "finished_at": _day(n + 1),
            }


# --- desks -------------------------------------------------------------------------------------------------


def _each(number: int, made: Any) -> Iterator[Values]:
    return (made(n) for n in range(number))


def _lending(size: Size, people: People) -> tuple[Rows, ...]:
    number, waiting = size.share(20), size.share(2000)
    handler, archivist = people.ids["handler"], people.ids["archivist"]

    def request(n: int) -> Values:
        state = "submitted" if n >= number - waiting else "granted"
        common = {"account_id": handler, "unit_id": people.unit, "purpose": "claim_handling"}
        return common | {
            "id": n + 1,
            "uid": new_uid(_day(n)),
            "no": f"R2026-{n:06d}",
            "reason": "理赔复核",
            "actions": "item:show page:show",
            "state": state,
            "created_at": _day(n),
        }

    def item(n: int) -> Values:
        return {"request_id": n + 1, "item_id": n % size.items + 1}

    def approval(n: int) -> Values:
        said = {"level": 1, "account_id": archivist, "decision": "granted", "opinion": "同意"}
        return said | {"request_id": n + 1, "at": _day(n)}

    def loan(n: int) -> Values:
        lent = {
            "account_id": handler,
            "mode": "screen",
            "purpose": "claim_handling",
            "obligations": "watermark",
        }
        ends = {"due_at": FAR, "returned_at": None if n % 50 == 0 else _day(n)}
        return (
            lent
            | ends
            | {"uid": new_uid(_day(n)), "no": f"L2026-{n:06d}", "request_id": n + 1, "from": _day(n)}
        )

    def grant(n: int) -> Values:
        return _grant(handler, ("item", n % size.items + 1), ("loan", n + 1), n, is_live=n % 50 == 0)

    granted = number - waiting
    return (
        (LoanRequest, _each(number, request)),
        (RequestItem, _each(number, item)),
        (Approval, _each(granted, approval)),
        (Loan, _each(granted, loan)),
        (AccessGrant, _each(granted, grant)),
    )


def _grant(
    account: int, target: tuple[str, int], source: tuple[str, int], n: int, *, is_live: bool
) -> Values:
    return {
        "uid": new_uid(_day(n)),
        "account_id": account,
        "actions": " ".join(sorted(MAKERS_ACTIONS)),
        "target_kind": target[0],
        "target_id": target[1],
        "from": _day(n),
        "until": None,
        "source_kind": source[0],
        "source_id": source[1],
        "source_no": "",
        "purpose": "claim_handling",
        "revoked_at": None if is_live else _day(n),
    }


def _assigning(size: Size, people: People) -> tuple[Rows, ...]:
    supervisor, handler = people.ids["supervisor"], people.ids["handler"]

    def case(n: int) -> Values:
        who = {"account_id": handler, "assigned_by": supervisor, "unit_id": people.unit}
        ended = None if n % 10 == 0 else _day(n)
        volume = n % size.share(A_VOLUME) + 1
        return who | {"uid": new_uid(_day(n)), "volume_id": volume, "at": _day(n), "ended_at": ended}

    def naming(n: int) -> Values:
        who = {"reader_id": people.ids["legal"], "proposed_by": people.ids["archivist"]}
        what = {"item_id": n + 1, "purpose": "litigation", "reason": "诉讼", "state": "proposed"}
        when = {"until": FAR, "at": _day(n)}
        return who | what | when | {"uid": new_uid(_day(n)), "asked_id": people.ids["legal"]}

    return ((CaseAssignment, _each(size.share(50), case)), (ReaderNaming, _each(size.share(500), naming)))


def _law(size: Size, people: People) -> tuple[Rows, ...]:
    legal, number = people.ids["legal"], size.share(200)

    def matter(n: int) -> Values:
        opened = {"unit_id": people.unit, "opened_by": legal, "opened_at": _day(n)}
        return opened | {"id": n + 1, "uid": new_uid(_day(n)), "no": f"M2026-{n:04d}", "title": f"诉讼 {n}"}

    def hold(n: int) -> Values:
        made = {"unit_id": people.unit, "set_by": legal, "reason": "诉讼", "at": _day(n), "matter_id": n + 1}
        return made | {"id": n + 1, "uid": new_uid(_day(n)), "no": f"H2026-{n:04d}"}

    def package(n: int) -> Values:
        made = {
            "matter_id": n + 1,
            "account_id": legal,
            "purpose": "litigation",
            "prefix": "A",
            "page_count": 5,
        }
        numbers = {"first_number": n * 5 + 1, "created_at": _day(n), "recipient": "法院", "document_no": "1"}
        return made | numbers | {"id": n + 1, "uid": new_uid(_day(n)), "no": f"E2026-{n:04d}"}

    def item(n: int, **more: Any) -> Values:
        return {"item_id": n % size.items + 1, **more}

    return (
        (Matter, _each(number, matter)),
        (MatterItem, _each(number, lambda n: item(n, matter_id=n + 1, added_by=legal, at=_day(n)))),
        (LegalHold, _each(number, hold)),
        (HoldItem, _each(number, lambda n: item(n, hold_id=n + 1))),
        (EvidencePackage, _each(number, package)),
        (EvidenceItem, _each(number, lambda n: item(n, package_id=n + 1, first_number=1, page_count=5))),
    )


def _inspections(size: Size) -> Iterator[Values]:
    for n in range(size.share(200)):
        done = {"state": "done", "asked_by": "SYSTEM:keeper", "started_at": _day(n), "finished_at": _day(n)}
        yield done | {
            "uid": new_uid(_day(n)),
            "kind": "fixity" if n % 2 else "sweep",
            "counts": "{}",
            "findings": "[]",
        }


def _colleagues(size: Size, people: People) -> Iterator[Values]:
    for n in range(size.share(500)):
        named = {"login": f"colleague{n}", "name": f"同事 {n}", "unit_id": people.unit}
        yield named | {"uid": new_uid(_day(n)), "password_hash": "-", "created_at": _day(n)}


# --- log and index -----------------------------------------------------------------------------------------


def _log(archive: Archive, people: People, items: list[UUID]) -> None:
    """As many entries as items: each a look at one of them, or at its list."""
    for start in range(0, len(items), AT_ONCE):
        with archive.database.writing() as session:
            for n, item in enumerate(items[start : start + AT_ONCE], start):
                append(session, _entry(people, n, item), writer="bench", detail=None)
            session.commit()
    archive.sequence_log()


def _entry(people: People, n: int, item: UUID) -> Entry:
    login, role = (("archivist", "archivist"), ("handler", "claims_handler"))[n % 2]
    label = f"item:{item}"
    return Entry(
        event=new_uid(_day(n)),
        at=_day(n),
        actor=f"account:{people.uids[login]}",
        role=role,
        session=None,
        action="item:show" if n % 3 else "item:find",
        target=label if n % 3 else None,
        grant=None,
        purpose="claim_handling",
        outcome=DONE,
        reasons=(),
        policy="1",
        objects=(label,),
        detail=None,
    )


def _index(settings: Settings, size: Size, people: People, series: int) -> None:
    """A row for every item. What a crash would lose is made anew with the archive, so nothing is synced."""
    key = load_root(settings.key_file, None).derive("search.db")
    index = Fts5Index(lambda: _unsynced(settings.search_db, key))
    for n in range(size.items):
        if n % DRAFT:
            index.put(n + 1, [_index_row(size, people, series, n)], 1)
    index.close()


def _unsynced(path: Path, key: bytes) -> Any:
    connection = open_sqlcipher(path, key)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _index_row(size: Size, people: People, series: int, n: int) -> Row:
    year = 2020 + n % 6
    return Row(
        row_id=row_id(n + 1, 0),
        item_id=n + 1,
        slot=0,
        about=f"{WORD}案卷 {n + 1}",
        body="",
        tier=1 + n % 4,
        unit_id=people.unit,
        state="archived",
        batch_id=n % size.share(A_BATCH) + 1,
        volume_id=n % size.share(A_VOLUME) + 1,
        series_id=series,
        doc_type="claim_file",
        year=year,
        day=date(year, 5, 4).toordinal(),
    )
