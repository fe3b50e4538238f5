"""Shared fixtures: a house with its cast. See ``tests.cast`` for what can be asked of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import House, Template, enter, found_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Founded once a run; never opened again, only copied."""
    return found_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def house(template: Template, tmp_path: Path) -> Iterator[House]:
    """A copy of its own for one test, with a clock that stands still."""
    house = enter(template, tmp_path / "house")
    yield house
    house.archive.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="FOLDER", help="keep what people see in the story of five people")
