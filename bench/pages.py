"""What the list pages cost in a large archive, against the same pages in one of ten rows: ``python -m bench.pages``.

Both archives are filled outside of the timed part and served by processes of their own; CPU time is that of the server's
process. Run by hand; it prints a table in Markdown and takes some minutes. Nothing here is a test.
"""

import gzip
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import select

from archive.core.settings import Settings
from archive.holdings.tables import Batch, Item, Volume
from archive.wiring import Archive
from bench.filled import WORD, Size, fill
from bench.served import Served, free_port, served
from bench.spine import founded, opened, session_of

LARGE, SMALL = 100_000, 10
ROUNDS = 9
MS = 1000.0
GOAL_MS = 100
GOAL_BYTES = 150_000
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')

PAGES = (
    ("archivist", "/"),
    ("archivist", "/to-dos"),
    ("archivist", "/items"),
    ("handler", "/items"),
    ("archivist", "/holdings"),
    ("archivist", "/intake"),
    ("archivist", "/intake/table"),
    ("archivist", "/quality"),
    ("archivist", "/quality/grid?batch={batch}"),
    ("archivist", "/binding"),
    ("archivist", "/binding/{volume}"),
    ("archivist", f"/search?q={WORD}"),
    ("archivist", f"/search?q={WORD}&year=2024"),
    ("handler", f"/search?q={WORD}"),
    ("archivist", "/loans"),
    ("handler", "/loans"),
    ("archivist", "/loans/waiting"),
    ("archivist", "/queue"),
    ("legal", "/queue"),
    ("supervisor", "/cases"),
    ("legal", "/readers"),
    ("legal", "/matters"),
    ("legal", "/holds"),
    ("legal", "/evidence"),
    ("auditor", "/log"),
    ("auditor", "/log?action=item:show"),
    ("auditor", "/log/records?record={item}"),
    ("auditor", "/log/people?person=handler"),
    ("handler", "/trail"),
    ("admin", "/accounts"),
    ("archivist", "/roles"),
    ("admin", "/inspections"),
)
"""Who asks, and for what. In braces: an object of the archive that is asked."""


@dataclass(frozen=True)
class Standing:
    """An archive that is served: how to ask it as whom, and the objects that addresses name."""

    server: Served
    tokens: dict[str, str]
    named: dict[str, str]

    def ask(self, login: str, path: str) -> httpx.Response:
        with httpx.Client(base_url=self.server.address, trust_env=False) as client:
            client.cookies.set("juanzong", self.tokens[login])
            return client.get(path.format(**self.named))


@contextmanager
def standing(folder: Path, size: Size) -> Iterator[Standing]:
    passwords = {person.login: person.password for person in founded(folder)}
    with opened(folder) as archive:
        began = time.process_time()
        fill(archive, Settings(data=folder), size)
        print(f"{size.items} items filled in, {time.process_time() - began:.0f} s CPU", file=sys.stderr)
        tokens = {login: session_of(archive, login, word) for login, word in passwords.items()}
        named = _named(archive)
    port = free_port()
    command = ["-m", "archive", "serve", "--data", str(folder), "--port", str(port), "--workers", "0"]
    with served(command, port) as server:
        yield Standing(server, tokens, named)


def _named(archive: Archive) -> dict[str, str]:
    with archive.database.reading() as session:
        batch = session.scalars(select(Batch.uid).order_by(Batch.id).limit(1)).one()
        volume = session.scalars(select(Volume.uid).where(Volume.state == "open").limit(1)).one()
        item = session.scalars(select(Item.uid).where(Item.state == "archived").limit(1)).one()
    return {"batch": str(batch), "volume": str(volume), "item": f"item:{item}"}


def cpu_ms(house: Standing, login: str, path: str) -> float:
    """The median of single requests, after two that warm it. Raises where the page is refused."""
    for _ in range(2):
        answer = house.ask(login, path)
        if answer.status_code != httpx.codes.OK:
            raise SystemExit(f"{login} asked {path}: {answer.status_code}")
    return median(_one(house, login, path) for _ in range(ROUNDS))


def _one(house: Standing, login: str, path: str) -> float:
    began = _cpu_clock(house.server.pid)
    house.ask(login, path)
    return (_cpu_clock(house.server.pid) - began) * MS


def _cpu_clock(pid: int) -> float:
    """Seconds to the nanosecond: a request is shorter than the kernel's tick. (Linux's id of another process's clock.)"""
    return time.clock_gettime((~pid << 3) | 2)


# --- first load --------------------------------------------------------------------------------------------


def first_load(house: Standing) -> int:
    """Bytes of bodies as sent, of the sign-in page, the home page and everything they name, each fetched once."""
    fetched: dict[str, int] = {}
    with httpx.Client(base_url=house.server.address, trust_env=False) as client:
        sign_in = _fetch(client, "/sign-in", fetched)
        client.cookies.set("juanzong", house.tokens["archivist"])
        home = _fetch(client, "/", fetched)
        for asset in sorted({*ASSET.findall(sign_in), *ASSET.findall(home)}):
            _fetch(client, asset, fetched)
    return sum(fetched.values())


def _fetch(client: httpx.Client, path: str, fetched: dict[str, int]) -> str:
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        body = b"".join(answer.iter_raw())
    fetched[path] = len(body)
    return (gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body).decode()


# --- the table ---------------------------------------------------------------------------------------------


def main() -> None:
    size = Size(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)
    with tempfile.TemporaryDirectory(prefix="juanzong-bench-") as name, ExitStack() as stack:
        small = stack.enter_context(standing(Path(name) / "small", Size(SMALL)))
        large = stack.enter_context(standing(Path(name) / "large", size))
        print(
            f"| page | asked by | {SMALL} items | {size.items} items | ratio | goal |\n|---|---|---|---|---|---|"
        )
        for login, path in PAGES:
            few, many = cpu_ms(small, login, path), cpu_ms(large, login, path)
            mark = f"≤ {GOAL_MS} ms" if many <= GOAL_MS else f"**≤ {GOAL_MS} ms**"
            print(
                f"| `{path}` | {login} | {few:.1f} ms | {many:.1f} ms | {many / few:.1f} | {mark} |",
                flush=True,
            )
        print(
            f"\nFirst load, sign-in and home: {first_load(small) / 1000:.1f} kB (goal ≤ {GOAL_BYTES // 1000} kB)"
        )


if __name__ == "__main__":
    main()
