"""Killed at any moment, the archive loses nothing that was acknowledged and repeats nothing that can be seen.

A child process does one step of the main job and dies by SIGKILL at a named failpoint. Then the archive is opened
again, the person does again what nobody had confirmed to her, and a worker runs until nothing waits.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.core.db.failpoints import NAMES
from archive.desks.finding import indexing
from archive.desks.intake import operations, receiving, receiving_parts
from archive.desks.intake.parts import list_parts
from archive.worker import work_once
from tests.cast import House, Template
from tests.crash import whole
from tests.crash.scene import (
    STEPS,
    gather,
    open_house,
    send_part,
    the_item,
    the_upload,
    the_volume,
    worker_of,
)
from tests.crash.story import REMEMBERED, SIGKILL, play, tell

LATER = 48


@dataclass(frozen=True)
class Kill:
    """``orphans``: sealed objects without a row that it leaves; ``leftovers``: unfinished files in the store."""

    step: str
    failpoint: str
    orphans: int = 0
    leftovers: int = 0

    def __str__(self) -> str:
        return f"{self.step}: {self.failpoint}"


KILLS = (
    Kill("send", "intake.part-sealed", orphans=1),
    Kill("gather", "intake.gathered", orphans=1),
    Kill("begin", "key.created"),
    Kill("keep", "store.written", leftovers=1),
    Kill("keep", "store.synced", leftovers=1),
    Kill("keep", "store.renamed", orphans=1),
    Kill("keep", "intake.sealed", orphans=1),
    Kill("keep", "gate.before-entry", orphans=1),
    Kill("keep", "gate.after-commit"),
    Kill("accept", "job.claimed"),
    Kill("read", "read.sealed", orphans=2),
    Kill("index", "index.before-put"),
    Kill("index", "index.after-put"),
    Kill("describe", "gate.before-unindex"),
    Kill("describe", "gate.before-commit"),
    Kill("sequence", "sequencer.before-commit"),
)

FURTHER = (
    Kill("begin", "gate.before-commit"),
    Kill("accept", "gate.before-commit"),
    Kill("gather", "intake.sealed", orphans=1),
    Kill("index again", "index.after-put"),
    Kill("read on", "gate.after-commit"),
    Kill("describe", "gate.after-commit"),
    Kill("send", "store.written", leftovers=1),
    Kill("send", "gate.before-commit", orphans=1),
    Kill("send", "gate.after-commit"),
    Kill("gather", "store.synced", leftovers=1),
    Kill("gather", "gate.before-commit", orphans=1),
    Kill("gather", "gate.after-commit", orphans=1),
    Kill("begin", "gate.before-entry"),
    Kill("begin", "gate.before-unindex"),
    Kill("begin", "gate.after-commit"),
    Kill("keep", "gate.before-unindex", orphans=1),
    Kill("keep", "gate.before-commit", orphans=1),
    Kill("accept", "gate.before-entry"),
    Kill("accept", "gate.before-unindex"),
    Kill("accept", "gate.after-commit"),
    Kill("read", "job.claimed"),
    Kill("read", "gate.before-entry"),
    Kill("read", "store.written", leftovers=1),
    Kill("read", "store.synced", leftovers=1),
    Kill("read", "store.renamed", orphans=1),
    Kill("read", "gate.before-unindex", orphans=2),
    Kill("read", "gate.before-commit", orphans=2),
    Kill("read", "gate.after-commit"),
    Kill("read on", "job.claimed"),
    Kill("read on", "read.sealed", orphans=2),
    Kill("read on", "gate.before-commit", orphans=2),
    Kill("end reading", "job.claimed"),
    Kill("end reading", "gate.before-entry"),
    Kill("end reading", "gate.before-commit"),
    Kill("end reading", "gate.after-commit"),
    Kill("index", "job.claimed"),
    Kill("index", "gate.before-entry"),
    Kill("describe", "gate.before-entry"),
    Kill("index again", "job.claimed"),
    Kill("index again", "gate.before-entry"),
    Kill("index again", "index.before-put"),
)


@pytest.fixture(scope="session")
def shelf(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = tmp_path_factory.mktemp("crash-shelf")
    tell(template, shelf)
    return shelf


@pytest.fixture
def killed(request: pytest.FixtureRequest, shelf: Path, tmp_path: Path) -> Iterator[House]:
    """The archive as it was found after the kill, opened again; nothing has run in it yet."""
    kill: Kill = request.param
    folder = tmp_path / "archive"
    shutil.copytree(shelf / kill.step, folder)
    played = play(kill.step, kill.failpoint, folder)
    assert played.code == SIGKILL, f"it was never killed: {played}"
    house = open_house(folder, later=LATER)
    whole.nothing_restricted_is_in_the_main_index(house)
    assert (whole.orphans(house), whole.leftovers(house)) == (kill.orphans, kill.leftovers)
    go_on(house, kill.step)
    yield house
    house.archive.close()


def go_on(house: House, step: str) -> None:
    """The restart: a worker starts, and the person does again what was not confirmed to her."""
    work_on(house)
    whole.every_page_is_indexed_once(house)
    if step in {"send", "gather"}:
        go_on_sending(house)
    elif step in {"begin", "keep"}:
        receiving.receive(house.gate_of(house.archivist, *receiving.OPERATIONS), the_upload())
    elif step == "describe" and house.item(the_item(house)).state == "draft":
        house.describe(the_item(house), volume=the_volume(house), title="Harbour file", tier=5)
    work_on(house)


def go_on_sending(house: House) -> None:
    """She asks which parts are there, sends the one that is missing, and finishes what is not finished."""
    gate = house.gate_of(house.archivist, operations.list_deposits, *receiving_parts.LIST)
    [deposit] = gate.run(operations.list_deposits, None, 10).value
    if deposit.state == "receiving":
        if not gate.run(list_parts, deposit.uid).value.kept:
            send_part(house, deposit.uid)
        gather(house, deposit.uid)


def work_on(house: House) -> None:
    worker = worker_of(house)
    indexing.recover(worker.gate, house.archive.index)
    while work_once(worker):
        pass


def check_all(house: House, scratch: Path) -> None:
    whole.the_queue_is_empty(house)
    whole.every_page_is_there_once(house)
    whole.every_page_is_indexed_once(house)
    whole.every_word_is_found_on_its_page(house)
    whole.nothing_restricted_is_in_the_main_index(house)
    whole.every_deposit_holds_its_file(house)
    whole.every_page_has_its_text(house)
    whole.every_row_has_its_object(house)
    whole.every_change_is_logged_once(house)
    remembered = (house.archive.settings.data.parent / REMEMBERED).read_text()
    whole.the_log_is_whole(house, remembered, scratch / "log.zip")


@pytest.mark.parametrize("killed", KILLS, indirect=True, ids=str)
def test_killed_there_and_started_again_the_archive_is_whole(killed: House, tmp_path: Path) -> None:
    check_all(killed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("killed", FURTHER, indirect=True, ids=str)
def test_killed_at_any_other_moment_too(killed: House, tmp_path: Path) -> None:
    check_all(killed, tmp_path)


def test_every_failpoint_is_reached_in_the_daily_run() -> None:
    told_elsewhere = ("backup.", "restore.", "reseal.")  # tests/backup, tests/binding
    elsewhere = {name for name in NAMES if name.startswith(told_elsewhere)}
    assert {kill.failpoint for kill in KILLS} == NAMES - elsewhere


def test_every_step_of_the_story_meets_a_kill() -> None:
    assert {kill.step for kill in (*KILLS, *FURTHER)} == set(STEPS)
