"""A page's script uploads with the cookie of its person: only from a page of this archive, and told in the words of the screen."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from archive.core.errors import StoreFull
from archive.desks.intake import receiving_parts
from archive.desks.intake.announcing import TAKEN
from archive.desks.intake.parts import PART_BYTES
from ocr import kinds
from tests.cast import House, Template, enter
from tests.web.depositing import ROUTERS, kept_files, put
from tests.web.test_parts import CONTENT, PARTS, content_of, digest
from tests.web.visiting import Browser, Visitors, visiting

LARGEST = 3 * PART_BYTES


@pytest.fixture
def visitors(template: Template, tmp_path: Path) -> Iterator[Visitors]:
    house = enter(template, tmp_path / "house", max_upload_bytes=LARGEST)
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


def post(browser: Browser, path: str, body: Any = None, token: str | None = None) -> httpx.Response:
    headers = {"X-CSRF-Token": browser.csrf if token is None else token}
    return browser.client.post(f"/intake/uploads{path}", json=body, headers=headers)


def begin(browser: Browser, name: str = "卷.pdf", size: int = len(CONTENT), **more: str) -> httpx.Response:
    return post(browser, "", {"name": name, "size": size, "fonds": "A001", **more})


def send(browser: Browser, deposit: str, number: int, token: str | None = None) -> httpx.Response:
    content = PARTS[number - 1]
    headers = {**digest(content), "X-CSRF-Token": browser.csrf if token is None else token}
    return browser.client.put(f"/intake/uploads/{deposit}/parts/{number}", content=content, headers=headers)


def sent(browser: Browser, *numbers: int) -> str:
    deposit: str = begin(browser).json()["deposit"]
    for number in numbers:
        assert send(browser, deposit, number).status_code == 201
    return deposit


def unfinished(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/intake/uploads").json()["unfinished"]
    return found


def check(browser: Browser, *files: tuple[str, int]) -> list[Any]:
    body = {"files": [{"name": name, "size": size} for name, size in files]}
    troubles: list[Any] = post(browser, "/check", body).json()["troubles"]
    return troubles


# --- the way in ------------------------------------------------------------------------------------------------


def test_what_a_page_sends_in_parts_is_sealed_byte_for_byte(archivist: Browser, house: House) -> None:
    deposit = sent(archivist, 1, 2, 3)
    assert post(archivist, f"/{deposit}/finish").json() == {"state": "received"}
    assert content_of(house, deposit) == CONTENT


def test_an_answer_that_was_lost_is_given_again_when_the_end_is_asked_for_again(archivist: Browser) -> None:
    deposit = sent(archivist, 1, 2, 3)
    first, again = (post(archivist, f"/{deposit}/finish") for _ in range(2))
    assert (first.json(), first.status_code) == (again.json(), again.status_code)


def test_the_unfinished_are_told_with_the_digest_of_their_first_part(
    archivist: Browser, program: httpx.Client
) -> None:
    deposit = sent(archivist, 1)
    [one] = unfinished(archivist)
    assert (one["deposit"], one["kept"], one["parts"]) == (deposit, 1, 3)
    assert one["first"] == sha256(PARTS[0]).hexdigest()
    [told] = program.get("/api/v1/uploads").json()
    assert {name: told[name] for name in one} == one


def test_one_upload_tells_which_parts_are_here(archivist: Browser) -> None:
    deposit = sent(archivist, 1, 3)
    told = archivist.get(f"/intake/uploads/{deposit}").json()
    assert [part["number"] for part in told["kept"]] == [1, 3]
    assert told["kept"][1]["sha256"] == sha256(PARTS[2]).hexdigest()


def test_an_upload_that_is_over_is_no_longer_unfinished(archivist: Browser) -> None:
    deposit = sent(archivist, 1, 2, 3)
    post(archivist, f"/{deposit}/finish")
    assert unfinished(archivist) == []
    assert archivist.get(f"/intake/uploads/{deposit}").json() == {"state": "received", "kept": []}


def test_a_cancelled_upload_leaves_nothing_but_its_row(archivist: Browser, house: House) -> None:
    deposit = sent(archivist, 1, 2)
    assert post(archivist, f"/{deposit}/cancel").json() == {"state": "refused"}
    assert kept_files(house) == []
    assert post(archivist, f"/{deposit}/finish").json()["code"] == "conflict"


def test_files_of_one_stack_go_into_the_batch_that_the_first_has_made(archivist: Browser) -> None:
    first = begin(archivist).json()
    second = begin(archivist, batch=first["batch"]).json()
    assert first["batch"] == second["batch"]


# --- told before a byte is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("合同.docx", 10, "不接收扩展名为 .docx 的文件。"),
        ("资料.ZIP", 10, "不接收扩展名为 .zip 的文件。"),
        ("空.pdf", 0, "文件是空的。"),
        ("厚.pdf", LARGEST + 1, "文件超过 24 MiB。"),
    ],
)
def test_what_can_never_be_taken_in_is_told_by_name_and_size(
    archivist: Browser, program: httpx.Client, name: str, size: int, message: str
) -> None:
    [trouble] = check(archivist, (name, size))
    assert trouble["message"] == message
    assert trouble["remedy"]
    begun = begin(archivist, name, size)
    assert begun.json()["message"] == message
    assert begun.status_code in {413, 422}
    assert program.get("/api/v1/deposits").json() == []


def test_names_that_tell_nothing_are_let_in(archivist: Browser) -> None:
    assert check(archivist, ("扫描 2024.03.17", 5), ("卷.pdf", 5), ("无扩展名", LARGEST)) == [None] * 3


def test_the_ends_of_names_that_are_taken_are_those_of_the_reading_program() -> None:
    assert set(TAKEN) == set().union(*kinds._EXTENSIONS.values())


def test_a_refusal_of_a_part_is_told_in_the_words_of_the_screen(
    archivist: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposit = sent(archivist)

    def full(*_: object) -> None:
        raise StoreFull("There is no room left for files.", "Make room, then upload it again.")

    monkeypatch.setattr(receiving_parts, "receive_part", full)
    answer = send(archivist, deposit, 1)
    assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
    assert "存储空间已满" in answer.json()["message"]


# --- strangers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_without_the_token_of_the_session_nothing_is_taken(
    archivist: Browser, house: House, token: str
) -> None:
    deposit = sent(archivist, 1)
    kept = len(kept_files(house))
    answers = [
        post(archivist, "", {"name": "a.pdf", "size": 1, "fonds": "A001"}, token),
        send(archivist, deposit, 2, token),
        post(archivist, f"/{deposit}/finish", None, token),
        post(archivist, f"/{deposit}/cancel", None, token),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, "forged_form")] * 4
    assert len(kept_files(house)) == kept
    assert len(unfinished(archivist)) == 1


def test_a_page_of_another_origin_takes_nothing_even_with_the_token(archivist: Browser) -> None:
    headers = {"X-CSRF-Token": archivist.csrf, "Sec-Fetch-Site": "cross-site"}
    body = {"name": "a.pdf", "size": 1, "fonds": "A001"}
    answer = archivist.client.post("/intake/uploads", json=body, headers=headers)
    assert answer.json()["code"] == "forged_form"


def test_a_session_that_has_ended_is_told_as_such_and_not_led_away(visitors: Visitors) -> None:
    nobody = visitors.browser(visitors.house.stranger)
    answers = [
        nobody.get("/intake/uploads"),
        begin(nobody),
        send(nobody, str(uuid4()), 1),
        post(nobody, f"/{uuid4()}/finish"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(401, "sign_in_needed")] * 4


def test_the_token_of_the_session_is_told_to_its_own_page(archivist: Browser) -> None:
    told = archivist.get("/intake/uploads").json()
    assert (told["person"], told["token"]) == ("archivist", archivist.csrf)


def test_to_a_colleague_an_upload_looks_like_none(visitors: Visitors, archivist: Browser) -> None:
    deposit, other = sent(archivist, 1), visitors.browser(visitors.house.other_archivist)
    unknown = other.get(f"/intake/uploads/{uuid4()}")
    answers = (
        other.get(f"/intake/uploads/{deposit}"),
        send(other, deposit, 2),
        post(other, f"/{deposit}/finish"),
        post(other, f"/{deposit}/cancel"),
    )
    assert {(a.status_code, a.content) for a in answers} == {(404, unknown.content)}
    assert unfinished(other) == []


def test_of_a_twin_that_she_may_not_know_of_an_upload_tells_nothing(
    visitors: Visitors, archivist: Browser
) -> None:
    put(visitors.program(visitors.house.other_archivist), CONTENT)
    deposit = sent(archivist, 1, 2, 3)
    assert post(archivist, f"/{deposit}/finish").json() == {"state": "received"}


def test_claims_staff_upload_nothing(visitors: Visitors) -> None:
    handler = visitors.browser(visitors.house.handler)
    assert [begin(handler).status_code, handler.get("/intake/uploads").status_code] == [403, 403]


def test_an_upload_of_a_page_is_that_of_a_program_too(archivist: Browser, program: httpx.Client) -> None:
    deposit = sent(archivist, 1, 2, 3)
    assert program.post(f"/api/v1/deposits/{deposit}/finish").json()["state"] == "received"
    assert UUID(program.get("/api/v1/deposits").json()[0]["deposit"]) == UUID(deposit)
