"""What a backup holds, and what it takes from one run to the next."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from archive import VERSION
from archive.backup.folder import refuse_small
from archive.backup.manifest import Progress
from archive.backup.pool import pool_path
from archive.core.audit.event import Entry
from archive.core.errors import ArchiveError, Conflict, Invalid, KeyUnavailable, StoreFull, StoreUnavailable
from archive.core.vault.keyfile import open_root
from archive.holdings.tables import PageReading, StoredObject
from tests.backup.doing import backed_up, checked, entered, named, pool, restored, text_of
from tests.cast import House, Template
from tests.crash.test_faults import no_file_larger_than
from tests.crash.working import upload

MIB = 2**20
WORDS = ("灯塔旅馆", "LANTERNQUAY")


def test_a_snapshot_holds_databases_lists_and_a_sealed_key(house: House, target: Path) -> None:
    house.archived_item()
    made = backed_up(house, target)
    names = {path.name for path in (target / "snapshots" / made.snapshot).iterdir()}
    lists = {"objects.jsonl", "exceptions.jsonl", "manifest.json", "manifest.mac"}
    assert names == {"archive.db", "keys.db", "search.db", "backup.key", *lists}
    assert pool(target) == named(target) == stored(house)


def test_a_backup_checks_as_whole(house: House, target: Path) -> None:
    house.archived_item()
    assert (backed_up(house, target).is_whole, checked(target).findings) == (True, ())


def test_a_second_backup_copies_what_is_new_and_nothing_else(house: House, target: Path) -> None:
    house.archived_item()
    first = backed_up(house, target)
    assert (first.copied, backed_up(house, target).copied) == (first.objects, 0)
    house.archived_item()
    third = backed_up(house, target)
    assert (third.copied, checked(target).findings) == (third.objects - first.objects, ())


def test_every_file_of_a_backup_is_for_its_owner(house: House, target: Path) -> None:
    house.archived_item()
    backed_up(house, target)
    assert [path for path in target.rglob("*") if path.stat().st_mode & 0o077] == []


def test_nothing_of_a_record_stands_in_a_backup_in_clear(house: House, target: Path) -> None:
    house.archived_item(title=WORDS[0], texts=WORDS)
    backed_up(house, target)
    forms = [
        form.encode(code)
        for word in WORDS
        for form in (word, word.lower())
        for code in ("utf-8", "utf-16-le")
    ]
    files = [path for path in target.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path.name for path in files if any(form in path.read_bytes() for form in forms)] == []


def test_without_the_passphrase_there_is_no_key_in_a_backup(house: House, target: Path) -> None:
    """Also where the archive's own key file needs none: its root stands in no file of the backup."""
    made = backed_up(house, target)
    root = house.archive.settings.key_file.read_bytes()
    secret = root.split(b'"root": "')[1].split(b'"')[0]
    forms = (secret, bytes.fromhex(secret.decode()))
    files = [path for path in target.rglob("*") if path.is_file()]
    assert [path.name for path in files if any(form in path.read_bytes() for form in forms)] == []
    with pytest.raises(KeyUnavailable):
        open_root((target / "snapshots" / made.snapshot / "backup.key").read_bytes(), None)


def test_the_version_of_a_snapshot_is_that_of_the_program(house: House, target: Path) -> None:
    backed_up(house, target)
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert checked(target).manifest.version == VERSION
    assert f'\nversion = "{VERSION}"\n' in project


# --- while the archive is in use -----------------------------------------------------------------------------


def test_a_backup_runs_while_others_upload_and_read(house: House, target: Path) -> None:
    first = house.archived_item(texts=WORDS)
    with ThreadPoolExecutor(2) as threads:
        uploads = threads.submit(lambda: [house.draft_item(WORDS) for _ in range(4)])
        reads = threads.submit(lambda: [text_of(house, first) for _ in range(20)])
        made = [backed_up(house, target) for _ in range(3)]
        assert (len(uploads.result()), len(reads.result())) == (4, 20)
    assert [one.is_whole for one in made] == [True] * 3
    assert [checked(target, name=one.snapshot).findings for one in made] == [()] * 3


def test_an_object_that_is_disposed_of_meanwhile_is_recorded_and_is_no_error(
    house: House, target: Path
) -> None:
    house.archived_item()
    gone = reading_of(house)
    made = backed_up(house, target, watch=at("objects", lambda: dispose(house, gone)))
    assert (made.is_whole, made.disposed) == (True, 1)
    assert (checked(target).findings, checked(target).disposed) == ((), 1)


def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(
    house: House, target: Path, tmp_path: Path
) -> None:
    made = house.archived_item(texts=WORDS)
    destroy = house.archive.keyring.destroy
    item = house.item(made)
    backed_up(
        house, target, watch=at("databases", lambda: destroy(item.dek_id, item.uid, house.clock()), done=1)
    )
    restored(house, target, tmp_path / "again")
    again = entered(house, tmp_path / "again")
    with pytest.raises(ArchiveError, match="destroyed"):
        text_of(again, made)
    again.archive.close()


def test_an_altered_original_is_reported_and_the_others_are_copied(house: House, target: Path) -> None:
    house.archived_item()
    altered = reading_of(house)
    flip(pool_path(house.archive.settings.objects, altered))
    made = backed_up(house, target)
    assert (made.altered, made.copied, made.is_whole) == ((altered,), made.objects - 1, False)
    assert pool(target) == stored(house) - {altered}
    assert (checked(target).findings, checked(target).lacking) == ((), 1)


def test_an_object_that_is_missing_is_reported_and_the_others_are_copied(house: House, target: Path) -> None:
    house.archived_item()
    missing = reading_of(house)
    pool_path(house.archive.settings.objects, missing).unlink()
    made = backed_up(house, target)
    assert (made.missing, made.disposed, made.copied) == ((missing,), 0, made.objects - 1)


def test_what_was_copied_whole_once_is_kept_when_its_original_is_altered(house: House, target: Path) -> None:
    house.archived_item()
    backed_up(house, target)
    flip(pool_path(house.archive.settings.objects, reading_of(house)))
    assert (backed_up(house, target).is_whole, checked(target).findings) == (True, ())


# --- what stays ----------------------------------------------------------------------------------------------


def test_older_snapshots_go_with_the_objects_that_no_other_names(house: House, target: Path) -> None:
    house.archived_item()
    gone = reading_of(house)
    first = backed_up(house, target)
    dispose(house, gone)
    house.archived_item()
    second = backed_up(house, target)
    assert gone in pool(target)
    third = backed_up(house, target, keep=2)
    assert (third.pruned, gone in pool(target)) == ((first.snapshot,), False)
    assert pool(target) == named(target)
    assert [checked(target, name=one.snapshot).findings for one in (second, third)] == [(), ()]


def test_nothing_is_removed_by_a_list_that_was_altered(house: House, target: Path) -> None:
    house.archived_item()
    first, second = backed_up(house, target), backed_up(house, target)
    (target / "snapshots" / second.snapshot / "objects.jsonl").write_text("")
    before = pool(target)
    third = backed_up(house, target, keep=2)
    assert (third.pruned, third.is_whole, pool(target)) == ((first.snapshot,), False, before)
    assert "altered" in str(third.trouble)


# --- where -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [".", "backups", ".."])
def test_a_backup_into_the_archive_or_around_it_is_refused(house: House, inside: str) -> None:
    with pytest.raises(Invalid, match="inside"):
        backed_up(house, house.archive.settings.data / inside)


def test_a_folder_that_holds_something_else_is_refused(house: House, target: Path) -> None:
    target.mkdir()
    (target / "letter.txt").write_text("dear")
    with pytest.raises(Conflict, match="something else"):
        backed_up(house, target)
    assert [path.name for path in target.iterdir() if path.name != ".lock"] == ["letter.txt"]


def test_a_fresh_disk_is_an_empty_folder(house: House, target: Path) -> None:
    (target / "lost+found").mkdir(parents=True)
    assert backed_up(house, target).is_whole


def test_the_folder_of_another_archive_is_refused(house: House, target: Path, tmp_path: Path) -> None:
    backed_up(house, target)
    (target / "juanzong-backup.json").write_text('{"format": "juanzong-backup-1", "archive": "00"}\n')
    with pytest.raises(Conflict, match="another archive"):
        backed_up(house, target)


def test_two_backups_into_one_folder_do_not_meet(
    house: House, target: Path, template: Template, tmp_path: Path
) -> None:
    def beside() -> None:
        with pytest.raises(Conflict, match="Another backup"):
            backed_up(house, target)

    assert backed_up(house, target, watch=at("databases", beside)).is_whole


def test_too_little_room_is_said_before_anything_is_copied(tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match="not enough room"):
        refuse_small(tmp_path, 2**60)


def test_a_disk_that_fills_up_in_the_middle_leaves_no_snapshot_and_the_next_run_goes_on(
    house: House, target: Path
) -> None:
    house.archived_item()
    upload(house, "large.pdf", b"%PDF" + bytes(6 * MIB))
    with no_file_larger_than(5 * MIB), pytest.raises(StoreFull):
        backed_up(house, target)
    assert list((target / "snapshots").glob("[0-9]*")) == []
    assert backups_in_log(house)[-1].outcome == "failed: StoreFull"
    assert (backed_up(house, target).is_whole, checked(target).findings) == (True, ())
    assert pool(target) == named(target)


# --- the log ---------------------------------------------------------------------------------------------------


def test_a_backup_stands_in_the_log_when_it_begins_and_when_it_ends(house: House, target: Path) -> None:
    backed_up(house, target)
    assert [(e.actor, e.outcome) for e in backups_in_log(house)] == [("SYSTEM:operator", "done")] * 2


def test_a_backup_that_failed_stands_in_the_log(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        backed_up(house, tmp_path / "file" / "backups")
    assert [e.outcome for e in backups_in_log(house)] == ["done", "failed: StoreUnavailable"]


def backups_in_log(house: House) -> list[Entry]:
    return [entry for entry in house.log() if entry.action == "archive:backup"]


def at(step: str, act: Callable[[], object], *, done: int = 0) -> Progress:
    """Does something once, while the backup is at that step."""
    is_done = False

    def watch(now: str, number: int, _of: int) -> None:
        nonlocal is_done
        if not is_done and (now, number) == (step, done):
            is_done = True
            act()

    return watch


def stored(house: House) -> set[UUID]:
    return set(house.read(lambda session: session.scalars(select(StoredObject.uid)).all()))


def reading_of(house: House) -> UUID:
    """The object that holds the newest reading of a page."""
    query = select(StoredObject.uid).join(PageReading, PageReading.object_id == StoredObject.id)
    uid = house.read(lambda session: session.scalar(query.order_by(PageReading.id.desc()).limit(1)))
    assert uid is not None
    return uid


def dispose(house: House, object_id: UUID) -> None:
    """Row first, then the object, as everything that removes does."""
    named_by = select(StoredObject.id).where(StoredObject.uid == object_id).scalar_subquery()
    house.change(lambda s: s.execute(delete(PageReading).where(PageReading.object_id == named_by)))
    house.change(lambda s: s.execute(delete(StoredObject).where(StoredObject.uid == object_id)))
    pool_path(house.archive.settings.objects, object_id).unlink()


def flip(path: Path) -> None:
    """One bit in the middle; name and size stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
