import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from archive.core.db.engines import open_sqlcipher
from archive.core.errors import Altered, DatabaseUnavailable, KeyDestroyed, KeyUnavailable
from archive.core.vault.keyfile import Root
from archive.core.vault.keyring import Keyring, open_keyring
from tests.vault.conftest import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


@pytest.fixture
def reopen(path: Path, root: Root, clock: Clock) -> Callable[[], Keyring]:
    return lambda: open_keyring(path, root, clock=clock)


@pytest.fixture
def sql(path: Path, root: Root, keyring: Keyring) -> Callable[..., list[tuple[Any, ...]]]:
    """Somebody who has the file and its database key, and writes into it past the keyring."""
    connection = open_sqlcipher(path, root.derive("keys.db"), journal="DELETE")
    return lambda statement, *values: connection.execute(statement, values).fetchall()


def decrypted_pages(path: Path, root: Root) -> bytes:
    """All bytes of the file as SQLite sees them, free space too (SQLCipher 4: AES-256-CBC, 80 bytes reserved a page)."""
    stored, pages = path.read_bytes(), []
    for at in range(0, len(stored), 4096):
        page = stored[at : at + 4096]
        decryptor = Cipher(algorithms.AES(root.derive("keys.db")), modes.CBC(page[-80:-64])).decryptor()
        pages.append(decryptor.update(page[16 if at == 0 else 0 : -80]))
    return b"".join(pages)


# --- data keys -----------------------------------------------------------------------------------------------


def test_a_new_key_unwraps_to_the_same_32_bytes_also_after_a_restart(
    keyring: Keyring, reopen: Callable[[], Keyring], fonds: UUID
) -> None:
    dek = keyring.new_dek(fonds)
    assert len(keyring.unwrap(dek)) == 32
    keyring.close()
    again = reopen()
    assert again.unwrap(dek) == again.unwrap(dek)
    assert again.unwrap(dek) != again.unwrap(again.new_dek(fonds))


def test_all_keys_of_a_fonds_hang_on_one_kek_and_another_fonds_has_its_own(
    keyring: Keyring, fonds: UUID, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    for owner in (fonds, fonds, uuid4()):
        keyring.new_dek(owner)
    assert sorted(sql("SELECT count(*) FROM dek GROUP BY kek_id")) == [(1,), (2,)]
    assert sql("SELECT count(*) FROM kek") == [(2,)]


def test_a_key_that_was_never_here_is_unavailable(keyring: Keyring, clock: Clock) -> None:
    with pytest.raises(KeyUnavailable):
        keyring.unwrap(uuid4())
    with pytest.raises(KeyUnavailable):
        keyring.destroy(uuid4(), uuid4(), clock.now)


def test_the_root_of_another_archive_does_not_open_the_file(path: Path, keyring: Keyring) -> None:
    with pytest.raises(KeyUnavailable, match=r"does not open keys\.db"):
        open_keyring(path, Root(bytes(32)))


def test_the_file_is_for_its_owner_only_and_tells_nothing(path: Path, keyring: Keyring, fonds: UUID) -> None:
    keyring.new_dek(fonds)
    assert path.stat().st_mode & 0o777 == 0o600
    assert fonds.bytes not in path.read_bytes()
    with closing(sqlite3.connect(path)) as without_key, pytest.raises(sqlite3.DatabaseError):
        without_key.execute("SELECT * FROM dek")


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE dek SET wrapped = (SELECT wrapped FROM dek o WHERE o.rowid = 2) WHERE rowid = 1",
        "UPDATE dek SET wrapped = (SELECT wrapped FROM dek o WHERE o.rowid = 3) WHERE rowid = 1",
        "UPDATE dek SET wrapped = zeroblob(60)",
        "UPDATE dek SET wrapped = x'00'",
        "UPDATE kek SET wrapped = (SELECT wrapped FROM kek o WHERE o.id <> kek.id)",
        "UPDATE kek SET fonds_uid = randomblob(16)",
        "UPDATE dek SET kek_id = (SELECT id FROM kek WHERE id <> dek.kek_id)",
    ],
)
def test_a_key_row_that_was_changed_or_copied_does_not_unwrap(
    keyring: Keyring, fonds: UUID, sql: Callable[..., list[tuple[Any, ...]]], tampering: str
) -> None:
    dek = keyring.new_dek(fonds)
    for owner in (fonds, uuid4()):
        keyring.new_dek(owner)
    sql(tampering)
    with pytest.raises(Altered):
        keyring.unwrap(dek)


def test_a_damaged_page_is_told_in_words(
    keyring: Keyring, reopen: Callable[[], Keyring], path: Path, fonds: UUID
) -> None:
    dek = keyring.new_dek(fonds)
    keyring.close()
    stored = bytearray(path.read_bytes())
    for at in range(4096 + 200, len(stored), 4096):
        stored[at] ^= 1
    path.write_bytes(bytes(stored))
    again = reopen()
    with pytest.raises(Altered, match="damaged"):
        again.unwrap(dek)


# --- destruction ---------------------------------------------------------------------------------------------


def test_a_destroyed_key_stays_destroyed_and_its_neighbours_live(
    keyring: Keyring, reopen: Callable[[], Keyring], fonds: UUID, clock: Clock
) -> None:
    doomed, neighbour = keyring.new_dek(fonds), keyring.new_dek(fonds)
    kept = keyring.unwrap(neighbour)
    keyring.destroy(doomed, uuid4(), clock.now)
    for ring in (keyring, reopen()):
        with pytest.raises(KeyDestroyed):
            ring.unwrap(doomed)
        assert ring.unwrap(neighbour) == kept


def test_the_entry_of_the_first_destruction_stands(
    keyring: Keyring, fonds: UUID, clock: Clock, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    dek, first = keyring.new_dek(fonds), uuid4()
    keyring.destroy(dek, first, clock.now)
    clock.advance(60)
    keyring.destroy(dek, uuid4(), clock.now)
    assert sql("SELECT destroyed_event, destroyed_at FROM dek") == [
        (first.bytes, "2026-11-02T08:00:00+00:00")
    ]


def test_the_bytes_of_destroyed_keys_leave_the_file(
    keyring: Keyring, path: Path, root: Root, clock: Clock, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    deks = [keyring.new_dek(UUID(int=number % 3)) for number in range(60)]
    doomed = deks[::2]
    wrapped = {UUID(bytes=row[0]): row[1] for row in sql("SELECT id, wrapped FROM dek")}
    before = decrypted_pages(path, root)
    assert all(wrapped[dek] in before for dek in deks)
    for dek in doomed:
        keyring.destroy(dek, uuid4(), clock.now)
    after = decrypted_pages(path, root)
    assert [dek for dek in doomed if wrapped[dek][12:] in after] == []
    assert all(wrapped[dek] in after for dek in deks[1::2])
    assert [file.name for file in path.parent.glob("keys.db?*")] == []


# --- rotation ------------------------------------------------------------------------------------------------


def test_rotation_wraps_every_living_key_under_a_new_kek_and_changes_none(
    keyring: Keyring, fonds: UUID, clock: Clock, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    deks, other = [keyring.new_dek(fonds) for _ in range(5)], keyring.new_dek(uuid4())
    keyring.destroy(deks[0], uuid4(), clock.now)
    keys = [keyring.unwrap(dek) for dek in [*deks[1:], other]]
    wrapped = sql("SELECT id, wrapped FROM dek WHERE wrapped IS NOT NULL AND id <> ?", other.bytes)
    assert keyring.rotate(fonds) == 4
    assert [keyring.unwrap(dek) for dek in [*deks[1:], other]] == keys
    assert not set(wrapped) & set(sql("SELECT id, wrapped FROM dek"))
    states = sql(
        "SELECT version, state, wrapped IS NULL FROM kek WHERE fonds_uid = ? ORDER BY version", fonds.bytes
    )
    assert states == [(1, "retired", 1), (2, "active", 0)]
    with pytest.raises(KeyDestroyed):
        keyring.unwrap(deks[0])


def test_after_rotation_new_keys_hang_on_the_new_kek(
    keyring: Keyring, fonds: UUID, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    keyring.new_dek(fonds)
    keyring.rotate(fonds)
    keyring.rotate(fonds)
    keyring.unwrap(keyring.new_dek(fonds))
    assert sql("SELECT DISTINCT kek_version FROM dek") == [(3,)]


def test_the_bytes_of_a_retired_kek_leave_the_file(
    keyring: Keyring, fonds: UUID, path: Path, root: Root, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    keyring.new_dek(fonds)
    [(wrapped,)] = sql("SELECT wrapped FROM kek")
    assert wrapped in decrypted_pages(path, root)
    keyring.rotate(fonds)
    assert wrapped[12:] not in decrypted_pages(path, root)


def test_a_rotation_that_meets_an_altered_key_changes_nothing(
    keyring: Keyring, fonds: UUID, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    good, bad = keyring.new_dek(fonds), keyring.new_dek(fonds)
    sql("UPDATE dek SET wrapped = zeroblob(60) WHERE id = ?", bad.bytes)
    key = keyring.unwrap(good)
    with pytest.raises(Altered):
        keyring.rotate(fonds)
    assert keyring.unwrap(good) == key
    assert sql("SELECT version, state FROM kek") == [(1, "active")]


def test_a_fonds_without_keys_has_nothing_to_rotate(keyring: Keyring) -> None:
    assert keyring.rotate(uuid4()) == 0


# --- named secrets -------------------------------------------------------------------------------------------


def test_a_secret_is_made_once_and_is_as_long_as_asked(
    keyring: Keyring, reopen: Callable[[], Keyring]
) -> None:
    first = keyring.secret("field")
    assert len(first) == 32
    assert reopen().secret("field") == first
    assert keyring.secret("blind") != first
    assert len(keyring.secret("log", 64)) == 64


def test_whoever_made_a_secret_first_wins(keyring: Keyring, reopen: Callable[[], Keyring]) -> None:
    first = keyring.secret("field")
    too_late = reopen()
    too_late._new_secret("field", 32)  # as a process that saw none a moment before
    assert too_late.secret("field") == keyring.secret("field") == first


def test_a_secret_asked_for_in_another_length_is_a_mistake_of_the_caller(keyring: Keyring) -> None:
    keyring.secret("field")
    with pytest.raises(ValueError, match="has 32 bytes"):
        keyring.secret("field", 16)


def test_a_secret_under_another_name_does_not_unwrap(
    keyring: Keyring, sql: Callable[..., list[tuple[Any, ...]]]
) -> None:
    keyring.secret("field")
    sql("UPDATE secret SET name = 'blind'")
    with pytest.raises(Altered):
        keyring.secret("blind")


# --- many at once --------------------------------------------------------------------------------------------


def meet(folder: Path, everyone: int) -> None:
    """Waits until all processes have come this far."""
    (folder / f"here-{os.getpid()}").touch()
    while len(list(folder.glob("here-*"))) < everyone:
        time.sleep(0.001)


def ask_for_secrets(path: Path, root: bytes) -> list[bytes]:
    meet(path.parent, 3)
    keyring = open_keyring(path, Root(root))
    asked = [keyring.secret(f"secret {number}") for number in range(8)]
    return [*asked, keyring.unwrap(keyring.new_dek(UUID(int=7)))]


def test_processes_that_open_a_new_file_at_once_agree_on_every_secret_and_on_the_kek(path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        answers = list(pool.map(ask_for_secrets, [path] * 3, [bytes(32)] * 3))
    assert answers[0][:8] == answers[1][:8] == answers[2][:8]
    assert len({answer[8] for answer in answers}) == 3
    connection = open_sqlcipher(path, Root(bytes(32)).derive("keys.db"), journal="DELETE")
    assert connection.execute("SELECT (SELECT count(*) FROM kek), (SELECT count(*) FROM dek)").fetchall() == [
        (1, 3)
    ]


def test_threads_share_one_keyring(keyring: Keyring, fonds: UUID) -> None:
    together = threading.Barrier(4)

    def work(_: int) -> list[bytes]:
        together.wait()
        return [keyring.unwrap(keyring.new_dek(fonds)) for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        keys = [key for answer in pool.map(work, range(4)) for key in answer]
    assert len(set(keys)) == 40


def test_a_writer_waits_for_another_process_to_end_its_writing(
    keyring: Keyring, reopen: Callable[[], Keyring], fonds: UUID
) -> None:
    other = reopen()
    with ThreadPoolExecutor(1) as pool:
        with keyring._writing() as connection:
            connection.execute("DELETE FROM secret")
            waiting = pool.submit(other.new_dek, fonds)
            time.sleep(0.2)  # long enough to run into the lock
        assert len(other.unwrap(waiting.result())) == 32


KILLED = """
import sys
from pathlib import Path
from uuid import UUID
from archive.core.vault.keyfile import Root
from archive.core.vault.keyring import open_keyring
open_keyring(Path(sys.argv[1]), Root(bytes(32))).new_dek(UUID(int=7))
"""


def test_a_process_killed_after_a_key_was_made_leaves_it_whole(path: Path) -> None:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "JUANZONG_FAILPOINT": "key.created"}
    assert (
        subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False).returncode
        == -9
    )
    keyring = open_keyring(path, Root(bytes(32)))
    [(dek,)] = keyring._connection.execute("SELECT id FROM dek").fetchall()
    assert len(keyring.unwrap(UUID(bytes=dek))) == 32


def test_a_lost_disk_is_told_in_words(keyring: Keyring, fonds: UUID) -> None:
    keyring._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(DatabaseUnavailable):
        keyring.new_dek(fonds)
    keyring._connection.execute("PRAGMA query_only = OFF")
    assert len(keyring.unwrap(keyring.new_dek(fonds))) == 32
