"""The board narrowed by state and batch, page by page; many deposits at once; how far each batch is."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import event

from archive.core.jobs.queue import fail
from archive.core.jobs.tables import JobKind
from archive.desks.intake import board as boards
from archive.desks.intake import processing
from archive.desks.intake.board import Asked, Board, Group
from tests.cast import House, Person, sign_in
from tests.web.depositing import ROUTERS, board, put, rows, upload
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


def asked(house: House, who: Person | None = None, **said: object) -> Board:
    gate = house.gate_of(who or house.archivist, boards.show_board)
    return gate.run(boards.show_board, None, Asked(**said)).value  # type: ignore[arg-type]  # tests name fields


def failed(house: House) -> UUID:
    deposit = house.receive()
    job = house.claim(JobKind.ACCEPT, deposit)
    house.archive.upkeep.run(
        lambda s: fail(s, job, reason="The step ended with OSError.", now=house.clock(), retry_in=None)
    )
    return deposit


def reading(house: House, pages: int) -> UUID:
    deposit = house.receive()
    job = house.claim(JobKind.ACCEPT, deposit)
    house.reader_gate().run(processing.accept, deposit, processing.Accepted("image/tiff", pages, (), job))
    return deposit


def coming(program: httpx.Client, name: str = "慢.tif") -> str:
    begun = program.post("/api/v1/deposits", json={"name": name, "size": 100, "fonds": "A001"}).json()
    deposit: str = begun["deposit"]
    return deposit


# --- by state --------------------------------------------------------------------------------------------------


def test_each_deposit_stands_in_the_group_in_which_it_waits_or_ended(
    house: House, archivist: Browser, program: httpx.Client
) -> None:
    house.draft_item()
    failed(house)
    upload(archivist, ("空.pdf", b""))
    coming(program)
    house.receive()
    counts = {Group.ALL: 5, Group.MOVING: 2, Group.TODO: 1, Group.READ: 1, Group.ENDED: 1}
    assert asked(house).counts == counts
    assert {group: len(asked(house, group=group).lines) for group in Group} == counts


def test_a_deposit_whose_indexing_failed_waits_for_a_person(house: House) -> None:
    house.describe(house.draft_item(), volume=house.open_volume())
    job = house.claim(JobKind.INDEX)
    house.archive.upkeep.run(lambda s: fail(s, job, reason="x", now=house.clock(), retry_in=None))
    assert [line.state for line in asked(house, group=Group.TODO).lines] == ["failed"]
    assert asked(house, group=Group.READ).lines == ()


def test_the_address_of_a_group_shows_only_its_deposits(house: House, archivist: Browser) -> None:
    failed(house)
    house.receive()
    [row] = rows(archivist.get("/intake", group="todo").text)
    assert "失败" in row


@pytest.mark.parametrize("query", [{"group": "x"}, {"batch": "x"}, {"after": "x"}, {"order": "x"}])
def test_what_an_address_says_wrongly_is_as_if_it_said_nothing(
    house: House, archivist: Browser, query: dict[str, str]
) -> None:
    house.receive()
    assert len(rows(archivist.get("/intake", **query).text)) == 1


def test_an_empty_group_says_that_nothing_waits(archivist: Browser) -> None:
    assert "没有需要您处理的文件。" in archivist.get("/intake", group="todo").text


# --- by batch --------------------------------------------------------------------------------------------------


def test_a_batch_tells_how_many_of_its_pages_are_read(house: House) -> None:
    house.draft_item(["一", "二"])
    reading(house, 7)
    newest, older = asked(house).batches
    assert (newest.files, newest.pages, newest.pages_read, newest.moving) == (1, 7, 0, 1)
    assert (older.files, older.pages, older.pages_read, older.moving) == (1, 2, 2, 0)


def test_only_the_deposits_of_a_batch_are_shown(house: House) -> None:
    house.receive()
    house.receive()
    first = asked(house, oldest_first=True).lines[0]
    seen = asked(house, batch=first.batch)
    assert [line.uid for line in seen.lines] == [first.uid]
    assert seen.counts[Group.ALL] == 1
    assert seen.batch is not None


def test_the_batch_of_a_colleague_looks_like_one_that_does_not_exist(house: House) -> None:
    house.receive()
    theirs = asked(house).lines[0].batch
    for batch in (theirs, uuid4()):
        assert asked(house, house.other_archivist, batch=batch) == Board(
            (), None, dict.fromkeys(Group, 0), None, (), (), 0, 0
        )


def test_files_go_on_into_todays_batch_unless_a_new_one_is_chosen(
    house: House, archivist: Browser, visitors: Visitors
) -> None:
    upload(archivist, ("一.jpg", b"1"))
    batch = asked(house).lines[0].batch
    assert f'<option value="batch:{batch}" selected>' in board(archivist)
    fields = {"csrf": archivist.csrf, "into": f"batch:{batch}"}
    archivist.client.post("/intake/upload", data=fields, files=[("files", ("二.jpg", b"2"))])
    assert [line.batch for line in asked(house).lines] == [batch, batch]
    house.clock.forward(days=1)
    later = visitors.browser(sign_in(house.archive, "archivist"))
    assert f'<option value="batch:{batch}" selected>' not in board(later)


@pytest.mark.parametrize("into", ["", "batch:x", "batch:01a1e5b0-0000-7000-8000-000000000000"])
def test_a_form_that_names_no_batch_is_told_so_and_leaves_nothing(archivist: Browser, into: str) -> None:
    fields = {"csrf": archivist.csrf, "into": into}
    answer = archivist.client.post("/intake/upload", data=fields, files=[("files", ("一.jpg", b"1"))])
    assert answer.status_code in {404, 422}
    assert "没有选择放入哪一批" in answer.text
    assert rows(board(archivist)) == []


# --- page by page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("oldest_first", [False, True])
def test_page_after_page_shows_each_deposit_once_in_its_order(house: House, oldest_first: bool) -> None:
    first = failed(house)
    for _ in range(5):
        house.receive()
    after, found = None, []
    while True:
        seen = asked(house, limit=2, after=after, oldest_first=oldest_first)
        found += [line.uid for line in seen.lines]
        after = seen.next
        if after is None:
            break
    assert len(found) == len(set(found)) == 6
    assert found.index(first) == (0 if oldest_first else 5)


def test_a_deposit_of_somebody_else_begins_no_page(house: House) -> None:
    theirs = house.receive(by=house.other_archivist)
    house.receive()
    assert asked(house, after=theirs) == asked(house)


def test_the_board_is_answered_from_indexes_alone(house: House) -> None:
    house.receive()
    statements: list[str] = []
    engine = house.archive.database.reader
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for group in Group:
        asked(house, group=group)
    told = [s for s in statements if s.lstrip().upper().startswith("SELECT") and "FROM deposit" in s]
    assert told
    for statement in told:
        plan = house.read(
            lambda s, one=statement: (
                s.connection()
                .exec_driver_sql(  # type: ignore[misc]  # bound at once
                    f"EXPLAIN QUERY PLAN {one}", tuple(1 for _ in range(one.count("?")))
                )
                .all()
            )
        )
        assert not [row for row in plan if str(row[3]).startswith("SCAN deposit")], statement


# --- who waits before it ---------------------------------------------------------------------------------------


def test_a_deposit_tells_how_many_wait_before_it_also_those_of_others(
    house: House, archivist: Browser
) -> None:
    house.receive(by=house.other_archivist)
    house.receive()
    assert "前面还有 1 个文件" in rows(board(archivist))[0]
    house.claim(JobKind.ACCEPT)
    assert "下一个就是它" in rows(board(archivist))[0]
    assert asked(house).others == 1


def test_what_is_read_now_is_named_to_its_own_person_only(house: House, visitors: Visitors) -> None:
    reading(house, 7)
    house.claim(JobKind.READ)
    [now] = asked(house).now
    assert (now.name, now.pages, now.pages_read) == ("scan.jpg", 7, 0)
    assert asked(house, house.other_archivist).now == ()
    assert "scan.jpg" not in board(visitors.browser(house.other_archivist))


# --- many at once ----------------------------------------------------------------------------------------------


def many(browser: Browser, act: str, *deposits: object) -> str:
    fields = {"csrf": browser.csrf, "act": act, "deposits": [str(one) for one in deposits]}
    answer = browser.client.post("/intake/many", data=fields)
    assert answer.status_code == 303
    told = re.search(r'<p class="notice" role="status">([^<]*)', board(browser))
    assert told is not None
    return told[1]


def test_those_that_failed_are_tried_again_together(house: House, archivist: Browser) -> None:
    assert many(archivist, "retry", failed(house), failed(house)) == "已重新排队 2 个文件。"
    assert asked(house).counts[Group.MOVING] == 2


def test_what_cannot_be_done_for_one_does_not_hold_up_the_others(house: House, archivist: Browser) -> None:
    broken = failed(house)
    told = many(archivist, "retry", house.receive(by=house.other_archivist), uuid4(), broken)
    assert told == "已重新排队 1 个文件。另有 2 个文件的状态不能这样处理，未作更改。"


def test_uploads_that_are_not_at_their_end_are_cancelled_together(
    house: House, archivist: Browser, program: httpx.Client
) -> None:
    made = [coming(program), coming(program)]
    assert many(archivist, "cancel", *made) == "已取消 2 个文件的上传。"
    assert [line.state for line in asked(house).lines] == ["refused", "refused"]


def test_nothing_marked_is_told(archivist: Browser) -> None:
    assert many(archivist, "retry") == "没有勾选文件。请先勾选要处理的文件。"


def test_one_upload_is_cancelled_by_its_button(archivist: Browser, program: httpx.Client) -> None:
    deposit = coming(program)
    assert f'action="/intake/{deposit}/cancel"' in board(archivist)
    assert archivist.post(f"/intake/{deposit}/cancel").status_code == 303
    assert "上传已取消" in rows(board(archivist))[0]


def test_what_has_arrived_whole_is_no_longer_cancelled(archivist: Browser, program: httpx.Client) -> None:
    deposit = put(program, b"1").json()["deposit"]
    archivist.post(f"/intake/{deposit}/cancel")
    assert "该文件已收完，不能再取消上传。" in board(archivist)


# --- programs --------------------------------------------------------------------------------------------------


def test_a_program_reads_the_same_board(house: House, program: httpx.Client) -> None:
    deposit = failed(house)
    house.receive()
    told = program.get("/api/v1/board", params={"group": "todo"}).json()
    assert [one["deposit"] for one in told["deposits"]] == [str(deposit)]
    assert told["counts"] == {"all": 2, "moving": 1, "todo": 1, "read": 0, "ended": 0}
    assert told["batches"][0]["files"] == 1
    assert told["queued"] == 1
