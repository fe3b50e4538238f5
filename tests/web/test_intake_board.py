"""The board says where each deposit stands, why, and what to do; nobody else sees any of it."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from archive.core.jobs.queue import fail
from archive.core.jobs.tables import JobKind
from archive.desks.intake import lines, processing, receiving
from archive.desks.intake.wording import age, in_words
from ocr.facts import Limits, Unacceptable
from ocr.probe import probe
from tests.cast import START, House, sign_in, small_jpeg
from tests.web.depositing import ROUTERS, board, rows, upload
from tests.web.visiting import Browser, Visitors, visiting


@pytest.fixture
def visitors(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


# --- where a deposit stands --------------------------------------------------------------------------------------


def test_an_upload_that_ended_with_its_server_is_shown_as_lost(
    house: House, archivist: Browser, visitors: Visitors
) -> None:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    receiving.start(gate, receiving.Upload("a.jpg", [], 5, 10, "A001"))
    assert "接收中" in rows(board(archivist))[0]
    house.clock.forward(hours=2)
    later = visitors.browser(sign_in(house.archive, "archivist"))
    assert "上传可能已中断" in rows(board(later))[0]


def test_a_deposit_that_was_read_leads_to_its_description(house: House, archivist: Browser) -> None:
    made = house.draft_item(["一", "二"])
    shown = board(archivist)
    assert "已识别 未查毒 2/2 刚刚 待著录" in rows(shown)[0]
    assert f"/items/{made.uid}/describe" in shown


def test_a_deposit_that_was_described_shows_its_reference_code(house: House, archivist: Browser) -> None:
    house.archived_item()
    assert "A001-LP-2026-00001-001" in rows(board(archivist))[0]


def test_a_deposit_being_read_shows_how_far_it_is(
    house: House, archivist: Browser, program: httpx.Client
) -> None:
    deposit = house.receive()
    job = house.claim(JobKind.ACCEPT, deposit)
    house.reader_gate().run(processing.accept, deposit, processing.Accepted("image/tiff", 7, (), job))
    assert "识别中 未查毒 0/7" in rows(board(archivist))[0]
    seen = program.get(f"/api/v1/deposits/{deposit}").json()
    assert (seen["state"], seen["pages_read"], seen["pages"]) == ("reading", 0, 7)


def test_a_refusal_shows_what_is_wrong_and_what_to_do(house: House, archivist: Browser) -> None:
    deposit = house.receive()
    job = house.claim(JobKind.ACCEPT, deposit)
    why = processing.Rejected("The PDF is encrypted and asks for a password.", "Remove the password.", job)
    house.reader_gate().run(processing.refuse, deposit, why)
    assert "已拒收" in rows(board(archivist))[0]
    assert "PDF 已加密，需要密码才能打开。 请去除密码后重新上传。" in rows(board(archivist))[0]


def test_the_table_is_fetched_again_only_while_something_moves(house: House, archivist: Browser) -> None:
    house.draft_item()
    assert "data-moving" not in archivist.get("/intake/table").text
    house.receive()
    assert 'data-from="/intake/table" data-moving' in archivist.get("/intake/table").text


def test_the_fragment_is_the_table_alone(archivist: Browser) -> None:
    fragment = archivist.get("/intake/table").text
    assert fragment.startswith('<div id="deposits"')
    assert "<html" not in fragment


# --- trying again ------------------------------------------------------------------------------------------------


def broken(house: House, kind: JobKind, *, retry_in: timedelta | None = None) -> UUID:
    """A deposit whose first job, or whose indexing, met a fault."""
    if kind is JobKind.INDEX:
        house.describe(house.draft_item(), volume=house.open_volume())
    deposit = house.receive() if kind is JobKind.ACCEPT else UUID(int=0)
    job = house.claim(kind)
    house.archive.upkeep.run(
        lambda s: fail(s, job, reason="The step ended with OSError.", now=house.clock(), retry_in=retry_in)
    )
    return deposit


def test_a_failed_deposit_shows_its_reason_and_a_button(house: House, archivist: Browser) -> None:
    deposit = broken(house, JobKind.ACCEPT)
    shown = board(archivist)
    assert "失败" in rows(shown)[0]
    assert "处理时出错" in rows(shown)[0]
    assert f'action="/intake/{deposit}/retry"' in shown


def test_a_failed_deposit_is_tried_again(house: House, archivist: Browser) -> None:
    deposit = broken(house, JobKind.ACCEPT)
    assert archivist.post(f"/intake/{deposit}/retry").status_code == 303
    assert "待识别" in rows(board(archivist))[0]
    house.claim(JobKind.ACCEPT, deposit)


def test_a_program_tries_again(house: House, program: httpx.Client) -> None:
    deposit = broken(house, JobKind.ACCEPT)
    assert program.get(f"/api/v1/deposits/{deposit}").json()["state"] == "failed"
    assert program.post(f"/api/v1/deposits/{deposit}/retry").status_code == 204
    house.claim(JobKind.ACCEPT, deposit)


def test_a_deposit_whose_indexing_failed_is_shown_and_tried_again(
    house: House, archivist: Browser, program: httpx.Client
) -> None:
    broken(house, JobKind.INDEX)
    [failed] = [d for d in program.get("/api/v1/deposits").json() if d["state"] == "failed"]
    archivist.post(f"/intake/{failed['deposit']}/retry")
    house.claim(JobKind.INDEX, UUID(failed["item"]))


def test_a_job_that_waits_for_its_next_attempt_says_so(house: House, archivist: Browser) -> None:
    broken(house, JobKind.ACCEPT, retry_in=timedelta(minutes=1))
    assert "系统会自动重试" in rows(board(archivist))[0]
    assert "失败" not in rows(board(archivist))[0]


def test_what_was_refused_is_not_tried_again(archivist: Browser, program: httpx.Client) -> None:
    upload(archivist, ("empty.pdf", b""))
    deposit = program.get("/api/v1/deposits").json()[0]["deposit"]
    answer = archivist.post(f"/intake/{deposit}/retry")
    assert answer.status_code == 409
    assert "被拒收的文件请改正后重新上传" in answer.text
    assert program.post(f"/api/v1/deposits/{deposit}/retry").json()["code"] == "conflict"


def test_a_retry_without_its_token_changes_nothing(house: House, archivist: Browser) -> None:
    deposit = broken(house, JobKind.ACCEPT)
    assert archivist.client.post(f"/intake/{deposit}/retry", data={"csrf": "0"}).status_code == 403
    assert "失败" in rows(board(archivist))[0]


# --- strangers ---------------------------------------------------------------------------------------------------


def test_a_colleague_sees_nothing_of_it(visitors: Visitors, house: House) -> None:
    house.draft_item()
    other = house.other_archivist
    assert rows(board(visitors.browser(other))) == []
    assert visitors.program(other).get("/api/v1/deposits").json() == []


def test_to_a_colleague_a_deposit_looks_like_none(visitors: Visitors, house: House) -> None:
    deposit, other = house.receive(), visitors.program(house.other_archivist)
    there, nowhere = other.get(f"/api/v1/deposits/{deposit}"), other.get(f"/api/v1/deposits/{uuid4()}")
    assert (
        (there.status_code, there.content) == (nowhere.status_code, nowhere.content) == (404, there.content)
    )


def test_a_colleague_does_not_try_it_again(visitors: Visitors, house: House) -> None:
    deposit = broken(house, JobKind.ACCEPT)
    assert visitors.browser(house.other_archivist).post(f"/intake/{deposit}/retry").status_code == 404
    assert (
        visitors.program(house.other_archivist).post(f"/api/v1/deposits/{deposit}/retry").status_code == 404
    )
    assert "失败" in rows(board(visitors.browser(house.archivist)))[0]


@pytest.mark.parametrize("path", ["/intake", "/intake/table"])
def test_claims_staff_have_no_board(visitors: Visitors, house: House, path: str) -> None:
    house.receive()
    answer = visitors.browser(house.handler).get(path)
    assert answer.status_code == 403
    assert "scan.jpg" not in answer.text


# --- words -------------------------------------------------------------------------------------------------------


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    return file.getvalue()


REFUSED = {
    "empty.pdf": b"",
    "zip.pdf": zipped(),
    "program.exe": b"MZ program",
    "noise.jpg": b"nothing that is known",
    "picture.pdf": small_jpeg(),
    "page.jpg": b"<html>",
    "broken.pdf": b"%PDF-1.7\nbroken",
    "cut.jpg": small_jpeg()[:200],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_reading_program_refuses_is_told_in_chinese(name: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        probe(io.BytesIO(REFUSED[name]), name, Limits())
    for text in in_words(refused.value.reason, refused.value.remedy):
        assert text
        assert not re.search("[a-z]{3,} [a-z]{2,}", text)


def test_a_sentence_that_nobody_knows_is_shown_as_it_is() -> None:
    assert in_words("Something new.", "Do this.") == ("Something new.", "Do this.")


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "刚刚"),
        (timedelta(minutes=1), "1 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 分钟前"),
        (timedelta(hours=1), "1 小时前"),
        (timedelta(days=1), "1 天前"),
        (timedelta(days=29, hours=23), "29 天前"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_fits(passed: timedelta, words: str) -> None:
    assert age(START, START + passed) == words


def test_after_thirty_days_the_day_itself_is_shown() -> None:
    assert age(START, START + timedelta(days=30)) == START.astimezone().date().isoformat()


def test_the_board_has_a_word_for_every_state_of_a_deposit() -> None:
    states = {"receiving", "received", "duplicate", "linked", "reading", "read", "refused", "failed"}
    assert set(lines._BADGES) == states
