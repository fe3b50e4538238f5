"""Nothing is pruned while it is read: backups and restores of one folder keep out of each other's way."""

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.backup.checking import chosen, refuse_pruned
from archive.backup.folder import LOCK, being_read, opened_to_read, opened_to_write
from archive.backup.manifest import archive_id
from archive.backup.mending import mend
from archive.core.errors import Conflict, Invalid
from archive.core.vault.keyfile import load_root
from tests.backup.doing import PASSPHRASE, backed_up, checked, restored
from tests.backup.test_backup import at
from tests.cast import House


@pytest.fixture
def snapshot(house: House, target: Path) -> str:
    house.archived_item()
    return backed_up(house, target).snapshot


def pruning(house: House, target: Path) -> None:
    with pytest.raises(Conflict, match="A restore or a check is reading there"):
        backed_up(house, target, keep=1)


def test_while_a_snapshot_is_restored_no_backup_prunes_it(
    house: House, target: Path, tmp_path: Path, snapshot: str
) -> None:
    told = restored(house, target, tmp_path / "again", watch=at("objects", lambda: pruning(house, target)))
    assert (told.lost, opened_to_read(target).names()) == ((), [snapshot])


def test_while_a_snapshot_is_checked_no_backup_prunes_it(house: House, target: Path, snapshot: str) -> None:
    told = checked(target, watch=at("objects", lambda: pruning(house, target)))
    assert (told.findings, opened_to_read(target).names()) == ((), [snapshot])


def test_two_may_read_at_once(house: House, target: Path, snapshot: str) -> None:
    assert checked(target, watch=at("objects", lambda: checked(target))).is_whole


@pytest.fixture
def writing(house: House, target: Path, snapshot: str) -> Iterator[None]:
    root = load_root(house.archive.settings.key_file, None)
    with opened_to_write(target, archive_id(root)):
        yield


@pytest.mark.usefixtures("writing")
def test_while_a_backup_is_written_nothing_is_restored(house: House, target: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="A backup is being written there") as refused:
        restored(house, target, tmp_path / "again")
    assert "Wait" in refused.value.remedy
    assert not (tmp_path / "again").exists()


@pytest.mark.usefixtures("writing")
def test_while_a_backup_is_written_no_damaged_object_is_put_back(house: House, target: Path) -> None:
    with pytest.raises(Conflict, match="A backup is being written there"):
        mend(house.archive, target)


def test_a_snapshot_that_was_pruned_after_it_was_chosen_is_said(
    house: House, target: Path, snapshot: str
) -> None:
    earlier = chosen(target, snapshot, PASSPHRASE)
    backed_up(house, target, keep=1)
    with pytest.raises(Invalid, match="no such snapshot any more"):
        refuse_pruned(earlier)


def test_after_a_restore_backups_go_on(house: House, target: Path, tmp_path: Path, snapshot: str) -> None:
    restored(house, target, tmp_path / "again")
    assert backed_up(house, target, keep=1).pruned == (snapshot,)


@pytest.fixture
def read_only(target: Path, snapshot: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As on a disk that is mounted read-only; modes would not stop tests that run as root."""
    real = os.open

    def opened(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == target / LOCK and flags & os.O_RDWR:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, mode)

    monkeypatch.setattr("archive.backup.folder.os.open", opened)
    return target


def test_what_reads_on_a_read_only_disk_keeps_backups_out_as_well(read_only: Path) -> None:
    descriptor = os.open(read_only / LOCK, os.O_RDONLY)
    with being_read(read_only), pytest.raises(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_a_read_only_disk_without_a_lock_is_read_all_the_same(read_only: Path) -> None:
    (read_only / LOCK).unlink()
    assert checked(read_only).is_whole
