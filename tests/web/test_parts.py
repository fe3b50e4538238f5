"""A large file comes in parts; a cut connection or a restarted server costs one part, and nothing is taken twice."""

import base64
import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from archive.desks.intake import processing
from archive.desks.intake.parts import PART_BYTES
from tests.cast import House, Template, enter
from tests.web.depositing import ROUTERS, kept_files
from tests.web.visiting import Visitors, same_as_unknown, visiting

CONTENT = random.Random(7).randbytes(2 * PART_BYTES + 1000)
PARTS = (CONTENT[:PART_BYTES], CONTENT[PART_BYTES : 2 * PART_BYTES], CONTENT[2 * PART_BYTES :])
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
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


def begin(program: httpx.Client, size: int = len(CONTENT)) -> str:
    answer = program.post("/api/v1/deposits", json={"name": "卷.pdf", "size": size, "fonds": "A001"})
    assert answer.status_code == 201, answer.text
    deposit: str = answer.json()["deposit"]
    return deposit


def digest(content: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(sha256(content).digest()).decode()}:"}


def send(
    program: httpx.Client, deposit: str, number: int, content: bytes, said: dict[str, str] | None = None
) -> httpx.Response:
    headers = digest(content) if said is None else said
    return program.put(f"/api/v1/deposits/{deposit}/parts/{number}", content=content, headers=headers)


def sent(program: httpx.Client, *numbers: int) -> str:
    deposit = begin(program)
    for number in numbers:
        assert send(program, deposit, number, PARTS[number - 1]).status_code == 201
    return deposit


def finish(program: httpx.Client, deposit: str) -> httpx.Response:
    return program.post(f"/api/v1/deposits/{deposit}/finish")


def arrived(program: httpx.Client, deposit: str) -> list[int]:
    kept = program.get(f"/api/v1/deposits/{deposit}/parts").json()["kept"]
    return [part["number"] for part in kept]


def state(program: httpx.Client, deposit: str) -> object:
    return program.get(f"/api/v1/deposits/{deposit}").json()["state"]


def content_of(house: House, deposit: str) -> bytes:
    gate = house.reader_gate()
    taken = gate.run(processing.take, UUID(deposit))
    return gate.load(taken.permit, taken.value.master)


def test_the_beginning_tells_how_many_parts_of_which_size(program: httpx.Client) -> None:
    answer = program.post("/api/v1/deposits", json={"name": "a.pdf", "size": len(CONTENT), "fonds": "A001"})
    assert (answer.json()["part_size"], answer.json()["parts"]) == (PART_BYTES, 3)


def test_parts_in_any_order_become_the_file_byte_for_byte(program: httpx.Client, house: House) -> None:
    deposit = sent(program, 3, 1, 2)
    assert finish(program, deposit).json()["state"] == "received"
    assert content_of(house, deposit) == CONTENT


def test_of_the_parts_nothing_is_left_when_the_whole_is_sealed(program: httpx.Client, house: House) -> None:
    finish(program, sent(program, 1, 2, 3))
    assert len(kept_files(house)) == 1


def test_each_part_is_a_sealed_object_of_its_own(program: httpx.Client, house: House) -> None:
    sent(program, 1, 3)
    files = kept_files(house)
    assert len(files) == 2
    assert not any(PARTS[2] in file.read_bytes() or PARTS[0][:64] in file.read_bytes() for file in files)


def test_what_has_arrived_is_told_with_its_digest(program: httpx.Client) -> None:
    deposit = sent(program, 2)
    told = program.get(f"/api/v1/deposits/{deposit}/parts").json()
    assert told["kept"] == [
        {"number": 2, "size": PART_BYTES, "sha256": sha256(PARTS[1]).hexdigest()},
    ]


def test_after_a_restart_of_the_server_the_rest_is_enough(
    program: httpx.Client, visitors: Visitors, tmp_path: Path
) -> None:
    deposit = sent(program, 1, 2)
    with visiting(visitors.house, tmp_path / "scratch of the next", ROUTERS) as restarted:
        again = restarted.program(visitors.house.archivist)
        assert arrived(again, deposit) == [1, 2]
        send(again, deposit, 3, PARTS[2])
        assert finish(again, deposit).json()["state"] == "received"
    assert content_of(visitors.house, deposit) == CONTENT


def test_a_file_that_lacks_a_part_is_not_finished_and_the_part_is_named(program: httpx.Client) -> None:
    deposit = sent(program, 1, 3)
    answer = finish(program, deposit)
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_cut")
    assert "Part 2 of 3" in answer.json()["detail"]
    assert state(program, deposit) == "receiving"


def test_a_part_whose_digest_differs_is_not_kept(program: httpx.Client, house: House) -> None:
    deposit = begin(program)
    answer = send(program, deposit, 1, PARTS[0], digest(PARTS[1]))
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_cut")
    assert arrived(program, deposit) == []
    assert kept_files(house) == []


@pytest.mark.parametrize("said", ["", "md5=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=:?:"])
def test_a_part_without_a_digest_that_can_be_checked_is_refused(program: httpx.Client, said: str) -> None:
    answer = send(program, begin(program), 1, PARTS[0], {"Content-Digest": said})
    assert (answer.json()["code"], answer.json()["field"]) == ("invalid", "Content-Digest")


def test_a_part_that_is_too_short_is_not_kept(program: httpx.Client) -> None:
    deposit = begin(program)
    assert send(program, deposit, 1, PARTS[0][:-1]).json()["code"] == "upload_cut"
    assert arrived(program, deposit) == []


def test_a_part_that_is_too_long_is_not_kept(program: httpx.Client) -> None:
    deposit = begin(program)
    assert send(program, deposit, 3, PARTS[2] + b"x").json()["code"] == "invalid"
    assert arrived(program, deposit) == []


@pytest.mark.parametrize("number", [4, 1_000_000])
def test_a_part_beyond_the_file_is_refused(program: httpx.Client, number: int) -> None:
    assert send(program, begin(program), number, b"x").json()["code"] == "invalid"


def test_the_same_part_sent_twice_is_kept_once(program: httpx.Client) -> None:
    deposit = sent(program, 1, 1, 2, 3)
    assert arrived(program, deposit) == [1, 2, 3]
    assert finish(program, deposit).status_code == 200


def test_a_part_that_was_lost_is_mended_by_sending_it_again(program: httpx.Client, house: House) -> None:
    deposit = sent(program, 1)
    [lost] = kept_files(house)
    lost.unlink()
    for number in (1, 2, 3):
        assert send(program, deposit, number, PARTS[number - 1]).status_code == 201
    assert finish(program, deposit).status_code == 200
    assert content_of(house, deposit) == CONTENT


def test_of_a_part_that_was_sent_twice_one_object_is_kept(program: httpx.Client, house: House) -> None:
    sent(program, 1, 1)
    assert len(kept_files(house)) == 1


def test_another_part_of_the_same_number_is_refused(program: httpx.Client) -> None:
    deposit = sent(program, 1)
    other = bytes(PART_BYTES)
    assert send(program, deposit, 1, other).json()["code"] == "conflict"


def test_a_finished_file_takes_no_more_parts(program: httpx.Client) -> None:
    deposit = sent(program, 1, 2, 3)
    finish(program, deposit)
    assert send(program, deposit, 1, PARTS[0]).json()["code"] == "conflict"
    assert finish(program, deposit).json()["code"] == "conflict"


def test_a_file_that_came_in_one_piece_takes_no_parts(program: httpx.Client) -> None:
    made = program.put(
        "/api/v1/deposits", params={"name": "a.pdf", "fonds": "A001"}, content=b"%PDF-1.7"
    ).json()
    assert send(program, made["deposit"], 1, b"x").json()["code"] == "conflict"


@pytest.mark.parametrize(("size", "code"), [(0, "invalid"), (LARGEST + 1, "too_large")])
def test_a_size_that_is_not_taken_is_refused_before_a_byte_is_sent(
    program: httpx.Client, size: int, code: str
) -> None:
    answer = program.post("/api/v1/deposits", json={"name": "a.pdf", "size": size, "fonds": "A001"})
    assert answer.json()["code"] == code
    assert program.get("/api/v1/deposits").json() == []


def test_an_upload_that_is_called_off_leaves_nothing_but_its_row(program: httpx.Client, house: House) -> None:
    deposit = sent(program, 1, 2)
    assert program.delete(f"/api/v1/deposits/{deposit}").status_code == 204
    assert kept_files(house) == []
    seen = program.get(f"/api/v1/deposits/{deposit}").json()
    assert (seen["state"], seen["reason"]) == ("refused", "The upload was called off; nothing was kept.")


def test_what_is_finished_is_not_called_off(program: httpx.Client, house: House) -> None:
    deposit = sent(program, 1, 2, 3)
    finish(program, deposit)
    assert program.delete(f"/api/v1/deposits/{deposit}").json()["code"] == "conflict"
    assert content_of(house, deposit) == CONTENT


def test_nobody_sends_parts_into_the_upload_of_another(visitors: Visitors, program: httpx.Client) -> None:
    house, deposit = visitors.house, sent(program, 1)
    other = visitors.program(house.other_archivist)
    for answer in (
        send(other, deposit, 2, PARTS[1]),
        other.get(f"/api/v1/deposits/{deposit}/parts"),
        finish(other, deposit),
        other.delete(f"/api/v1/deposits/{deposit}"),
    ):
        unknown = other.get(f"/api/v1/deposits/{uuid4()}/parts")
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert arrived(program, deposit) == [1]


def test_the_parts_of_an_upload_are_hidden_like_those_of_none(
    visitors: Visitors, program: httpx.Client
) -> None:
    deposit = begin(program)
    other = visitors.house.other_archivist
    assert same_as_unknown(visitors, other, "POST", "/api/v1/deposits/{}/finish", deposit, None)
