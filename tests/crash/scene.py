"""One step of the main job in a process of its own, which dies at a failpoint: ``python -m tests.crash.scene``.

Arguments: the step, the failpoint (or ``-`` to go through), the archive's folder, and how many hours it is later.
"""

import os
import pickle
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from archive.core.settings import Settings
from archive.desks.intake import receiving, receiving_parts
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.receiving import Upload
from archive.desks.intake.receiving_parts import Announced
from archive.holdings.tables import Item, Volume
from archive.wiring import open_archive
from archive.worker import Worker, new_worker, work_once
from ocr.launchers import choose_launcher
from tests.cast import Clock, House, Made, Template
from tests.crash.paper import ENGINE, NAME, two_pages

ACKNOWLEDGED = "acknowledged"
CAST = "cast.pickle"

Step = Callable[[], object]


def open_house(folder: Path, *, later: int = 0, template: Template | None = None) -> House:
    """The archive in ``folder / "data"``, ``later`` hours after the story began: every older lease has run out."""
    clock = Clock()
    clock.forward(hours=later)
    cast: Template = template or pickle.loads((folder / CAST).read_bytes())
    return House(open_archive(Settings(data=folder / "data", ocr_engine=ENGINE), clock=clock), clock, cast)


def worker_of(house: House) -> Worker:
    return new_worker(house.archive, choose_launcher(("bwrap", "bare")))


def the_upload() -> Upload:
    content = two_pages()
    return Upload(NAME, [content], len(content), 10**6, "A001", duplicates=Duplicates.KEEP)


PART_OPERATIONS = (
    *receiving_parts.BEGIN,
    *receiving_parts.SEND,
    *receiving_parts.FINISH,
)


def begin_parts(house: House) -> UUID:
    announced = Announced(NAME, len(two_pages()), "A001")
    gate = house.gate_of(house.archivist, *PART_OPERATIONS)
    return receiving_parts.begin_parts(gate, announced, most_bytes=10**6).deposit


def send_part(house: House, deposit: UUID) -> None:
    """The file is small: its first part is its only one."""
    content = two_pages()
    gate = house.gate_of(house.archivist, *PART_OPERATIONS)
    receiving_parts.receive_part(
        gate, deposit, 1, [content], receiving_parts.content_digest(sha256(content).digest())
    )


def gather(house: House, deposit: UUID) -> None:
    receiving_parts.finish_parts(house.gate_of(house.archivist, *PART_OPERATIONS), deposit, house.clock)


def _send(house: House) -> Step:
    deposit = begin_parts(house)
    return lambda: send_part(house, deposit)


def _gather(house: House) -> Step:
    deposit = begin_parts(house)
    send_part(house, deposit)
    return lambda: gather(house, deposit)


def _begin(house: House) -> Step:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    return lambda: receiving.start(gate, the_upload())


def _keep(house: House) -> Step:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    begun = receiving.start(gate, the_upload())
    return lambda: receiving.keep(gate, the_upload(), begun)


def _work(house: House) -> Step:
    worker = worker_of(house)
    return lambda: work_once(worker)


def _describe(house: House) -> Step:
    made, volume = the_item(house), the_volume(house)
    return lambda: house.describe(made, volume=volume, title="Harbour file", tier=5)


def _sequence(house: House) -> Step:
    return house.archive.sequence_log


STEPS: dict[str, Callable[[House], Step]] = {
    "send": _send,
    "gather": _gather,
    "begin": _begin,
    "keep": _keep,
    "accept": _work,
    "read": _work,
    "read on": _work,
    "end reading": _work,
    "index": _work,
    "describe": _describe,
    "index again": _work,
    "sequence": _sequence,
}


def the_item(house: House) -> Made:
    item = house.read(lambda session: session.scalars(select(Item)).one())
    return Made(item.uid, item.id)


def the_volume(house: House) -> UUID:
    return house.read(lambda session: session.scalars(select(Volume.uid)).one())


def main(step: str, failpoint: str, folder: str, later: str) -> None:
    house = open_house(Path(folder), later=int(later))
    act = STEPS[step](house)
    os.environ["JUANZONG_FAILPOINT"] = failpoint
    act()
    sys.stdout.write(ACKNOWLEDGED)
    house.archive.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
