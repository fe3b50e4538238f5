"""The worker's way through one deposit: examine it, accept or refuse it, read its pages one by one.

Each step is idempotent: a worker that was killed is followed by one that finds what is missing and does only that.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from archive.core.db.failpoints import failpoint
from archive.core.gate import BoundGate
from archive.core.jobs.queue import Claimed
from archive.core.permit import Permit
from archive.core.vault.vault import Opened, Sealed
from archive.desks.intake.processing import (
    Accepted,
    ReadPage,
    Rejected,
    Room,
    Taken,
    accept,
    finish_reading,
    make_room,
    refuse,
    store_page,
    take,
)
from archive.desks.intake.scanning import NoScanner, Outcome, Scanner, Verdict, scan_all
from archive.holdings.quality import skew_of
from ocr.facts import Limits, PageResult, PageUnreadable, Probe, Unacceptable
from ocr.launchers import Launcher
from ocr.page import PageText, unread
from ocr.sandbox import AttachmentUnreadable, Sandbox, launch

_CHUNK = 1 << 20

OPERATIONS = (take, make_room, accept, refuse, store_page, finish_reading)


@dataclass(frozen=True)
class Reader:
    """What the reading program is started with, and who looks for malware before anything is read."""

    launcher: Launcher
    limits: Limits
    engine: str
    scanner: Scanner = field(default_factory=NoScanner)


class MasterBytes:
    """Hands the child ranges of the sealed original. Takes a fresh permit, decided anew, whenever one has run out."""

    def __init__(self, gate: BoundGate, deposit: UUID, fresh: Callable[[Permit], bool]) -> None:
        self._gate = gate
        self._deposit = deposit
        self._fresh = fresh
        self.taken, self._permit, self._opened = self._take()

    def _take(self) -> tuple[Taken, Permit, Opened]:
        released = self._gate.run(take, self._deposit)
        return released.value, released.permit, self._gate.open(released.permit, released.value.master)

    def __call__(self, offset: int, length: int) -> bytes:
        if not self._fresh(self._permit):
            self.taken, self._permit, self._opened = self._take()
        return self._opened.read(offset, length)

    def chunks(self) -> Iterator[bytes]:
        """The whole of it, piece by piece."""
        for offset in range(0, self.taken.size, _CHUNK):
            yield self(offset, min(_CHUNK, self.taken.size - offset))


def accept_deposit(gate: BoundGate, job: Claimed, reader: Reader, fresh: Callable[[Permit], bool]) -> None:
    """Kind and limits first, then malware, in the file and in the files inside it; only then is it taken in.

    Raises ``ScannerUnavailable`` where a scanner is set and does not answer: the file waits.
    """
    source = MasterBytes(gate, job.subject, fresh)
    try:
        with _child(reader, source) as child:
            found = child.probe()
            verdict = scan_all(reader.scanner, source.chunks(), _unpacked(child, found))
    except Unacceptable as refusal:
        gate.run(refuse, job.subject, Rejected(refusal.reason, refusal.remedy, job))
        return
    if verdict.outcome is Outcome.INFECTED:
        gate.run(refuse, job.subject, _infected(verdict, job))
        return
    remarks = (*found.remarks, *verdict.remarks)
    gate.run(accept, job.subject, Accepted(found.media_type, len(found.pages), remarks, job, verdict))


_PERHAPS_MORE = {"unexamined", "nested"}
"""Remarks on a file in which there may be files that nobody unpacks."""


def _unpacked(child: Sandbox, found: Probe) -> Iterator[bytes | None]:
    """The files inside the file, one after the other; None for one that cannot be unpacked, or of which nothing came out."""
    for attachment in found.attachments:
        content = None
        with suppress(AttachmentUnreadable):
            content = child.attachment(attachment.number) or None
        yield content
    if any(remark.code in _PERHAPS_MORE for remark in found.remarks):
        yield None


def _infected(verdict: Verdict, job: Claimed) -> Rejected:
    return Rejected(
        f"The file contains malware ({verdict.said}).",
        "Do not open it on your computer; ask for a clean copy, and tell the administrator.",
        job,
        verdict,
    )


class Interrupted(Exception):
    """The worker was asked to end. What is read is stored; the rest is for whoever takes the job next."""


def read_deposit(
    gate: BoundGate,
    job: Claimed,
    reader: Reader,
    fresh: Callable[[Permit], bool],
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Reads every page that has no reading yet, each in a commit of its own, then hands over to the index.

    ``goes_on`` is asked before each page; when it says no, ``Interrupted`` is raised.
    """
    source = MasterBytes(gate, job.subject, fresh)
    if source.taken.missing:
        with _child(reader, source) as child:
            child.probe()
            for number in source.taken.missing:
                if not goes_on():
                    raise Interrupted
                _read_page(gate, job.subject, child, number, source.taken.dek_id)
    gate.run(finish_reading, job.subject, job)


def _child(reader: Reader, source: MasterBytes) -> Sandbox:
    return launch(reader.launcher, source, source.taken.name, source.taken.size, reader.limits, reader.engine)


def _read_page(gate: BoundGate, deposit: UUID, child: Sandbox, number: int, dek_id: UUID) -> None:
    result = _result(child, number)
    room = gate.run(make_room, deposit)
    store = _seal(gate, room.permit, room.value, dek_id, result)
    failpoint("read.sealed")
    gate.run(store_page, deposit, _as_read(number, result, *store))


@dataclass(frozen=True)
class _Result:
    page: PageResult | None
    text: PageText


def _result(child: Sandbox, number: int) -> _Result:
    try:
        page = child.read_page(number)
    except PageUnreadable as error:
        return _Result(None, unread("none", f"this page could not be drawn: {error.reason}"))
    return _Result(page, page.text)


def _seal(
    gate: BoundGate, permit: Permit, room: Room, dek_id: UUID, result: _Result
) -> tuple[Sealed | None, Sealed]:
    view = None
    if result.page is not None:
        view = gate.seal(permit, room.view, dek_id, [result.page.image.jpeg])
    return view, gate.seal(permit, room.text, dek_id, [result.text.to_json()])


def _as_read(number: int, result: _Result, view: Sealed | None, text: Sealed) -> ReadPage:
    image = None if result.page is None else result.page.image
    scores = [line.score for line in result.text.lines]
    return ReadPage(
        seq=number,
        width=0 if image is None else image.width,
        height=0 if image is None else image.height,
        dpi=0 if image is None else image.dpi,
        is_blank=image is not None and image.is_blank,
        view=view,
        text=text,
        engine=result.text.engine,
        model=result.text.model,
        confidence=sum(scores) / len(scores) if scores else None,
        reason=result.text.reason,
        skew=None if image is None else skew_of(result.text, image.width, image.height),
    )
