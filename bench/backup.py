"""What backup and restore cost against ``cp -r`` of the same folder: ``python -m bench.backup [OBJECTS] [KIB]``.

Run by hand; it prints a table in Markdown. Objects are random bytes under rows of their own, which is all that a backup
sees of them. CPU seconds are user and system time of the process that works. Nothing here is a test.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from archive.backup.checking import check, chosen
from archive.backup.making import Made, back_up
from archive.backup.pool import pool_path
from archive.backup.restoring import Wanted, restore
from archive.core.db.types import new_uid
from archive.core.settings import Settings
from archive.core.vault.keyfile import Cost, load_root
from archive.holdings.tables import StoredObject
from archive.wiring import Archive, found_archive, open_archive

PASSPHRASE = "a bench in a quiet room"
CHEAP = Cost(memory_kib=64, time=1, lanes=1)
"""Argon2id costs 4 CPU seconds a run whatever the archive holds; it is left out of the figures."""

MIB = 2**20
ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Spent:
    cpu: float
    wall: float

    def __str__(self) -> str:
        return f"{self.cpu:.2f} s CPU, {self.wall:.1f} s"


def main(objects: int = 4000, kib: int = 128) -> None:
    with tempfile.TemporaryDirectory(prefix="juanzong-bench-") as folder:
        home = Path(folder)
        archive = _filled(Settings(data=home / "data"), objects, kib)
        total = objects * kib / 1024
        say(f"{objects} objects of {kib} KiB, {total:.0f} MiB", "", "")
        copied = of_child(["cp", "-r", str(home / "data"), str(home / "plain")])
        say("floor: cp -r, not synced", copied, "")
        shutil.rmtree(home / "plain")
        first = of(lambda: _backed_up(archive, home / "backups"))
        say("first backup", first, ratio(first, copied))
        again = of(lambda: _backed_up(archive, home / "backups"))
        say("next backup, nothing new", again, f"{again.cpu / objects * 1e6:.0f} µs an object")
        looked = of(
            lambda: check(chosen(home / "backups", None, PASSPHRASE), home, checkpoint=None, watch=quiet)
        )
        say("restore --check", looked, ratio(looked, copied))
        archive.close()
        wanted = Wanted(Settings(data=home / "again"), None, None, CHEAP)
        back = of(lambda: restore(chosen(home / "backups", None, PASSPHRASE), wanted, quiet))
        say("restore", back, f"{ratio(back, copied)}, {total / back.wall:.0f} MiB/s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say("peak memory of all of it", f"{peak:.0f} MiB", "")


def _filled(settings: Settings, objects: int, kib: int) -> Archive:
    found_archive(settings)
    archive = open_archive(settings)
    dek = archive.keyring.new_dek(UUID(int=1))
    for start in range(0, objects, ROWS_AT_ONCE):
        rows = [_object(settings.objects, dek, kib) for _ in range(min(ROWS_AT_ONCE, objects - start))]
        with archive.database.writing() as session:
            session.add_all(rows)
            session.commit()
    return archive


def _object(folder: Path, dek: UUID, kib: int) -> StoredObject:
    now, content = datetime.now(UTC), os.urandom(kib * 1024)
    uid, digest = new_uid(now), sha256(content).digest()
    path = pool_path(folder, uid)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return StoredObject(
        uid=uid,
        role="view",
        media_type="image/jpeg",
        size=len(content),
        sealed_size=len(content),
        sealed_sha256=digest,
        sha256=digest.hex(),
        dek_id=dek,
        created_at=now,
    )


def _backed_up(archive: Archive, target: Path) -> Made:
    root = load_root(archive.settings.key_file, None)
    return back_up(archive, root, target, PASSPHRASE, keep=None, watch=quiet, cost=CHEAP)


def of(act: Callable[[], object]) -> Spent:
    wall, cpu = time.monotonic(), time.process_time()
    act()
    return Spent(time.process_time() - cpu, time.monotonic() - wall)


def of_child(command: list[str]) -> Spent:
    wall, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Spent(cpu, time.monotonic() - wall)


def ratio(spent: Spent, floor: Spent) -> str:
    return f"{spent.cpu / floor.cpu:.1f} × cp (CPU), {spent.wall / floor.wall:.1f} × (time)"


def say(what: str, spent: object, note: str) -> None:
    print(f"| {what} | {spent} | {note} |", flush=True)


def quiet(_step: str, _done: int, _of: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
