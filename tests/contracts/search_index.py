"""What every adapter of `search.index.Index` promises, one function a rule.

Each takes an empty index. An adapter passes when all of `RULES` hold on it.
"""

import random
from collections.abc import Callable, Sequence
from itertools import count as counting
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from search.index import Clause, Count, Filter, Found, Index, Row, row_id
from search.query import parse
from tests.contracts.search_index_filling import corpus, fill, found
from tests.contracts.search_index_narrowing import NARROWING
from tests.contracts.search_index_writing import WRITING
from tests.search.scan import normal, row_matches
from tests.search.support import EVERYTHING, row

NOTHING = Filter(())
TIERS = st.integers(1, 5)
SMALL = st.integers(1, 3)
STATES = st.sampled_from(["draft", "archived", "sealed"])


def some_phrase(chance: random.Random, texts: Sequence[str], longest: int = 14) -> str:
    """A quoted stretch of a page, cut anywhere; now and then of two pages, so that none may hold it."""
    text = normal(chance.choice(texts))
    if chance.random() < 0.15:
        text = text[-4:] + normal(chance.choice(texts))[:4]
    start = chance.randrange(len(text) - 2)
    stretch = text[start : start + chance.randint(2, longest)]
    return f'"{stretch.replace(" ", chance.choice("，-。"))}"'


def rows_are_found_by_words_of_either_script(index: Index) -> None:
    fill(index, [row(7, 0, about="理賠申請 張偉"), row(7, 1, about="張偉", body="患者張偉因高血\n壓入院")])
    assert found(index, "张伟") == [row_id(7, 1), row_id(7, 0)]
    assert found(index, "張偉 高血压") == [row_id(7, 1)]
    assert found(index, "糖尿病") == []


def phrases_equal_a_scan_of_the_folded_text(index: Index) -> None:
    rows = fill(index, corpus(seed=11))
    chance = random.Random(12)
    texts = [each.body for each in rows]
    hits = 0
    for _ in range(500):
        query = parse(some_phrase(chance, texts))
        assert query.tree
        expected = {each.row_id for each in rows if row_matches(query.tree, each)}
        assert set(found(index, query)) == expected, query
        hits += bool(expected)
    assert hits > 300


def combinations_equal_a_scan(index: Index) -> None:
    rows = fill(index, corpus(seed=21))
    chance = random.Random(22)
    texts = [each.body for each in rows]
    hits = 0
    for _ in range(300):
        first, second, third = (some_phrase(chance, texts, longest=3) for _ in range(3))
        number = chance.choice(
            ["0745", "2024", "12345", "0088", "074514", "3500", "2024-*", "p2*", "b*", "患"]
        )
        shape = chance.choice(
            [
                "{0} {1}",
                "{0} OR {1}",
                "{0} -{1}",
                "{0} {1} OR {2}",
                "{0} | {3} -{1} -{2}",
                "{3}",
                "{0} {3}",
                "{3} -{0}",
            ]
        )
        query = parse(shape.format(first, second, third, number))
        assert query.tree
        expected = sorted((each.row_id for each in rows if row_matches(query.tree, each)), reverse=True)
        assert found(index, query) == expected, query
        hits += bool(expected)
    assert hits > 150


def a_phrase_never_crosses_from_about_into_body(index: Index) -> None:
    fill(index, [row(1, about="高血", body="压三年")])
    assert found(index, "高血压") == []
    assert found(index, "高血 压三年") == [row_id(1, 1)]


def what_was_described_finds_the_item_and_none_of_its_pages(index: Index) -> None:
    about = "張偉 CLM2024-0012345678"
    fill(index, [row(1, 0, about=about), *(row(1, slot, about=about, body="骨折") for slot in (1, 2))])
    for asked in ("张伟", "CLM2024-0012345678", "12345", "张伟 -腰椎", "张伟 OR 腰椎", "张*"):
        assert found(index, asked) == [row_id(1, 0)], asked


def a_described_name_and_a_word_of_the_page_meet_on_that_page(index: Index) -> None:
    pages = [row(1, 1, about="张伟", body="骨折"), row(1, 2, about="张伟", body="高血压 20240315")]
    fill(index, [row(1, 0, about="张伟"), *pages])
    for asked in ("张伟 高血压", "张伟 2403", "高血压 OR 腰椎"):
        assert found(index, asked) == [row_id(1, 2)], asked
    assert found(index, "张伟 OR 高血压") == [row_id(1, 2), row_id(1, 0)]
    assert found(index, "骨折 -张伟") == []


def the_mark_of_an_item_is_not_found(index: Index) -> None:
    fill(index, [row(1, 0, about="张伟"), row(1, 1, body="| 张伟 |")])
    assert found(index, '"|"') == []


def digits_are_found_within_longer_numbers_but_not_across_two(index: Index) -> None:
    numbers = "CLM2024-0012345678"
    fill(index, [row(1, 0, about=numbers), row(1, about=numbers, body="110101199003074514")])
    fill(index, [row(2, body="10000 00012")])
    assert found(index, "074514") == [row_id(1, 1)]
    assert found(index, "2345") == [row_id(1, 0)]
    assert found(index, "0001") == [row_id(2, 1)]
    assert found(index, "10000012") == []


def words_match_whole_unless_a_star_leaves_them_open(index: Index) -> None:
    fill(index, [row(1, body="CLM2024-0012345678 hospitals")])
    assert found(index, "hospital") == []
    assert found(index, "hospital*") == [row_id(1, 1)]
    assert found(index, "CLM2024-0012") == []
    assert found(index, "CLM2024-0012*") == [row_id(1, 1)]


def an_empty_query_finds_nothing(index: Index) -> None:
    fill(index, [row(1, body="张伟")])
    for text in ("", "。", "-张伟"):
        assert index.find(parse(text), EVERYTHING, EVERYTHING, restricted=True, limit=9) == Found(
            (), more=False
        )
        assert index.count(parse(text), EVERYTHING, EVERYTHING, restricted=True) == Count(0, capped=False)


def whatever_is_typed_is_answered(index: Index) -> None:
    fill(index, [row(1, body="张伟 b12")])

    @settings(max_examples=60, deadline=None)
    @given(st.text(st.characters(exclude_categories=()), max_size=60) | st.text("\"'*-|:^{}()+ORNT张伟b1"))
    def answer(text: str) -> None:
        index.find(parse(text), EVERYTHING, EVERYTHING, restricted=True, limit=5)

    answer()
    index.find(parse("张伟 " * 5000), EVERYTHING, EVERYTHING, restricted=True, limit=5)
    index.find(parse('"' + "张伟b" * 3000), EVERYTHING, EVERYTHING, restricted=True, limit=5)
    index.find(
        parse(" ".join(f"张{n}|伟{n}" for n in range(500))), EVERYTHING, EVERYTHING, restricted=True, limit=5
    )


def a_filter_lets_through_what_it_covers(index: Index) -> None:
    revision = counting(1)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(attributes(), max_size=8), filters(), filters())
    def holds(drawn: list[dict[str, Any]], items: Filter, pages: Filter) -> None:
        version = next(revision)
        for item_id in range(1, 5):
            index.remove(item_id, version)
        rows = [named(1 + place // 2, place % 2, **given) for place, given in enumerate(drawn)]
        fill(index, rows, version)
        covered = [each for each in rows if (pages if each.slot else items).covers(each)]
        expected = sorted((each.row_id for each in covered), reverse=True)
        assert found(index, "张伟", items, pages) == expected
        assert index.count(parse("张伟"), items, pages, restricted=True).number == len(expected)
        unrestricted = index.find(parse("张伟"), items, pages, restricted=False, limit=99).hits
        assert {hit.row_id for hit in unrestricted} == {each.row_id for each in covered if each.tier < 5}

    holds()


def named(item_id: int, slot: int, **given: Any) -> Row:
    """An item that is described so, or a page that says so."""
    return row(item_id, slot, about="" if slot else "张伟", body="张伟" if slot else "", **given)


def attributes() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"tier": TIERS, "unit_id": SMALL, "state": STATES, "batch_id": SMALL, "volume_id": st.none() | SMALL}
    )


def filters() -> st.SearchStrategy[Filter]:
    ids = st.none() | st.frozensets(SMALL, max_size=2)
    clause = st.builds(
        Clause,
        max_tier=TIERS,
        unit_ids=ids,
        states=st.none() | st.frozensets(STATES, max_size=2),
        item_ids=ids,
        volume_ids=ids,
        batch_ids=ids,
    )
    return st.builds(Filter, st.lists(clause, max_size=3).map(tuple))


def a_filter_without_clauses_and_an_empty_set_find_nothing(index: Index) -> None:
    fill(index, [row(1, 0, about="张伟"), row(1, 1, body="张伟")])
    none_named = Filter((Clause(max_tier=5, item_ids=frozenset()),))
    assert found(index, "张伟", NOTHING, NOTHING) == []
    assert found(index, "张伟", none_named, none_named) == []
    assert found(index, "张伟", EVERYTHING, NOTHING) == [row_id(1, 0)]
    assert found(index, "张伟", NOTHING, EVERYTHING) == [row_id(1, 1)]


def thousands_of_named_items_fit_into_a_filter(index: Index) -> None:
    fill(index, [row(77_777, body="张伟"), row(9, body="张伟")])
    named = Filter((Clause(max_tier=5, item_ids=frozenset(range(1000, 80_000))),))
    assert found(index, "张伟", named, named) == [row_id(77_777, 1)]


def tier_five_is_found_only_where_the_restricted_index_is_asked(index: Index) -> None:
    fill(index, [row(1, body="张伟", tier=5), row(2, body="张伟", tier=4)])
    asked = parse("张伟")
    open_hits = index.find(asked, EVERYTHING, EVERYTHING, restricted=False, limit=9).hits
    assert [hit.item_id for hit in open_hits] == [2]
    assert index.count(asked, EVERYTHING, EVERYTHING, restricted=False).number == 1
    assert index.count(asked, EVERYTHING, EVERYTHING, restricted=True).number == 2


def an_item_moves_whole_when_its_tier_changes(index: Index) -> None:
    asked = parse("张伟")
    for version, tier in enumerate((2, 5, 3), start=1):
        index.put(1, [row(1, slot, body="张伟", tier=tier) for slot in (1, 2)], version)
        open_hits = index.find(asked, EVERYTHING, EVERYTHING, restricted=False, limit=9).hits
        assert len(open_hits) == (0 if tier == 5 else 2)
        assert found(index, "张伟") == [row_id(1, 2), row_id(1, 1)]


def newest_comes_first_across_both_indexes_page_by_page(index: Index) -> None:
    rows = fill(index, [row(item, body="张伟", tier=2 + 3 * (item % 3 == 0)) for item in range(1, 24)])
    seen: list[int] = []
    before, more = None, True
    while more:
        answer = index.find(parse("张伟"), EVERYTHING, EVERYTHING, restricted=True, limit=5, before=before)
        seen += [hit.row_id for hit in answer.hits]
        before, more = seen[-1], answer.more
    assert seen == sorted((each.row_id for each in rows), reverse=True)


def a_hit_names_its_item_and_slot(index: Index) -> None:
    fill(index, [row(123_456_789, 40, body="张伟")])
    [hit] = index.find(parse("张伟"), EVERYTHING, EVERYTHING, restricted=False, limit=9).hits
    assert (hit.row_id, hit.item_id, hit.slot) == (row_id(123_456_789, 40), 123_456_789, 40)


def any_number_may_stand_as_before(index: Index) -> None:
    fill(index, [row(1, body="张伟")])
    for before, number in ((10**30, 1), (-(10**30), 0), (0, 0)):
        hits = index.find(parse("张伟"), EVERYTHING, EVERYTHING, restricted=True, limit=9, before=before).hits
        assert len(hits) == number


def counts_stop_at_the_cap(index: Index) -> None:
    fill(index, [row(item, body="张伟", tier=2 + 3 * (item % 2)) for item in range(1, 8)])
    asked = parse("张伟")
    assert index.count(asked, EVERYTHING, EVERYTHING, restricted=True, cap=7) == Count(7, capped=False)
    assert index.count(asked, EVERYTHING, EVERYTHING, restricted=True, cap=6) == Count(6, capped=True)
    assert index.count(asked, EVERYTHING, EVERYTHING, restricted=False, cap=2) == Count(2, capped=True)


RULES: tuple[Callable[[Index], None], ...] = (
    rows_are_found_by_words_of_either_script,
    phrases_equal_a_scan_of_the_folded_text,
    combinations_equal_a_scan,
    a_phrase_never_crosses_from_about_into_body,
    what_was_described_finds_the_item_and_none_of_its_pages,
    a_described_name_and_a_word_of_the_page_meet_on_that_page,
    the_mark_of_an_item_is_not_found,
    digits_are_found_within_longer_numbers_but_not_across_two,
    words_match_whole_unless_a_star_leaves_them_open,
    an_empty_query_finds_nothing,
    whatever_is_typed_is_answered,
    a_filter_lets_through_what_it_covers,
    a_filter_without_clauses_and_an_empty_set_find_nothing,
    thousands_of_named_items_fit_into_a_filter,
    tier_five_is_found_only_where_the_restricted_index_is_asked,
    an_item_moves_whole_when_its_tier_changes,
    newest_comes_first_across_both_indexes_page_by_page,
    a_hit_names_its_item_and_slot,
    any_number_may_stand_as_before,
    counts_stop_at_the_cap,
    *NARROWING,
    *WRITING,
)
