from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from archive.core.vault.keyfile import Root, create_root
from archive.core.vault.keyring import Keyring, open_keyring


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return create_root(tmp_path / "root.key", None)


@pytest.fixture
def keyring(tmp_path: Path, root: Root, clock: Clock) -> Keyring:
    return open_keyring(tmp_path / "keys.db", root, clock=clock)


@pytest.fixture
def fonds() -> UUID:
    return uuid4()
