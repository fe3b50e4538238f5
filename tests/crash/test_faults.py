"""Bad input and bad luck: the person reads what happened and what to do, nothing is lost, and the queue goes on."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from archive.core.errors import DatabaseUnavailable, Invalid, StoreFull, UploadCut
from archive.core.jobs.queue import DIED, MOST_ATTEMPTS
from archive.core.jobs.tables import JobKind
from archive.desks.intake import operations as intake
from ocr.page import BLANK
from tests.cast import House
from tests.crash.paper import NAME, WORDS, page, tiff, two_pages
from tests.crash.working import SHORT, Kept, kept, newest, original, readings, seen, upload, work
from tests.ocr import drawing

PDF = drawing.pdf_bytes(drawing.lines_of_text(drawing.SIMPLIFIED))
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(200)

# --- at the door -------------------------------------------------------------------------------------------


def test_an_upload_that_breaks_off_is_refused_and_nothing_of_it_is_kept(house: House) -> None:
    with pytest.raises(UploadCut) as told:
        upload(house, NAME, two_pages(), chunks=[two_pages()[:1000]])
    board = newest(house)
    assert (board.state, board.reason, board.remedy) == ("refused", told.value.message, told.value.remedy)
    assert kept(house) == Kept(0, 0)


def test_after_an_upload_that_broke_off_the_same_file_is_taken(house: House) -> None:
    with pytest.raises(UploadCut):
        upload(house, NAME, two_pages(), chunks=[two_pages()[:1000]])
    assert original(house, upload(house, NAME, two_pages())) == two_pages()


def test_a_file_without_a_byte_is_refused_at_the_door(house: House) -> None:
    with pytest.raises(Invalid) as told:
        upload(house, NAME, b"")
    assert (newest(house).state, newest(house).remedy) == ("refused", told.value.remedy)
    assert kept(house) == Kept(0, 0)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk: writing beyond fails in the kernel, whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_refuses_the_file_and_keeps_nothing_of_it(house: House) -> None:
    large = os.urandom(16 * 2**20)
    with no_file_larger_than(8 * 2**20), pytest.raises(StoreFull) as told:
        upload(house, NAME, large)
    board = newest(house)
    assert (board.state, board.reason, board.remedy) == ("refused", told.value.message, told.value.remedy)
    assert kept(house) == Kept(0, 0)


def test_when_there_is_room_again_the_file_is_taken(house: House) -> None:
    with no_file_larger_than(8 * 2**20), pytest.raises(StoreFull):
        upload(house, NAME, os.urandom(16 * 2**20))
    assert original(house, upload(house, NAME, two_pages())) == two_pages()


@pytest.mark.parametrize("file", ["archive.db-wal", "keys.db-journal"])
def test_a_database_without_room_changes_nothing_and_goes_on_later(house: House, file: str) -> None:
    path = house.archive.settings.data / file
    before = path.stat().st_size if path.exists() else 0
    with no_file_larger_than(before), pytest.raises(DatabaseUnavailable):
        upload(house, NAME, two_pages())
    assert house.gate_of(house.archivist, intake.list_deposits).run(intake.list_deposits, None, 9).value == ()
    assert original(house, upload(house, NAME, two_pages())) == two_pages()


# --- files that cannot be read -----------------------------------------------------------------------------


BAD_FILES = {
    "broken PDF": ("report.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 8),
    "PDF cut in half": ("report.pdf", PDF[: len(PDF) // 3]),
    "encrypted PDF": ("report.pdf", drawing.encrypted(PDF, "a password")),
    "ZIP named as a PDF": ("report.pdf", ZIP),
    "picture named as a PDF": ("report.pdf", drawing.picture_bytes(page("HARBOUR"), "JPEG")),
    "picture cut in half": ("scan.png", drawing.picture_bytes(page("HARBOUR"), "PNG")[:400]),
    "nothing that is known": ("letter.doc", b"\xd0\xcf\x11\xe0" + bytes(500)),
}


@pytest.mark.parametrize("bad", BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do_and_its_original_stays(
    house: House, bad: tuple[str, bytes]
) -> None:
    deposit = upload(house, *bad)
    work(house)
    board = seen(house, deposit)
    assert (board.state, board.item) == ("refused", None)
    assert board.reason
    assert board.remedy
    assert original(house, deposit) == bad[1]


def test_a_refused_file_does_not_hold_up_the_next_one(house: House) -> None:
    refused = upload(house, "report.pdf", ZIP)
    good = upload(house, NAME, two_pages())
    work(house)
    assert (seen(house, refused).state, seen(house, good).state) == ("refused", "read")


def test_a_blank_page_is_read_as_blank(house: House) -> None:
    deposit = upload(house, "scan.tif", tiff([page(WORDS[0]), drawing.noise((620, 400))]))
    work(house)
    written, blank = readings(house, deposit)
    assert written.text == WORDS[0]
    assert (blank.text, blank.reason) == ("", BLANK)


# --- engines -----------------------------------------------------------------------------------------------


ENGINES = {
    "failing:hang": "it gave no answer in time",
    "failing:spin": f"stopped after {SHORT.engine_cpu} s of CPU time",
    "failing:crash": "it crashed with SIGABRT",
    "failing:raise": "this engine always raises",
    "failing:rubbish": "malformed reading",
    "unheard-of": "there is no engine named",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_that_the_engine_cannot_read_says_why_and_the_deposit_is_read_to_its_end(
    house: House, engine: str
) -> None:
    deposit = upload(house, NAME, two_pages())
    work(house, engine)
    board = seen(house, deposit)
    assert (board.state, board.pages_read, board.reason) == ("read", 2, None)
    assert [(text.text, ENGINES[engine] in (text.reason or "")) for text in readings(house, deposit)] == [
        ("", True),
        ("", True),
    ]


# --- jobs that kill their worker ---------------------------------------------------------------------------


def killed_worker(house: House) -> None:
    """A worker takes the job and is heard of no more."""
    house.claim(JobKind.ACCEPT)
    house.clock.forward(hours=1)


def killing_deposit(house: House) -> UUID:
    deposit = upload(house, NAME, two_pages())
    for _ in range(MOST_ATTEMPTS):
        killed_worker(house)
    work(house)
    return deposit


def test_a_job_that_killed_five_workers_is_given_up_and_the_board_says_so(house: House) -> None:
    board = seen(house, killing_deposit(house))
    assert (board.state, board.reason, board.remedy) == ("failed", DIED, intake.TRY_AGAIN)


def test_a_job_that_killed_four_workers_is_still_done_by_the_fifth(house: House) -> None:
    deposit = upload(house, NAME, two_pages())
    for _ in range(MOST_ATTEMPTS - 1):
        killed_worker(house)
    work(house)
    assert seen(house, deposit).state == "read"


def test_what_was_given_up_does_not_hold_up_the_next_one(house: House) -> None:
    killing_deposit(house)
    good = upload(house, NAME, two_pages())
    work(house)
    assert seen(house, good).state == "read"


def test_what_was_given_up_is_read_when_somebody_tries_again(house: House) -> None:
    deposit = killing_deposit(house)
    house.gate_of(house.archivist, intake.try_again).run(intake.try_again, deposit)
    work(house)
    board = seen(house, deposit)
    assert (board.state, board.reason, board.pages_read) == ("read", None, 2)
