"""What a loan does, apart from its pages."""

import pytest

from archive.accounts.operations import close_account
from archive.core.errors import Conflict, NotFound
from archive.desks.loans import operations as loans
from archive.desks.reading_room.operations import PageAddress, show_page
from tests.cast import House


def test_nothing_is_lent_to_an_account_that_was_closed_meanwhile(house: House) -> None:
    request = house.ask_for(house.archived_item(tier=3), to=house.handler)
    house.gate_of(house.administrator, close_account).run(close_account, house.handler.uid)
    verdict = loans.Verdict(granted=True, opinion="yes", revision=1)

    with pytest.raises(Conflict):
        house.gate_of(house.supervisor, loans.decide).run(loans.decide, request, verdict)


def test_a_loan_ends_for_an_item_that_is_raised(house: House) -> None:
    made = house.archived_item(tier=3)
    house.lend(made, to=house.handler)
    read = house.gate_of(house.handler, show_page)
    assert read.run(show_page, PageAddress(made.uid, 1)).value.number == 1

    assert made.volume is not None
    house.describe(made, volume=made.volume, tier=4)

    with pytest.raises(NotFound):
        read.run(show_page, PageAddress(made.uid, 1))
