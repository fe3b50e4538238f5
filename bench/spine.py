"""What the spine of the house costs, against floors measured in the same run: ``python -m bench.spine``.

Run by hand on a quiet machine; it prints a table in Markdown. CPU times are of the server's process; where calls are
made in this process they are ``time.process_time``. Nothing here is a test.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx

from archive.accounts.operations import SessionLife, SignIn, check_password, open_session
from archive.accounts.queries import anyone
from archive.cli.demonstration import load
from archive.cli.founding import Credentials, settle
from archive.cli.session import Client, connect, sign_in
from archive.core.access.actions import Purpose
from archive.core.gate import BoundGate, Released
from archive.core.settings import Settings
from archive.desks.reading_room import operations as reading_room
from archive.desks.reading_room import showing, watermark
from archive.holdings.operations import list_items
from archive.wiring import Archive, found_archive, open_archive
from bench.floor import PRAGMAS, insert_and_commit
from bench.served import Served, free_port, served
from demo.generate import case_files

ROUNDS = 9
CALLS = 60
MS = 1000.0
MIB = 2**20


SEARCHED = "陈怡君"
IMAGE = "/api/v1/items/{item}/pages/1/image"


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    goal: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.value} | {self.goal} |"


def cpu_ms(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call in this process: the median of ``ROUNDS`` means over ``CALLS``."""
    return median(_means(call, time.process_time))


def server_cpu_ms(server: Served, call: Callable[[], object]) -> float:
    """The same of the server's process, whatever it does beside it (its sequencer signs once a second)."""
    return median(_means(call, server.cpu))


def _means(call: Callable[[], object], clock: Callable[[], float]) -> Iterator[float]:
    for _ in range(CALLS):
        call()
    for _ in range(ROUNDS):
        began = clock()
        for _ in range(CALLS):
            call()
        yield (clock() - began) / CALLS * MS


# --- the archive, served -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    item: UUID
    token: str
    pages: int
    seconds: float


def measure_served(folder: Path, figures: list[Figure]) -> tuple[Loaded, float]:
    """Answers with what was loaded and the CPU ms of a page view over HTTP."""
    people = {person.login: person.password for person in founded(folder)}
    port = free_port()
    with served(["-m", "archive", "serve", "--data", str(folder), "--port", str(port)], port) as server:
        token = sign_in(server.address, "archivist", people["archivist"]).token
        client = connect(server.address, token)
        loaded = read_demonstration(folder, client, token)
        idle = idle_cpu_ms(server)
        address = IMAGE.format(item=loaded.item)
        view = server_cpu_ms(server, lambda: client.load(address, purpose=Purpose.ARCHIVE_WORK))
        figures += [
            Figure("start, until the first page is served", f"{server.start_seconds:.1f} s"),
            Figure(
                f"upload to searchable, {loaded.pages} demonstration pages, one worker",
                f"{loaded.pages / loaded.seconds * 60:.0f} pages a minute",
            ),
            Figure("peak memory of the server's process", f"{server.peak / MIB:.0f} MiB"),
            Figure("peak memory of the reading program", f"{server.child_peak / MIB:.0f} MiB"),
            Figure("CPU of the idle server", f"{idle:.1f} ms a second"),
        ]
    return loaded, view


def founded(folder: Path) -> tuple[Credentials, ...]:
    settings = Settings(data=folder)
    found_archive(settings)
    archive = open_archive(settings)
    people = settle(archive)
    archive.close()
    return people


def read_demonstration(folder: Path, client: Client, token: str) -> Loaded:
    """Uploads, reads, indexes and describes all files, as ``./start`` does, until a name on them is found."""
    files = case_files()
    began = time.monotonic()
    loaded = load(client, folder / "demonstration.json", files, lambda _progress: None)
    while not client.get("/api/v1/search", q=SEARCHED)["items"]:
        time.sleep(0.1)
    seconds = time.monotonic() - began
    item = UUID(loaded.items[files[0].name])
    return Loaded(item, token, sum(len(file.pages) for file in files), seconds)


def idle_cpu_ms(server: Served, seconds: float = 5.0) -> float:
    began = server.cpu()
    time.sleep(seconds)
    return (server.cpu() - began) / seconds * MS


def bare_route_ms(folder: Path) -> float:
    port = free_port()
    with (
        served(["-m", "bench.floor", str(port), str(folder / "floor.db")], port) as server,
        httpx.Client(base_url=server.address, trust_env=False) as client,
    ):
        return server_cpu_ms(server, lambda: client.get("/entry"))


# --- the same in this process ------------------------------------------------------------------------------


@dataclass(frozen=True)
class InProcess:
    """CPU milliseconds. ``view`` is everything that the route does between request and response."""

    empty_list: float
    gate: float
    opening: float
    mark: float
    view: float
    insert: float


def measure_in_process(folder: Path, loaded: Loaded, scratch: Path) -> InProcess:
    with opened(folder) as archive:
        gate = archive.gate.bind(archive.who(loaded.token), reading_room.show_page)
        address = reading_room.PageAddress(loaded.item, 1)

        def show() -> Released[reading_room.Leaf]:
            return gate.run(reading_room.show_page, address, purpose=Purpose.ARCHIVE_WORK)

        def view() -> bytes:
            return showing.marked_image(gate, show(), archive.settings)

        shown = show()
        assert shown.value.view is not None
        jpeg = gate.load(shown.permit, shown.value.view)
        font, words = watermark.find_font(None), watermark.lines(shown.value)
        return InProcess(
            empty_list=empty_list_ms(scratch / "empty"),
            gate=cpu_ms(show),
            opening=opening_ms(gate, show),
            mark=cpu_ms(lambda: watermark.burn(jpeg, words, font)),
            view=cpu_ms(view),
            insert=insert_ms(scratch / "insert.db"),
        )


def opening_ms(gate: BoundGate, show: Callable[[], Released[reading_room.Leaf]]) -> float:
    shown = show()
    view = shown.value.view
    assert view is not None
    return cpu_ms(lambda: gate.load(shown.permit, view))


def empty_list_ms(folder: Path) -> float:
    """Decide, log and commit with next to nothing to do: a list of no items, asked for by a claims handler."""
    password = next(person.password for person in founded(folder) if person.login == "handler")
    with opened(folder) as archive:
        gate = archive.gate.bind(archive.who(session_of(archive, "handler", password)), list_items)
        return cpu_ms(lambda: gate.run(list_items, None, 20))


def session_of(archive: Archive, login: str, password: str) -> str:
    door = archive.gate.bind(anyone, check_password, open_session)
    attempt = SignIn(login, password, "127.0.0.1", 10)
    account = door.run(check_password, attempt, attempt).value
    life = SessionLife("bench", timedelta(hours=1), timedelta(hours=1))
    return door.run(open_session, account, life).value.token


@contextmanager
def opened(folder: Path) -> Iterator[Archive]:
    archive = open_archive(Settings(data=folder))
    try:
        yield archive
    finally:
        archive.close()


def insert_ms(file: Path) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in (*PRAGMAS, "CREATE TABLE entry (id INTEGER PRIMARY KEY, leaf BLOB)"):
        connection.execute(pragma)
    return cpu_ms(lambda: insert_and_commit(connection))


# --- the table ---------------------------------------------------------------------------------------------


def table(figures: list[Figure]) -> str:
    return "\n".join(["| what | measured | goal |", "|---|---|---|", *map(str, figures)])


def main() -> None:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="juanzong-bench-") as name:
        scratch = Path(name)
        loaded, over_http = measure_served(scratch / "data", figures)
        bare = bare_route_ms(scratch)
        here = measure_in_process(scratch / "data", loaded, scratch)
    goal = here.mark + 6
    figures += [
        Figure("floor: one insert and commit, plain SQLite", f"{here.insert:.2f} ms"),
        Figure("**decide + log + commit** (a list without items)", f"**{here.empty_list:.2f} ms**", "≤ 4 ms"),
        Figure("the gate for one page (finds, decides, logs, commits)", f"{here.gate:.2f} ms"),
        Figure("vault: open and decrypt the page's image", f"{here.opening:.2f} ms"),
        Figure("floor: watermark alone (decode, mark, encode)", f"{here.mark:.1f} ms"),
        Figure(
            "**whole page view**, gate + vault + watermark",
            f"**{here.view:.1f} ms** ({here.view / here.mark:.2f} × the watermark)",
            f"≤ {goal:.1f} ms (watermark + 6 ms)",
        ),
        Figure("floor: a bare FastAPI route with one insert and commit", f"{bare:.2f} ms"),
        Figure(
            "the same page view over HTTP, all of the server's process",
            f"{over_http:.1f} ms (watermark + {over_http - here.mark:.1f} ms, of which FastAPI {bare:.1f} ms)",
        ),
    ]
    print(table(figures))


if __name__ == "__main__":
    main()
