"""ClamAV's daemon, asked over its Unix socket (clamd(8): zVERSION, zINSTREAM)."""

import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.core.errors import ScannerUnavailable
from archive.desks.intake.clamd_conf import prepared
from archive.desks.intake.scanning import Condition, Outcome, Verdict, confused, silent
from ocr.facts import Remark

TOO_LARGE = "it is larger than the scanner looks at"
TEST_FILE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EI" + b"CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless text that every scanner reports; in two pieces, so that none reports this program."""

_TOO_LARGE_ANSWER = "INSTREAM size limit exceeded. ERROR"
_FOUND = re.compile(r"stream: ([!-~]{1,200}) FOUND")
_LOOKED_AT_PART = re.compile(r"Heuristics\.(?:Limits\.Exceeded|Encrypted)\b.*")
_VERSION = re.compile(r"(ClamAV [\w.+~-]{1,40})(?:/(\d{1,9})/([\w: ]{1,40}))?")
_LONGEST_ANSWER = 1024
_HIGHEST = (1 << 31) - 1
_LOOKS = 5
_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True)
class Patience:
    """Seconds. ``answer``: clamd itself gives a file up after two minutes (MaxScanTime)."""

    word: float = 30.0
    answer: float = 180.0


@dataclass(frozen=True)
class Signatures:
    """``of``: the day of the newest official ones; None where there are none."""

    by: str
    of: datetime | None


@dataclass(frozen=True)
class Clamd:
    """``is_prepared``: the site states what ``conf`` would say, where this machine cannot read it."""

    path: Path
    conf: Path
    is_prepared: bool
    stale_after: timedelta
    clock: Callable[[], datetime]
    patience: Patience = Patience()

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        signatures = self._signatures()
        said = self._streamed(chunks, self._most_bytes())
        return _verdict(said, signatures.by, self._remarks(signatures))

    def describe(self) -> Condition:
        try:
            signatures = self._signatures()
            most = self._most_bytes()
            found = self.scan([TEST_FILE]).outcome is Outcome.INFECTED
        except ScannerUnavailable as error:
            return Condition(ok=False, words=f"{error.message} {error.remedy}")
        words = f"{signatures.by}; it looks at up to {most >> 20} MiB"
        if not found:
            return Condition(ok=False, words=f"{words}; it does not know the EICAR test file: run freshclam")
        if signatures.of is None or self._remarks(signatures):
            return Condition(
                ok=False, words=f"{words}; its signatures are old or of unknown age: run freshclam"
            )
        return Condition(ok=True, words=words)

    def _most_bytes(self) -> int:
        """Raises ``ScannerUnavailable`` rather than let clamd write pages to a disk, or stop looking without a word."""
        if self.is_prepared:
            return _HIGHEST
        try:
            found = prepared(self.conf, self.path)
            if found.faults:
                raise _unprepared(*found.faults)
            if not self._writes_to(found.folder):
                raise _unprepared("it does not write where its clamd.conf says")
        except OSError as error:
            raise _unprepared("clamd.conf or its TemporaryDirectory cannot be looked at") from error
        return found.most_bytes

    def _writes_to(self, folder: Path) -> bool:
        """Whether something moves in the folder when clamd is sent a word that is no secret.

        It does not where clamd was not restarted since its file was changed, or sees other mounts than we. The clock of
        a folder ticks every few milliseconds, so one look may miss it.
        """
        for _ in range(_LOOKS):
            before = folder.stat().st_mtime_ns
            self._streamed([b"juanzong"], _HIGHEST)
            if folder.stat().st_mtime_ns != before:
                return True
            time.sleep(_BETWEEN_LOOKS)
        return False

    def _signatures(self) -> Signatures:
        with self._asked(b"zVERSION\0") as line:
            said = _answer(line, self.patience.word)
        found = _VERSION.fullmatch(said)
        if found is None:
            raise confused()
        if found[2] is None:
            return Signatures(found[1], None)
        of = _day(found[3])
        return Signatures(f"{found[1]}, signatures {found[2]}" + (f" of {of:%Y-%m-%d}" if of else ""), of)

    def _remarks(self, signatures: Signatures) -> tuple[Remark, ...]:
        if signatures.of is None or self.clock() - signatures.of <= self.stale_after:
            return ()
        words = f"The malware scanner's signatures are old: they are of {signatures.of:%Y-%m-%d}."
        return (Remark("old_signatures", words),)

    def _streamed(self, chunks: Iterable[bytes], most: int) -> str:
        """Each chunk with its length before it, then an empty one. clamd may answer and hang up before that."""
        with self._asked(b"zINSTREAM\0") as line:
            sent = 0
            for chunk in filter(None, chunks):
                sent += len(chunk)
                if sent > most:
                    return _TOO_LARGE_ANSWER
                if not _went(line, chunk):
                    return _answer(line, self.patience.word)
            _went(line, b"")
            return _answer(line, self.patience.answer)

    @contextmanager
    def _asked(self, command: bytes) -> Iterator[socket.socket]:
        line = socket.socket(socket.AF_UNIX)
        with line:
            line.settimeout(self.patience.word)
            try:
                line.connect(str(self.path))
                line.sendall(command)
            except OSError as error:
                raise silent() from error
            yield line


def _unprepared(*faults: str) -> ScannerUnavailable:
    return ScannerUnavailable(
        f"The malware scanner is not prepared: {', '.join(faults)}.",
        "In clamd.conf set TemporaryDirectory to a folder on tmpfs, LeaveTemporaryFiles no, "
        "AlertExceedsMax yes, and restart clamd; the file waits and is tried again.",
    )


def _went(line: socket.socket, chunk: bytes) -> bool:
    """False when clamd has hung up."""
    try:
        line.sendall(len(chunk).to_bytes(4, "big"))
        line.sendall(chunk)
    except TimeoutError as error:
        raise silent() from error
    except OSError:
        return False
    return True


def _answer(line: socket.socket, seconds: float) -> str:
    """Up to the zero byte that ends it. Raises ``ScannerUnavailable`` for a cut, late, endless or unprintable one."""
    until, said = time.monotonic() + seconds, b""
    while not said.endswith(b"\0"):
        line.settimeout(max(until - time.monotonic(), 0.001))
        try:
            more = line.recv(_LONGEST_ANSWER)
        except OSError as error:
            raise silent() from error
        if not more:
            raise silent()
        said += more
        if len(said) > _LONGEST_ANSWER or time.monotonic() > until:
            raise confused()
    return said[:-1].decode("ascii", "replace")


def _verdict(said: str, by: str, remarks: tuple[Remark, ...]) -> Verdict:
    if said == "stream: OK":
        return Verdict(Outcome.CLEAN, "", by, remarks)
    if said == _TOO_LARGE_ANSWER:
        return Verdict(Outcome.NOT_SCANNED, TOO_LARGE, by, remarks)
    found = _FOUND.fullmatch(said)
    if found is None:
        raise confused()
    if _LOOKED_AT_PART.fullmatch(found[1]):
        return Verdict(Outcome.NOT_SCANNED, f"the scanner did not see all of it ({found[1]})", by, remarks)
    return Verdict(Outcome.INFECTED, found[1], by, remarks)


def _day(said: str) -> datetime | None:
    """As ctime(3) writes it, and clamd with it, without a zone: good to a day."""
    try:
        return datetime.strptime(said.strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
