"""Killed at any moment, a backup leaves no half snapshot and a restore no half archive; the next run puts it right."""

from pathlib import Path

import pytest

from archive.core.db.failpoints import NAMES
from archive.core.errors import NotReady
from archive.core.settings import Settings
from archive.wiring import open_archive
from tests.backup.doing import backed_up, checked, entered, named, pool, remembered, restored, text_of
from tests.backup.processes import kill
from tests.backup.test_backup import dispose, reading_of
from tests.cast import House
from tests.crash.whole import the_log_is_whole

TEXTS = ("LANTERN 灯塔",)
BACKUP = {"copied": 1, "gathered": 1, "written": 1, "published": 2, "withdrawn": 1}
"""Where it dies, and how many snapshots there are then. One was there before, and only the newest is to stay."""

RESTORE = ("copied", "noted")


@pytest.mark.parametrize("place", BACKUP)
def test_a_backup_that_was_killed_leaves_whole_snapshots_only(house: House, target: Path, place: str) -> None:
    house.draft_item(TEXTS)
    backed_up(house, target)
    house.draft_item(TEXTS)
    kill("backup", f"backup.{place}", house.archive.settings.data, target)
    names = [path.name for path in (target / "snapshots").glob("[0-9]*")]
    assert len(names) == BACKUP[place]
    assert [checked(target, name=name).findings for name in names] == [()] * len(names)


@pytest.mark.parametrize("place", BACKUP)
def test_the_next_backup_takes_away_what_a_killed_one_left(house: House, target: Path, place: str) -> None:
    house.draft_item(TEXTS)
    backed_up(house, target)
    gone = reading_of(house)
    kill("backup", f"backup.{place}", house.archive.settings.data, target)
    dispose(house, gone)
    made = backed_up(house, target, keep=1)
    assert (made.is_whole, checked(target).findings) == (True, ())
    assert [path.name for path in (target / "snapshots").iterdir()] == [made.snapshot]
    assert pool(target) == named(target)
    assert gone not in pool(target)


@pytest.mark.parametrize("place", BACKUP)
def test_after_a_killed_backup_the_archive_is_restored_and_its_log_verifies(
    house: House, target: Path, tmp_path: Path, place: str
) -> None:
    made = house.draft_item(TEXTS)
    kept = remembered(house)
    backed_up(house, target)
    kill("backup", f"backup.{place}", house.archive.settings.data, target)
    restored(house, target, tmp_path / "again", checkpoint=kept)
    new = entered(house, tmp_path / "again")
    assert text_of(new, made) == list(TEXTS)
    the_log_is_whole(new, kept, tmp_path / "log.zip")
    new.archive.close()


@pytest.mark.parametrize("place", RESTORE)
def test_a_restore_that_was_killed_is_not_served_and_goes_on(
    house: House, target: Path, tmp_path: Path, place: str
) -> None:
    made = house.draft_item(TEXTS)
    kept = remembered(house)
    backed_up(house, target)
    kill("restore", f"restore.{place}", tmp_path / "again", target)
    with pytest.raises(NotReady, match="not restored to its end"):
        open_archive(Settings(data=tmp_path / "again"))
    restored(house, target, tmp_path / "again", checkpoint=kept)
    new = entered(house, tmp_path / "again")
    assert text_of(new, made) == list(TEXTS)
    the_log_is_whole(new, kept, tmp_path / "log.zip")
    new.archive.close()


def test_every_failpoint_of_backup_and_restore_is_met() -> None:
    met = {f"backup.{place}" for place in BACKUP} | {f"restore.{place}" for place in RESTORE}
    assert met == {name for name in NAMES if name.startswith(("backup.", "restore."))}
