"""``juanzong upload``: files one by one, large ones in parts, and what was cut off goes on."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from archive.cli.session import Client, connect
from archive.cli.uploading import SentFile, send_all
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.parts import PART_BYTES
from tests.cast import House, Template, enter
from tests.web.depositing import ROUTERS
from tests.web.test_parts import CONTENT, PARTS, arrived, begin, content_of, send
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def visitors(template: Template, tmp_path: Path) -> Iterator[Visitors]:
    house = enter(template, tmp_path / "house")
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors
    house.archive.close()


@pytest.fixture
def house(visitors: Visitors) -> House:
    return visitors.house


@pytest.fixture
def client(visitors: Visitors) -> Iterator[Client]:
    client = connect(visitors.address, visitors.house.archivist.token)
    with client.http:
        yield client


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "卷.pdf"
    path.write_bytes(CONTENT)
    return path


def sent(client: Client, *paths: Path) -> list[SentFile]:
    return send_all(client, list(paths), "A001", Duplicates.KEEP)


def deposit_of(row: SentFile) -> str:
    assert row.error is None, row.error
    assert row.deposit is not None
    return row.deposit


def test_a_small_file_goes_in_one_piece(client: Client, program: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "small.pdf"
    path.write_bytes(b"%PDF-1.7 small")
    [row] = sent(client, path)
    assert program.get(f"/api/v1/deposits/{deposit_of(row)}").json()["part_size"] is None


def test_a_large_file_goes_in_parts_and_arrives_whole(client: Client, house: House, large: Path) -> None:
    [row] = sent(client, large)
    assert content_of(house, deposit_of(row)) == CONTENT


def test_an_upload_that_was_cut_off_goes_on_as_the_same_deposit(
    client: Client, program: httpx.Client, house: House, large: Path
) -> None:
    before = begin(program)
    send(program, before, 2, PARTS[1])
    [row] = sent(client, large)
    assert deposit_of(row) == before
    assert content_of(house, before) == CONTENT
    assert len(program.get("/api/v1/deposits").json()) == 1


def test_parts_of_another_file_of_the_same_name_and_size_are_left_alone(
    client: Client, program: httpx.Client, house: House, large: Path
) -> None:
    other = begin(program)
    send(program, other, 1, bytes(PART_BYTES))
    [row] = sent(client, large)
    assert deposit_of(row) != other
    assert content_of(house, deposit_of(row)) == CONTENT
    assert arrived(program, other) == [1]


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(client: Client, tmp_path: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(b"%PDF-1.7")
    missing, row = sent(client, tmp_path / "missing.pdf", good)
    assert missing.error is not None
    assert (missing.name, missing.error.code) == ("missing.pdf", "invalid")
    assert row.state == "received"


def test_the_files_of_one_call_are_one_batch(client: Client, tmp_path: Path, large: Path) -> None:
    small = tmp_path / "small.pdf"
    small.write_bytes(b"%PDF-1.7")
    rows = sent(client, large, small)
    assert len({row.batch for row in rows}) == 1


def test_an_upload_that_was_called_off_meanwhile_is_no_success(
    client: Client, program: httpx.Client, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finishing = Client.post_and_wait

    def called_off_first(self: Client, path: str) -> object:
        program.delete(path.removesuffix("/finish"))
        return finishing(self, path)

    monkeypatch.setattr(Client, "post_and_wait", called_off_first)
    [row] = sent(client, large)
    assert row.error is not None
    assert row.error.message == "The upload was called off; nothing was kept."


def test_an_answer_that_was_lost_is_asked_for_again(
    client: Client, house: House, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finishing = Client.post_and_wait

    def finished_before(self: Client, path: str) -> object:
        finishing(self, path)
        return finishing(self, path)

    monkeypatch.setattr(Client, "post_and_wait", finished_before)
    [row] = sent(client, large)
    assert (row.error, row.state) == (None, "received")
    assert content_of(house, deposit_of(row)) == CONTENT
