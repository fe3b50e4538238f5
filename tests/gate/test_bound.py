"""A bound gate runs what was declared and nothing else; a form sent twice does its work once."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from archive.core.access.actions import Action, Purpose
from archive.core.errors import Conflict, Stale
from archive.core.gate import Work, operation, place
from archive.desks.loans import operations as loans
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from tests.cast import House
from tests.gate.watching import count


def test_an_operation_that_was_not_declared_does_not_run(house: House) -> None:
    """Not even one that this person may do."""
    item = house.archived_item(tier=1)
    gate = house.gate_of(house.archivist, holdings.show_item)
    before = len(house.log())
    with pytest.raises(LookupError):
        gate.run(show_page, PageAddress(item.uid, 1), purpose=Purpose.ARCHIVE_WORK)
    assert len(house.log()) == before


def test_a_gate_that_declares_nothing_runs_nothing(house: House) -> None:
    with pytest.raises(LookupError):
        house.gate_of(house.archivist).run(holdings.list_holdings, None)


def test_another_operation_of_the_same_name_is_not_the_one_that_was_declared(house: House) -> None:
    def list_holdings(work: Work, _place: None) -> str:
        return "something else"

    list_holdings.__module__ = "archive.holdings.operations"
    namesake = operation(Action.HOLDING_LIST, on=place("holdings"), reads=True)(list_holdings)
    gate = house.gate_of(house.archivist, holdings.list_holdings)
    with pytest.raises(LookupError):
        gate.run(namesake, None)


def test_an_operation_cannot_be_called() -> None:
    with pytest.raises(TypeError):
        holdings.list_holdings(None, None)  # type: ignore[operator]  # the misuse that is tested


# --- sent twice -----------------------------------------------------------------------------------------------


def test_the_same_key_gives_the_first_answer_and_does_the_work_once(house: House) -> None:
    item = house.archived_item(tier=3)
    gate = house.gate_of(house.handler, loans.request)
    new = loans.NewRequest((item.uid,), Purpose.CLAIM_HANDLING, "a reason")
    before = len(house.log())
    first = gate.run(loans.request, None, new, idempotency_key="form 1")
    second = gate.run(loans.request, None, new, idempotency_key="form 1")
    assert second.value == first.value
    assert count(house, "loan_request") == 1
    assert [entry.outcome for entry in house.log()[before:]] == ["done", "done"]


def test_another_key_person_or_operation_is_another_request(house: House) -> None:
    item = house.archived_item(tier=3)
    new = loans.NewRequest((item.uid,), Purpose.CLAIM_HANDLING, "a reason")
    answers = {
        house.gate_of(person, loans.request).run(loans.request, None, new, idempotency_key=key).value
        for person in (house.handler, house.supervisor)
        for key in ("form 1", "form 2")
    }
    assert len(answers) == count(house, "loan_request") == 4


def test_a_failure_is_not_remembered(house: House) -> None:
    item = house.archived_item(tier=3)
    gate = house.gate_of(house.handler, loans.request)
    wrong = loans.NewRequest((), Purpose.CLAIM_HANDLING, "a reason")
    right = loans.NewRequest((item.uid,), Purpose.CLAIM_HANDLING, "a reason")
    with pytest.raises(Exception, match="at least one item"):
        gate.run(loans.request, None, wrong, idempotency_key="form 1")
    assert gate.run(loans.request, None, right, idempotency_key="form 1").value is not None


def test_two_threads_with_one_key_do_the_work_once(house: House) -> None:
    item = house.archived_item(tier=3)
    new = loans.NewRequest((item.uid,), Purpose.CLAIM_HANDLING, "a reason")
    start = threading.Barrier(2)
    answers: list[UUID] = []

    def send() -> None:
        gate = house.gate_of(house.handler, loans.request)
        start.wait()
        answers.append(gate.run(loans.request, None, new, idempotency_key="form 1").value)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert len(set(answers)) == count(house, "loan_request") == 1


def test_only_an_answer_that_is_a_uid_can_be_repeated(house: House) -> None:
    loan = house.lend(house.archived_item(tier=3), to=house.handler)
    gate = house.gate_of(house.handler, loans.give_back)
    with pytest.raises(TypeError):
        gate.run(loans.give_back, loan, idempotency_key="form 1")
    house.give_back(loan, by=house.handler)


# --- stale forms ----------------------------------------------------------------------------------------------


def test_a_description_filled_in_against_an_older_one_is_refused(house: House) -> None:
    item = house.archived_item(tier=3, title="first")
    assert item.volume is not None
    stale = holdings.Description(house.item(item).revision, item.volume, "mine", "claim_file", 3)
    house.describe(item, volume=item.volume, title="somebody else's")
    with pytest.raises(Stale):
        house.gate_of(house.archivist, holdings.describe).run(holdings.describe, item.uid, stale)
    assert house.item(item).title == "somebody else's"
    assert house.log()[-1].outcome == "failed: Stale"


def test_a_request_that_was_decided_meanwhile_is_not_decided_again(house: House) -> None:
    request = house.ask_for(house.archived_item(tier=3), to=house.handler)
    verdict = loans.Verdict(granted=False, opinion="no", revision=1)
    house.gate_of(house.supervisor, loans.decide).run(loans.decide, request, verdict)
    with pytest.raises(Conflict):
        house.gate_of(house.archivist, loans.decide).run(
            loans.decide, request, loans.Verdict(granted=True, opinion="yes", revision=1)
        )
    assert count(house, "loan") == 0


def test_a_loan_that_runs_out_is_ended_by_its_job_and_not_before(house: House) -> None:
    loan = house.lend(house.archived_item(tier=3), to=house.handler)
    worker = house.reader_gate()
    worker.run(loans.expire, loan)
    assert count(house, "access_grant WHERE revoked_at IS NULL AND source_kind = 'loan'") == 1
    house.clock.now += timedelta(days=16)
    worker.run(loans.expire, loan)
    assert count(house, "access_grant WHERE revoked_at IS NULL AND source_kind = 'loan'") == 0
