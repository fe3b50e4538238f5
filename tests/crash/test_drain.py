"""SIGTERM in the middle of everything: in order, within ten seconds, nothing acknowledged lost, nobody left behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from archive.cli import ending
from archive.cli.session import Client
from archive.core.errors import ArchiveError
from archive.core.jobs.tables import Job, JobKind, JobState
from archive.core.settings import Settings
from archive.holdings.tables import Deposit
from archive.wiring import Archive, open_archive
from tests.crash.paper import NAME, two_pages
from tests.crash.running import ROOT, Crew, running, until

HANG_GUARD = 60.0
STALLED = 1000
"""Announced; a tenth of it is sent."""


@dataclass(frozen=True)
class Scene:
    """What was seen from outside, and the folder that is left."""

    codes: dict[str, int]
    left_alive: list[int]
    settings: Settings
    acknowledged: UUID
    stalled: UUID
    in_parts: UUID
    searches: list[str]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A page that an engine holds for ever, an upload and a part that stall, searches, a sequencer: asked to end at once."""
    home = tmp_path_factory.mktemp("drain")
    with running(home, engine="failing:hang", JUANZONG_CHECKPOINT_SECONDS="0.02") as crew:
        client = crew.client("archivist")
        acknowledged = UUID(
            client.send("/api/v1/deposits", two_pages(), len(two_pages()), name=NAME, fonds="A001")["deposit"]
        )
        until(lambda: _is_read(crew, client, acknowledged), "no page is being read")
        in_parts = UUID(
            client.post("/api/v1/deposits", {"name": NAME, "size": STALLED, "fonds": "A001"})["deposit"]
        )
        searches: list[str] = []
        searching = threading.Thread(target=_search, args=(client, searches))
        searching.start()
        with (
            closing(_stalling(crew, client, "/api/v1/deposits?name=stalled.tif&fonds=A001")),
            closing(
                _stalling(
                    crew,
                    client,
                    f"/api/v1/deposits/{in_parts}/parts/1",
                    "Content-Digest: sha-256=:" + "A" * 43 + "=:",
                )
            ),
        ):
            stalled = _receiving(crew, client, but=in_parts)
            codes, left_alive = _ended(crew)
        searching.join()
    return Scene(codes, left_alive, Settings(data=crew.data), acknowledged, stalled, in_parts, searches)


def _is_read(crew: Crew, client: Client, deposit: UUID) -> bool:
    return client.get(f"/api/v1/deposits/{deposit}")["state"] == "reading" and crew.has("child")


def _search(client: Client, answers: list[str]) -> None:
    """Until the server has gone."""
    try:
        while True:
            client.get("/api/v1/search", q="HARBOUR")
            answers.append("answered")
    except ArchiveError as error:
        answers.append(error.code)


def _stalling(crew: Crew, client: Client, path: str, *headers: str) -> socket.socket:
    lines = (
        f"PUT {path} HTTP/1.1",
        f"Host: 127.0.0.1:{crew.port}",
        f"Authorization: {client.http.headers['Authorization']}",
        f"Content-Length: {STALLED}",
        *headers,
    )
    connection = socket.create_connection(("127.0.0.1", crew.port))
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + bytes(STALLED // 10))
    return connection


def _receiving(crew: Crew, client: Client, *, but: UUID) -> UUID:
    def there() -> list[str]:
        rows = client.get("/api/v1/deposits")
        return [row["deposit"] for row in rows if row["state"] == "receiving" and row["deposit"] != str(but)]

    until(lambda: bool(there()), "the stalled upload does not begin")
    return UUID(there()[0])


def _ended(crew: Crew) -> tuple[dict[str, int], list[int]]:
    family = crew.everything()
    for program in crew.programs.values():
        program.send_signal(signal.SIGTERM)
    codes = {name: program.wait(HANG_GUARD) for name, program in crew.programs.items()}
    deadline = time.monotonic() + HANG_GUARD / 4
    while (left := [pid for pid in family if _is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return codes, left


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def archive(scene: Scene) -> Iterator[Archive]:
    with closing(open_archive(scene.settings)) as archive:
        yield archive


def deposit(archive: Archive, uid: UUID) -> Deposit:
    with archive.database.reading() as session:
        return session.scalars(select(Deposit).where(Deposit.uid == uid)).one()


@pytest.mark.long
def test_server_and_workers_end_as_done(scene: Scene) -> None:
    assert scene.codes == {"server": 0, "worker 1": 0, "worker 2": 0}


@pytest.mark.long
def test_no_reading_program_is_left_behind(scene: Scene) -> None:
    assert scene.left_alive == []


@pytest.mark.long
def test_what_was_acknowledged_is_there(scene: Scene, archive: Archive) -> None:
    assert deposit(archive, scene.acknowledged).state == "reading"


@pytest.mark.long
def test_the_page_at_hand_is_handed_back_unblamed(scene: Scene, archive: Archive) -> None:
    with archive.database.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.READ)).one()
    assert (job.state, job.attempt, job.reason) == (JobState.READY, 0, None)


@pytest.mark.long
def test_a_stalled_upload_says_why_it_was_broken_off(scene: Scene, archive: Archive) -> None:
    row = deposit(archive, scene.stalled)
    assert (row.state, "being stopped" in (row.reason or "")) == ("refused", True)


@pytest.mark.long
def test_a_stalled_part_can_be_sent_again(scene: Scene, archive: Archive) -> None:
    assert deposit(archive, scene.in_parts).state == "receiving"


@pytest.mark.long
def test_searches_are_answered_until_the_server_has_gone(scene: Scene) -> None:
    assert set(scene.searches) == {"answered", "not_ready"}


def test_the_order_of_ending_leaves_time_for_each_step() -> None:
    steps = [ending.UPLOADS_SECONDS, ending.ANSWERS_SECONDS, ending.JOBS_SECONDS, ending.DRAIN_SECONDS]
    assert steps == sorted(set(steps))
    assert ending.DRAIN_SECONDS == 10


# --- asked twice, or hanging -------------------------------------------------------------------------------------

WAITING = """
import threading
from archive.cli import ending
asked = ending.Asked()
ending.DRAIN_SECONDS = {drain}
asked.listen()
print("listening", flush=True)
asked.wait_while(lambda: True)
print("asked", flush=True)
threading.Event().wait()  # whatever hangs
"""


def waiting(drain: float) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(drain=drain)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "listening\n"
    os.kill(program.pid, signal.SIGTERM)
    assert program.stdout.readline() == "asked\n"
    return program


@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_asked_a_second_time_it_ends_at_once(again: signal.Signals) -> None:
    with waiting(drain=3600) as program:
        program.send_signal(again)
        assert program.wait(HANG_GUARD) == 1


def test_whatever_hangs_the_time_runs_out_and_it_ends_as_done() -> None:
    with waiting(drain=0.2) as program:
        assert program.wait(HANG_GUARD) == 0
