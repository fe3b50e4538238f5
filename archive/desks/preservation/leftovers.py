"""Exports of the log whose sending was killed. They hold ids only, and nobody will ask for them again."""

import time
from pathlib import Path


def sweep_exports(folder: Path, older_than_s: float, *, removing: bool) -> int:
    """Untouched for so many seconds. Returns how many; not ``removing`` counts only."""
    oldest = time.time() - older_than_s
    left = [path for path in folder.glob("log-*.zip*") if path.is_file() and path.stat().st_mtime < oldest]
    for path in left:
        if removing:
            path.unlink(missing_ok=True)
    return len(left)
