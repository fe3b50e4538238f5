"""A file that is here already is never taken silently: its twin is named, and the batch decides."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from archive.core.jobs.tables import Job, JobKind
from archive.desks.intake import processing
from tests.cast import House, Template, enter, small_jpeg
from tests.web.depositing import ROUTERS, board, kept_files, put, rows, upload
from tests.web.test_parts import content_of
from tests.web.visiting import Browser, Visitors, visiting

FILE = b"%PDF-1.7 the same bytes"


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
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


def deposit_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def twice(program: httpx.Client, **query: str) -> tuple[dict[str, str], dict[str, str]]:
    first = deposit_of(put(program, FILE, name="first.pdf"))
    return first, deposit_of(put(program, FILE, name="second.pdf", **{"duplicates": "ask", **query}))


def seen(program: httpx.Client, made: dict[str, str]) -> dict[str, object]:
    row: dict[str, object] = program.get(f"/api/v1/deposits/{made['deposit']}").json()
    return row


def decide(program: httpx.Client, made: dict[str, str], decision: str) -> httpx.Response:
    return program.post(f"/api/v1/batches/{made['batch']}/duplicates", json={"decision": decision})


def waits(house: House, made: dict[str, str]) -> bool:
    """Whether a job will look at it."""
    deposit = UUID(made["deposit"])
    return deposit in house.read(lambda session: set(session.scalars(select(Job.subject_uid))))


def test_the_same_bytes_wait_for_a_decision_beside_their_twin(program: httpx.Client, house: House) -> None:
    first, second = twice(program)
    row = seen(program, second)
    assert (second["state"], row["state"]) == ("duplicate", "duplicate")
    assert row["twin"] == {
        "deposit": first["deposit"],
        "name": "first.pdf",
        "received_at": seen(program, first)["created_at"],
        "item": None,
        "reference_code": None,
    }
    assert not waits(house, second)


def test_other_bytes_of_the_same_name_are_no_duplicate(program: httpx.Client) -> None:
    put(program, FILE, name="a.pdf")
    assert deposit_of(put(program, FILE + b" ", name="a.pdf", duplicates="ask"))["state"] == "received"


def test_kept_it_is_read_like_any_other(program: httpx.Client, house: House) -> None:
    _, second = twice(program)
    assert decide(program, second, "keep").status_code == 204
    assert seen(program, second)["state"] == "received"
    assert waits(house, second)


def test_linked_it_points_to_its_twin_and_its_bytes_are_not_kept_again(
    program: httpx.Client, house: House
) -> None:
    first, second = twice(program)
    decide(program, second, "link")
    row = seen(program, second)
    assert row["state"] == "linked"
    assert isinstance(row["twin"], dict)
    assert row["twin"]["deposit"] == first["deposit"]
    assert len(kept_files(house)) == 1


def test_refused_it_says_why_and_its_bytes_are_not_kept_again(program: httpx.Client, house: House) -> None:
    _, second = twice(program)
    decide(program, second, "refuse")
    row = seen(program, second)
    assert (row["state"], row["reason"]) == ("refused", "The same file is in the archive already.")
    assert len(kept_files(house)) == 1


@pytest.mark.parametrize(
    ("decision", "state"), [("keep", "received"), ("link", "linked"), ("refuse", "refused")]
)
def test_a_batch_decides_for_the_files_still_to_come(
    program: httpx.Client, decision: str, state: str
) -> None:
    _, second = twice(program)
    decide(program, second, decision)
    later = deposit_of(put(program, FILE, fonds="", batch=second["batch"]))
    assert later["state"] == state


@pytest.mark.parametrize(
    ("decision", "state"), [("keep", "received"), ("link", "linked"), ("refuse", "refused")]
)
def test_a_batch_may_be_decided_when_it_begins(program: httpx.Client, decision: str, state: str) -> None:
    _, second = twice(program, duplicates=decision)
    assert second["state"] == state


def cut_off(file: Path) -> None:
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize("decision", ["link", "refuse"])
@pytest.mark.parametrize("damage", [Path.unlink, cut_off], ids=["lost", "cut off"])
@pytest.mark.parametrize("when", ["later", "at once"])
def test_no_byte_is_dropped_for_a_twin_that_is_damaged(
    program: httpx.Client, house: House, decision: str, damage: Callable[[Path], object], when: str
) -> None:
    """To upload a file again is how somebody mends what was lost."""
    deposit_of(put(program, FILE))
    [file] = kept_files(house)
    damage(file)
    again = deposit_of(put(program, FILE, duplicates="ask" if when == "later" else decision))
    if when == "later":
        decide(program, again, decision)
    assert seen(program, again)["state"] == "received"
    assert content_of(house, again["deposit"]) == FILE


def test_the_decision_of_one_batch_is_none_for_another(program: httpx.Client) -> None:
    _, second = twice(program)
    _, third = twice(program)
    decide(program, second, "keep")
    assert seen(program, third)["state"] == "duplicate"


def test_the_decision_and_what_it_touched_stand_in_the_log(program: httpx.Client, house: House) -> None:
    _, second = twice(program)
    decide(program, second, "link")
    entry = house.log()[-1]
    assert (entry.action, entry.target) == ("duplicates:decide", f"batch:{second['batch']}")
    assert f"deposit:{second['deposit']}" in entry.objects


def test_to_ask_again_is_no_decision(program: httpx.Client) -> None:
    _, second = twice(program)
    assert decide(program, second, "ask").json()["code"] == "invalid"


def test_nobody_decides_for_the_batch_of_another(program: httpx.Client, visitors: Visitors) -> None:
    _, second = twice(program)
    other = visitors.program(visitors.house.other_archivist)
    answer = decide(other, second, "keep")
    unknown = decide(other, {"batch": str(uuid4())}, "keep")
    assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content)
    assert seen(program, second)["state"] == "duplicate"


# --- what she may not know ---------------------------------------------------------------------------------------


def test_a_twin_that_she_may_not_know_of_is_none(house: House, visitors: Visitors) -> None:
    """The same bytes lie in the archive as a draft of somebody else, or as T5: an upload is no question."""
    house.draft_item(by=house.other_archivist)
    house.archived_item(tier=5, by=house.other_archivist)
    program = visitors.program(house.archivist)
    made = deposit_of(put(program, small_jpeg(), duplicates="ask"))
    assert made["state"] == "received"
    assert seen(program, made)["twin"] is None


def test_a_file_that_somebody_else_has_just_uploaded_is_no_twin(visitors: Visitors) -> None:
    put(visitors.program(visitors.house.other_archivist), FILE)
    made = deposit_of(put(visitors.program(visitors.house.archivist), FILE, duplicates="ask"))
    assert made["state"] == "received"


def test_a_twin_that_she_may_know_of_is_shown_with_its_reference_code(
    house: House, program: httpx.Client
) -> None:
    item = house.archived_item(tier=3, by=house.other_archivist)
    twin = seen(program, deposit_of(put(program, small_jpeg(), duplicates="ask")))["twin"]
    assert isinstance(twin, dict)
    assert (twin["item"], twin["reference_code"]) == (str(item.uid), house.item(item).reference_code)


def test_a_twin_whose_tier_was_raised_since_is_no_longer_named(
    house: House, program: httpx.Client, archivist: Browser
) -> None:
    item = house.archived_item(tier=3, by=house.other_archivist)
    made = deposit_of(put(program, small_jpeg(), duplicates="ask"))
    volume = item.volume
    assert volume is not None
    house.describe(item, volume=volume, tier=5, by=house.other_archivist)
    assert seen(program, made)["twin"] is None
    assert "内容相同的文件已经在库。" in rows(board(archivist))[0]


def test_a_refused_file_is_no_twin(house: House, program: httpx.Client) -> None:
    first = deposit_of(put(program, FILE))
    job = house.claim(JobKind.ACCEPT, UUID(first["deposit"]))
    house.reader_gate().run(processing.refuse, UUID(first["deposit"]), processing.Rejected("x.", "y.", job))
    assert deposit_of(put(program, FILE, duplicates="ask"))["state"] == "received"


# --- on the board ------------------------------------------------------------------------------------------------


def test_the_board_names_the_twin_and_offers_the_three_ways(archivist: Browser) -> None:
    upload(archivist, ("first.pdf", FILE))
    upload(archivist, ("second.pdf", FILE), duplicates="ask")
    row = rows(board(archivist))[0]
    assert "重复待定" in row
    assert "内容与“first.pdf”相同" in row
    assert row.endswith("另存一份 关联 拒收")


def test_a_button_of_the_board_decides_for_the_batch(archivist: Browser) -> None:
    upload(archivist, ("first.pdf", FILE))
    upload(archivist, ("second.pdf", FILE), ("third.pdf", FILE), duplicates="ask")
    action = re.search(r"/intake/batches/[0-9a-f-]+/duplicates", board(archivist))
    assert action is not None
    assert archivist.post(action[0], decision="link").status_code == 303
    assert [("已关联" in row) for row in rows(board(archivist))] == [True, True, False]


def test_a_form_without_the_choice_asks(archivist: Browser, program: httpx.Client) -> None:
    put(program, FILE)
    upload(archivist, ("second.pdf", FILE), duplicates="")
    assert program.get("/api/v1/deposits").json()[0]["state"] == "duplicate"


def test_what_waits_for_a_decision_cannot_be_tried_again(program: httpx.Client) -> None:
    _, second = twice(program)
    assert program.post(f"/api/v1/deposits/{second['deposit']}/retry").json()["code"] == "conflict"
