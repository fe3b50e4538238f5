"""Uploading and reading in this process, with engines that fail and limits that a test can wait for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from archive.core.vault.local import LocalStore
from archive.desks.finding import operations as finding
from archive.desks.intake import operations as intake
from archive.desks.intake import processing, receiving
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import DepositSeen
from archive.desks.intake.reading import Reader
from archive.desks.intake.receiving import Upload
from archive.worker import Worker, new_worker, work_once
from ocr.facts import Limits
from ocr.launchers import choose_launcher
from ocr.page import PageText
from tests.cast import House
from tests.crash.paper import ENGINE

SHORT = Limits(engine_cpu=1, patience=3.0)
"""An engine that does nothing is given up after three seconds."""

SPINNING = Limits(engine_cpu=1, patience=30.0)
"""One that spins is given up after one second of CPU time, however long that takes on a busy machine."""


def upload(house: House, name: str, content: bytes, *, chunks: Iterable[bytes] | None = None) -> UUID:
    """Raises what the uploader would be told."""
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    pieces = [content] if chunks is None else chunks
    return receiving.receive(
        gate, Upload(name, pieces, len(content), 10**8, "A001", duplicates=Duplicates.KEEP)
    ).deposit


def work(house: House, engine: str = ENGINE) -> None:
    """One worker, until nothing is ready."""
    worker = worker_with(house, engine)
    while work_once(worker):
        pass


def worker_with(house: House, engine: str) -> Worker:
    launcher = choose_launcher(("bwrap", "bare"))
    limits = SPINNING if engine == "failing:spin" else SHORT
    return replace(new_worker(house.archive, launcher), reader=Reader(launcher, limits, engine))


def seen(house: House, deposit: UUID) -> DepositSeen:
    """What the board says of it."""
    return house.gate_of(house.archivist, intake.show_deposit).run(intake.show_deposit, deposit).value


def newest(house: House) -> DepositSeen:
    return house.gate_of(house.archivist, intake.list_deposits).run(intake.list_deposits, None, 1).value[0]


def original(house: House, deposit: UUID) -> bytes:
    """The sealed file, opened as the worker opens it."""
    gate = house.reader_gate()
    taken = gate.run(processing.take, deposit)
    return gate.load(taken.permit, taken.value.master)


def readings(house: House, deposit: UUID) -> list[PageText]:
    item = seen(house, deposit).item
    assert item is not None
    gate = house.reader_gate()
    taken = gate.run(finding.take_for_index, item)
    return [PageText.from_json(gate.load(taken.permit, page.text)) for page in taken.value.pages]


@dataclass(frozen=True)
class Kept:
    """What lies in the store: sealed objects, and files that were never finished."""

    objects: int
    unfinished: int


def kept(house: House) -> Kept:
    folder: Path = house.archive.settings.objects
    return Kept(len(list(LocalStore(folder).objects())), len(list(folder.rglob("*.part"))))
