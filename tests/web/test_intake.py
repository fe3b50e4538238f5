"""Files come in by form and by program, whole or not at all, and nobody else brings any in."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from archive.core.gate import BoundGate
from archive.desks.intake import processing
from tests.cast import House, Person, Template, enter, small_jpeg
from tests.web.depositing import ROUTERS, board, kept_files, put, rows, upload
from tests.web.visiting import Browser, Visitors, visiting

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
    assert "已收到 2 个文件" in board(archivist)


def test_a_file_that_is_too_large_does_not_hold_up_the_others(archivist: Browser, house: House) -> None:
    upload(archivist, ("big.tif", b"x" * (2 * 1024 * 1024 + 1)), ("small.jpg", small_jpeg()))
    shown = board(archivist)
    assert "已收到 1 个文件，检查和识别的进展见下表。有 1 个文件未能接收，原因也在表中。" in shown
    small, big = rows(shown)
    assert small.startswith("small.jpg")
    assert "待识别" in small
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
        data={"csrf": archivist.csrf, "into": "fonds:A001"},
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


# --- strangers ---------------------------------------------------------------------------------------------------


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
