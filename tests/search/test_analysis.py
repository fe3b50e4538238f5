import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import analysis
from search.analysis import (
    Folded,
    body_tokens,
    code_tokens,
    fold,
    normal_text,
    phrase_tokens,
    runs,
)
from tests.search.scan import normal
from tests.search.support import SENTENCES, pages

ANY_TEXT = st.text(st.characters(exclude_categories=()))
CROWDED = st.text(st.sampled_from("權权限張伟(（)）quánzhāngü\u0301\u200b㎎㈱ｱﾞé\n ，12bＩ\ud800"))
WORKED = "患者張偉，ＩＤ：110101199003074514，CLM2024-0012345678 維生素B12 ㎎ 臺灣"


def phrase(text: str) -> list[str]:
    return phrase_tokens(normal_text(fold(text)))


def test_worked_example_folds() -> None:
    assert fold(WORKED).text == "患者张伟,id:110101199003074514,clm2024-0012345678 维生素b12 mg 台湾"


def test_worked_example_makes_bigrams_closed_by_the_last_character_of_each_run() -> None:
    expected = "患者 者张 张伟 伟 id 110101199003074514 clm2024 0012345678 维生 生素 素 b12 mg 台湾 湾"
    assert body_tokens(fold(WORKED)) == expected.split()


def test_worked_example_makes_trigrams_of_words_that_hold_digits() -> None:
    tokens = " ".join(code_tokens(fold(WORKED)))
    assert tokens.startswith("110 101 010 101 011 119 199 ")
    assert tokens.endswith("514 | clm lm2 m20 202 024 | 001 012 123 234 345 456 567 678 |")


def test_a_line_end_within_a_run_vanishes_and_a_comma_does_not() -> None:
    folded = fold("高血\n压，㈱三年")
    assert folded == Folded("高血\n压,(株)三年", (0, 1, 2, 3, 4, 5, 5, 5, 6, 7))
    assert body_tokens(folded) == ["高血", "血压", "压", "株", "三年", "年"]


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("高血壓", "高血 血压"),
        ("血压，三年", "血压 压 三年"),
        ("血压三年", "血压 压三 三年"),
        ("维生素b12", "维生 生素 素 b12"),
        ("伟", "伟"),
        ("CLM2024-0012", "clm2024 0012"),
    ],
)
def test_worked_phrase_queries(query: str, tokens: str) -> None:
    assert phrase(query) == tokens.split()


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Ménière", "meniere"),
        ("e\u0301", "e"),
        ("㎎", "mg"),
        ("㈱", "(株)"),
        ("著衞敍覆瞭藉甦鍾锺簷", "着卫叙复了借苏钟钟檐"),
        ("裏妳氣薬図竜", "里你气药图龙"),
        ("薴苧苎", "苎苎苎"),
        ("醫\u200b院\ufeff", "医院"),
        ("\U00020000\U0002f800", "\U00020000丽"),
        ("ﷺ", "ﷺ"),
        ("一百二十", "一百二十"),
    ],
)
def test_one_character_at_a_time(original: str, folded: str) -> None:
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("權(quán)限", "权限"),
        ("權（quán）限", "权限"),
        ("张伟(Zhāng Wěi)入院", "张伟入院"),
        ("女(nǚ)", "女"),
        ("权(qua\u0301n)限", "权限"),
    ],
)
def test_a_pinyin_gloss_after_a_han_character_is_dropped(original: str, folded: str) -> None:
    assert fold(original).text == folded


@pytest.mark.parametrize(
    "kept", ["白细胞(WBC)", "五分(min)", "毫安(mA)", "梅尼埃病(Ménière)", "a(quán)", "权 (quán)"]
)
def test_other_brackets_stay(kept: str) -> None:
    assert "(" in fold(kept).text


def test_a_dropped_gloss_lies_inside_the_original_span() -> None:
    assert fold("有權(quán)限者").original_span(1, 3) == (1, 9)


def test_a_span_of_half_an_expansion_is_the_whole_original_character() -> None:
    assert fold("5㎎x").original_span(1, 2) == (1, 2)


@pytest.mark.parametrize(("simplified", "traditional"), SENTENCES[:15])
def test_both_scripts_fold_to_the_same_text(simplified: str, traditional: str) -> None:
    assert fold(traditional.replace("身分", "身份")).text == fold(simplified).text


@settings(deadline=None)
@given(ANY_TEXT | CROWDED)
def test_offsets_lead_each_folded_character_to_one_that_folds_to_it(text: str) -> None:
    folded = fold(text)
    offsets = folded.offsets if folded.offsets is not None else tuple(range(len(text)))
    assert len(offsets) == len(folded.text)
    assert list(offsets) == sorted(offsets)
    assert all(char in fold(text[place]).text for char, place in zip(folded.text, offsets, strict=True))


@settings(deadline=None)
@given(ANY_TEXT | CROWDED)
def test_folded_text_folds_to_itself(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@settings(deadline=None)
@given(ANY_TEXT | CROWDED)
def test_run_places_point_at_the_characters_of_the_run(text: str) -> None:
    folded = fold(text)
    assert all("".join(folded.text[place] for place in run.places) == run.text for run in runs(folded))


def test_normal_text_is_what_a_plain_loop_over_the_characters_gives() -> None:
    for text in pages(50, seed=1):
        assert normal_text(fold(text)) == normal(text)


@settings(deadline=None)
@given(ANY_TEXT | CROWDED)
def test_tokens_hold_nothing_that_a_query_language_could_read(text: str) -> None:
    folded = fold(text)
    tokens = body_tokens(folded) + [token for token in code_tokens(folded) if token != "|"]
    for token in tokens:
        assert re.fullmatch(r"[0-9a-z]+", token) or not re.search(r"[\x00-\x7f\ud800-\udfff]", token)


def test_a_word_is_cut_at_64_characters() -> None:
    assert body_tokens(fold("x" * 200)) == ["x" * 64]


def test_the_fold_version_changes_with_a_single_character(monkeypatch: pytest.MonkeyPatch) -> None:
    before = analysis._fold_version()
    monkeypatch.setattr(analysis, "_TABLE", dict(analysis._TABLE) | {ord("醫"): "毉"})
    assert before == analysis.FOLD_VERSION
    assert analysis._fold_version() != before
