import pytest

from search.index import Clause, Filter, Row, row_id
from tests.search.support import row


def test_row_ids_descend_from_the_newest_item_and_its_last_page() -> None:
    assert row_id(2, 0) > row_id(1, 2**20 - 1) > row_id(1, 0) == 2**20


@pytest.mark.parametrize(
    ("number", "slot"), [(row_id(1, 1), 2), (row_id(2, 1), 1), (row_id(1, 2**20), 2**20)]
)
def test_a_row_whose_id_is_not_its_item_and_slot_cannot_be_made(number: int, slot: int) -> None:
    with pytest.raises(ValueError, match="slot"):
        Row(number, 1, slot, "", "", 2, 1, "archived", 1, None, None, "claim", None, None)


def test_one_of_the_named_items_volumes_or_batches_is_enough() -> None:
    clause = Clause(max_tier=3, item_ids=frozenset({1}), volume_ids=frozenset({2}), batch_ids=frozenset({3}))
    assert clause.covers(row(1, batch_id=9))
    assert clause.covers(row(8, batch_id=9, volume_id=2))
    assert clause.covers(row(8, batch_id=3))
    assert not clause.covers(row(8, batch_id=9))


def test_unit_and_state_must_hold_beside_the_name() -> None:
    clause = Clause(
        max_tier=3, unit_ids=frozenset({1}), states=frozenset({"archived"}), item_ids=frozenset({1})
    )
    assert clause.covers(row(1))
    assert not clause.covers(row(1, unit_id=2))
    assert not clause.covers(row(1, state="draft"))
    assert not clause.covers(row(2))


def test_a_tier_above_the_highest_is_not_covered() -> None:
    assert Clause(max_tier=3).covers(row(1, tier=3))
    assert not Clause(max_tier=3).covers(row(1, tier=4))


def test_one_clause_is_enough_and_none_covers_nothing() -> None:
    low, named = Clause(max_tier=1), Clause(max_tier=5, item_ids=frozenset({7}))
    assert Filter((low, named)).covers(row(7, tier=5))
    assert not Filter((low, named)).covers(row(8, tier=5))
    assert not Filter(()).covers(row(7, tier=1))


def test_an_item_without_a_volume_is_in_no_named_volume() -> None:
    assert not Clause(max_tier=5, volume_ids=frozenset({1})).covers(row(1, volume_id=None))
