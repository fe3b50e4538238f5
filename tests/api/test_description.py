"""The interface is what its description says: schemathesis asks every route what it promises and what it forbids."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.server import ROUTERS
from tests.api.answering import keeps_its_word
from tests.cast import House
from tests.web.visiting import Visitors, visiting

OWN_SESSION = "/api/v1/sessions/current"
"""Whoever asks there is signed out, so it is asked with a session of its own."""


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    house.archived_item(tier=1, texts=["封面", "傷者陳怡君主訴頸部疼痛"])
    house.draft_item()
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def test_no_route_answers_what_its_description_does_not_say(web: Visitors) -> None:
    options = ("--phases", "fuzzing", "-n", "1", "--exclude-path", OWN_SESSION)
    keeps_its_word(web, web.house.archivist.token, *options)
