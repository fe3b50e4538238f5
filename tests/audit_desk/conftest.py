"""The auditor's desk, served as the product serves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.desks.audit import api, pages
from tests.cast import House
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors
