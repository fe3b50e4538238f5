"""What a loan does, apart from its pages."""

import pytest

from archive.accounts.operations import close_account
from archive.core.errors import Conflict
from archive.desks.loans import operations as loans
from tests.cast import House


def test_nothing_is_lent_to_an_account_that_was_closed_meanwhile(house: House) -> None:
    request = house.ask_for(house.archived_item(tier=3), to=house.handler)
    house.gate_of(house.administrator, close_account).run(close_account, house.handler.uid)
    verdict = loans.Verdict(granted=True, opinion="yes", revision=1)

    with pytest.raises(Conflict):
        house.gate_of(house.supervisor, loans.decide).run(loans.decide, request, verdict)
