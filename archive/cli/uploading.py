"""Sends files from a shell. A large one goes in parts: what was cut off goes on, in this call or in the next."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, TypeVar

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from archive.cli.output import complaints
from archive.cli.session import Client
from archive.core.errors import ArchiveError, Conflict, Invalid, NotReady, UploadCut
from archive.desks.intake.duplicates import IS_HERE, Duplicates
from archive.desks.intake.parts import PART_BYTES, count_of
from archive.desks.intake.receiving_parts import content_digest

T = TypeVar("T")

PATIENCE_SECONDS = 300.0
"""How long a server may be away, for a restart or an update, before an upload in parts is given up for now."""

LONGEST_PAUSE_SECONDS = 10.0

Advance = Callable[[int], None]


@dataclass(frozen=True)
class SentFile:
    """What became of one file. ``error`` None: it is durable in the archive."""

    name: str
    deposit: str | None = None
    batch: str | None = None
    state: str | None = None
    error: ArchiveError | None = None

    def told(self) -> dict[str, Any]:
        error = None if self.error is None else {"code": self.error.code, "message": self.error.message}
        return {
            "file": self.name,
            "deposit": self.deposit,
            "batch": self.batch,
            "state": self.state,
            "error": error,
        }


@dataclass(frozen=True)
class Order:
    """Where files go. ``batch`` None: the first one opens it."""

    fonds: str
    duplicates: Duplicates
    batch: str | None = None

    def fields(self) -> dict[str, str]:
        fields = {"fonds": self.fonds, "duplicates": self.duplicates.value}
        return fields if self.batch is None else {**fields, "batch": self.batch}


def send_all(client: Client, paths: list[Path], fonds: str, duplicates: Duplicates) -> list[SentFile]:
    """One that cannot be sent does not hold up the others."""
    sent, batch = [], None
    for path in paths:
        row = _sent(client, path, Order(fonds, duplicates, batch))
        batch = batch or row.batch
        sent.append(row)
    return sent


def _sent(client: Client, path: Path, order: Order) -> SentFile:
    try:
        with _opened(path) as (file, size):
            made = _send(client, path.name, file, size, order)
    except ArchiveError as error:
        return SentFile(path.name, error=error)
    return SentFile(path.name, made["deposit"], made["batch"], made["state"])


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError as error:
        raise Invalid(
            "file", f"The file cannot be read: {error.strerror}.", "Check the name and your rights."
        ) from error
    with file:
        yield file, size


def _send(client: Client, name: str, file: IO[bytes], size: int, order: Order) -> Any:
    if size <= PART_BYTES:
        return client.send("/api/v1/deposits", file, size, name=name, **order.fields())
    with _progress(name, size) as advance:
        return _send_in_parts(client, name, file, size, order, advance)


def _send_in_parts(
    client: Client, name: str, file: IO[bytes], size: int, order: Order, advance: Advance
) -> Any:
    deposit, kept = _begun_before(client, name, file, size) or (
        _begin(client, name, size, order),
        frozenset[int](),
    )
    for number in range(1, count_of(size, PART_BYTES) + 1):
        content = _part(file, number)
        if number not in kept:
            _insist(partial(_send_part, client, deposit, number, content), over=(NotReady, UploadCut))
        advance(len(content))
    return _insist(lambda: _finish(client, deposit))


def _begin(client: Client, name: str, size: int, order: Order) -> str:
    begun = _insist(lambda: client.post("/api/v1/deposits", {"name": name, "size": size, **order.fields()}))
    return str(begun["deposit"])


def _begun_before(client: Client, name: str, file: IO[bytes], size: int) -> tuple[str, frozenset[int]] | None:
    """An upload of the same file that was cut off: every part that has arrived is a part of this file."""
    for row in _insist(lambda: client.get("/api/v1/deposits", limit=500)):
        same = (row["state"], row["name"], row["size"]) == ("receiving", name, size)
        if not same or row["part_size"] != PART_BYTES:
            continue
        kept = client.get(f"/api/v1/deposits/{row['deposit']}/parts")["kept"]
        if all(sha256(_part(file, part["number"])).hexdigest() == part["sha256"] for part in kept):
            return str(row["deposit"]), frozenset(part["number"] for part in kept)
    return None


def _part(file: IO[bytes], number: int) -> bytes:
    file.seek((number - 1) * PART_BYTES)
    return file.read(PART_BYTES)


def _send_part(client: Client, deposit: str, number: int, content: bytes) -> None:
    announced = content_digest(sha256(content).digest())
    client.send_part(f"/api/v1/deposits/{deposit}/parts/{number}", content, announced)


def _finish(client: Client, deposit: str) -> Any:
    """When the answer of the first asking was lost, the second finds it done."""
    try:
        return client.post_and_wait(f"/api/v1/deposits/{deposit}/finish")
    except Conflict:
        row = client.get(f"/api/v1/deposits/{deposit}")
    if row["state"] == "refused" and row["reason"] != IS_HERE:
        raise UploadCut(row["reason"], row["remedy"])
    return row


def _insist(act: Callable[[], T], over: tuple[type[ArchiveError], ...] = (NotReady,)) -> T:
    """Asks again while the server is away. Raises what it raised last when patience ends."""
    end, pause = time.monotonic() + PATIENCE_SECONDS, 1.0
    while True:
        try:
            return act()
        except over as error:
            if time.monotonic() + pause > end:
                raise
            complaints.print(f"{error.message} Trying again in {pause:.0f} s.", style="dim")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


@contextmanager
def _progress(name: str, size: int) -> Iterator[Advance]:
    """Draws on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=complaints, disable=not complaints.is_terminal) as bar:
        task = bar.add_task(name, total=size)
        yield lambda count: bar.update(task, advance=count)
