"""What a backup holds, and what it takes from one run to the next."""

import json
import threading
from pathlib import Path

import pytest

from archive.backup.manifest import read_entries
from archive.backup.pool import pool_path
from archive.core.errors import Conflict, Invalid, KeyUnavailable, StoreUnavailable
from archive.core.vault.local import LocalStore
from archive.holdings.tables import StoredObject
from tests.backup.doing import backed_up, checked
from tests.cast import House


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_a_snapshot_holds_databases_lists_and_a_sealed_key(house: House, target: Path) -> None:
    house.archived_item()
    made = backed_up(house, target)
    names = {path.name for path in (target / "snapshots" / made.snapshot).iterdir()}
    assert names == {
        "archive.db", "keys.db", "search.db", "backup.key",
        "objects.jsonl", "exceptions.jsonl", "manifest.json", "manifest.mac",
    }  # fmt: skip
    assert (made.is_whole, made.copied) == (True, made.objects)
    assert checked(target).is_whole
