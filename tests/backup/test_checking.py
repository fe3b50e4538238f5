"""``restore --check`` finds whatever was changed in a backup, and writes nothing."""

from pathlib import Path

import pytest

from archive.core.errors import Altered, Invalid, KeyUnavailable
from tests.backup.doing import backed_up, checked, remembered
from tests.backup.test_backup import flip, reading_of
from tests.cast import House

TEXTS = ("LANTERN 灯塔",)


@pytest.fixture
def snapshot(house: House, target: Path) -> Path:
    house.draft_item(TEXTS)
    return target / "snapshots" / backed_up(house, target).snapshot


def test_a_check_leaves_everything_as_it_was(target: Path, snapshot: Path) -> None:
    def everything() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}

    before = everything()
    assert checked(target).is_whole
    assert everything() == before


def test_a_wrong_passphrase_opens_nothing(target: Path, snapshot: Path) -> None:
    with pytest.raises(KeyUnavailable, match="wrong"):
        checked(target, passphrase="guess")


@pytest.mark.parametrize("file", ["archive.db", "keys.db", "search.db", "objects.jsonl"])
def test_an_altered_file_is_found(target: Path, snapshot: Path, file: str) -> None:
    flip(snapshot / file)
    assert file in {finding.place for finding in checked(target).findings}


@pytest.mark.parametrize("file", ["archive.db", "keys.db", "search.db", "objects.jsonl", "exceptions.jsonl"])
def test_a_file_that_is_gone_is_found(target: Path, snapshot: Path, file: str) -> None:
    (snapshot / file).unlink()
    assert file in {finding.place for finding in checked(target).findings}


@pytest.mark.parametrize("file", ["manifest.json", "manifest.mac"])
def test_an_altered_manifest_is_found(target: Path, snapshot: Path, file: str) -> None:
    flip(snapshot / file)
    with pytest.raises(Altered, match="manifest"):
        checked(target)


def test_a_snapshot_under_the_name_of_another_is_found(target: Path, snapshot: Path) -> None:
    """An old one cannot be passed off as the newest by giving it a later name."""
    snapshot.rename(snapshot.with_name("000009-2026-11-09T080000Z"))
    with pytest.raises(Altered, match="was written as"):
        checked(target)


def test_an_altered_object_is_found(house: House, target: Path, snapshot: Path) -> None:
    altered = reading_of(house)
    flip(next((target / "objects").rglob(altered.hex)))
    assert [f.place for f in checked(target).findings] == [f"object {altered}"]


def test_an_object_that_is_gone_is_found(house: House, target: Path, snapshot: Path) -> None:
    gone = reading_of(house)
    next((target / "objects").rglob(gone.hex)).unlink()
    assert [(f.place, f.words) for f in checked(target).findings] == [(f"object {gone}", "It is gone.")]


def test_the_log_is_compared_with_a_checkpoint_kept_outside(
    house: House, target: Path, snapshot: Path
) -> None:
    later = remembered(house)
    assert checked(target).log.startswith("whole: ")
    found = checked(target, checkpoint=later).findings
    assert {finding.place for finding in found} == {"log"}


def test_a_folder_without_backups_is_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no backup"):
        checked(tmp_path)
