import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from archive.core.errors import ArchiveError, StoreFull, StoreUnavailable
from archive.core.vault.local import LocalStore

OBJECT = UUID("018f0000-0000-7000-8000-00000000abcd")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "objects"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def name_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def run(code: str, folder: Path, **environment: str) -> int:
    command = f"from pathlib import Path\nfrom uuid import UUID\nfrom archive.core.vault.local import LocalStore\n{code}"
    python = [sys.executable, "-c", command, str(folder)]
    return subprocess.run(
        python, env={"PYTHONPATH": os.pathsep.join(sys.path), **environment}, check=False
    ).returncode


def test_objects_of_one_day_spread_over_the_folders(folder: Path) -> None:
    LocalStore(folder).put(OBJECT, [b"x"])
    assert [path.relative_to(folder) for path in files_in(folder)] == [Path("cd") / "ab" / OBJECT.hex]


def test_a_stored_file_cannot_be_written_by_mistake_nor_read_by_others(folder: Path) -> None:
    LocalStore(folder).put(OBJECT, [b"x"])
    assert files_in(folder)[0].stat().st_mode & 0o777 == 0o400
    assert folder.stat().st_mode & 0o777 == 0o700


LIMITED = """
import resource, sys
from archive.core.errors import StoreFull
store = LocalStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.put(UUID(int=1), (bytes(30_000) for _ in range(5)))
except StoreFull:
    sys.exit(store.put(UUID(int=2), [b"small"]))
"""


def test_when_the_system_takes_no_more_bytes_nothing_is_kept_and_the_store_goes_on(folder: Path) -> None:
    assert run(LIMITED, folder) == 5
    assert list(LocalStore(folder).objects()) == [UUID(int=2)]
    assert len(files_in(folder)) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EIO, StoreUnavailable),
        (errno.EROFS, StoreUnavailable),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_failing_disk_is_told_in_words_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, expected: type[ArchiveError]
) -> None:
    def failing(*args: object) -> int:
        raise OSError(code, os.strerror(code), str(folder))

    store = LocalStore(folder)
    monkeypatch.setattr(os, call, failing)
    with pytest.raises(expected) as told:
        store.put(OBJECT, [b"x"])
    monkeypatch.undo()
    assert str(folder) not in told.value.message + told.value.remedy
    assert files_in(folder) == []
    assert store.put(OBJECT, [b"x"]) == 1


def test_a_disk_that_takes_few_bytes_at_a_time_gets_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    LocalStore(folder).put(OBJECT, [b"abcdefghijklmnopqrstuvwxyz"])
    assert LocalStore(folder).read_at(OBJECT, 0, 100) == b"abcdefghijklmnopqrstuvwxyz"


def test_a_disk_that_gives_few_bytes_at_a_time_is_read_to_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LocalStore(folder).put(OBJECT, [b"abcdefghijklmnopqrstuvwxyz"])
    real = os.pread
    monkeypatch.setattr(
        os, "pread", lambda descriptor, length, offset: real(descriptor, min(length, 5), offset)
    )
    assert LocalStore(folder).read_at(OBJECT, 2, 20) == b"cdefghijklmnopqrstuv"


def test_an_error_of_the_sender_is_not_taken_for_one_of_the_disk(folder: Path) -> None:
    def upload() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.ENOSPC, "of the sender")

    with pytest.raises(OSError, match="of the sender"):
        LocalStore(folder).put(OBJECT, upload())


def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "objects").write_bytes(b"")
    with pytest.raises(StoreUnavailable):
        LocalStore(tmp_path / "objects")


def test_files_of_strangers_are_no_objects(folder: Path) -> None:
    store = LocalStore(folder)
    store.put(OBJECT, [b"x"])
    (folder / "cd" / "ab" / ".DS_Store").write_bytes(b"")
    (folder / "cd" / "notes.txt").write_bytes(b"")
    (folder / "lost+found").mkdir()
    assert list(store.objects()) == [OBJECT]


WRITER = "import sys\nLocalStore(Path(sys.argv[1])).put(UUID(int=1), [b'whole'])"


@pytest.mark.parametrize("point", ["store.written", "store.synced"])
def test_a_process_killed_before_the_link_leaves_a_temporary_file_for_the_sweeper(
    folder: Path, point: str
) -> None:
    assert run(WRITER, folder, JUANZONG_FAILPOINT=point) == -9
    store = LocalStore(folder)
    assert (store.exists(UUID(int=1)), list(store.objects())) == (False, [])
    assert store.sweep_temporary(older_than_s=3600) == 0
    os.utime(files_in(folder)[0], (time.time() - 7200, time.time() - 7200))
    assert store.sweep_temporary(older_than_s=3600) == 1
    assert files_in(folder) == []
    assert store.put(UUID(int=1), [b"again"]) == 5


def test_a_process_killed_after_the_link_leaves_the_whole_object(folder: Path) -> None:
    assert run(WRITER, folder, JUANZONG_FAILPOINT="store.renamed") == -9
    assert LocalStore(folder).read_at(UUID(int=1), 0, 10) == b"whole"
    assert len(files_in(folder)) == 1


def test_bytes_and_all_names_are_synced_before_put_returns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(name_of(descriptor))
        real(descriptor)

    store = LocalStore(folder)
    monkeypatch.setattr(os, "fsync", noting)
    store.put(OBJECT, [b"x"])
    assert synced[0].endswith(".part")
    assert synced[1:] == [str(folder / "cd" / "ab"), str(folder / "cd"), str(folder)]


def test_the_name_of_a_new_store_is_synced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(name_of(descriptor)))
    LocalStore(folder)
    assert synced == [str(folder.parent)]


def test_a_name_that_was_deleted_is_synced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(folder)
    store.put(OBJECT, [b"x"])
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(name_of(descriptor)))
    store.delete(OBJECT)
    assert synced == [str(folder / "cd" / "ab")]


def test_a_temporary_file_that_its_writer_just_finished_is_not_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(folder)
    store.put(uuid4(), [b"x"])
    vanished = folder / "00" / "00" / ".gone.part"
    monkeypatch.setattr(store, "_files", lambda: iter([vanished]))
    assert store.sweep_temporary(older_than_s=0) == 0


def moved_away(folder: Path) -> None:
    """As when the disk under it is unmounted: an empty folder is left in its place."""
    folder.rename(folder.with_name("elsewhere"))
    folder.mkdir()


@pytest.mark.parametrize("leave", [moved_away, lambda folder: folder.rename(folder.with_name("elsewhere"))])
def test_under_a_folder_that_was_replaced_nothing_is_written_and_nothing_is_missing(
    folder: Path, leave: Callable[[Path], object]
) -> None:
    store, there = LocalStore(folder), uuid4()
    store.put(there, [b"sealed"])
    leave(folder)
    for use in (
        lambda: store.put(uuid4(), [b"more"]),
        lambda: store.read_at(there, 0, 6),
        lambda: store.size(there),
        lambda: store.exists(there),
        lambda: store.delete(there),
        lambda: store.last_written(there),
        lambda: list(store.objects()),
        lambda: store.sweep_temporary(0),
    ):
        with pytest.raises(StoreUnavailable, match="not there any more"):
            use()
    assert not folder.exists() or list(folder.iterdir()) == []


def test_when_the_folder_is_back_the_store_goes_on(folder: Path) -> None:
    store, there = LocalStore(folder), uuid4()
    store.put(there, [b"sealed"])
    folder.rename(folder.with_name("elsewhere"))
    folder.with_name("elsewhere").rename(folder)
    assert store.read_at(there, 0, 6) == b"sealed"
