"""An archive in processes of its own, as a site runs it: ``serve`` without workers, and ``work`` twice beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from archive.cli.founding import settle
from archive.cli.session import Client, connect
from archive.core.settings import Settings
from archive.wiring import found_archive, open_archive
from bench.served import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
LEASE_SECONDS = "10"
"""A killed worker's job is taken up by another when its lease is over."""

VICTIMS = ("server", "worker", "child")
CHILD_PROGRAMS = ("bwrap", "python")
"""The reading program and what holds it in; an engine's own program is killed with them."""

WORKERS = ("worker 1", "worker 2")


@dataclass
class Crew:
    """The processes of one archive in ``home / "data"``. Whichever has ended is started again by ``revive``."""

    home: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def revive(self) -> None:
        for name in ("server", *WORKERS):
            program = self.programs.get(name)
            if program is None or program.poll() is not None:
                self.programs[name] = self._start(name)

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        serve = ["serve", "--port", str(self.port), "--workers", "0"]
        command = [*(serve if name == "server" else ["work"]), "--data", str(self.data)]
        with (self.home / f"{name}.log").open("ab") as told:
            return subprocess.Popen(
                [sys.executable, "-m", "archive", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=told,
                stderr=told,
                stdin=subprocess.DEVNULL,
            )

    def kill(self, victim: str, random: Random) -> bool:
        """``kill -9`` of the server, a worker, or a reading program; False where there is none at this moment."""
        pids = self.pids(victim)
        if not pids:
            return False
        try:
            os.kill(random.choice(pids), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def has(self, victim: str) -> bool:
        return bool(self.pids(victim))

    def pids(self, victim: str) -> list[int]:
        workers = [self.programs[name].pid for name in WORKERS if name in self.programs]
        if victim == "server":
            return [self.programs["server"].pid]
        if victim == "worker":
            return workers
        return [
            pid for worker in workers for pid in below(worker) if _program(pid).startswith(CHILD_PROGRAMS)
        ]

    def everything(self) -> list[int]:
        own = [program.pid for program in self.programs.values()]
        return [*own, *(pid for parent in own for pid in below(parent))]

    def client(self, login: str) -> Client:
        """Signed in; waits until the server answers."""
        until(lambda: _answers(self.address), "the server does not answer")
        client = connect(self.address)
        self.clients.append(client)
        token = client.post("/api/v1/sessions", {"login": login, "password": self.passwords[login]})["token"]
        client.http.headers["Authorization"] = f"Bearer {token}"
        return client

    def end(self) -> None:
        """In order, as a service manager ends them."""
        for client in self.clients:
            client.http.close()
        for program in self.programs.values():
            program.terminate()
        for program in self.programs.values():
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


@contextmanager
def running(home: Path, *, engine: str, **environment: str) -> Iterator[Crew]:
    """Founds an archive below ``home``, starts all of it, and ends it."""
    settings = Settings(data=home / "data")
    found_archive(settings)
    archive = open_archive(settings)
    passwords = {person.login: person.password for person in settle(archive)}
    archive.close()
    own = {"JUANZONG_OCR_ENGINE": engine, "JUANZONG_LEASE_SECONDS": LEASE_SECONDS}
    crew = Crew(home, os.environ | own | environment, passwords=passwords)
    try:
        crew.revive()
        yield crew
    finally:
        crew.end()


def below(pid: int) -> Iterator[int]:
    """All processes under this one, as far as they are still there."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield int(child)
            yield from below(int(child))


def until(what: Callable[[], bool], complaint: str, patience: float = PATIENCE) -> None:
    """Raises ``TimeoutError``."""
    deadline = time.monotonic() + patience
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.1)


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/sign-in", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False
