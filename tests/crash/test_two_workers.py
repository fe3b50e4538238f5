"""Two worker processes on one archive share its jobs; no page is read twice."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.core.jobs.tables import Job
from tests.cast import Template
from tests.crash import whole
from tests.crash.paper import NAME, two_pages
from tests.crash.scene import CAST, open_house
from tests.crash.story import ROOT
from tests.crash.working import upload

DEPOSITS = 4
STEPS_A_DEPOSIT = 3


@pytest.fixture
def folder(template: Template, tmp_path: Path) -> Path:
    shutil.copytree(template.folder, tmp_path / "data")
    (tmp_path / CAST).write_bytes(pickle.dumps(template))
    house = open_house(tmp_path)
    for _ in range(DEPOSITS):
        upload(house, NAME, two_pages())
    house.archive.close()
    return tmp_path


def start(folder: Path) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.crew", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def work_together(folder: Path) -> list[int]:
    """How many jobs each of two workers did."""
    workers = [start(folder) for _ in range(2)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [int(worker.communicate(timeout=240)[0]) for worker in workers]


@pytest.mark.long
def test_two_processes_share_the_work_and_repeat_nothing(folder: Path) -> None:
    did = work_together(folder)
    house = open_house(folder)
    assert min(did) > 0
    assert sum(did) == DEPOSITS * STEPS_A_DEPOSIT
    assert {job.attempt for job in house.read(lambda s: s.scalars(select(Job)).all())} == {1}
    assert whole.orphans(house) == 0
    whole.the_queue_is_empty(house)
    whole.every_page_is_there_once(house)
    whole.every_page_is_indexed_once(house)
    whole.every_word_is_found_on_its_page(house)
    whole.every_change_is_logged_once(house)
    house.archive.close()
