"""Looks at odd files one by one, each in a process of its own that is forked from this one and has the child's limits.

A sandbox takes a second to load its libraries, too much for two hundred files. Here they are loaded once; the code that
looks at the file and the limits are the same, and what each file cost can be measured. Run as a program: it reads
(length of the name, length of the file, name, file) from stdin and answers each with a line of JSON.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from types import TracebackType
from typing import Any, BinaryIO, Self

from tests.hostile.odd import Odd

_DEATHS: dict[int, str] = {signal.SIGXCPU: "timeout"}
LENGTHS = struct.Struct(">IQ")


@dataclass(frozen=True)
class Found:
    """`codes`: of the refusal, or of the remarks. `unreadable`: why some of the first three pages could not be drawn.

    `cpu` in seconds and `memory` in MiB of the costliest process; `died`: the signal that ended it before it had answered.
    """

    refused: bool = False
    codes: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    pages: int = 0
    drawn: int = 0
    unreadable: list[str] = field(default_factory=list)
    cpu: float = 0.0
    memory: int = 0
    died: int = 0


class Apart:
    """The other end: asks the program."""

    def __init__(self) -> None:
        self._known: dict[Odd, Found] = {}

    def __enter__(self) -> Self:
        command = [sys.executable, "-W", "ignore", "-m", "tests.hostile.apart"]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._program = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.communicate()

    def look(self, odd: Odd) -> Found:
        """Once for each file."""
        if odd not in self._known:
            self._known[odd] = self._asked(odd.name, odd.make())
        return self._known[odd]

    def _asked(self, name: str, content: bytes) -> Found:
        assert self._program.stdin
        assert self._program.stdout
        told = name.encode("utf-8", "surrogatepass")
        self._program.stdin.write(LENGTHS.pack(len(told), len(content)) + told + content)
        self._program.stdin.flush()
        return Found(**json.loads(self._program.stdout.readline()))


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    while head := questions.read(LENGTHS.size):
        name, content = (questions.read(length) for length in LENGTHS.unpack(head))
        found = looked(name.decode("utf-8", "surrogatepass"), content)
        answers.write(json.dumps(asdict(found)).encode() + b"\n")
        answers.flush()


def looked(name: str, content: bytes) -> Found:
    """A process that dies of a page is followed by one that goes on with the next, as in the sandbox."""
    found, page = Found(), 1
    while True:
        told, usage, died = _forked(name, content, page)
        if told:
            kept = {name: getattr(found, name) for name in ("unreadable", "drawn", "cpu", "memory")}
            found = Found(**told[0] | kept)
        errors = [line for line in told[1:] if line]
        found = replace(
            found,
            unreadable=found.unreadable + errors,
            drawn=found.drawn + len(told[1:]) - len(errors),
            cpu=max(found.cpu, usage.ru_utime + usage.ru_stime),
            memory=max(found.memory, usage.ru_maxrss >> 10),
        )
        if not died:
            return found
        if not told:
            return replace(found, died=died)
        page += len(told)
        found = replace(found, unreadable=[*found.unreadable, _DEATHS.get(died, "crashed")])


def _forked(name: str, content: bytes, first: int) -> tuple[list[Any], resource.struct_rusage, int]:
    """What it said line by line, what it cost, and the signal that ended it."""
    incoming, outgoing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(incoming)
        try:
            for line in _looking(name, content, first):
                os.write(outgoing, json.dumps(line).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as pipe:
        told = [json.loads(line) for line in pipe]
    _, status, usage = os.wait4(child, 0)
    return told, usage, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _looking(name: str, content: bytes, first: int) -> Iterator[object]:
    """The file, then for each of the first three pages the code with which it could not be drawn, or nothing."""
    from ocr.facts import Limits, Unacceptable
    from ocr.harden import allow_more
    from ocr.probe import probe
    from ocr.render import is_blank, render, view_jpeg

    limits = Limits()
    allow_more(limits.probe_cpu, limits.render_memory)
    try:
        found = probe(io.BytesIO(content), name, limits)
    except Unacceptable as refusal:
        yield asdict(Found(refused=True, codes=[refusal.code], sentences=[refusal.reason, refusal.remedy]))
        return
    codes, sentences = ([getattr(remark, part) for remark in found.remarks] for part in ("code", "words"))
    yield asdict(Found(codes=codes, sentences=sentences, pages=len(found.pages)))
    for page in found.pages[first - 1 : 3]:
        allow_more(limits.render_cpu, limits.render_memory)
        try:
            picture, _ = render(io.BytesIO(content), found, page.number)
            view_jpeg(picture)
            is_blank(picture)
        except Unacceptable as refusal:
            yield refusal.code
        except MemoryError:
            yield "out_of_memory"
        except Exception:  # noqa: BLE001 - as the child does: such a page is told, the next one is served
            yield "broken"
        else:
            yield ""


if __name__ == "__main__":
    import cv2

    import ocr.serving  # noqa: F401 - loads whatever the child loads

    cv2.setNumThreads(1)
    serve(sys.stdin.buffer, sys.stdout.buffer)
