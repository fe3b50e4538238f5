"""What an asker may not know of and what is not there look the same: same error, same statements, same answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from archive.core.errors import NotFound, Refused
from archive.core.gate import Operation
from archive.desks.assigning import operations as assigning
from archive.desks.finding import operations as finding
from archive.desks.intake import operations as intake
from archive.desks.loans import operations as loans
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from search.query import parse
from tests.cast import House, Person
from tests.gate.watching import statements

Ask = Callable[[House, UUID], tuple[Person, Operation[Any, Any, Any], Any, Any]]


def an_item(house: House) -> UUID:
    return house.archived_item(tier=5, texts=["医疗费用"]).uid


def a_volume(house: House) -> UUID:
    return house.open_volume(unit="C2")


def a_deposit(house: House) -> UUID:
    return house.receive()


def a_request(house: House) -> UUID:
    return house.ask_for(house.archived_item(unit="C2"), to=house.other_handler)


def a_loan(house: House) -> UUID:
    return house.lend(house.archived_item(unit="C2"), to=house.other_handler)


def an_assignment(house: House) -> UUID:
    return house.assign(house.archived_item(unit="C1"), to=house.handler)


def a_naming(house: House) -> UUID:
    return house.name_reader(house.archived_item(tier=5), reader=house.handler)


GUARDED: dict[str, tuple[Callable[[House], UUID], Ask]] = {
    "item": (an_item, lambda h, uid: (h.handler, holdings.show_item, uid, None)),
    "page": (an_item, lambda h, uid: (h.handler, show_page, PageAddress(uid, 1), None)),
    "item to describe": (an_item, lambda h, uid: (h.other_archivist, holdings.describe, uid, None)),
    "item to name a reader of": (an_item, lambda h, uid: (h.handler, assigning.propose_reader, uid, None)),
    "volume": (a_volume, lambda h, uid: (h.supervisor, assigning.assign_case, uid, "handler")),
    "deposit": (a_deposit, lambda h, uid: (h.other_archivist, intake.show_deposit, uid, None)),
    "request": (a_request, lambda h, uid: (h.supervisor, loans.decide, uid, None)),
    "loan": (a_loan, lambda h, uid: (h.handler, loans.give_back, uid, None)),
    "assignment": (an_assignment, lambda h, uid: (h.other_handler, assigning.end_assignment, uid, None)),
    "naming": (a_naming, lambda h, uid: (h.supervisor, assigning.confirm_reader, uid, None)),
}


def refusal(house: House, ask: Ask, uid: UUID) -> tuple[str, str, str, list[str]]:
    """Class, message, remedy, and the statements that ran."""
    person, operation, where, given = ask(house, uid)
    gate = house.gate_of(person, operation)
    with statements(house) as ran, pytest.raises(NotFound) as error:
        gate.run(operation, where, given)
    return type(error.value).__name__, error.value.message, error.value.remedy, ran


@pytest.mark.parametrize("kind", list(GUARDED))
def test_hidden_is_unknown(house: House, kind: str) -> None:
    make, ask = GUARDED[kind]
    hidden = make(house)
    assert refusal(house, ask, hidden) == refusal(house, ask, uuid4())


def test_a_page_of_a_hidden_item_is_as_unknown_as_a_page_that_no_item_has(house: House) -> None:
    item = an_item(house)
    assert refusal(house, lambda h, uid: (h.handler, show_page, PageAddress(uid, 1), None), item) == refusal(
        house, lambda h, uid: (h.handler, show_page, PageAddress(uid, 99), None), item
    )


def test_what_may_be_known_is_refused_with_a_reason_and_a_way_out(house: House) -> None:
    item = house.archived_item(tier=3)
    with pytest.raises(Refused) as refused:
        house.gate_of(house.handler, show_page).run(show_page, PageAddress(item.uid, 1))
    assert refused.value.rule == "R_NOLOAN"
    assert refused.value.message
    assert refused.value.remedy


def test_a_search_that_meets_t5_only_is_a_search_that_meets_nothing(house: House) -> None:
    """Same statements on both files, same answer, same entry; the restricted index is not opened."""
    house.archived_item(tier=5, title="绝密", texts=["医疗费用"])
    house.archived_item(tier=1, title="公开", texts=["表格"])

    def asked(words: str) -> tuple[finding.Results, list[str], list[str], tuple[str, ...]]:
        gate = house.gate_of(house.handler, finding.search)
        with statements(house) as ran:
            searched = statements_of_the_index(house)
            value = gate.run(finding.search, None, finding.Search(words, parse(words))).value
        ours = [line.replace(words, "…") for line in searched if not line.startswith("--")]
        return value, ran, ours, house.log()[-1].objects

    hidden, absent = asked("医疗"), asked("天气")
    assert hidden == absent
    assert hidden[0] == finding.Results((), None)
    assert hidden[2] != []
    assert not any("restricted" in line for line in hidden[2])


def test_a_named_reader_does_open_the_restricted_index(house: House) -> None:
    item = house.archived_item(tier=5, texts=["医疗费用"])
    house.name_reader(item, reader=house.handler)
    searched = statements_of_the_index(house)
    gate = house.gate_of(house.handler, finding.search)
    found = gate.run(finding.search, None, finding.Search("医疗", parse("医疗"))).value
    assert [hit.item for hit in found.items] == [item.uid]
    assert any("restricted" in line for line in searched)


def test_a_loan_and_a_case_do_not_open_the_restricted_index(house: House) -> None:
    house.lend(house.archived_item(tier=3, texts=["医疗费用"]), to=house.handler)
    house.assign(house.archived_item(tier=4, texts=["医疗费用"]), to=house.handler)
    searched = statements_of_the_index(house)
    gate = house.gate_of(house.handler, finding.search)
    assert len(gate.run(finding.search, None, finding.Search("医疗", parse("医疗"))).value.items) == 2
    assert not any("restricted" in line for line in searched)


def statements_of_the_index(house: House) -> list[str]:
    ran: list[str] = []
    for connection in house.archive.index._idle:
        connection.set_trace_callback(ran.append)  # type: ignore[attr-defined]  # SQLite's own, not of the DB-API
    assert house.archive.index._idle
    return ran
