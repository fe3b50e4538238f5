"""Files come in by form and by program, the board says where each stands, and nobody else sees any of it."""

import html
import io
import re
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from archive.accounts import api as accounts_api
from archive.core.gate import BoundGate
from archive.core.jobs.queue import fail
from archive.core.jobs.tables import JobKind
from archive.desks.intake import api, operations, pages, processing, receiving
from archive.desks.intake.wording import age, in_words
from ocr.facts import Limits, Unacceptable
from ocr.probe import probe
from tests.cast import START, House, Person, Template, enter, small_jpeg
from tests.web.visiting import Browser, Visitors, visiting

ROUTERS = (pages.router, api.router, accounts_api.router)
SMALL = {"max_upload_bytes": 2 * 1024 * 1024}


@pytest.fixture
def visitors(template: Template, tmp_path: Path) -> Iterator[Visitors]:
    house = enter(template, tmp_path / "house", **SMALL)
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors
    house.archive.close()


@pytest.fixture
def house(visitors: Visitors) -> House:
    return visitors.house


@pytest.fixture
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


def upload(
    browser: Browser, *files: tuple[str, bytes], csrf: str | None = None, fonds: str = "A001"
) -> httpx.Response:
    fields = {"csrf": browser.csrf if csrf is None else csrf, "fonds": fonds}
    return browser.client.post("/intake/upload", data=fields, files=[("files", file) for file in files])


def put(program: httpx.Client, content: bytes = b"", **query: str) -> httpx.Response:
    return program.put(
        "/api/v1/deposits", params={"name": "scan.jpg", "fonds": "A001", **query}, content=content
    )


def board(browser: Browser) -> str:
    answer = browser.get("/intake")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def rows(board: str) -> list[str]:
    """The text of each line of the board, newest first."""
    body = board.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def kept_files(house: House) -> list[Path]:
    return [path for path in house.archive.settings.objects.rglob("*") if path.is_file()]


def content_of(house: House, deposit: UUID) -> bytes:
    gate: BoundGate = house.reader_gate()
    taken = gate.run(processing.take, deposit)
    return gate.load(taken.permit, taken.value.master)


# --- by form ---------------------------------------------------------------------------------------------------


def test_the_files_of_one_form_are_received_as_one_batch(archivist: Browser, program: httpx.Client) -> None:
    answer = upload(archivist, ("一.jpg", small_jpeg()), ("二.pdf", b"%PDF-1.7 nothing"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake")
    deposits = program.get("/api/v1/deposits").json()
    assert [(d["name"], d["state"]) for d in deposits] == [("二.pdf", "received"), ("一.jpg", "received")]
    assert len({d["batch"] for d in deposits}) == 1


def test_what_was_sent_by_form_is_sealed_byte_for_byte(
    archivist: Browser, program: httpx.Client, house: House
) -> None:
    content = bytes(range(256)) * 3000
    upload(archivist, ("scan.tif", content))
    assert content_of(house, UUID(program.get("/api/v1/deposits").json()[0]["deposit"])) == content


def test_the_board_tells_how_many_files_arrived(archivist: Browser) -> None:
    upload(archivist, ("一.jpg", small_jpeg()), ("二.jpg", small_jpeg()))
    assert "已接收 2 个文件。" in board(archivist)


def test_a_file_that_is_too_large_does_not_hold_up_the_others(archivist: Browser, house: House) -> None:
    upload(archivist, ("big.tif", b"x" * (2 * 1024 * 1024 + 1)), ("small.jpg", small_jpeg()))
    shown = board(archivist)
    assert "已接收 1 个文件。有 1 个文件未能接收，原因见下表。" in shown
    small, big = rows(shown)
    assert small.startswith("small.jpg")
    assert "已接收" in small
    assert "已拒收" in big
    assert "单个文件不能超过 2 MiB。" in big
    assert len(kept_files(house)) == 1


def test_an_empty_file_is_refused_with_its_reason(archivist: Browser, house: House) -> None:
    upload(archivist, ("empty.pdf", b""))
    [row] = rows(board(archivist))
    assert "已拒收" in row
    assert "文件是空的" in row
    assert kept_files(house) == []


def test_a_form_without_its_token_leaves_nothing(archivist: Browser, house: House) -> None:
    assert upload(archivist, ("scan.jpg", small_jpeg()), csrf="0" * 64).status_code == 403
    assert rows(board(archivist)) == []
    assert kept_files(house) == []


def test_a_form_in_which_nothing_was_chosen_says_so(archivist: Browser) -> None:
    answer = upload(archivist, ("", b""))
    assert answer.status_code == 422
    assert "没有选择文件" in answer.text


def test_a_fonds_that_does_not_exist_is_named_before_a_row_is_made(archivist: Browser) -> None:
    answer = upload(archivist, ("scan.jpg", small_jpeg()), fonds="Z999")
    assert answer.status_code == 422
    assert "没有这个全宗" in answer.text
    assert rows(answer.text) == []


def test_a_file_name_is_shown_as_text_and_without_its_folders(archivist: Browser) -> None:
    upload(archivist, ("C:\\柜\\<b>一</b>.jpg", small_jpeg()))
    answer = archivist.get("/intake").text
    assert "b&gt;.jpg" in answer
    assert "<b>一" not in answer
    assert "柜" not in answer


# --- by program ------------------------------------------------------------------------------------------------


def test_a_put_file_is_sealed_byte_for_byte(program: httpx.Client, house: House) -> None:
    content = bytes(range(256)) * 3000
    answer = put(program, content)
    assert answer.status_code == 201
    assert content_of(house, UUID(answer.json()["deposit"])) == content


def test_a_program_goes_on_with_its_batch(program: httpx.Client) -> None:
    first = put(program, small_jpeg()).json()
    second = put(program, small_jpeg(), fonds="", batch=first["batch"]).json()
    assert first["batch"] == second["batch"]
    assert first["deposit"] != second["deposit"]


def test_nobody_adds_to_the_batch_of_somebody_else(visitors: Visitors, program: httpx.Client) -> None:
    batch = put(program, small_jpeg()).json()["batch"]
    other = visitors.program(visitors.house.other_archivist)
    assert put(other, small_jpeg(), batch=batch).status_code == 404


def test_a_put_has_to_announce_its_length(program: httpx.Client) -> None:
    answer = program.put("/api/v1/deposits?name=a.jpg&fonds=A001", content=iter([small_jpeg()]))
    assert (answer.status_code, answer.json()["field"]) == (422, "Content-Length")


def test_a_put_without_a_byte_is_refused(program: httpx.Client, house: House) -> None:
    answer = put(program, b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert program.get("/api/v1/deposits").json()[0]["state"] == "refused"
    assert kept_files(house) == []


def test_a_put_that_is_too_large_is_refused_and_its_row_says_why(program: httpx.Client, house: House) -> None:
    answer = put(program, b"x" * (2 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    [deposit] = program.get("/api/v1/deposits").json()
    assert deposit["state"] == "refused"
    assert "2 MiB" in deposit["reason"]
    assert kept_files(house) == []


def test_the_description_of_the_interface_says_that_the_body_is_the_file(visitors: Visitors) -> None:
    described = visitors.program(visitors.house.archivist).get("/api/v1/openapi.json").json()
    assert (
        "application/octet-stream" in described["paths"]["/api/v1/deposits"]["put"]["requestBody"]["content"]
    )


# --- cut off ---------------------------------------------------------------------------------------------------


def cut(visitors: Visitors, head: str, body: bytes, announced: int) -> None:
    """Announces more than it sends, then hangs up."""
    host, port = visitors.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(f"{head}Host: {host}\r\nContent-Length: {announced}\r\n\r\n".encode() + body)
        time.sleep(0.05)


def settled(program: httpx.Client) -> dict[str, object]:
    for _ in range(200):
        deposits: list[dict[str, object]] = program.get("/api/v1/deposits").json()
        if deposits and deposits[0]["state"] != "receiving":
            return deposits[0]
        time.sleep(0.02)
    raise AssertionError("the deposit never left its first state")


def test_a_put_that_breaks_off_is_refused_and_keeps_nothing(
    visitors: Visitors, program: httpx.Client, archivist: Browser
) -> None:
    head = (
        "PUT /api/v1/deposits?name=a.jpg&fonds=A001 HTTP/1.1\r\n"
        f"Authorization: {program.headers['Authorization']}\r\n"
    )
    cut(visitors, head, small_jpeg(), 100_000)
    assert settled(program)["state"] == "refused"
    assert "上传中断，未保存任何内容。" in rows(board(archivist))[0]
    assert kept_files(visitors.house) == []


def test_a_form_that_breaks_off_is_refused_and_keeps_nothing(
    visitors: Visitors, program: httpx.Client, archivist: Browser
) -> None:
    request = archivist.client.build_request(
        "POST",
        "/intake/upload",
        data={"csrf": archivist.csrf, "fonds": "A001"},
        files=[("files", ("a.jpg", b"x" * 50_000))],
    )
    body = request.read()
    head = (
        f"POST /intake/upload HTTP/1.1\r\nContent-Type: {request.headers['Content-Type']}\r\n"
        f"Cookie: {request.headers['Cookie']}\r\n"
    )
    cut(visitors, head, body[:40_000], len(body))
    assert settled(program)["state"] == "refused"
    assert "上传中断，未保存任何内容。" in rows(board(archivist))[0]
    assert kept_files(visitors.house) == []


def test_an_upload_that_ended_with_its_server_is_shown_as_lost(house: House, archivist: Browser) -> None:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    receiving.start(gate, receiving.Upload("a.jpg", [], 5, 10, "A001"))
    assert "接收中" in rows(board(archivist))[0]
    house.clock.forward(hours=2)
    assert "上传可能已中断" in rows(board(archivist))[0]


# --- where a deposit stands --------------------------------------------------------------------------------------


def test_a_deposit_that_was_read_leads_to_its_description(house: House, archivist: Browser) -> None:
    made = house.draft_item(["一", "二"])
    shown = board(archivist)
    assert "已识别 2/2 刚刚 待著录" in rows(shown)[0]
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
    assert "识别中 0/7" in rows(board(archivist))[0]
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
    assert "data-refresh" not in archivist.get("/intake/table").text
    house.receive()
    assert 'data-refresh="/intake/table"' in archivist.get("/intake/table").text


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
    assert "已接收" in rows(board(archivist))[0]
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


def uploads_by(person: Person, visitors: Visitors) -> list[Callable[[], httpx.Response]]:
    browser, program = visitors.browser(person), visitors.program(person)
    return [lambda: upload(browser, ("scan.jpg", small_jpeg())), lambda: put(program, small_jpeg())]


def test_claims_staff_bring_nothing_in(visitors: Visitors, house: House) -> None:
    assert [ask().status_code for ask in uploads_by(house.handler, visitors)] == [403, 403]
    assert kept_files(house) == []


def test_without_a_session_nothing_comes_in_or_out(visitors: Visitors, house: House) -> None:
    nobody = house.stranger
    assert visitors.browser(nobody).get("/intake").headers["location"].startswith("/sign-in")
    assert visitors.program(nobody).get("/api/v1/deposits").status_code == 401
    form, raw = (ask() for ask in uploads_by(nobody, visitors))
    assert (form.headers["location"], raw.status_code) == ("/sign-in", 401)
    assert kept_files(house) == []


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
    states = {"receiving", "received", "reading", "read", "refused", "failed"}
    assert set(pages._BADGES) == states
    assert operations.TRY_AGAIN != operations.IS_TRIED_AGAIN
