"""The worst day: under load a backup is made, everything dies at once, the disk is lost, and the archive comes back."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest

from archive.cli.output import Exit
from archive.core.audit.export import write_export
from archive.core.audit.verify import verify_export
from archive.core.errors import ArchiveError
from archive.core.settings import Settings
from archive.wiring import open_archive
from tests.backup.doing import PASSPHRASE
from tests.crash.paper import ENGINE
from tests.crash.running import ROOT, Crew, running, until
from tests.crash.stack import File, stack

PAGES = 8


@pytest.mark.long
def test_after_a_disaster_under_load_the_backed_up_archive_is_served_again(
    target: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    with running(tmp_path, engine=ENGINE) as crew:
        sent = _loaded(crew)
        kept = tmp_path / "checkpoint.txt"
        kept.write_bytes(crew.client("auditor").load("/api/v1/log/checkpoint"))
        load = threading.Thread(target=_load, args=(crew,), daemon=True)
        load.start()
        assert _juanzong("backup", target, "--data", crew.data, "--passphrase-file", secret) == Exit.DONE
        cut = subprocess.Popen(_command("backup", target, "--data", crew.data, "--passphrase-file", secret))
        until(lambda: any((target / "snapshots").glob(".*")), "the second backup did not begin")
        for pid in (cut.pid, *crew.everything()):
            os.kill(pid, signal.SIGKILL)
        cut.wait()
        load.join()
        shutil.rmtree(crew.data)
        opened = ("--passphrase-file", secret, "--checkpoint", kept)
        assert _juanzong("restore", target, "--check", *opened) == Exit.DONE
        again = ("--data", crew.data, "--without-passphrase")
        assert _juanzong("restore", target, *opened, *again) == Exit.DONE
        crew.revive()
        archivist = crew.client("archivist")
        found = [archivist.get("/api/v1/search", q=f'"{words}"')["items"] for f in sent for words in f.words]
        assert [len(items) for items in found] == [1] * PAGES
        page = archivist.load(f"/api/v1/items/{found[0][0]['item']}/pages/1/image")
        assert page.startswith(b"\xff\xd8")
    _the_log_goes_on(crew.data, tmp_path / "log.zip", kept.read_text())


def _loaded(crew: Crew) -> list[File]:
    """Sent, read and searchable before the backup begins."""
    archivist = crew.client("archivist")
    files = list(stack(PAGES, seed=3))
    for file in files:
        archivist.send("/api/v1/deposits", file.content, len(file.content), name=file.name, fonds="A001")
    last = files[-1].words[-1]
    until(lambda: all(d["state"] == "read" for d in archivist.get("/api/v1/deposits")), "not read")
    until(lambda: bool(archivist.get("/api/v1/search", q=f'"{last}"')["items"]), "not indexed")
    return files


def _load(crew: Crew) -> None:
    """More files, until the server is gone."""
    archivist = crew.client("archivist")
    for number, file in enumerate(stack(400, seed=Random(4).randrange(100))):
        try:
            name = f"more-{number}-{file.name}"
            archivist.send("/api/v1/deposits", file.content, len(file.content), name=name, fonds="A001")
        except ArchiveError:
            return
        time.sleep(0.2)


def _the_log_goes_on(data: Path, path: Path, kept: str) -> None:
    archive = open_archive(Settings(data=data))
    archive.sequence_log()
    with archive.database.reading() as session:
        write_export(session, path, now=archive.clock(), verifier_key=archive.verifier_key)
    archive.close()
    assert verify_export(path, remembered=kept).ok


def _command(*words: object) -> list[str]:
    return [sys.executable, "-m", "archive", *map(str, words), "--json"]


def _juanzong(*words: object) -> int:
    return subprocess.run(_command(*words), cwd=ROOT, check=False, timeout=300).returncode
