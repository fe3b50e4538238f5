"""The archive's side of reading a file: starts the child, hands it bytes, and believes nothing it says unchecked.

    with launch(choose_launcher(), source, "scan.pdf", size, Limits(), "rapidocr") as sandbox:
        found = sandbox.probe()                       # or raises Unacceptable
        for facts in found.pages:
            result = sandbox.read_page(facts.number)  # or raises PageUnreadable; the next page still works

A child that crashes, hangs, exhausts its limits or talks nonsense is replaced before the next page. One that does not
even start raises `LauncherUnavailable`: that says nothing about the file, which is to be tried again.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self, TypeVar

from ocr import answers
from ocr.facts import Code, Kind, Limits, PageFacts, PageResult, PageUnreadable, Probe, Unacceptable
from ocr.frames import (
    Channel,
    Frame,
    FrameType,
    PeerGone,
    PeerSilent,
    ProtocolError,
    decode_range,
    encode,
    encode_record,
)
from ocr.launchers import (
    BareLauncher,
    BwrapLauncher,
    Launcher,
    LauncherUnavailable,
    Started,
    choose_launcher,
    discard,
)
from ocr.page import PageImage, PageText, UnreadableReading, unread

__all__ = [
    "AttachmentUnreadable",
    "BareLauncher",
    "BwrapLauncher",
    "ByteSource",
    "Code",
    "Kind",
    "Launcher",
    "LauncherUnavailable",
    "Limits",
    "PageFacts",
    "PageImage",
    "PageResult",
    "PageText",
    "PageUnreadable",
    "Probe",
    "Sandbox",
    "Unacceptable",
    "choose_launcher",
    "launch",
]

Answer = TypeVar("Answer")
ByteSource = Callable[[int, int], bytes]
"""`source(offset, length)`: exactly these bytes of the file. What it raises ends the sandbox and reaches the caller."""

_MOST_READ = 1 << 20
_KILLS_FORGIVEN = 2
"""SIGKILL comes from outside, from an operator or a kernel short of memory: a page is to blame when it comes a third time."""

_STDERR_TAIL = 4096
_CLASS_NAME = re.compile(r"^(?:[A-Za-z_]\w*\.)*([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning))\b")
_SIGNAL_BASE = 128
_HOSTILE = "If the file is what it should be, scan or export it again; otherwise do not open it."


class AttachmentUnreadable(Exception):
    """A file inside the file could not be unpacked; the others are not affected."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class _ChildFailed(Exception):
    """The child had begun, and ended or was ended before it answered. The message names the cause, never text of the page."""

    def __init__(self, code: Code, reason: str, *, by_kill: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.by_kill = by_kill


class _ChildKilled(Exception):
    """The child was killed before it answered; a fresh one is asked the same."""


def launch(
    launcher: Launcher, source: ByteSource, name: str, size: int, limits: Limits, engine: str
) -> Sandbox:
    """A sandbox for one file. `name` is only looked at for its extension. The child starts with the first question.

    Use it in the thread that made it: the child is killed when that thread ends.
    """
    return Sandbox(launcher, source, Opening(name, size, limits, engine))


@dataclass(frozen=True)
class Opening:
    """What the child is told about the file when it starts."""

    name: str
    size: int
    limits: Limits
    engine: str


class Sandbox:
    def __init__(self, launcher: Launcher, source: ByteSource, opening: Opening) -> None:
        self._launcher = launcher
        self._source = source
        self._opening = opening
        self._size = opening.size
        self._limits = opening.limits
        self._engine = opening.engine
        self._child: _Child | None = None
        self._forgiving = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def probe(self) -> Probe:
        """Kind, pages, limits. Raises `Unacceptable`, also when the file took the child down."""
        return self._again_when_killed(self._probe)

    def _again_when_killed(self, ask: Callable[[], Answer]) -> Answer:
        self._forgiving = _KILLS_FORGIVEN
        while True:
            try:
                return ask()
            except _ChildKilled:
                self._forgiving -= 1

    def _probe(self) -> Probe:
        try:
            frame = self._ask(
                encode(FrameType.PROBE), self._limits.probe_cpu, FrameType.PROBED, FrameType.REFUSED
            )
            if frame.type is FrameType.PROBED:
                return answers.probed(frame.record(), self._limits)
            raise answers.refused(frame.record())
        except _ChildFailed as failure:
            raise Unacceptable(
                failure.code, f"The file cannot be examined: {failure.reason}.", _HOSTILE
            ) from failure
        except ProtocolError as error:
            self.close()
            raise Unacceptable(
                Code.CRASHED, "The file confused the program that examines it.", _HOSTILE
            ) from error

    def read_page(self, number: int) -> PageResult:
        """The picture of page `number` (from 1) and its text.

        When only the reading fails, `text.reason` says why. Raises `PageUnreadable` when there is not even a picture.
        """
        return self._again_when_killed(lambda: self._read_page(number))

    def _read_page(self, number: int) -> PageResult:
        try:
            image = self._picture(number)
        except _ChildFailed as failure:
            raise PageUnreadable(failure.code, failure.reason) from failure
        except ProtocolError as error:
            self.close()
            raise PageUnreadable(Code.CRASHED, "the page confused the program that draws it") from error
        return PageResult(image, self._text())

    def attachment(self, number: int) -> bytes:
        """File `number` (from 1) of those that `probe` found inside the file, unpacked. Raises `AttachmentUnreadable`."""
        return self._again_when_killed(lambda: self._attachment(number))

    def _attachment(self, number: int) -> bytes:
        cpu = self._limits.probe_cpu
        question = encode_record(FrameType.ATTACHMENT, {"number": number})
        try:
            frame = self._ask(question, cpu, FrameType.CONTENT, FrameType.UNREADABLE)
            if frame.type is FrameType.CONTENT:
                return frame.payload
            unreadable = answers.page_unreadable(frame.record())
        except _ChildFailed as failure:
            raise AttachmentUnreadable(failure.code, failure.reason) from failure
        except ProtocolError as error:
            self.close()
            reason = "the attached file confused the program that unpacks it"
            raise AttachmentUnreadable(Code.CRASHED, reason) from error
        raise AttachmentUnreadable(unreadable.code, unreadable.reason)

    def _picture(self, number: int) -> PageImage:
        cpu = self._limits.render_cpu
        question = encode_record(FrameType.PAGE, {"number": number})
        frame = self._ask(question, cpu, FrameType.PAGE_FACTS, FrameType.UNREADABLE)
        if frame.type is FrameType.UNREADABLE:
            raise answers.page_unreadable(frame.record())
        view = self._hear(self._deadline(cpu), cpu, FrameType.VIEW)
        return answers.page_image(frame.record(), view.payload, number)

    def _text(self) -> PageText:
        cpu = self._limits.engine_cpu
        try:
            frame = self._hear(self._deadline(cpu), cpu, FrameType.TEXT)
            return PageText.from_json(frame.payload)
        except _ChildFailed as failure:
            return unread(self._engine, f"the engine failed: {failure.reason}")
        except (UnreadableReading, ProtocolError):
            self.close()
            return unread(self._engine, "the engine returned a malformed reading")

    def _ask(self, question: bytes, cpu: int, *answers_: FrameType) -> Frame:
        child = self._running()
        to_be_probed = self._limits.probe_cpu  # by a fresh one
        deadline = self._deadline(cpu + to_be_probed) + self._limits.start_wall
        try:
            child.channel.send(question, deadline)
        except (PeerGone, PeerSilent):
            self.close()  # it died of the last page: a fresh one gets the question once more
            child = self._running()
            self._send_to(child, question, deadline)
        return self._hear(deadline, cpu, *answers_)

    def _send_to(self, child: _Child, question: bytes, deadline: float) -> None:
        try:
            child.channel.send(question, deadline)
        except (PeerGone, PeerSilent) as error:
            raise self._failure(0) from error

    def _hear(self, deadline: float, cpu: int, *expected: FrameType) -> Frame:
        """The next answer, after as many READs as the child likes within its time."""
        child = self._running()
        try:
            while (frame := child.receive(deadline)).type is FrameType.READ:
                child.channel.send(encode(FrameType.DATA, self._bytes(frame)), deadline)
        except PeerSilent as error:
            self.close()
            if not child.has_spoken:
                raise _not_started("it gave no answer in time") from error
            raise _ChildFailed(Code.TIMEOUT, "it gave no answer in time and was stopped") from error
        except PeerGone as error:
            raise self._failure(cpu) from error
        if frame.type not in expected:
            raise ProtocolError("the child answered something else")
        return frame

    def _bytes(self, frame: Frame) -> bytes:
        offset, length = decode_range(frame)
        if length > _MOST_READ or offset + length > self._size:
            raise ProtocolError("the child asked for bytes outside the file")
        try:
            return _whole(self._source(offset, length), length)
        except BaseException:
            self.close()
            raise

    def _failure(self, cpu: int) -> _ChildFailed | _ChildKilled | LauncherUnavailable:
        """Why the child is gone. Ends it. One that never spoke had not seen a byte of the file: the file is not to blame."""
        child, self._child = self._child, None
        if child is None:
            return _not_started("it was gone at once")
        cause = child.cause_of_death(cpu)
        if not child.has_spoken:
            return _not_started(cause.reason)
        return _ChildKilled() if cause.by_kill and self._forgiving else cause

    def _running(self) -> _Child:
        if self._child is None:
            self._child = _Child(self._launcher, encode_record(FrameType.OPEN, asdict(self._opening)))
        return self._child

    def _deadline(self, cpu: int) -> float:
        return time.monotonic() + cpu * self._limits.patience


class _Child:
    """One running child: its process, its channel, and the tail of its stderr (in memory, never logged)."""

    def __init__(self, launcher: Launcher, opening: bytes) -> None:
        self._errors = os.fdopen(os.memfd_create("ocr-child-errors"), "r+b", buffering=0)
        self._started: Started = launcher.start(["-m", "ocr.child"], self._errors)
        process = self._started.process
        assert process.stdin is not None
        assert process.stdout is not None
        self.channel = Channel(process.stdout.fileno(), process.stdin.fileno())
        self.has_spoken = False
        try:
            self.channel.send(opening)
        except PeerGone as error:
            raise _not_started(self.cause_of_death(0).reason) from error

    def receive(self, deadline: float) -> Frame:
        """Raises `PeerGone`, `PeerSilent` and `ProtocolError`."""
        frame = self.channel.receive(deadline)
        self.has_spoken = True
        return frame

    def end(self) -> None:
        discard(self._started)
        self._errors.close()

    def cause_of_death(self, cpu: int) -> _ChildFailed:
        try:
            code = self._started.process.wait(5)
        except subprocess.TimeoutExpired:
            code = 0
        name = self._last_exception()
        self.end()
        return _explain(code, name, cpu)

    def _last_exception(self) -> str | None:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _STDERR_TAIL))
        lines = self._errors.read(_STDERR_TAIL).decode(errors="replace").splitlines()
        names = [match[1] for line in lines if (match := _CLASS_NAME.match(line))]
        return names[-1] if names else None


def _not_started(reason: str) -> LauncherUnavailable:
    return LauncherUnavailable(
        f"The program that examines files does not start: {reason}.",
        "See that its launcher works on this machine; the file was not looked at.",
    )


def _whole(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise OSError("the source of the file returned fewer bytes than it has")
    return data


def _explain(code: int, exception: str | None, cpu: int) -> _ChildFailed:
    number = -code if code < 0 else code - _SIGNAL_BASE
    if number == signal.SIGXCPU:
        return _ChildFailed(Code.TIMEOUT, f"it was stopped after {cpu} s of CPU time")
    if exception == "MemoryError":
        return _ChildFailed(Code.OUT_OF_MEMORY, "it needed more memory than is allowed")
    if 0 < number < signal.NSIG:
        is_killed = number == signal.SIGKILL
        return _ChildFailed(Code.CRASHED, f"it crashed with {signal.Signals(number).name}", by_kill=is_killed)
    return _ChildFailed(Code.CRASHED, f"it ended with {exception or f'exit code {code}'}")
