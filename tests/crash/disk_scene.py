"""One scene on small disks of its own: ``unshare --mount … python -m tests.crash.disk_scene SCENE FOLDER``.

The process is alone in its mount namespace: what it mounts ends with it. Prints what people were told, as JSON.
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from archive.cli.folder_lock import owning
from archive.core.access.actions import Purpose
from archive.core.errors import ArchiveError
from archive.core.jobs.queue import MOST_ATTEMPTS
from archive.core.jobs.tables import Job
from archive.core.settings import Settings
from archive.desks.audit.door import LogDoor, scratch_file
from archive.desks.audit.operations import Export, export_log
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.wiring import open_archive
from archive.worker import work_once
from tests.cast import Clock, House, Template
from tests.crash.paper import ENGINE, NAME, two_pages
from tests.crash.scene import CAST
from tests.crash.working import kept, original, seen, upload, work, worker_with

MIB = 1 << 20
LARGE = os.urandom(12 * MIB)

Told = dict[str, object]


def main(scene: str, folder: str) -> None:
    home = Path(folder)
    template: Template = pickle.loads((home / CAST).read_bytes())
    told = SCENES[scene](home, template)
    sys.stdout.write(json.dumps(told))


def mount(place: Path, size: int) -> Path:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", place], check=True)
    return place


def remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", place], check=True)


@contextmanager
def opened(data: Path, template: Template) -> Iterator[House]:
    clock = Clock()
    house = House(open_archive(Settings(data=data, ocr_engine=ENGINE), clock=clock), clock, template)
    yield house
    house.archive.close()


@contextmanager
def full(disk: Path, *, but: int = 0) -> Iterator[None]:
    """Nothing but ``but`` bytes is left on the disk, whatever it had."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free - but
    with ballast.open("wb") as file:
        while free > 0:
            try:
                free -= file.write(bytes(min(free, 4096)))
                file.flush()
            except OSError:
                break
    yield
    ballast.unlink()


def said(act: Callable[[], object]) -> str:
    try:
        act()
    except ArchiveError as error:
        return f"{error.code}: {error.message} {error.remedy}"
    return "done"


def one_disk(home: Path, template: Template) -> Told:
    """Everything on one disk that is full, then has room again."""
    disk = mount(home / "disk", 48 * MIB)
    shutil.copytree(template.folder, disk / "data")
    with opened(disk / "data", template) as house:
        lent = house.archived_item()
        house.lend(lent, to=house.handler)
        deposit = upload(house, NAME, two_pages())

        def page() -> None:
            reader = house.gate_of(house.handler, show_page)
            reader.run(show_page, PageAddress(lent.uid, 1), purpose=Purpose.CLAIM_HANDLING)

        before = kept(house)
        with full(disk):
            told: Told = {
                "upload": said(lambda: upload(house, "large.pdf", LARGE)),
                "page": said(page),
                "worker": said(lambda: work_once(worker_with(house, ENGINE))),
                "nothing half": kept(house) == before,
            }
        work(house)
        told["read afterwards"] = seen(house, deposit).state
        told["upload afterwards"] = said(lambda: upload(house, NAME, two_pages()))
        told["page afterwards"] = said(page)
    return told


def objects_disk(home: Path, template: Template) -> Told:
    """The objects lie on a disk of their own, which runs full while files are read."""
    shutil.copytree(template.folder, home / "data")
    disk = mount(home / "data" / "objects", 8 * MIB)
    with opened(home / "data", template) as house:
        deposits = [upload(house, NAME, two_pages()) for _ in range(2)]
        worker = worker_with(house, ENGINE)
        accepted = work_once(worker), work_once(worker)
        with full(disk):
            told: Told = {"upload": said(lambda: upload(house, "large.pdf", LARGE))}
            for _ in range(MOST_ATTEMPTS + 1):
                work_once(worker_with(house, ENGINE))
                house.clock.forward(minutes=3)
            board = seen(house, deposits[0])
            told |= {
                "accepted": accepted,
                "board": [board.state, board.reason, board.remedy],
                "attempts": house.read(
                    lambda s: list(s.scalars(select(Job.attempt).where(Job.kind == "read")))
                ),
                "a whole file is shown": original(house, deposits[0]) == two_pages(),
            }
        work(house)
        told["read afterwards"] = [seen(house, deposit).state for deposit in deposits]
    return told


def objects_read_only(home: Path, template: Template) -> Told:
    shutil.copytree(template.folder, home / "data")
    disk = mount(home / "data" / "objects", 8 * MIB)
    with opened(home / "data", template) as house:
        deposit = upload(house, NAME, two_pages())
        remount(disk, "ro")
        told: Told = {
            "upload": said(lambda: upload(house, NAME, two_pages())),
            "read": original(house, deposit) == two_pages(),
        }
        work(house)
        told["board"] = [seen(house, deposit).state, seen(house, deposit).reason]
        remount(disk, "rw")
        house.clock.forward(minutes=3)
        work(house)
        told["read afterwards"] = seen(house, deposit).state
        told["upload afterwards"] = said(lambda: upload(house, NAME, two_pages()))
    return told


def folder_read_only(home: Path, template: Template) -> Told:
    disk = mount(home / "disk", 48 * MIB)
    shutil.copytree(template.folder, disk / "data")
    remount(disk, "ro")
    settings = Settings(data=disk / "data")

    def start() -> None:
        with owning(settings, "serve", serves=True):
            raise AssertionError

    return {"start": said(start)}


def exports_disk(home: Path, template: Template) -> Told:
    shutil.copytree(template.folder, home / "data")
    disk = mount(home / "data" / "exports", 1 * MIB)
    with opened(home / "data", template) as house:
        house.archive.sequence_log()
        key = house.archive.verifier_key
        door = LogDoor(house.archive.sequence_log, key, lambda: disk, house.archive.signer)
        gate = house.gate_of(house.auditor, export_log)

        def export() -> None:
            with scratch_file(door) as path:
                gate.run(export_log, None, Export(path, key))

        with full(disk):
            told: Told = {"export": said(export)}
        told["left"] = [path.name for path in disk.iterdir()]
        told["export afterwards"] = said(export)
    return told


SCENES = {
    scene.__name__: scene
    for scene in (one_disk, objects_disk, objects_read_only, folder_read_only, exports_disk)
}

if __name__ == "__main__":
    main(*sys.argv[1:])
