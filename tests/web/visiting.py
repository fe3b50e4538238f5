"""People of the cast at their browsers and programs, in a house whose desks are served by the product's own server."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from archive.app import create_app
from archive.core.access.actions import Purpose
from archive.core.access.policy import Allowed
from archive.desks.audit.door import LogDoor
from archive.desks.finding.operations import Search, search
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.web.forms import session_token
from archive.web.guarded import GuardedRouter
from search.query import parse
from tests.cast import House, Made, Person
from tests.web.conftest import entrance_to, listening


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
    app.state.log_door = LogDoor(archive.sequence_log, archive.verifier_key, lambda: scratch, archive.signer)
    with ExitStack() as until_the_end:
        address = until_the_end.enter_context(listening(app))
        yield Visitors(house, address, scratch, until_the_end)


def read(house: House, made: Made, person: Person) -> Allowed:
    """Raises what reading raises."""
    address = PageAddress(made.uid, 1)
    return house.gate_of(person, show_page).run(show_page, address, purpose=Purpose.CLAIM_HANDLING).allowed


def found(house: House, person: Person, word: str) -> set[UUID]:
    hits = house.gate_of(person, search).run(search, None, Search(word, parse(word))).value
    return {hit.item for hit in hits.items}


def same_as_unknown(
    web: Visitors, person: Person, method: str, path: str, known: object, body: object
) -> bool:
    """Whether the answer about a thing that exists is the answer about one that does not."""
    client = web.program(person)
    answers = [client.request(method, path.format(uid), json=body) for uid in (known, uuid4())]
    assert answers[1].status_code == 404
    return _shown(answers[0]) == _shown(answers[1])


def _shown(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    changing = {"date", "x-request-id"}
    return (
        answer.status_code,
        answer.content,
        [(name, value) for name, value in answer.headers.items() if name not in changing],
    )
