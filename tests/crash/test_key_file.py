"""Without its own key file an archive opens nothing, says so, and makes no new key in its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.errors import ArchiveError, KeyUnavailable, NotReady
from archive.core.settings import Settings
from archive.wiring import found_archive, open_archive
from tests.cast import House

DOORS: dict[str, Callable[[Settings], object]] = {"opened": open_archive, "founded": found_archive}


@pytest.fixture
def settings(house: House) -> Settings:
    house.archive.close()
    return house.archive.settings


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_missing_key_file_is_asked_for(settings: Settings, door: Callable[[Settings], object]) -> None:
    settings.key_file.unlink()
    with pytest.raises(KeyUnavailable) as told:
        door(settings)
    assert "missing" in told.value.message
    assert "Put back the root.key" in told.value.remedy
    assert not settings.key_file.exists()


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_the_key_file_of_another_archive_is_told_from_the_right_one(
    settings: Settings, tmp_path: Path, door: Callable[[Settings], object]
) -> None:
    other = Settings(data=tmp_path / "other")
    found_archive(other)
    settings.key_file.chmod(0o600)
    settings.key_file.write_bytes(other.key_file.read_bytes())
    with pytest.raises(KeyUnavailable) as told:
        door(settings)
    assert "key does not open" in told.value.message
    assert "root.key" in told.value.remedy


def test_with_its_own_key_file_put_back_everything_is_there(settings: Settings) -> None:
    own = settings.key_file.read_bytes()
    settings.key_file.unlink()
    with pytest.raises(KeyUnavailable):
        open_archive(settings)
    settings.key_file.touch(0o600)
    settings.key_file.write_bytes(own)
    archive = open_archive(settings)
    assert archive.database.reader is not None
    archive.close()


def test_a_folder_without_an_archive_is_not_taken_for_one_that_lost_its_key(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as told:
        open_archive(Settings(data=tmp_path / "empty"))
    assert isinstance(told.value, NotReady)
