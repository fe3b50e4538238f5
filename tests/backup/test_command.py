"""``juanzong backup`` and ``juanzong restore`` as a keeper or a timer calls them: words, envelope, exit code."""

from pathlib import Path

import pytest

from archive.cli.output import Exit
from tests.backup.doing import PASSPHRASE, backed_up, entered, remembered, text_of
from tests.backup.processes import juanzong
from tests.backup.test_backup import flip, reading_of
from tests.cast import House

TEXTS = ("LANTERN 灯塔",)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    return file


def test_without_a_passphrase_nothing_is_copied(house: House, target: Path, tmp_path: Path) -> None:
    told = juanzong(tmp_path, "backup", target, "--data", house.archive.settings.data)
    assert (told.code, told.envelope["error"]["code"]) == (Exit.UNAVAILABLE, "key_unavailable")
    assert not target.exists()


def test_a_check_tells_whole_from_altered(house: House, target: Path, secret: Path, tmp_path: Path) -> None:
    house.draft_item(TEXTS)
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(remembered(house))
    backed_up(house, target)
    command = ("restore", target, "--check", "--passphrase-file", secret, "--checkpoint", kept)
    assert juanzong(tmp_path, *command).code == Exit.DONE
    flip(next((target / "objects").rglob(reading_of(house).hex)))
    told = juanzong(tmp_path, *command)
    assert (told.code, told.envelope["data"]["whole"]) == (Exit.ALTERED, False)


def test_a_restore_takes_the_passphrase_from_a_credential(
    house: House, target: Path, secret: Path, tmp_path: Path
) -> None:
    made = house.draft_item(TEXTS)
    backed_up(house, target)
    secret.rename(tmp_path / "juanzong-backup-passphrase")
    command = ("restore", target, "--data", tmp_path / "again", "--without-passphrase")
    told = juanzong(tmp_path, *command, CREDENTIALS_DIRECTORY=str(tmp_path))
    assert (told.code, told.envelope["data"]["lost"]) == (Exit.DONE, [])
    new = entered(house, tmp_path / "again")
    assert text_of(new, made) == list(TEXTS)
    new.archive.close()


def test_a_restore_is_told_whether_the_new_archive_has_a_passphrase(
    house: House, target: Path, secret: Path, tmp_path: Path
) -> None:
    """Nobody sits at a terminal to be asked: nothing is chosen for her."""
    backed_up(house, target)
    told = juanzong(tmp_path, "restore", target, "--data", tmp_path / "again", "--passphrase-file", secret)
    assert (told.code, list((tmp_path / "again").glob("*"))) == (Exit.UNAVAILABLE, [])


def test_a_checkpoint_that_is_none_is_not_taken_for_an_altered_log(tmp_path: Path, secret: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    command = ("restore", tmp_path, "--check", "--passphrase-file", secret)
    told = juanzong(tmp_path, *command, "--checkpoint", tmp_path / "letter.txt")
    assert (told.code, told.envelope["error"]["code"]) == (Exit.UNREADABLE, "invalid")
