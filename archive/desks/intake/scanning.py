"""Looking for malware: what a scanner is asked and what it may answer.

Clean means that the scanner found nothing in what it looked at. It never means that a file is harmless, nor that it stays
small when it is unpacked: the limits of the reading program see to that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from archive.core.errors import ScannerUnavailable
from ocr.facts import Remark


class Outcome(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not scanned"


@dataclass(frozen=True)
class Verdict:
    """``said``: the name of the signature, or why nothing was scanned. ``by``: scanner and signatures; None where there is none."""

    outcome: Outcome
    said: str = ""
    by: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Condition:
    """What the keeper should know of a scanner: whether all is well with it, and in which words."""

    ok: bool
    words: str


class Scanner(Protocol):
    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        """Raises ``ScannerUnavailable`` when there is a scanner and it gives no answer, and whatever ``chunks`` raises."""
        ...

    def describe(self) -> Condition: ...


NOBODY_LOOKED = Verdict(Outcome.NOT_SCANNED, "no scanner is set")


class NoScanner:
    """Of a site that has none. Its deposits say so, and ``doctor`` says what to do."""

    def scan(self, chunks: Iterable[bytes]) -> Verdict:  # noqa: ARG002 - nothing is looked at
        return NOBODY_LOOKED

    def describe(self) -> Condition:
        todo = "apt install clamav-daemon, prepare it (decision 0023), set JUANZONG_CLAMD_SOCKET"
        return Condition(ok=True, words=f"none is set, deposits are marked as not scanned; {todo}")


def scan_all(scanner: Scanner, original: Iterable[bytes], attachments: Iterable[bytes | None]) -> Verdict:
    """The worst that is said of the file and of the files inside it, each of which is unpacked when its turn comes.

    None stands for one that cannot be unpacked. Raises what ``Scanner.scan``, ``original`` and ``attachments`` raise.
    """
    verdict = _of("The file", scanner.scan(original))
    if verdict.by is None:
        return verdict
    if verdict.outcome is Outcome.INFECTED:
        return verdict
    for content in attachments:
        inside = _sealed(verdict.by) if content is None else scanner.scan([content])
        verdict = _worse(verdict, _of("An attachment", inside))
        if verdict.outcome is Outcome.INFECTED:
            break
    return verdict


def _sealed(by: str) -> Verdict:
    return Verdict(Outcome.NOT_SCANNED, "it cannot be unpacked", by)


def _of(subject: str, verdict: Verdict) -> Verdict:
    """A scanner that looked at less than all of it leaves a remark; that there is no scanner is not said file by file."""
    if verdict.outcome is not Outcome.NOT_SCANNED or verdict.by is None:
        return verdict
    remark = Remark("not_scanned", f"{subject} was not scanned for malware: {verdict.said}.")
    return replace(verdict, remarks=(*verdict.remarks, remark))


_BADNESS = {Outcome.CLEAN: 0, Outcome.NOT_SCANNED: 1, Outcome.INFECTED: 2}


def _worse(one: Verdict, other: Verdict) -> Verdict:
    worst = other if _BADNESS[other.outcome] > _BADNESS[one.outcome] else one
    return replace(worst, remarks=tuple(dict.fromkeys((*one.remarks, *other.remarks))))


def silent() -> ScannerUnavailable:
    return ScannerUnavailable(
        "The malware scanner does not answer.",
        "See that clamd runs and that JUANZONG_CLAMD_SOCKET names its socket; the file waits and is tried again.",
    )


def confused() -> ScannerUnavailable:
    return ScannerUnavailable(
        "The malware scanner reported a fault.",
        "Look into the log of clamd, and whether its TemporaryDirectory is full; the file waits and is tried again.",
    )
