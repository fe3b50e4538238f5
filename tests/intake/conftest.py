from collections.abc import Iterator

import pytest

from tests.intake.scanner import Running, clamd_in


@pytest.fixture(scope="package")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with clamd_in(tmp_path_factory.mktemp("clamd")) as running:
        yield running
