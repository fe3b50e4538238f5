"""A worker in a process of its own, until the queue is empty: ``python -m tests.crash.crew FOLDER``.

Says that it is ready, waits for a line, works, and says how many jobs it did.
"""

import sys
import time
from pathlib import Path

from archive.core.jobs.queue import waiting
from archive.worker import work_once
from tests.crash.scene import open_house, worker_of


def main(folder: str) -> None:
    house = open_house(Path(folder))
    worker = worker_of(house)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    did = 0
    while any(house.read(waiting).values()):
        if work_once(worker):
            did += 1
        else:
            time.sleep(0.05)
    sys.stdout.write(f"{did}\n")
    house.archive.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
