"""A batch of four pages, and the people at their browsers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from archive.accounts import api as accounts_api
from archive.desks.finding import api as finding_api
from archive.desks.quality import api, pages
from archive.desks.reading_room import api as reading_room_api
from archive.holdings import api as holdings_api
from archive.holdings import pages as holdings_pages
from tests.cast import House, Made
from tests.web.visiting import Browser, Visitors, visiting

ROUTERS = (
    pages.router,
    api.router,
    holdings_pages.router,
    holdings_api.router,
    finding_api.router,
    reading_room_api.router,
    accounts_api.router,
)


@pytest.fixture
def visitors(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


@pytest.fixture
def draft(house: House) -> Made:
    return house.draft_item(["封面", "患者张伟", "第三页", "第四页"])
