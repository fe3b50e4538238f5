import random

import pytest

from search.analysis import fold, normal_text
from search.highlight import snippets, spans
from search.query import Number, parse
from tests.search.scan import column_matches, normal
from tests.search.support import pages

PAGE = "入院記錄\n患者張偉，男，ＩＤ：110101199003074514，因高血\n壓病史三年入院。維生素B12 5 ㎎ 每日一次。"


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in spans(text, parse(query))]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("张伟", ["張偉"]),
        ("高血压", ["高血\n壓"]),
        ("id", ["ＩＤ"]),
        ("4514", ["4514"]),
        ("维生素b12", ["維生素B12"]),
        ("mg", ["㎎"]),
        ("男，ID", ["男，ＩＤ"]),
        ("b1*", ["B1"]),
        ("b1", []),
        ("张伟 高血压 -骨折", ["張偉", "高血\n壓"]),
        ("骨折|三年", ["三年"]),
        ("入院", ["入院", "入院"]),
        ("", []),
    ],
)
def test_spans_are_those_of_the_original_characters(query: str, hits: list[str]) -> None:
    assert marked(PAGE, query) == hits


def test_excluded_terms_are_not_marked() -> None:
    assert marked("张伟 骨折", "张伟 -骨折") == ["张伟"]


def test_a_gloss_lies_within_the_span() -> None:
    assert marked("無權(quán)限者", "权限") == ["權(quán)限"]


def test_hits_that_overlap_are_one_span_and_neighbours_are_two() -> None:
    assert marked("人人人", "人人") == ["人人人"]
    assert marked("000000", "0000") == ["000000"]
    assert marked("张伟李强", "张伟 李强") == ["张伟", "李强"]


def test_every_stretch_of_a_page_is_marked_where_it_stands() -> None:
    chance = random.Random(41)
    for text in pages(100, seed=42):
        whole = normal(text)
        start = chance.randrange(len(whole) - 8)
        stretch = whole[start : start + 8]
        query = parse('"' + stretch.replace(" ", "，") + '"')
        [leaf] = query.wanted
        assert not isinstance(leaf, Number)
        found = spans(text, query)
        assert bool(found) == column_matches(leaf, whole)
        assert all(leaf.text in fold_of(text[begin:end]) for begin, end in found)


def fold_of(text: str) -> str:
    return normal_text(fold(text))


def test_a_snippet_is_in_the_script_of_the_page_with_its_marks_and_its_place() -> None:
    [snippet] = snippets(PAGE, parse("高血压"), width=12)
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["高血 壓"]
    assert snippet.text == PAGE[snippet.start : snippet.start + len(snippet.text)].replace("\n", " ")
    assert len(snippet.text) == 12


def test_hits_near_each_other_share_a_snippet() -> None:
    [snippet] = snippets(PAGE, parse("张伟 男"), width=30)
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["張偉", "男"]


def test_snippets_with_more_of_the_terms_go_first_and_stand_in_the_order_of_the_text() -> None:
    text = "甲乙" + "。" * 50 + "甲乙" + "。" * 50 + "甲乙丙丁" + "。" * 50 + "甲乙"
    chosen = snippets(text, parse("甲乙 丙丁"), width=10, most=2)
    assert [len(snippet.marks) for snippet in chosen] == [1, 2]
    assert chosen[0].start < chosen[1].start


def test_snippets_do_not_overlap_and_are_never_more_than_asked() -> None:
    chosen = snippets("骨折，腰椎。" * 200, parse("骨折 腰椎"), width=40, most=3)
    assert len(chosen) == 3
    ends = [snippet.start + len(snippet.text) for snippet in chosen]
    assert all(end <= after.start for end, after in zip(ends, chosen[1:], strict=False))


def test_a_hit_longer_than_the_width_is_shown_whole() -> None:
    [snippet] = snippets("。" * 30 + "维生素" * 10, parse("维生素" * 10), width=10)
    assert snippet.marks == ((0, 30),)


@pytest.mark.parametrize(("text", "query"), [("", "张伟"), ("张伟", ""), ("张伟", "骨折")])
def test_without_a_hit_there_is_no_snippet(text: str, query: str) -> None:
    assert snippets(text, parse(query)) == []
