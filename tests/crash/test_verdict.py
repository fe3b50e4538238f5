"""The judge of the random kills sees each loss: otherwise its zeros would say nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from archive.core.audit.checkpoint import keepsake
from archive.core.audit.log import newest_note
from archive.core.jobs.tables import Job, JobState
from archive.core.vault.local import LocalStore
from archive.holdings.tables import Item, PageReading, StoredObject
from tests.audit.logs import entries, remember
from tests.cast import House, small_jpeg
from tests.crash.stack import File
from tests.crash.verdict import judge

UNKNOWN = "018f0000-0000-7000-8000-00000000dead"


@dataclass(frozen=True)
class Outside:
    """What is remembered outside: deposit → file, and a checkpoint."""

    files: dict[str, File]
    checkpoint: str


@pytest.fixture
def outside(house: House) -> Outside:
    house.draft_item(["one page"])
    house.archive.sequence_log()
    note = house.read(newest_note)
    assert note is not None
    deposit = next(label for entry in house.log() for label in entry.objects if label.startswith("deposit:"))
    file = File("scan.jpg", small_jpeg(), ("one page",))
    return Outside({deposit.removeprefix("deposit:"): file}, keepsake(house.archive.verifier_key, note))


def wrong(house: House, files: dict[str, File], checkpoint: str) -> set[str]:
    data = house.archive.settings.data
    house.archive.close()
    return {line.rule for line in judge(data, files, [checkpoint]) if line.wrong}


def test_an_archive_that_lost_nothing_is_judged_whole(house: House, outside: Outside) -> None:
    assert wrong(house, outside.files, outside.checkpoint) == set()


def test_a_file_that_was_acknowledged_and_is_not_there_is_lost(house: House, outside: Outside) -> None:
    file = next(iter(outside.files.values()))
    assert wrong(house, outside.files | {UNKNOWN: file}, outside.checkpoint) == {
        "acknowledged files lost or not read",
        "acknowledged files whose bytes are others",
    }


def test_a_file_with_a_page_more_has_lost_it(house: House, outside: Outside) -> None:
    files = {uid: File(file.name, file.content, ("one", "two")) for uid, file in outside.files.items()}
    assert wrong(house, files, outside.checkpoint) == {"pages lost"}


def test_a_checkpoint_of_another_log_is_not_borne_out(house: House, outside: Outside) -> None:
    other = remember(entries(12), 8)
    assert wrong(house, outside.files, other) == {"checkpoints that the log does not bear out"}


def no_object(house: House) -> None:
    store = LocalStore(house.archive.settings.objects)
    store.delete(
        house.read(lambda s: s.scalars(select(StoredObject.uid).where(StoredObject.role == "view")).one())
    )


def no_index_row(house: House) -> None:
    item = house.read(lambda s: s.scalars(select(Item)).one())
    house.archive.index.remove(item.id, item.index_version)


def an_undone_job(house: House) -> None:
    house.change(lambda s: s.execute(update(Job).where(Job.kind == "read").values(state=JobState.READY)))


def an_unread_page(house: House) -> None:
    house.change(lambda s: s.execute(update(PageReading).values(reason="the engine failed")))


LOSSES: dict[str, Callable[[House], None]] = {
    "sealed objects lost or altered": no_object,
    "index rows missing or too many": no_index_row,
    "jobs left over": an_undone_job,
    "pages that nobody could read": an_unread_page,
}


@pytest.mark.parametrize("rule", LOSSES)
def test_each_loss_is_seen(house: House, outside: Outside, rule: str) -> None:
    LOSSES[rule](house)
    assert wrong(house, outside.files, outside.checkpoint) == {rule}
