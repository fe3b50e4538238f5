"""What every adapter of `search.index.Index` promises of what the asker narrows to, one function a rule."""

import random
from collections.abc import Callable

from search.index import Index, Only, row_id
from search.query import parse
from tests.contracts.search_index_filling import fill
from tests.search.support import EVERYTHING, row


def narrowed(index: Index, only: Only, before: int | None = None) -> list[int]:
    found = index.find(
        parse("骨折"), EVERYTHING, EVERYTHING, restricted=True, limit=1000, before=before, only=only
    )
    return [hit.row_id for hit in found.hits]


def narrowing_equals_what_it_covers(index: Index) -> None:
    chance = random.Random(5)
    rows = fill(
        index,
        [
            row(
                item,
                slot,
                body="骨折",
                tier=item % 5 + 1,
                unit_id=item % 3,
                series_id=item % 4 or None,
                doc_type=f"type{item % 2}",
                year=2020 + item % 3 if item % 7 else None,
            )
            for item in range(1, 40)
            for slot in (1, 2)
        ],
    )

    def some(values: list[int]) -> frozenset[int] | None:
        return frozenset(chance.sample(values, chance.randint(0, 2))) if chance.random() < 0.5 else None

    for _ in range(60):
        only = Only(
            item_id=chance.choice([None, None, 3, 99]),
            series_ids=some([1, 2, 3]),
            doc_types=chance.choice([None, frozenset({"type1"})]),
            years=some([2020, 2021, 2022]),
            unit_ids=some([0, 1, 2]),
            tiers=some([1, 2, 3, 4, 5]),
        )
        expected = sorted((each.row_id for each in rows if only.covers(each)), reverse=True)
        assert narrowed(index, only) == expected, only


def one_item_is_searched_below_a_row_as_well(index: Index) -> None:
    fill(index, [row(item, slot, body="骨折") for item in (1, 2, 3) for slot in (1, 2, 3)])
    assert narrowed(index, Only(item_id=2)) == [row_id(2, slot) for slot in (3, 2, 1)]
    assert narrowed(index, Only(item_id=2), before=row_id(2, 3)) == [row_id(2, 2), row_id(2, 1)]
    assert narrowed(index, Only(item_id=2), before=row_id(1, 3)) == []


NARROWING: tuple[Callable[[Index], None], ...] = (
    narrowing_equals_what_it_covers,
    one_item_is_searched_below_a_row_as_well,
)
