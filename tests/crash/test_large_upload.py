"""Two GiB through a server that is killed on the way: nothing is sent twice without need, and its memory stays small."""

import threading
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from archive.cli.uploading import send_all
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.parts import PART_BYTES
from tests.crash.paper import ENGINE
from tests.crash.running import Crew, running, until

GIB = 1 << 30
SIZE = 2 * GIB
MOST_MORE = 64 << 20
"""In bytes, above an idle server."""


def large_file(folder: Path) -> Path:
    """Zeros, sparse on this disk, but for the number of each part at its beginning."""
    path = folder / "volume.pdf"
    with path.open("wb") as file:
        file.truncate(SIZE)
        for number in range(SIZE // PART_BYTES):
            file.seek(number * PART_BYTES)
            file.write(f"%PDF-1.7 part {number}".encode())
    return path


def highest_memory(pid: int) -> int:
    """VmHWM: the most that was ever resident, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def server_of(crew: Crew) -> int:
    [pid] = crew.pids("server")
    return pid


@pytest.mark.long
def test_two_gib_survive_a_kill_and_stay_out_of_the_memory_of_the_server(tmp_path: Path) -> None:
    with running(tmp_path, engine=ENGINE, JUANZONG_MAX_UPLOAD_BYTES=str(SIZE)) as crew:
        client = crew.client("archivist")
        with closing(client.http):
            idle = highest_memory(server_of(crew))
            killer = threading.Thread(target=kill_when_some_parts_are_there, args=(crew,))
            killer.start()
            [sent] = send_all(client, [large_file(tmp_path)], "A001", Duplicates.ASK)
            killer.join()
            assert (sent.error, sent.state) == (None, "received")
            assert highest_memory(server_of(crew)) - idle <= MOST_MORE
            row = client.get(f"/api/v1/deposits/{sent.deposit}")
            assert (row["size"], row["parts_kept"]) == (SIZE, 0)


def kill_when_some_parts_are_there(crew: Crew) -> None:
    objects = crew.data / "objects"
    until(lambda: sum(1 for path in objects.rglob("*") if path.is_file()) > 20, "no parts arrive")
    assert crew.kill("server", Random(0))
    until(lambda: crew.programs["server"].poll() is not None, "the server does not die")
    crew.revive()
