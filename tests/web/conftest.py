"""A whole archive in a folder of its own, served in this process: real gate, real database, real vault."""

import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from archive.accounts import api, operations, pages
from archive.accounts.operations import NewAccount, NewUnit, SignIn
from archive.accounts.queries import anyone, session_actor
from archive.app import create_app
from archive.core.access.actions import Role
from archive.core.access.rules import load_rules
from archive.core.errors import SignInNeeded
from archive.core.settings import Settings
from archive.desks.audit.queries import Asked, Row, entries
from archive.web.entrance import Entrance, Person
from archive.web.guarded import GuardedRouter
from archive.wiring import Archive, found_archive, open_archive, system

PASSWORD = "a quiet room for records"
PEOPLE = {
    "admin": Role.ADMINISTRATOR,
    "lin": Role.ARCHIVIST,
    "wang": Role.CLAIMS_HANDLER,
    "chen": Role.CLAIMS_SUPERVISOR,
}


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Site:
    archive: Archive
    clock: Clock
    app: FastAPI
    address: str
    stays: list[str]
    until_the_end: ExitStack

    def client(self) -> httpx.Client:
        return self.until_the_end.enter_context(httpx.Client(base_url=self.address, trust_env=False))

    def at_browser(self, login: str) -> httpx.Client:
        client = self.client()
        answer = client.post(
            "/sign-in", data={"csrf": csrf_of(client, "/sign-in"), "login": login, "password": PASSWORD}
        )
        assert answer.status_code == 303, answer.text
        return client

    def by_program(self, login: str) -> httpx.Client:
        client = self.client()
        answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def log(self) -> list[Row]:
        """Newest first."""
        with self.archive.database.reading() as session:
            return entries(session, Asked(), before_id=None, limit=200)


def csrf_of(client: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None, f"{path} has no form"
    return found[1]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one unit and four people, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("founded")
    settings = Settings(data=folder)
    found_archive(settings)
    archive = open_archive(settings, clock=Clock())
    door = archive.gate.bind(system(Role.OPERATOR), operations.define_unit, operations.create_account)
    door.run(operations.define_unit, None, NewUnit("HQ", "总公司"))
    for login, role in PEOPLE.items():
        door.run(operations.create_account, None, NewAccount(login, login.title(), "HQ", role, PASSWORD))
    archive.close()
    return folder


@pytest.fixture
def serve(founded: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """``serve(*routers, **settings)`` serves a fresh copy with the accounts' routes and those given."""
    with ExitStack() as until_the_end:
        yield lambda *routers, **changed: _start(founded, tmp_path, until_the_end, routers, changed)


def _start(
    founded: Path,
    tmp_path: Path,
    until_the_end: ExitStack,
    routers: Sequence[GuardedRouter],
    changed: dict[str, Any],
) -> Site:
    folder = tmp_path / f"archive-{len(list(tmp_path.iterdir()))}"
    shutil.copytree(founded, folder)
    clock = Clock()
    archive = open_archive(Settings(data=folder, **changed), clock=clock)
    until_the_end.callback(archive.close)
    stays: list[str] = []
    app = create_app(entrance_to(archive, stays), (*routers, api.router, pages.router))
    address = until_the_end.enter_context(listening(app))
    return Site(archive, clock, app, address, stays, until_the_end)


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """The product's own server, on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    return serve()


def entrance_to(archive: Archive, stays: list[str]) -> Entrance:
    rules = load_rules()

    def person(token: str) -> Person | None:
        with archive.database.reading() as session:
            try:
                actor = session_actor(token)(session, archive.clock())
            except SignInNeeded:
                return None
        return Person(
            actor.name,
            actor.login,
            actor.unit_name,
            frozenset(a for role, a in rules.table if role in actor.roles),
        )

    def stay(token: str) -> None:
        stays.append(token)
        until = archive.clock() + timedelta(minutes=archive.settings.session_idle_minutes)
        archive.upkeep.run(lambda session: operations.stay_signed_in(session, token, until))

    def remember_failure(login: str, address: str) -> None:
        attempt = SignIn(login, "", address, 0)
        archive.upkeep.run(lambda session: operations.remember_failure(session, attempt, archive.clock()))

    return Entrance(
        gate=archive.gate,
        settings=archive.settings,
        clock=archive.clock,
        csrf_key=archive.form_key,
        who=archive.who,
        anyone=anyone,
        person=person,
        is_hers=archive.is_hers,
        stay=stay,
        remember_failure=remember_failure,
    )


def outcomes(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(row.action, row.outcome) for row in rows]
