"""What must hold of an archive after any crash and a restart. Each function is one rule and asserts it."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from archive.core.audit.event import Entry
from archive.core.audit.export import write_export
from archive.core.audit.tables import AuditEvent, AuditLeaf
from archive.core.audit.verify import verify_export
from archive.core.jobs.queue import waiting
from archive.core.vault.local import LocalStore
from archive.desks.finding import operations as finding
from archive.desks.intake import processing
from archive.holdings.tables import Deposit, Item, Page, StoredObject
from ocr.page import PageText
from search.index import Clause, Filter, row_id
from search.query import parse
from tests.cast import House
from tests.crash.paper import WORDS, two_pages

EVERYBODY = Filter((Clause(max_tier=5),))


def the_queue_is_empty(house: House) -> None:
    assert set(house.read(waiting).values()) == {0}


def every_page_is_there_once(house: House) -> None:
    for deposit in _deposits(house, "read"):
        pages = [page.deposit_seq for page in _pages(house) if page.deposit_id == deposit.id]
        assert sorted(pages) == list(range(1, len(WORDS) + 1))


def every_page_is_indexed_once(house: House) -> None:
    items = house.read(lambda s: s.scalars(select(Item)).all())
    assert sorted(id_ for id_, _ in house.archive.index.items_indexed()) == [item.id for item in items]
    for item in items:
        slots = [page.slot for page in _pages(house) if page.item_id == item.id]
        expected = [row_id(item.id, slot) for slot in sorted([0, *slots])]
        assert house.archive.index.rows_of(item.id) == expected


def every_word_is_found_on_its_page(house: House) -> None:
    """As often as the file was taken in, and nowhere else."""
    taken = len(_deposits(house, "read"))
    for word in WORDS:
        assert len(_hits(house, word, restricted=True)) == taken, word


def nothing_restricted_is_in_the_main_index(house: House) -> None:
    """Holds at every moment, also between a crash and the restart."""
    raised = set(house.read(lambda s: s.scalars(select(Item.id).where(Item.tier == 5)).all()))
    assert not {item for word in WORDS for item in _hits(house, word, restricted=False)} & raised


def every_deposit_holds_its_file(house: House) -> None:
    gate = house.reader_gate()
    for deposit in _deposits(house, "received", "reading", "read"):
        taken = gate.run(processing.take, deposit.uid)
        assert gate.load(taken.permit, taken.value.master) == two_pages()


def every_page_has_its_text(house: House) -> None:
    gate = house.reader_gate()
    for uid in house.read(lambda s: s.scalars(select(Item.uid)).all()):
        taken = gate.run(finding.take_for_index, uid)
        texts = [PageText.from_json(gate.load(taken.permit, page.text)) for page in taken.value.pages]
        assert [text.text.split()[0] for text in texts] == list(WORDS)


def every_row_has_its_object(house: House) -> None:
    for row in house.read(lambda s: s.scalars(select(StoredObject)).all()):
        sealed = _sealed(house, row.uid, row.sealed_size)
        assert sha256(sealed).digest() == row.sealed_sha256, row.role


def every_change_is_logged_once(house: House) -> None:
    log = [entry for entry in house.log() if entry.outcome == "done"]
    deposits = house.read(lambda s: s.scalars(select(Deposit.uid)).all())
    pages = house.read(lambda s: s.scalars(select(Page.uid)).all())
    raised = house.read(lambda s: s.scalars(select(Item.uid).where(Item.tier == 5)).all())
    assert _named(log, "deposit:begin", "deposit") == Counter(f"deposit:{uid}" for uid in deposits)
    assert _named(log, "page:store", "page") == Counter(f"page:{uid}" for uid in pages)
    assert _named(log, "item:describe", "item") == Counter(f"item:{uid}" for uid in raised)


def the_log_is_whole(house: House, remembered: str, scratch: Path) -> None:
    house.archive.sequence_log()
    house.read(lambda s: write_export(s, scratch, now=house.clock(), verifier_key=house.archive.verifier_key))
    report = verify_export(scratch, remembered=remembered)
    assert report.ok, report.findings
    events = house.read(lambda s: s.scalars(select(AuditEvent.uid).order_by(AuditEvent.id)).all())
    leaves = house.read(lambda s: s.scalars(select(AuditLeaf.event).order_by(AuditLeaf.leaf_index)).all())
    assert leaves == events


def orphans(house: House) -> int:
    """Sealed objects that no row knows: allowed after a crash, never more than the step had in its hands."""
    known = set(house.read(lambda s: s.scalars(select(StoredObject.uid)).all()))
    return len(set(LocalStore(house.archive.settings.objects).objects()) - known)


def leftovers(house: House) -> int:
    """Unfinished files in the store. Sealed, and swept by age."""
    return sum(1 for _ in house.archive.settings.objects.rglob("*.part"))


def _deposits(house: House, *states: str) -> list[Deposit]:
    return house.read(lambda s: list(s.scalars(select(Deposit).where(Deposit.state.in_(states)))))


def _pages(house: House) -> list[Page]:
    return house.read(lambda s: list(s.scalars(select(Page))))


def _hits(house: House, word: str, *, restricted: bool) -> list[int]:
    found = house.archive.index.find(parse(word), EVERYBODY, EVERYBODY, restricted=restricted, limit=100)
    return [hit.item_id for hit in found.hits if hit.slot]


def _sealed(house: House, object_id: UUID, size: int) -> bytes:
    return LocalStore(house.archive.settings.objects).read_at(object_id, 0, size)


def _named(log: list[Entry], action: str, kind: str) -> Counter[str]:
    return Counter(
        label
        for entry in log
        if entry.action == action
        for label in entry.objects
        if label.startswith(f"{kind}:")
    )
