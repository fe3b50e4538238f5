"""What a restored archive is: the archive of that moment, with nobody signed in, under its own log."""

import shutil
from pathlib import Path

import pytest
from alembic import command

from archive import wiring
from archive.backup.checking import check, chosen
from archive.backup.making import back_up
from archive.backup.restoring import Wanted, restore
from archive.core.db.guards import create_guards
from archive.core.errors import (
    Altered,
    Conflict,
    Invalid,
    KeyUnavailable,
    LogAltered,
    NotReady,
    SignInNeeded,
    StoreUnavailable,
)
from archive.core.jobs.tables import JobKind
from archive.core.settings import Settings
from archive.core.vault.keyfile import create_root, load_root
from archive.core.vault.keyring import open_keyring
from archive.desks.intake import operations as intake
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.wiring import Archive, found_archive, open_archive
from migrations import steps
from tests.backup.doing import (
    CHEAP,
    NEW,
    PASSPHRASE,
    backed_up,
    entered,
    pages_found,
    pool,
    quiet,
    remembered,
    restored,
    text_of,
)
from tests.backup.test_backup import at, flip, reading_of, stored
from tests.cast import Clock, House
from tests.crash.whole import the_log_is_whole

TEXTS = ("LANTERN 灯塔", "HARBOUR 港口")


@pytest.fixture
def again(tmp_path: Path) -> Path:
    """The folder to restore into; it does not exist yet."""
    return tmp_path / "again"


def test_in_a_restored_archive_pages_open_and_are_found(house: House, target: Path, again: Path) -> None:
    made = house.draft_item(TEXTS)
    backed_up(house, target)
    told = restored(house, target, again)
    new = entered(house, again)
    page = new.gate_of(new.archivist, show_page).run(show_page, PageAddress(made.uid, 1)).value
    assert (told.lacking, told.lost, told.reindexed) == (0, (), 0)
    assert (page.of, text_of(new, made), pages_found(new, "灯塔")) == (2, list(TEXTS), {made.uid})
    assert pool(again) == stored(new)
    new.archive.close()


def test_the_log_of_a_restored_archive_goes_on_from_a_checkpoint_remembered_before(
    house: House, target: Path, again: Path
) -> None:
    house.draft_item(TEXTS)
    kept = remembered(house)
    backed_up(house, target)
    assert restored(house, target, again, checkpoint=kept).log.startswith("whole: the first")
    new = entered(house, again)
    the_log_is_whole(new, kept, again / "log.zip")
    new.archive.close()


def test_a_checkpoint_that_is_newer_than_the_snapshot_tells_what_is_lost(
    house: House, target: Path, again: Path
) -> None:
    """Whoever brings back an old backup as if it were the newest is found so."""
    backed_up(house, target)
    house.draft_item(TEXTS)
    with pytest.raises(LogAltered, match="ends before the checkpoint"):
        restored(house, target, again, checkpoint=remembered(house))


def test_a_restore_stands_in_the_log_of_the_restored_archive(house: House, target: Path, again: Path) -> None:
    backed_up(house, target)
    restored(house, target, again)
    new = entered(house, again)
    entries = [entry for entry in new.log() if entry.action == "archive:restore"]
    assert [(e.actor, e.outcome) for e in entries][:1] == [("SYSTEM:operator", "done")]
    new.archive.close()


def test_nobody_is_signed_in_to_a_restored_archive(house: House, target: Path, again: Path) -> None:
    backed_up(house, target)
    restored(house, target, again)
    new = entered(house, again)
    with pytest.raises(SignInNeeded):
        new.gate_of(house.handler, intake.list_deposits).run(intake.list_deposits, None, 1)
    new.archive.close()


def test_jobs_that_were_running_are_put_back_and_not_counted(house: House, target: Path, again: Path) -> None:
    received = house.receive()
    job = house.claim(JobKind.ACCEPT, received)
    backed_up(house, target)
    restored(house, target, again)
    new = entered(house, again)
    assert new.claim(JobKind.ACCEPT, received).attempt == job.attempt == 1
    new.archive.close()


@pytest.mark.parametrize("passphrase", [None, NEW])
def test_the_restored_archive_has_the_passphrase_that_was_chosen(
    house: House, target: Path, again: Path, passphrase: str | None
) -> None:
    backed_up(house, target)
    restored(house, target, again, new_passphrase=passphrase)
    entered(house, again, passphrase).archive.close()
    with pytest.raises(KeyUnavailable):
        open_archive(Settings(data=again), "another" if passphrase is None else None)


def test_an_earlier_snapshot_is_restored_by_its_name(house: House, target: Path, again: Path) -> None:
    first = backed_up(house, target)
    made = house.draft_item(TEXTS)
    backed_up(house, target)
    restored(house, target, again, name=first.snapshot)
    new = entered(house, again)
    assert pages_found(new, "灯塔") == set()
    assert text_of(house, made) == list(TEXTS)
    new.archive.close()


def test_a_snapshot_that_does_not_exist_is_said(house: House, target: Path, again: Path) -> None:
    backed_up(house, target)
    with pytest.raises(Invalid, match="no such snapshot"):
        restored(house, target, again, name="000009-2026-11-02T080000Z")


def test_a_folder_that_is_not_empty_is_left_alone(house: House, target: Path, again: Path) -> None:
    backed_up(house, target)
    again.mkdir()
    (again / "letter.txt").write_text("dear")
    with pytest.raises(Conflict, match="not empty"):
        restored(house, target, again)
    assert [path.name for path in again.iterdir()] == ["letter.txt"]


# --- the index is a little newer than the database ------------------------------------------------------------


def test_what_only_the_index_knows_is_forgotten_and_its_number_may_be_given_anew(
    house: House, target: Path, again: Path
) -> None:
    backed_up(house, target, watch=at("databases", lambda: house.draft_item(TEXTS), done=2))
    restored(house, target, again)
    new = entered(house, again)
    assert list(new.archive.index.items_indexed()) == []
    made = new.draft_item(("QUARRY",))
    assert (pages_found(new, "QUARRY"), pages_found(new, "LANTERN")) == ({made.uid}, set())
    new.archive.close()


def test_what_the_index_has_newer_is_indexed_again_as_the_database_has_it(
    house: House, target: Path, again: Path
) -> None:
    made, volume = house.draft_item(TEXTS), house.open_volume()

    def describe() -> None:
        house.describe(made, volume=volume, title="QUARRY", tier=1)
        house.index()

    backed_up(house, target, watch=at("databases", describe, done=2))
    assert restored(house, target, again).reindexed == 1
    new = entered(house, again)
    assert pages_found(new, "QUARRY") == set()
    new.index()
    assert (pages_found(new, "LANTERN"), pages_found(new, "QUARRY")) == ({made.uid}, set())
    new.archive.close()


# --- when something is wrong ----------------------------------------------------------------------------------


def test_an_altered_object_is_told_and_all_others_are_restored(
    house: House, target: Path, again: Path
) -> None:
    house.draft_item(TEXTS)
    altered = reading_of(house)
    made = backed_up(house, target)
    flip(next((target / "objects").rglob(altered.hex)))
    told = restored(house, target, again)
    assert [finding.place for finding in told.lost] == [f"object {altered}"]
    assert (told.objects, pool(again)) == (made.objects - 1, stored(house) - {altered})


def test_objects_that_are_all_gone_are_told_and_the_databases_are_restored(
    house: House, target: Path, again: Path
) -> None:
    house.draft_item(TEXTS)
    made = backed_up(house, target)
    shutil.rmtree(target / "objects")
    told = restored(house, target, again)
    assert (len(told.lost), told.objects) == (made.objects, 0)


@pytest.mark.parametrize("other", [None, "lost+found", "ab/cd"])
def test_an_archive_whose_objects_are_gone_is_not_served(house: House, other: str | None) -> None:
    """Neither an empty folder nor what a disk holds of its own is taken for the objects."""
    house.draft_item(TEXTS)
    settings = house.archive.settings
    shutil.rmtree(settings.objects)
    settings.objects.joinpath(other or "").mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match="holds no object"):
        open_archive(settings)


@pytest.mark.parametrize("file", ["archive.db", "keys.db", "search.db", "objects.jsonl", "manifest.json"])
def test_from_an_altered_snapshot_nothing_is_restored(
    house: House, target: Path, again: Path, file: str
) -> None:
    house.draft_item(TEXTS)
    made = backed_up(house, target)
    flip(target / "snapshots" / made.snapshot / file)
    with pytest.raises(Altered):
        restored(house, target, again)
    assert not (again / "archive.db").exists()


def test_a_folder_whose_restoring_has_not_ended_is_not_served(
    house: House, target: Path, again: Path
) -> None:
    made = backed_up(house, target)
    flip(target / "snapshots" / made.snapshot / "keys.db")
    with pytest.raises(Altered):
        restored(house, target, again)
    for door in (open_archive, found_archive):
        with pytest.raises(NotReady, match="not restored to its end"):
            door(Settings(data=again))


def test_a_restore_goes_on_where_it_was_cut_off(house: House, target: Path, again: Path) -> None:
    """The object that was damaged in between is copied anew."""
    made = house.draft_item(TEXTS)
    backed_up(house, target)
    restored(house, target, again)
    again.joinpath("restore.unfinished").touch()
    flip(next((again / "objects").rglob(reading_of(house).hex)))
    restored(house, target, again)
    new = entered(house, again)
    assert text_of(new, made) == list(TEXTS)
    new.archive.close()


def test_another_snapshot_does_not_go_on_with_it(house: House, target: Path, again: Path) -> None:
    first, second = backed_up(house, target), backed_up(house, target)
    flip(target / "snapshots" / first.snapshot / "keys.db")
    with pytest.raises(Altered):
        restored(house, target, again, name=first.snapshot)
    with pytest.raises(Conflict):
        restored(house, target, again, name=second.snapshot)


# --- from an older version ------------------------------------------------------------------------------------


def test_a_snapshot_of_an_older_version_is_restored_and_brought_up_to_date(
    tmp_path: Path, target: Path, again: Path
) -> None:
    archive = of_the_first_version(Settings(data=tmp_path / "old"))
    root = load_root(archive.settings.key_file, None)
    made = back_up(archive, root, target, PASSPHRASE, keep=None, watch=quiet, cost=CHEAP)
    archive.close()
    told = check(chosen(target, None, PASSPHRASE), target, checkpoint=None, watch=quiet)
    assert (told.manifest.revision, told.findings) == ("0001", ())
    restore(
        chosen(target, made.snapshot, PASSPHRASE), Wanted(Settings(data=again), None, made.checkpoint), quiet
    )
    open_archive(Settings(data=again)).close()


def of_the_first_version(settings: Settings) -> Archive:
    """As the program was when its database had one migration only."""
    settings.data.mkdir()
    root = create_root(settings.key_file, None)
    keyring = open_keyring(settings.keys_db, root)
    database = wiring._open_database(settings, root, keyring)
    config = steps._config()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        create_guards(connection)
    return wiring._assemble(settings, root, keyring, database, Clock())
