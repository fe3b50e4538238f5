from pathlib import Path

import pytest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backups go; it does not exist yet."""
    return tmp_path / "backups"
