"""Every call of the gate leaves exactly one entry, and the entry says what happened."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from archive.core.access.actions import Action, Purpose
from archive.core.access.rules import load_rules
from archive.core.audit.event import Entry
from archive.core.errors import Invalid, NotFound, Refused, SignInNeeded
from archive.desks.finding import operations as finding
from archive.desks.loans import seeing
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from search.query import parse
from tests.cast import START, House, Made, Person


def entries_of(house: House, before: int) -> list[Entry]:
    return house.log()[before:]


def only_entry(house: House, before: int) -> Entry:
    [entry] = house.log()[before:]
    return entry


@pytest.fixture
def lent(house: House) -> Made:
    item = house.archived_item(tier=3)
    house.lend(item, to=house.handler)
    return item


def test_done_names_who_in_which_role_and_session_did_what_to_what_by_which_grant_and_why(
    house: House, lent: Made
) -> None:
    before = len(house.log())
    released = house.gate_of(house.handler, show_page).run(show_page, PageAddress(lent.uid, 1))
    entry = only_entry(house, before)
    page = f"page:{released.value.page}"
    assert released.allowed.grant is not None
    assert entry == Entry(
        event=released.event,
        at=START,
        actor=house.handler.label,
        role="claims_handler",
        session=session_of(house, house.handler),
        action=Action.PAGE_SHOW,
        target=page,
        grant=str(released.allowed.grant.uid),
        purpose=Purpose.CLAIM_HANDLING,
        outcome="done",
        reasons=(),
        policy=load_rules().version,
        objects=(f"item:{lent.uid}", page),
        detail=None,
    )


def session_of(house: House, person: Person) -> str:
    assert person.token is not None
    actor = house.read(lambda session: house.archive.who(person.token)(session, house.clock()))
    return str(actor.session)


def test_denied_gives_the_reason_and_releases_no_record(house: House) -> None:
    item = house.archived_item(tier=3)
    before = len(house.log())
    with pytest.raises(Refused) as refused:
        house.gate_of(house.handler, show_page).run(
            show_page, PageAddress(item.uid, 1), purpose=Purpose.COMPLAINT
        )
    entry = only_entry(house, before)
    assert refused.value.rule == "R_NOLOAN"
    assert (entry.outcome, entry.reasons) == ("denied", ("R_NOLOAN",))
    assert (entry.actor, entry.role) == (house.handler.label, "claims_handler")
    assert (entry.grant, entry.purpose, entry.objects) == (None, Purpose.COMPLAINT, ())
    assert entry.target is not None
    assert entry.target.startswith("page:")


def test_what_is_hidden_is_denied_in_the_log_with_its_target(house: House) -> None:
    item = house.archived_item(tier=4)
    before = len(house.log())
    with pytest.raises(NotFound):
        house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, item.uid)
    entry = only_entry(house, before)
    assert (entry.outcome, entry.target) == ("denied", f"item:{item.uid}")
    assert "hidden" in entry.reasons


def test_not_found_is_an_entry_without_a_target(house: House) -> None:
    before = len(house.log())
    with pytest.raises(NotFound):
        house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, uuid4())
    entry = only_entry(house, before)
    assert (entry.outcome, entry.target, entry.objects) == ("not found", None, ())
    assert entry.actor == house.handler.label


def test_a_failure_names_its_class_and_rolls_everything_back(house: House) -> None:
    item = house.archived_item(tier=3)
    before = len(house.log())
    with pytest.raises(Invalid):
        house.ask_for(item, to=house.handler, reason=" ")
    entry = only_entry(house, before)
    assert (entry.outcome, entry.action) == ("failed: Invalid", Action.LOAN_REQUEST)
    assert requests(house) == []


def test_what_a_body_refuses_is_denied_in_the_log(house: House) -> None:
    """She may know of T1 everywhere, but ask for items of her own unit only."""
    item = house.archived_item(tier=1, unit="C2")
    before = len(house.log())
    with pytest.raises(Refused):
        house.ask_for(item, to=house.handler)
    entry = only_entry(house, before)
    assert (entry.outcome, entry.reasons) == ("denied", ("R_CASE",))


def test_what_a_body_does_not_find_is_not_found_in_the_log(house: House) -> None:
    unknown = replace(house.archived_item(tier=3), uid=uuid4())
    before = len(house.log())
    with pytest.raises(NotFound):
        house.ask_for(unknown, to=house.handler)
    entry = only_entry(house, before)
    assert (entry.outcome, entry.reasons, entry.objects) == ("not found", (), ())


def test_what_a_body_hides_is_denied_in_the_log_with_its_target(house: House) -> None:
    """The asker reads *not found*; the auditor reads what she asked for."""
    item = house.archived_item(tier=4)
    before = len(house.log())
    with pytest.raises(NotFound):
        house.ask_for(item, to=house.handler)
    entry = only_entry(house, before)
    assert (entry.outcome, entry.reasons, entry.target) == ("denied", ("hidden",), f"item:{item.uid}")


def test_somebody_without_a_session_leaves_an_entry_too(house: House) -> None:
    before = len(house.log())
    with pytest.raises(SignInNeeded):
        house.gate_of(house.stranger, holdings.list_items).run(holdings.list_items, None, 10)
    entry = only_entry(house, before)
    assert (entry.actor, entry.role, entry.outcome) == ("ANYONE", "anyone", "failed: SignInNeeded")


def test_a_search_names_the_items_shown_and_keeps_its_words_out_of_the_leaf(house: House) -> None:
    shown, elsewhere = (house.archived_item(unit=unit, texts=["医疗费用"]) for unit in ("C1", "C2"))
    before = len(house.log())
    search = house.gate_of(house.handler, finding.search)
    search.run(finding.search, None, finding.Search("医疗", parse("医疗")))
    entry = only_entry(house, before)
    assert entry.objects == (f"item:{shown.uid}",)
    assert str(elsewhere.uid) not in repr(entry)
    assert "医疗" not in repr(entry)
    assert entry.detail is not None


def test_the_purpose_of_a_loan_is_entered_not_what_the_asker_says(house: House, lent: Made) -> None:
    gate = house.gate_of(house.handler, show_page)
    released = gate.run(show_page, PageAddress(lent.uid, 1), purpose=Purpose.LITIGATION)
    assert house.log()[-1].purpose == released.value.watermark.purpose == Purpose.CLAIM_HANDLING


def requests(house: House) -> list[UUID]:
    gate = house.gate_of(house.handler, seeing.list_requests)
    return [request.uid for request in gate.run(seeing.list_requests, None).value]
