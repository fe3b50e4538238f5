"""The worker's half: take a deposit, accept or refuse it, store its pages."""

import json
from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import CAUTIOUS_TIER, Action
from archive.core.errors import Conflict
from archive.core.gate import Work, operation
from archive.core.jobs.queue import Claimed
from archive.core.jobs.tables import JobKind
from archive.core.vault.vault import Handle, Sealed
from archive.desks.intake import queries
from archive.desks.intake.changes import move, stored
from archive.desks.intake.operations import deposit
from archive.desks.intake.scanning import NOBODY_LOOKED, Outcome, Verdict
from archive.holdings import queries as holdings
from archive.holdings.tables import Deposit, Item, Page, PageReading
from ocr.facts import Remark


@dataclass(frozen=True)
class Taken:
    """What the worker needs to read a deposit: the sealed original, and which pages are missing."""

    name: str
    size: int
    state: str
    master: Handle
    missing: tuple[int, ...]
    dek_id: UUID


@operation(Action.DEPOSIT_TAKE, on=deposit, reads=True)
def take(work: Work, it: Deposit) -> Taken:
    """What was found infected is never opened again."""
    if it.scan == Outcome.INFECTED:
        raise Conflict("This file contains malware.", "It stays sealed and is opened for nothing.")
    master = holdings.master_of(work.session, it.id)
    if master is None:
        raise Conflict("This deposit has no original.", "Upload the file again.")
    work.touch(f"deposit:{it.uid}")
    handle = work.handle(master.uid, master.dek_id, master.size, master.media_type)
    return Taken(
        it.name, it.size, it.state, handle, tuple(queries.missing_pages(work.session, it)), it.dek_id
    )


@dataclass(frozen=True)
class Room:
    """Ids under which one page's view and text may be sealed."""

    view: UUID
    text: UUID


@operation(Action.DEPOSIT_TAKE, on=deposit, reads=True)
def make_room(work: Work, _it: Deposit) -> Room:
    return Room(work.reserve(), work.reserve())


@dataclass(frozen=True)
class Accepted:
    media_type: str
    pages: int
    remarks: tuple[Remark, ...]
    job: Claimed
    verdict: Verdict = NOBODY_LOOKED


@operation(Action.DEPOSIT_ACCEPT, on=deposit)
def accept(work: Work, it: Deposit, found: Accepted) -> None:
    """A draft item takes the deposit's key over, so that a page always has an item."""
    work.finish(found.job)
    if it.item_id is not None:
        return
    batch = queries.batch_of(work.session, it)
    item = Item(
        uid=work.new_uid(),
        unit_id=batch.unit_id,
        tier=int(CAUTIOUS_TIER),
        batch_id=batch.id,
        dek_id=it.dek_id,
        created_at=work.now,
    )
    work.session.add(item)
    work.session.flush()
    it.item_id, it.media_type, it.page_count = item.id, found.media_type, found.pages
    it.remarks = _as_json(found.remarks)
    _scanned(work, it, found.verdict)
    master = holdings.master_of(work.session, it.id)
    if master is not None:
        master.item_id, master.media_type = item.id, found.media_type
    move(it, "reading", work.now)
    work.access_changed()
    work.later(JobKind.READ, it.uid, dedupe_key=f"read:{it.uid}", priority=100)
    work.touch(f"item:{item.uid}")


def _as_json(remarks: tuple[Remark, ...]) -> str | None:
    told = [{"code": remark.code, "words": remark.words} for remark in remarks]
    return json.dumps(told, ensure_ascii=False) if told else None


def _scanned(work: Work, it: Deposit, verdict: Verdict) -> None:
    it.scan, it.scan_by = verdict.outcome, verdict.by
    work.tell(scan=verdict.outcome, scan_by=verdict.by or "", scan_said=verdict.said)


@dataclass(frozen=True)
class Rejected:
    """``verdict`` None: it was refused before a scanner was asked."""

    reason: str
    remedy: str
    job: Claimed
    verdict: Verdict | None = None


@operation(Action.DEPOSIT_REFUSE, on=deposit)
def refuse(work: Work, it: Deposit, why: Rejected) -> None:
    """The original stays sealed; the archivist reads why it cannot be read and what to do."""
    work.finish(why.job)
    it.reason, it.remedy = why.reason, why.remedy
    if why.verdict is not None:
        _scanned(work, it, why.verdict)
    move(it, "refused", work.now)


@dataclass(frozen=True)
class ReadPage:
    """One page as it was read: sealed objects and what they are. ``view`` None: it could not be drawn. ``skew``: degrees by
    which its lines lean, None where too few lines tell.
    """

    seq: int
    width: int
    height: int
    dpi: int
    is_blank: bool
    view: Sealed | None
    text: Sealed
    engine: str
    model: str
    confidence: float | None
    reason: str | None
    skew: float | None = None


@operation(Action.PAGE_STORE, on=deposit)
def store_page(work: Work, it: Deposit, read: ReadPage) -> None:
    """Does nothing when the page is there already: a page read twice after a kill is stored once."""
    if it.item_id is None:
        raise Conflict("This deposit has no item.", "Accept it first.")
    if queries.page_exists(work.session, it.id, read.seq):
        return
    item = work.session.get_one(Item, it.item_id)
    page = Page(
        uid=work.new_uid(),
        item_id=item.id,
        slot=queries.next_slot(work.session, item.id),
        seq=read.seq,
        deposit_id=it.id,
        deposit_seq=read.seq,
        is_blank=read.is_blank,
        width=read.width,
        height=read.height,
        dpi=read.dpi,
        skew=read.skew,
        tier=1,
    )
    work.session.add(page)
    work.session.flush()
    if read.view is not None:
        work.session.add(
            stored(
                work,
                read.view,
                it.dek_id,
                role="view",
                media_type="image/jpeg",
                item_id=item.id,
                page_id=page.id,
            )
        )
    text = stored(
        work,
        read.text,
        it.dek_id,
        role="text",
        media_type="application/json",
        item_id=item.id,
        page_id=page.id,
    )
    work.session.add(text)
    work.session.flush()
    work.session.add(
        PageReading(
            page_id=page.id,
            engine=read.engine,
            model=read.model,
            confidence=read.confidence,
            object_id=text.id,
            reason=read.reason,
        )
    )
    it.changed_at = work.now
    work.touch(f"page:{page.uid}")


@operation(Action.PAGE_STORE, on=deposit)
def finish_reading(work: Work, it: Deposit, job: Claimed) -> None:
    """All pages are stored: the reading job ends and the index job begins, in one commit."""
    work.finish(job)
    if it.item_id is None or it.state == "read":
        return
    item = work.session.get_one(Item, it.item_id)
    item.index_version += 1
    move(it, "read", work.now)
    work.later(
        JobKind.INDEX,
        item.uid,
        dedupe_key=f"index:{item.uid}:{item.index_version}",
        revision=item.index_version,
        priority=50,
    )
    work.touch(f"item:{item.uid}")
