"""A process that moves one item between the main and the restricted index until it is ended.

Run as `python -m tests.search.flip PATH`; it says "ready" when the item is in for the first time.
"""

import sys
from itertools import count
from pathlib import Path

from search.fts5 import Fts5Index
from tests.search.support import keyed, row

ITEM = 1
SLOTS = range(1, 6)


def main() -> None:
    index = Fts5Index(keyed(Path(sys.argv[1])))
    start = max((version for _, version in index.items_indexed()), default=0)
    for version in count(start + 1):
        tier = 5 if version % 2 else 2
        index.put(ITEM, [row(ITEM, slot, body=f"张伟 v{version}", tier=tier) for slot in SLOTS], version)
        if version == start + 1:
            sys.stdout.write("ready\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
