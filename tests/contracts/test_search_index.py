"""The rules of the search port, on every adapter. A further adapter is a further entry of `ADAPTERS`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from search.fts5 import Fts5Index
from search.index import Index
from tests.contracts.search_index import RULES
from tests.search.support import keyed

OpenIndex = Callable[[Path], AbstractContextManager[Index]]


def fts5(folder: Path) -> AbstractContextManager[Index]:
    return closing(Fts5Index(keyed(folder / "search.db")))


ADAPTERS: dict[str, OpenIndex] = {"fts5": fts5}


@pytest.fixture(params=sorted(ADAPTERS))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    with ADAPTERS[request.param](tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Callable[[Index], None], index: Index) -> None:
    rule(index)
