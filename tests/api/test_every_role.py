"""The interface is what its description says for every role, among things that are there.

Each operation is tried along the edges of its description by the first role that may do it, and by chance by every role.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.server import ROUTERS
from tests.api.answering import keeps_its_word, narrowed, operations_of
from tests.cast import House
from tests.furnishing import furnish
from tests.web.visiting import Visitors, visiting

pytestmark = pytest.mark.long

ROLES = ("archivist", "handler", "supervisor", "legal", "auditor", "administrator")
OWN_SESSION = "/api/v1/sessions/current"
"""Whoever asks there is signed out."""


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def may(web: Visitors, role: str) -> set[str]:
    told: list[str] = web.program(getattr(web.house, role)).get("/api/v1/me").json()["may"]
    return set(told)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_do_keeps_its_word_at_every_edge(web: Visitors, role: str) -> None:
    document = narrowed(furnish(web))
    earlier = {one for name in ROLES[: ROLES.index(role)] for one in operations_of(document, may(web, name))}
    own = sorted(operations_of(document, may(web, role)) - earlier)
    chosen = [word for one in own for word in ("--include-operation-id", one)]
    token = getattr(web.house, role).token
    keeps_its_word(
        web, token, "--phases", "coverage", "--exclude-path", OWN_SESSION, *chosen, description=document
    )


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
def test_whatever_a_role_sends_is_answered_as_described(web: Visitors, role: str) -> None:
    document = narrowed(furnish(web))
    token = getattr(web.house, role).token
    options = ("--phases", "fuzzing,stateful", "-n", "2", "--exclude-path", OWN_SESSION)
    keeps_its_word(web, token, *options, description=document)
