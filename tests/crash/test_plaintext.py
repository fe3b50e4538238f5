"""What stands on a page or is said of it lies in no file in clear: not in the archive, not beside it, at no moment."""

import os
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.desks.finding import operations as finding
from archive.holdings.operations import PersonNamed
from search.query import parse
from tests.cast import House
from tests.crash.paper import NAME, WORDS, page, tiff, two_pages
from tests.crash.scene import the_item
from tests.crash.traces import Search, in_every_encoding, pieces_of
from tests.crash.working import seen, upload, work
from tests.ocr import drawing

SHARED_MEMORY = Path("/dev/shm")
HAN = "被保險人陳怡君與肇事車輛駕駛"


@contextmanager
def watched(search: Search, *folders: Path) -> Iterator[None]:
    """Looks through every file of ours that is in these folders, over and over."""
    stop = threading.Event()

    def until_stopped() -> None:
        while not stop.wait(0.02):
            search.below(*folders)

    thread = threading.Thread(target=until_stopped, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        search.below(*folders)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where every library that asks for a temporary file would put it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    tempfile.tempdir = None


@contextmanager
def opened_for_writing() -> Iterator[set[Path]]:
    """Every file that Python code of this process opens to write, however short its life (SQLite opens its own)."""
    opened: set[Path] = set()
    is_on = True

    def hear(event: str, told: tuple[Any, ...]) -> None:
        if is_on and event == "open" and isinstance(told[0], str) and told[2] & (os.O_WRONLY | os.O_RDWR):
            opened.add(Path(told[0]))

    sys.addaudithook(hear)
    yield opened
    is_on = False


def letters() -> str:
    """New in every run, so that nothing on this machine holds it by chance; no letter that OCR confuses."""
    return "".join(secrets.choice("ACEFHKLMNPRTUXY") for _ in range(10))


def test_nothing_of_a_page_lies_in_a_file_in_clear(house: House, scratch: Path, tmp_path: Path) -> None:
    words = {what: letters() for what in ("text layer", "title", "person", "query", "file name")}
    printed = drawing.pdf_bytes(drawing.lines_of_text([f"{words['text layer']} {words['query']} {HAN} " * 3]))
    scanned = tiff([page(f"{word} {word}") for word in WORDS])
    search = Search(
        in_every_encoding(words | {"scan": WORDS[0], "traditional": HAN})
        | pieces_of({"PDF": printed, "TIFF": scanned}),
        (tmp_path,),
        time.time() - 1,
    )
    with watched(search, tmp_path, SHARED_MEMORY):
        printed_deposit = upload(house, f"{words['file name']}.pdf", printed)
        work(house)
        volume = house.open_volume()
        house.describe(
            the_item(house), volume=volume, title=words["title"], persons=(PersonNamed(words["person"]),)
        )
        scanned_deposit = upload(house, f"{words['file name']}.tif", scanned)
        work(house)
        searched = house.gate_of(house.archivist, finding.search).run(
            finding.search, None, finding.Search(words["query"], parse(words["query"]))
        )

        states = [seen(house, deposit).state for deposit in (printed_deposit, scanned_deposit)]
    house.archive.close()
    search.below(tmp_path)

    assert (states, len(searched.value.items)) == (["read", "read"], 1), "the words never reached the archive"
    assert search.found == set()
    assert {"archive.db", "search.db", "keys.db", "archive.db-wal"} <= {
        Path(name).name for name in search.looked_at
    }
    assert list(scratch.iterdir()) == []
    assert not list(SHARED_MEMORY.glob(f"juanzong-ocr-{os.getpid()}-*"))


def test_the_archive_itself_writes_nothing_but_sealed_objects(house: House) -> None:
    with opened_for_writing() as opened:
        deposit = upload(house, NAME, two_pages())
        work(house)
    assert seen(house, deposit).state == "read"
    settings = house.archive.settings
    databases = {
        settings.archive_db,
        settings.search_db,
        settings.keys_db,
    }  # made by us, written by SQLCipher
    elsewhere = {path for path in opened if settings.objects not in path.parents}
    assert elsewhere <= databases | {Path("/dev/null")}
    assert len(opened - elsewhere) == 1 + 2 * len(WORDS)
