"""Rights that move between a read's snapshot and its entry: everything is found and decided again."""

from collections.abc import Callable
from uuid import UUID

import pytest

from archive.accounts.operations import close_account
from archive.core.errors import NotFound, Refused, SignInNeeded
from archive.desks.finding import operations as finding
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from search.query import parse
from tests.cast import House, Made
from tests.gate.watching import after_the_snapshot


@pytest.fixture
def lent(house: House) -> tuple[Made, UUID]:
    item = house.archived_item(tier=3, texts=["医疗费用"])
    return item, house.lend(item, to=house.handler)


def reads(house: House, item: Made) -> Callable[[], object]:
    gate = house.gate_of(house.handler, show_page)
    return lambda: gate.run(show_page, PageAddress(item.uid, 1))


def raise_tier(house: House, item: Made, tier: int) -> None:
    assert item.volume is not None
    house.describe(item, volume=item.volume, tier=tier)


def test_a_loan_that_is_given_back_meanwhile_shows_no_page(house: House, lent: tuple[Made, UUID]) -> None:
    item, loan = lent
    step = lambda: house.give_back(loan, by=house.handler)  # noqa: E731 - what happens in between, named
    with after_the_snapshot(house, step) as taken, pytest.raises(Refused) as refused:
        reads(house, item)()
    assert taken
    assert refused.value.rule == "R_NOLOAN"
    entry = house.log()[-1]
    assert (entry.outcome, entry.grant, entry.objects) == ("denied", None, ())


def test_a_tier_that_is_raised_meanwhile_hides_the_item(house: House) -> None:
    item = house.archived_item(tier=3)
    gate = house.gate_of(house.handler, holdings.show_item)
    with after_the_snapshot(house, lambda: raise_tier(house, item, 4)), pytest.raises(NotFound):
        gate.run(holdings.show_item, item.uid)
    assert house.log()[-1].outcome == "denied"


def test_a_tier_that_is_raised_meanwhile_takes_the_hit_away(house: House, lent: tuple[Made, UUID]) -> None:
    item, loan = lent
    house.give_back(loan, by=house.handler)
    gate = house.gate_of(house.handler, finding.search)
    with after_the_snapshot(house, lambda: raise_tier(house, item, 4)) as taken:
        found = gate.run(finding.search, None, finding.Search("医疗", parse("医疗")))
    assert taken
    assert found.value.items == ()
    assert house.log()[-1].objects == ()


def test_a_tier_that_is_raised_meanwhile_takes_the_line_off_the_list(house: House) -> None:
    item = house.archived_item(tier=3)
    gate = house.gate_of(house.handler, holdings.list_items)
    with after_the_snapshot(house, lambda: raise_tier(house, item, 4)):
        assert gate.run(holdings.list_items, None, 10).value == ()


def test_an_account_that_is_closed_meanwhile_reads_nothing(house: House, lent: tuple[Made, UUID]) -> None:
    item, _ = lent
    administrator = house.gate_of(house.administrator, close_account)
    with (
        after_the_snapshot(house, lambda: administrator.run(close_account, house.handler.uid)),
        pytest.raises(SignInNeeded),
    ):
        reads(house, item)()
    assert house.log()[-1].outcome == "failed: SignInNeeded"


def test_the_answer_is_of_the_moment_that_was_entered(house: House) -> None:
    """Not only the decision: what the first snapshot saw is thrown away."""
    item = house.archived_item(tier=3, title="old")
    assert item.volume is not None
    volume = item.volume
    gate = house.gate_of(house.handler, holdings.show_item)
    with after_the_snapshot(house, lambda: house.describe(item, volume=volume, title="new")):
        assert gate.run(holdings.show_item, item.uid).value.title == "new"


def test_rights_that_move_again_and_again_do_not_starve_a_read(house: House, lent: tuple[Made, UUID]) -> None:
    """The third time they are held still."""
    item, _ = lent
    other = house.archived_item(tier=1)
    before = len(house.log())
    with after_the_snapshot(house, lambda: raise_tier(house, other, 1), times=100) as taken:
        reads(house, item)()
    assert len(taken) >= 2
    shown = [entry for entry in house.log()[before:] if entry.action == "page:show"]
    assert [entry.outcome for entry in shown] == ["done"]


def test_nothing_that_moved_is_decided_once(house: House, lent: tuple[Made, UUID]) -> None:
    item, _ = lent
    ended: list[int] = []
    with after_the_snapshot(house, lambda: ended.append(1), times=100):
        reads(house, item)()
    assert ended == [1]
