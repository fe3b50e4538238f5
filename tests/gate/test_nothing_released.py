"""If the entry cannot be written, nothing happens and nothing is released."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy.exc import IntegrityError

from archive.core.errors import ArchiveError, DatabaseUnavailable
from archive.core.gate import Released
from archive.desks.intake import operations as intake
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from tests.cast import House
from tests.gate.watching import count, fill_the_disk, refuse_entries

T = TypeVar("T")


def test_a_write_whose_entry_is_refused_is_rolled_back(house: House) -> None:
    refuse_entries(house)
    before = count(house, "volume")
    with pytest.raises(IntegrityError):
        house.open_volume()
    assert count(house, "volume") == before


def test_a_read_whose_entry_is_refused_releases_nothing(house: House) -> None:
    item = house.archived_item(tier=3)
    house.lend(item, to=house.handler)
    refuse_entries(house, "done")
    released = None
    with pytest.raises(IntegrityError):
        released = house.gate_of(house.handler, show_page).run(show_page, PageAddress(item.uid, 1))
    assert released is None
    assert house.log()[-1].outcome == "failed: IntegrityError"


def test_a_refusal_that_cannot_be_entered_is_no_refusal_but_a_fault(house: House) -> None:
    """Whoever sees the usual answer may be sure that the log has it."""
    item = house.archived_item(tier=4)
    refuse_entries(house, "denied")
    with pytest.raises(IntegrityError):
        house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, item.uid)


def test_on_a_full_disk_a_write_changes_nothing_and_says_what_to_do(house: House) -> None:
    fill_the_disk(house)
    before = count(house, "deposit")
    gate = house.gate_of(house.archivist, intake.begin)
    done: list[object] = []
    new = intake.NewDeposit("x" * 200, 1, "A001")
    with pytest.raises(DatabaseUnavailable) as error:
        again_and_again(done, lambda: gate.run(intake.begin, None, new))
    assert "full" in error.value.message
    assert count(house, "deposit") == before + len(done)


def test_on_a_full_disk_a_read_releases_nothing_without_its_entry(house: House) -> None:
    fill_the_disk(house)
    gate = house.gate_of(house.handler, holdings.list_items)
    released: list[Released[tuple[holdings.ItemSeen, ...]]] = []
    with pytest.raises(DatabaseUnavailable):
        again_and_again(released, lambda: gate.run(holdings.list_items, None, 1))
    assert {entry.event for entry in house.log()} >= {one.event for one in released}


def again_and_again(results: list[T], step: Callable[[], T]) -> None:
    """Until it fails: a full page is left here and there, so the first one may still find room."""
    while len(results) < 500:
        results.append(step())


def test_after_the_trouble_the_gate_works_again(house: House) -> None:
    refuse_entries(house)
    with pytest.raises(IntegrityError):
        house.open_volume()
    house.change(lambda session: session.connection().exec_driver_sql("DROP TRIGGER broken_log"))
    house.open_volume()
    assert house.log()[-1].outcome == "done"


def test_the_error_of_the_database_repeats_no_value_that_was_bound(house: House) -> None:
    refuse_entries(house)
    with pytest.raises(IntegrityError) as error:
        house.gate_of(house.archivist, holdings.list_items).run(holdings.list_items, None, 1)
    assert str(house.archivist.uid) not in str(error.value)


def test_a_hidden_record_and_a_broken_log_do_not_tell_more_than_a_fault(house: House) -> None:
    item = house.archived_item(tier=5)
    refuse_entries(house)
    with pytest.raises(IntegrityError) as error:
        house.gate_of(house.handler, holdings.show_item).run(holdings.show_item, item.uid)
    assert not isinstance(error.value, ArchiveError)
    assert str(item.uid) not in str(error.value)
