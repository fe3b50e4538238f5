"""What became of an archive whose processes were killed: each line counts what must not be, and all must be zero."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive.core.access.actions import Role
from archive.core.audit.event import read_leaf
from archive.core.audit.export import write_export
from archive.core.audit.tables import AuditEvent, AuditLeaf
from archive.core.audit.verify import verify_export
from archive.core.errors import ArchiveError
from archive.core.gate import BoundGate
from archive.core.jobs.tables import Job, JobKind, JobState
from archive.core.settings import Settings
from archive.core.vault.local import LocalStore
from archive.desks.intake import processing
from archive.holdings.tables import Deposit, Item, Page, PageReading, StoredObject
from archive.wiring import Archive, open_archive, system
from search.index import row_id
from tests.crash.stack import File

MADE = {"deposit:begin": "deposit:", "page:store": "page:"}
OURS = (JobKind.ACCEPT, JobKind.READ, JobKind.INDEX)


@dataclass(frozen=True)
class Line:
    rule: str
    wrong: int


@dataclass(frozen=True)
class Kept:
    """The archive afterwards, beside what was acknowledged: deposit → file."""

    archive: Archive
    files: dict[str, File]
    session: Session

    def deposits(self) -> dict[str, Deposit]:
        rows = self.session.scalars(select(Deposit))
        return {str(row.uid): row for row in rows}

    def pages(self) -> Sequence[Page]:
        return self.session.scalars(select(Page)).all()

    def items(self) -> Sequence[Item]:
        return self.session.scalars(select(Item)).all()


def judge(data: Path, files: dict[str, File], checkpoints: Iterable[str]) -> list[Line]:
    """Opens the folder when every process has ended."""
    archive = open_archive(Settings(data=data))
    try:
        archive.sequence_log()
        with archive.database.reading() as session:
            kept = Kept(archive, files, session)
            lines = [Line(rule, count(kept)) for rule, count in RULES.items()]
            return [*lines, Line("checkpoints that the log does not bear out", _unproven(kept, checkpoints))]
    finally:
        archive.close()


def _not_read(kept: Kept) -> int:
    there = kept.deposits()
    return sum(uid not in there or there[uid].state != "read" for uid in kept.files)


def _pages_missing(kept: Kept) -> int:
    return sum(len(set(wanted) - set(got)) for wanted, got in _pages_of(kept))


def _pages_repeated(kept: Kept) -> int:
    return sum(len(got) - len(set(got)) for _, got in _pages_of(kept))


def _pages_of(kept: Kept) -> list[tuple[range, list[int]]]:
    """Of each acknowledged file that is there: the pages it has, and those that are kept."""
    there = kept.deposits()
    by_deposit: dict[int, list[int]] = {}
    for page in kept.pages():
        by_deposit.setdefault(page.deposit_id, []).append(page.deposit_seq)
    return [
        (range(1, len(file.words) + 1), by_deposit.get(there[uid].id, []))
        for uid, file in kept.files.items()
        if uid in there
    ]


def _items_repeated(kept: Kept) -> int:
    """Items that no deposit, or more than one, became."""
    became = Counter(row.item_id for row in kept.deposits().values() if row.item_id is not None)
    return sum(became[item.id] != 1 for item in kept.items())


def _readings_repeated(kept: Kept) -> int:
    readings = Counter(kept.session.scalars(select(PageReading.page_id)))
    return sum(readings[page.id] != 1 for page in kept.pages())


def _unread_pages(kept: Kept) -> int:
    return _count(kept, select(func.count(PageReading.id)).where(PageReading.reason.is_not(None)))


def _originals_altered(kept: Kept) -> int:
    gate = kept.archive.gate.bind(system(Role.READER), processing.take)
    return sum(not _is_original(gate, UUID(uid), file.content) for uid, file in kept.files.items())


def _is_original(gate: BoundGate, deposit: UUID, content: bytes) -> bool:
    try:
        taken = gate.run(processing.take, deposit)
        return gate.load(taken.permit, taken.value.master) == content
    except ArchiveError:
        return False


def _objects_lost(kept: Kept) -> int:
    store = LocalStore(kept.archive.settings.objects)
    rows = kept.session.scalars(select(StoredObject))
    return sum(not _is_there(store, row) for row in rows)


def _is_there(store: LocalStore, row: StoredObject) -> bool:
    try:
        return sha256(store.read_at(row.uid, 0, row.sealed_size)).digest() == row.sealed_sha256
    except ArchiveError:
        return False


def _index_rows_wrong(kept: Kept) -> int:
    """Rows that are missing, and rows that should not be."""
    slots: dict[int, list[int]] = {item.id: [0] for item in kept.items()}
    for page in kept.pages():
        slots[page.item_id].append(page.slot)
    rows = {item: sorted(row_id(item, slot) for slot in of) for item, of in slots.items()}
    return sum(len(set(rows[item]) ^ set(kept.archive.index.rows_of(item))) for item in rows)


def _index_rows_repeated(kept: Kept) -> int:
    rows = [row for item in kept.items() for row in kept.archive.index.rows_of(item.id)]
    return len(rows) - len(set(rows))


def _jobs_left(kept: Kept) -> int:
    undone = select(func.count(Job.id)).where(Job.kind.in_(OURS), Job.state != JobState.DONE)
    return _count(kept, undone)


def _changes_unlogged(kept: Kept) -> int:
    """Deposits and pages that the log names as made never, or more than once."""
    leaves = kept.session.scalars(select(AuditEvent.leaf))
    made = Counter(
        label
        for entry in map(read_leaf, leaves)
        if entry.outcome == "done"
        for label in entry.objects
        if label.startswith(MADE.get(entry.action, "-"))
    )
    there = {f"deposit:{uid}" for uid in kept.deposits()} | {f"page:{page.uid}" for page in kept.pages()}
    return sum(made[label] != 1 for label in there | set(made))


def _events_without_leaf(kept: Kept) -> int:
    return abs(
        _count(kept, select(func.count(AuditEvent.id)))
        - _count(kept, select(func.count(AuditLeaf.leaf_index)))
    )


def _count(kept: Kept, rows: Select[int]) -> int:
    count: int | None = kept.session.scalar(rows)
    return count or 0


def _unproven(kept: Kept, checkpoints: Iterable[str]) -> int:
    archive = kept.archive
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "log.zip"
        write_export(kept.session, export, now=archive.clock(), verifier_key=archive.verifier_key)
        return sum(not verify_export(export, remembered=one).ok for one in checkpoints)


RULES = {
    "acknowledged files lost or not read": _not_read,
    "acknowledged files whose bytes are others": _originals_altered,
    "pages lost": _pages_missing,
    "pages repeated": _pages_repeated,
    "pages that nobody could read": _unread_pages,
    "pages without a reading, or with more than one": _readings_repeated,
    "items without a file, or with more than one": _items_repeated,
    "sealed objects lost or altered": _objects_lost,
    "index rows missing or too many": _index_rows_wrong,
    "index rows repeated": _index_rows_repeated,
    "jobs left over": _jobs_left,
    "changes not logged just once": _changes_unlogged,
    "entries without a leaf": _events_without_leaf,
}


def still_running(family: Iterable[int]) -> int:
    return sum(Path("/proc", str(pid)).exists() for pid in family)
