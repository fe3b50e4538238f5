"""People of the cast at their browsers and programs, in a house whose desks are served by the product's own server."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from archive.app import create_app
from archive.desks.audit.door import LogDoor
from archive.web.forms import session_token
from archive.web.guarded import GuardedRouter
from tests.cast import House, Person
from tests.web.conftest import entrance_to, listening

BASE = "http://127.0.0.1"


@dataclass
class Browser:
    client: httpx.Client
    csrf: str

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """A form of the page: with the token that the page would have held."""
        return self.client.post(path, data={"csrf": self.csrf, **fields})


@dataclass
class Visitors:
    house: House
    address: str
    scratch: Path
    until_the_end: ExitStack

    def browser(self, person: Person) -> Browser:
        cookies = {} if person.token is None else {"juanzong": person.token}
        client = self._client(cookies=cookies)
        entrance = entrance_to(self.house.archive, [])
        return Browser(client, "" if person.token is None else session_token(entrance, person.token))

    def program(self, person: Person) -> httpx.Client:
        headers = {} if person.token is None else {"Authorization": f"Bearer {person.token}"}
        return self._client(headers=headers)

    def _client(
        self, *, cookies: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Client:
        client = httpx.Client(base_url=self.address, cookies=cookies, headers=headers, trust_env=False)
        return self.until_the_end.enter_context(client)


@contextmanager
def visiting(house: House, scratch: Path, routers: Sequence[GuardedRouter]) -> Iterator[Visitors]:
    app = create_app(entrance_to(house.archive, []), routers)
    scratch.mkdir()
    archive = house.archive
    app.state.log_door = LogDoor(archive.sequence_log, archive.verifier_key, lambda: scratch)
    with ExitStack() as until_the_end:
        address = until_the_end.enter_context(listening(app))
        yield Visitors(house, address, scratch, until_the_end)
