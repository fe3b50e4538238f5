"""Uploads stream: nothing on disk, nothing collected, the sender waits for the vault."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from archive.accounts.operations import show_home
from archive.web.bodies import body_chunks
from archive.web.guarded import GuardedRouter, serves
from archive.web.multipart import clean_name, open_upload
from tests.web.conftest import Site, csrf_of

MIB = 1024 * 1024


def desk(seen: list[int] | None = None) -> GuardedRouter:
    """Answers with what arrived; ``seen`` collects the size of every piece as it is taken."""
    router = GuardedRouter()
    taken = [] if seen is None else seen

    def counted(chunks: Iterator[bytes]) -> int:
        total = 0
        for chunk in chunks:
            taken.append(len(chunk))
            total += len(chunk)
        return total

    @router.post("/upload")
    @serves(show_home, streams=True)
    def upload(request: Request) -> JSONResponse:
        form = open_upload(request)
        files = [[file.field, file.name, counted(file.chunks())] for file in form.files()]
        return JSONResponse({"batch": form.fields.optional("batch"), "files": files})

    @router.post("/upload/names")
    @serves(show_home, streams=True)
    def names_only(request: Request) -> JSONResponse:
        return JSONResponse([file.name for file in open_upload(request).files()])

    @router.put("/api/v1/upload")
    @serves(show_home, streams=True)
    def put(request: Request) -> JSONResponse:
        return JSONResponse(counted(body_chunks(request)))

    return router


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    return serve(desk(), max_upload_bytes=8 * MIB)


def post(browser: httpx.Client, files: list[tuple[str, tuple[str, bytes]]], **fields: str) -> httpx.Response:
    token = csrf_of(browser, "/password")
    return browser.post("/upload", data={"csrf": token, **fields}, files=files)


@pytest.mark.parametrize("size", [0, 1, 65_536, 3 * MIB + 7])
def test_a_file_of_a_form_arrives_whole(site: Site, size: int) -> None:
    content = (b"\r\n--frontie" * (size // 11 + 1))[
        :size
    ]  # looks like the start of a boundary, again and again
    answer = post(site.at_browser("lin"), [("scans", ("扫描 1.pdf", content))], batch=" 十一月 ")
    assert answer.json() == {"batch": "十一月", "files": [["scans", "扫描 1.pdf", size]]}


def test_files_of_a_form_come_one_after_the_other(site: Site) -> None:
    files = [("scans", (f"{n}.jpg", bytes(n))) for n in (10, 0, 30)]
    answer = post(site.at_browser("lin"), files)
    assert answer.json()["files"] == [["scans", "10.jpg", 10], ["scans", "0.jpg", 0], ["scans", "30.jpg", 30]]


def test_a_file_that_nobody_read_is_passed_over(site: Site) -> None:
    browser = site.at_browser("lin")
    files = [("scans", ("a.jpg", bytes(2 * MIB))), ("scans", ("b.jpg", b"b"))]
    answer = browser.post("/upload/names", data={"csrf": csrf_of(browser, "/password")}, files=files)
    assert answer.json() == ["a.jpg", "b.jpg"]


def test_an_input_in_which_nothing_was_chosen_is_no_file(site: Site) -> None:
    browser = site.at_browser("lin")
    body = multipart(("csrf", None, csrf_of(browser, "/password").encode()), ("scans", "", b""))
    assert browser.post("/upload", content=body, headers=BOUNDARY).json()["files"] == []


BOUNDARY = {"content-type": "multipart/form-data; boundary=frontier"}


def multipart(*parts: tuple[str, str | None, bytes], closed: bool = True) -> bytes:
    """(field, file name or None, content)."""
    body = b""
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        body += (
            f'--frontier\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
            + content
            + b"\r\n"
        )
    return body + (b"--frontier--\r\n" if closed else b"")


def test_the_token_has_to_come_first(site: Site) -> None:
    browser = site.at_browser("lin")
    token = csrf_of(browser, "/password").encode()
    for parts in (
        [("batch", None, b"x"), ("csrf", None, token)],
        [("scans", "a.jpg", b"x"), ("csrf", None, token)],
        [("csrf", None, b"0" * 64), ("scans", "a.jpg", b"x")],
        [],
    ):
        assert browser.post("/upload", content=multipart(*parts), headers=BOUNDARY).status_code == 403


def test_an_upload_from_another_origin_is_refused_before_it_is_read(site: Site) -> None:
    browser = site.at_browser("lin")
    body = multipart(("csrf", None, csrf_of(browser, "/password").encode()), ("scans", "a.jpg", b"x"))
    sent = {**BOUNDARY, "Sec-Fetch-Site": "cross-site"}
    assert browser.post("/upload", content=body, headers=sent).status_code == 403


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"no boundary at all", BOUNDARY),
        (b"--frontier\r\nbroken", BOUNDARY),
        (b"x", {"content-type": "multipart/form-data"}),
        (b"x", {"content-type": "multipart/form-data; boundary=" + "b" * 500}),
        (b"a=b", {"content-type": "application/x-www-form-urlencoded"}),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(site: Site, content: bytes, headers: dict[str, str]) -> None:
    assert site.at_browser("lin").post("/upload", content=content, headers=headers).status_code in {400, 422}


def test_a_form_without_its_end_was_cut(site: Site) -> None:
    browser = site.at_browser("lin")
    parts = (("csrf", None, csrf_of(browser, "/password").encode()), ("scans", "a.jpg", b"x" * 100))
    answer = browser.post("/upload", content=multipart(*parts, closed=False), headers=BOUNDARY)
    assert answer.status_code == 400
    assert "上传中断" in answer.text


def test_a_file_beyond_the_limit_is_refused(site: Site) -> None:
    answer = post(site.at_browser("lin"), [("scans", ("a.jpg", bytes(8 * MIB + 1)))])
    assert answer.status_code == 413
    assert "8 MiB" in answer.text


def test_a_file_of_exactly_the_limit_is_taken(site: Site) -> None:
    assert post(site.at_browser("lin"), [("scans", ("a.jpg", bytes(8 * MIB)))]).status_code == 200


def test_a_field_after_a_file_is_refused(site: Site) -> None:
    browser = site.at_browser("lin")
    token = csrf_of(browser, "/password").encode()
    body = multipart(("csrf", None, token), ("scans", "a.jpg", b"x"), ("batch", None, b"late"))
    assert browser.post("/upload", content=body, headers=BOUNDARY).status_code == 422


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("扫描.pdf".encode(), "扫描.pdf"),
        (b"C:\\scans\\a.pdf", "a.pdf"),
        (b"../../etc/passwd", "passwd"),
        ("fdp.\u202egpj.exe".encode(), "fdp.gpj.exe"),
        (b"a\r\nb\x00.pdf", "ab.pdf"),
        (b"\xff.pdf", "\ufffd.pdf"),
        (b"", "unnamed"),
        (b"x" * 300, "x" * 255),
    ],
)
def test_a_file_name_is_data_and_harmless(raw: bytes, name: str) -> None:
    assert clean_name(raw) == name


# --- the raw body of a program -----------------------------------------------------------------------------------


def test_a_raw_body_arrives_whole(site: Site) -> None:
    assert site.by_program("lin").put("/api/v1/upload", content=bytes(3 * MIB)).json() == 3 * MIB


def test_a_raw_body_of_unknown_length_is_bounded_too(site: Site) -> None:
    answer = site.by_program("lin").put("/api/v1/upload", content=iter([bytes(MIB)] * 9))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_announced_length_beyond_the_limit_is_refused_before_anything_is_read(
    serve: Callable[..., Site],
) -> None:
    seen: list[int] = []
    site = serve(desk(seen), max_upload_bytes=MIB)
    answer = site.by_program("lin").put("/api/v1/upload", content=bytes(MIB + 1))
    assert (answer.status_code, seen) == (413, [])


# --- by hand, so that the test decides when each piece arrives ---------------------------------------------------


class Sender:
    """A client that counts how many pieces it was asked for."""

    def __init__(self, pieces: list[bytes], *, then: str = "end", every: float = 0) -> None:
        self._pieces = pieces
        self._then = then
        self._every = every
        self.asked = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        await anyio.sleep(self._every)
        if self.asked <= len(self._pieces):
            more = self.asked < len(self._pieces) or self._then != "end"
            return {"type": "http.request", "body": self._pieces[self.asked - 1], "more_body": more}
        if self._then == "silence":
            await anyio.sleep_forever()
        return {"type": "http.disconnect"}


def send(app: FastAPI, sender: Sender, headers: dict[str, str]) -> tuple[int, bytes]:
    answer: list[dict[str, Any]] = []

    async def collect(message: Any) -> None:
        answer.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": "/api/v1/upload",
        "raw_path": b"/api/v1/upload",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), *((k.encode(), v.encode()) for k, v in headers.items())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8420),
    }
    anyio.run(app, scope, sender.receive, collect)
    return answer[0]["status"], b"".join(m.get("body", b"") for m in answer[1:])


def test_a_connection_that_ends_early_is_a_cut_upload(site: Site) -> None:
    status, body = send(site.app, Sender([bytes(100)], then="disconnect"), {"content-length": "1000"})
    assert (status, json.loads(body)["code"]) == (400, "upload_cut")


def test_fewer_bytes_than_announced_are_a_cut_upload(site: Site) -> None:
    status, body = send(site.app, Sender([bytes(100)]), {"content-length": "1000"})
    assert (status, json.loads(body)["code"]) == (400, "upload_cut")


def test_a_silent_sender_is_cut_off(serve: Callable[..., Site]) -> None:
    app = serve(desk(), upload_silence_seconds=0.05).app
    status, body = send(app, Sender([bytes(100)], then="silence"), {})
    assert (status, json.loads(body)["code"]) == (400, "upload_cut")


def test_a_sender_that_trickles_is_cut_off(serve: Callable[..., Site]) -> None:
    """A byte now and then is never silent and would hold a thread for ever."""
    app = serve(desk(), upload_silence_seconds=0.05).app
    status, body = send(app, Sender([b"x"] * 1000, every=0.02), {})
    assert (status, json.loads(body)["detail"]) == (400, "The upload came too slowly; nothing was kept.")


def test_a_vault_that_is_slow_is_not_held_against_the_sender(serve: Callable[..., Site]) -> None:
    router = GuardedRouter()

    @router.put("/api/v1/upload")
    @serves(show_home, streams=True)
    def put(request: Request) -> JSONResponse:
        total = 0
        for chunk in body_chunks(request):
            time.sleep(0.03)
            total += len(chunk)
        return JSONResponse(total)

    app = serve(router, upload_silence_seconds=0.05).app
    assert send(app, Sender([b"x"] * 5), {}) == (200, b"5")


def test_an_upload_that_waits_for_its_sender_ends_when_the_server_does(site: Site) -> None:
    sender = Sender([bytes(100)], then="silence")
    site.app.state.entrance.ending.set()
    status, body = send(site.app, sender, {})
    assert (status, json.loads(body)["remedy"]) == (
        400,
        "Upload it again when the archive is back, in a minute or so.",
    )


def test_the_next_piece_is_fetched_when_it_is_asked_for(serve: Callable[..., Site]) -> None:
    """After the consumer has refused the third piece, the sender was asked for three and no more."""
    router = GuardedRouter()

    @router.put("/api/v1/upload")
    @serves(show_home, streams=True)
    def put(request: Request) -> JSONResponse:
        pieces = body_chunks(request)
        return JSONResponse([len(next(pieces)) for _ in range(3)])

    sender = Sender([bytes(n) for n in range(1, 200)])
    assert send(serve(router).app, sender, {}) == (200, b"[1,2,3]")
    assert sender.asked == 3


def test_uploads_make_no_file_on_disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refused)
    assert post(site.at_browser("lin"), [("scans", ("a.jpg", bytes(3 * MIB)))]).status_code == 200
    assert site.by_program("lin").put("/api/v1/upload", content=bytes(3 * MIB)).status_code == 200
