"""``kill -9`` at random while files are uploaded and read; what is acknowledged is written down outside, to be asked for later."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import httpx

from archive.cli.founding import FONDS
from archive.cli.session import Client
from archive.core.errors import ArchiveError, NotReady
from tests.crash.running import PATIENCE, VICTIMS, Crew, running
from tests.crash.stack import File, stack
from tests.crash.verdict import Line, judge, still_running

UPLOADERS = 2
PIECES = 20
PIECE_SECONDS = 0.02
"""An upload takes long enough to be hit."""

RETRY_SECONDS = 0.5
REMEMBERED_EVERY = 5
"""Kills between two checkpoints that are kept outside."""

MOST_UNREAD = 10
"""Where more files wait the killing pauses: it is to hit an archive at work, not to stop it for good."""

LONGEST_PAUSE = 2.5
LONGEST_WAIT = 3.0
"""For a reading program to be there that can be killed."""

DRAIN_SECONDS = 900.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    pages: int
    kills: int
    engine: str
    seed: int


@dataclass
class Told:
    """What people outside know. ``files``: deposit → the file that was acknowledged under this uid.

    ``cut`` counts uploads whose acknowledgement never came; they are sent again, and may be there twice.
    """

    files: dict[str, File] = field(default_factory=dict)
    checkpoints: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    drained_after: float = 0.0


@dataclass
class Pace:
    """File n of all is sent when n of all kills are done, so that there is always something to lose."""

    files: int
    most: int
    kills: int = 0

    def is_due(self, number: int) -> bool:
        return self.kills >= self.most or number * self.most <= self.kills * self.files


def kill_at_random(crew: Crew, plan: Plan, told: Told, say: Say) -> None:
    """Uploads the whole stack meanwhile. Returns when every file is acknowledged."""
    files = list(stack(plan.pages, plan.seed))
    archivist, auditor = crew.client("archivist"), crew.client("auditor")
    pace = Pace(len(files), plan.kills)
    with ThreadPoolExecutor(UPLOADERS) as pool:
        sent = [pool.submit(_send, archivist, file, number, pace, told) for number, file in enumerate(files)]
        try:
            for pace.kills in _kills(crew, plan, archivist, told):
                if pace.kills % REMEMBERED_EVERY == 0:
                    _watch_over(crew, lambda: _is_remembered(auditor, told), PATIENCE)
                    say(f"{pace.kills} kills, {len(told.files)} of {len(files)} files acknowledged")
        finally:
            pace.kills = plan.kills
            _watch_over(crew, lambda: all(future.done() for future in sent), DRAIN_SECONDS)
    for future in sent:
        future.result()
    _watch_over(crew, lambda: _is_remembered(auditor, told), PATIENCE)


def drain(crew: Crew, told: Told) -> None:
    """Nobody does anything but to start what has ended; waits until every acknowledged file has come to its end."""
    archivist, began = crew.client("archivist"), time.monotonic()
    _watch_over(crew, lambda: _unread(archivist, told) == 0, DRAIN_SECONDS)
    told.drained_after = time.monotonic() - began


def _kills(crew: Crew, plan: Plan, archivist: Client, told: Told) -> Iterator[int]:
    """Yields after each kill how many there were."""
    random = Random(plan.seed)
    while (count := told.killed.total()) < plan.kills:
        _watch_over(crew, _never, random.uniform(0, LONGEST_PAUSE))
        _watch_over(crew, lambda: _unread(archivist, told) <= MOST_UNREAD, DRAIN_SECONDS)
        victim = random.choice(VICTIMS)
        _watch_over(crew, partial(crew.has, victim), LONGEST_WAIT)
        if crew.kill(victim, random):
            told.killed[victim] += 1
            yield count + 1


def _watch_over(crew: Crew, is_over: Callable[[], bool], seconds: float) -> None:
    """Starts again whatever has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_over():
        crew.revive()
        time.sleep(0.1)


def _never() -> bool:
    return False


def _send(archivist: Client, file: File, number: int, pace: Pace, told: Told) -> None:
    """Until it is acknowledged, each time under another name: whoever was told nothing sends the file again."""
    while not pace.is_due(number):
        time.sleep(0.05)
    for attempt in range(1000):
        params = {"name": f"{attempt}-{file.name}", "fonds": FONDS, "duplicates": "keep"}
        try:
            answer = archivist.send("/api/v1/deposits", _slowly(file.content), len(file.content), **params)
        except ArchiveError as error:
            told.cut += not isinstance(error.__cause__, httpx.ConnectError)
            time.sleep(RETRY_SECONDS)
        else:
            told.files[answer["deposit"]] = file
            return
    raise TimeoutError(f"{file.name} was never acknowledged")


def _slowly(content: bytes) -> Iterator[bytes]:
    step = len(content) // PIECES + 1
    for at in range(0, len(content), step):
        time.sleep(PIECE_SECONDS)
        yield content[at : at + step]


def _unread(archivist: Client, told: Told) -> int:
    """Of the acknowledged files; all of them while the server is away."""
    try:
        rows = archivist.get("/api/v1/deposits", limit=500)
    except NotReady:
        return len(told.files)
    done = {row["deposit"] for row in rows if row["state"] not in {"received", "reading"}}
    return len(set(told.files) - done)


def _is_remembered(auditor: Client, told: Told) -> bool:
    """A checkpoint more is kept outside; False while the server is away."""
    try:
        told.checkpoints.append(auditor.load("/api/v1/log/checkpoint").decode())
    except NotReady:
        return False
    return True


def judged(home: Path, plan: Plan, say: Say) -> tuple[Told, list[Line]]:
    """The whole story in ``home``, and what became of the archive."""
    told = Told()
    with running(home, engine=plan.engine) as crew:
        kill_at_random(crew, plan, told, say)
        say(f"{told.killed.total()} kills done; waiting until everything is read")
        drain(crew, told)
        unfound = unfound_pages(crew, told)
        for words in sorted(unfound):
            say(f"not found: {words}")
        family = crew.everything()
    return told, [
        Line("pages not found by their words", len(unfound)),
        *judge(crew.data, told.files, told.checkpoints),
        Line("processes that outlive their archive", still_running(family)),
    ]


def unfound_pages(crew: Crew, told: Told) -> set[str]:
    """The words of pages of acknowledged files, once the index has had its time."""
    archivist = crew.client("archivist")
    wanted = {
        (str(archivist.get(f"/api/v1/deposits/{deposit}")["item"]), seq, words)
        for deposit, file in told.files.items()
        for seq, words in enumerate(file.words, start=1)
    }
    deadline = time.monotonic() + PATIENCE
    while (
        missing := {page for page in wanted if not _is_found(archivist, *page)}
    ) and time.monotonic() < deadline:
        wanted = missing
        time.sleep(0.5)
    return {words for _, _, words in missing}


def _is_found(archivist: Client, item: str, seq: int, words: str) -> bool:
    """On this page of this item, and on none of its other pages."""
    found = archivist.get("/api/v1/search", q=f'"{words}"')["items"]
    return [[page["seq"] for page in hit["pages"]] for hit in found if hit["item"] == item] == [[seq]]
