"""What every adapter of `search.index.Index` promises of puts, removals, versions and upkeep, one function a rule."""

from collections.abc import Callable

from search.analysis import FOLD_VERSION
from search.index import Index, row_id
from tests.contracts.search_index_filling import corpus, fill, found
from tests.search.support import row


def a_put_replaces_all_rows_of_the_item_and_no_others(index: Index) -> None:
    fill(index, [row(1, 1, body="张伟"), row(1, 2, body="李强"), row(2, 1, body="张伟")])
    assert index.put(1, [row(1, 3, body="王芳")], 2)
    assert index.rows_of(1) == [row_id(1, 3)]
    assert found(index, "张伟") == [row_id(2, 1)]
    assert found(index, "李强") == []
    assert found(index, "王芳") == [row_id(1, 3)]


def a_late_older_put_changes_nothing(index: Index) -> None:
    assert index.put(1, [row(1, body="王芳")], 5)
    assert not index.put(1, [row(1, body="张伟")], 4)
    assert found(index, "王芳") == [row_id(1, 1)]
    assert found(index, "张伟") == []


def the_same_put_again_is_done_again(index: Index) -> None:
    for _ in range(2):
        assert index.put(1, [row(1, body="张伟")], 5)
    assert found(index, "张伟") == [row_id(1, 1)]


def a_removed_item_stays_out_against_older_puts_only(index: Index) -> None:
    index.put(1, [row(1, body="张伟"), row(1, 2, body="张伟", tier=5)], 3)
    index.remove(1, 4)
    assert index.rows_of(1) == []
    assert not index.put(1, [row(1, body="张伟")], 3)
    assert found(index, "张伟") == []
    assert index.put(1, [row(1, body="张伟")], 4)
    assert found(index, "张伟") == [row_id(1, 1)]


def a_late_older_remove_changes_nothing(index: Index) -> None:
    index.put(1, [row(1, body="张伟")], 5)
    index.remove(1, 4)
    assert found(index, "张伟") == [row_id(1, 1)]


def an_item_may_be_removed_before_it_was_ever_put(index: Index) -> None:
    index.remove(1, 2)
    assert not index.put(1, [row(1, body="张伟")], 1)
    assert list(index.items_indexed()) == []


def items_indexed_are_those_put_and_not_removed(index: Index) -> None:
    fill(index, [row(3, body="张伟"), row(1, body="张伟", tier=5), row(2, body="张伟")], version=7)
    index.remove(2, 8)
    assert list(index.items_indexed()) == [(1, 7), (3, 7)]


def a_row_of_another_item_is_refused_and_nothing_is_changed(index: Index) -> None:
    index.put(1, [row(1, body="张伟")], 1)
    try:
        index.put(1, [row(1, body="王芳"), row(2, body="王芳")], 2)
    except ValueError:
        assert found(index, "王芳") == []
        assert found(index, "张伟") == [row_id(1, 1)]
    else:
        raise AssertionError("the foreign row was taken")


def optimizing_changes_no_answer(index: Index) -> None:
    rows = fill(index, corpus(seed=31, number=30))
    for each in rows[:9]:
        index.remove(each.item_id, 2)
    before = found(index, "患者|骨折|的|2024*")
    index.optimize()
    assert before
    assert found(index, "患者|骨折|的|2024*") == before


def a_cleared_index_is_empty_and_still_knows_versions(index: Index) -> None:
    fill(index, [row(1, body="张伟"), row(2, body="张伟", tier=5)], version=5)
    index.clear()
    assert found(index, "张伟") == []
    assert list(index.items_indexed()) == []
    assert not index.put(1, [row(1, body="张伟")], 4)
    assert index.put(1, [row(1, body="张伟")], 5)
    assert found(index, "张伟") == [row_id(1, 1)]


def rows_are_listed_by_slices_across_both_indexes_with_the_version_of_their_item(index: Index) -> None:
    fill(index, [row(1, 0), row(1, 1, body="张伟"), row(3, 1, body="张伟")], version=4)
    fill(index, [row(2, 1, body="张伟", tier=5)], version=7)
    index.put(9, [row(9, 1, body="张伟")], 1)
    index.remove(9, 2)
    listed, after = [], 0
    while part := index.rows(after, 2):
        listed += part
        after = part[-1][0]
    assert listed == [(row_id(1, 0), 4), (row_id(1, 1), 4), (row_id(2, 1), 7), (row_id(3, 1), 4)]
    assert index.rows(row_id(1, 1), 1) == [(row_id(2, 1), 7)]


def the_index_names_the_fold_it_was_made_under(index: Index) -> None:
    assert index.versions() == FOLD_VERSION


WRITING: tuple[Callable[[Index], None], ...] = (
    a_put_replaces_all_rows_of_the_item_and_no_others,
    a_late_older_put_changes_nothing,
    the_same_put_again_is_done_again,
    a_removed_item_stays_out_against_older_puts_only,
    a_late_older_remove_changes_nothing,
    an_item_may_be_removed_before_it_was_ever_put,
    items_indexed_are_those_put_and_not_removed,
    a_row_of_another_item_is_refused_and_nothing_is_changed,
    optimizing_changes_no_answer,
    a_cleared_index_is_empty_and_still_knows_versions,
    rows_are_listed_by_slices_across_both_indexes_with_the_version_of_their_item,
    the_index_names_the_fold_it_was_made_under,
)
