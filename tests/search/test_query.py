import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.query import And, Leaf, Not, Note, Number, Or, Phrase, Prefix, parse

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = st.lists(
    st.sampled_from(
        [
            '"',
            "“",
            "”",
            "「",
            "*",
            "-",
            "－",
            "|",
            "OR",
            "或",
            "NOT",
            "非",
            "AND",
            " ",
            "(",
            ")",
            "张伟",
            "b12",
            "4514",
            "，",
            "\x00",
            "\ud83d",
            "🙂",
        ]
    )
).map("".join)


def parts(text: str) -> tuple[Leaf | Or | Not, ...]:
    tree = parse(text).tree
    assert tree
    return tree.parts


def test_words_are_joined_by_and() -> None:
    assert parts("张伟 高血压") == (Phrase("张伟"), Phrase("高血压"))


def test_the_script_that_was_typed_makes_no_difference() -> None:
    assert parse("張偉 高血壓") == parse("张伟 高血压")


def test_an_ideographic_space_parts_words() -> None:
    assert parts("张伟　骨折") == (Phrase("张伟"), Phrase("骨折"))


@pytest.mark.parametrize(
    "text", ['"腰椎 骨折"', "“腰椎 骨折”", "「腰椎 骨折」", '"腰椎 骨折', "＂腰椎\n骨折＂"]
)
def test_quotation_marks_of_any_kind_hold_a_phrase_together_even_unclosed(text: str) -> None:
    assert parts(text) == (Phrase("腰椎骨折"),)


@pytest.mark.parametrize(
    "text", ["甲乙 OR 丙丁", "甲乙 或 丙丁", "甲乙|丙丁", "甲乙 ｜ 丙丁", "甲乙 ＯＲ 丙丁"]
)
def test_or_has_three_spellings(text: str) -> None:
    assert parts(text) == (Or((Phrase("甲乙"), Phrase("丙丁"))),)


def test_or_binds_tighter_than_the_and_between_words() -> None:
    assert parts("张伟 骨折 OR 扭伤") == (Phrase("张伟"), Or((Phrase("骨折"), Phrase("扭伤"))))


@pytest.mark.parametrize(
    "text", ["张伟 -骨折", "张伟 NOT 骨折", "张伟 非 骨折", "张伟 －骨折", '张伟 -"骨折"']
)
def test_not_has_three_spellings(text: str) -> None:
    assert parts(text) == (Phrase("张伟"), Not(Phrase("骨折")))


@pytest.mark.parametrize("word", ["或者", "非典", "NOTE", "or", "CLM-2024"])
def test_an_operator_within_a_word_is_no_operator(word: str) -> None:
    assert len(parts(word)) == 1
    assert isinstance(parts(word)[0], Phrase)


def test_a_trailing_star_leaves_the_last_word_open() -> None:
    assert parts("CLM2024-0012*") == (Prefix("clm2024 0012"),)
    assert parts('"ward 7"*') == (Prefix("ward 7"),)


def test_a_star_after_cjk_characters_says_nothing_new() -> None:
    assert parts("高血压*") == parts("高血压")


def test_a_single_last_character_is_a_prefix() -> None:
    assert parts("伟") == (Prefix("伟"),)
    assert parts("2024年") == (Prefix("2024 年"),)


def test_four_digits_are_part_of_a_number_unless_quoted() -> None:
    assert parts("０７４５１４") == (Number("074514"),)
    assert parts('"074514"') == (Phrase("074514"),)
    assert parts("074") == (Phrase("074"),)


@pytest.mark.parametrize("text", ["", " \n\t", "，。！", '""', "OR", "- | *", "🙂", "\ud800", "\x00"])
def test_a_query_without_words_is_empty_and_says_so(text: str) -> None:
    query = parse(text)
    assert query.is_empty
    assert query.notes == (Note.NOTHING_ASKED,)


@pytest.mark.parametrize("text", ["-张伟", "NOT 张伟 -骨折", "-张伟 | -骨折"])
def test_exclusions_alone_find_nothing_and_the_query_says_so(text: str) -> None:
    query = parse(text)
    assert query.is_empty
    assert Note.ONLY_EXCLUSIONS in query.notes


def test_an_exclusion_within_a_choice_is_left_out_and_the_query_says_so() -> None:
    query = parse("张伟 OR -骨折")
    assert query.tree == And((Phrase("张伟"),))
    assert query.notes == (Note.EXCLUSION_IN_CHOICE,)


def test_a_tree_of_exclusions_cannot_be_made() -> None:
    with pytest.raises(ValueError):
        And((Not(Phrase("张伟")),))


def test_an_overlong_query_is_cut_and_says_so() -> None:
    assert parse("骨折" * 5000).notes == (Note.CUT,)
    assert parse(" ".join(f"w{n}" for n in range(100))).notes == (Note.CUT,)


def test_wanted_terms_leave_exclusions_out() -> None:
    assert parse("张伟 骨折|扭伤 -青霉素 张伟").wanted == (Phrase("张伟"), Phrase("骨折"), Phrase("扭伤"))


@settings(deadline=None)
@given(ANY_TEXT | PIECES)
@example('"' * 10_000)
@example("-" * 10_000)
@example("'; DROP TABLE item; --")
@example('body : NEAR("a" "b", 5) ^ {about} + *')
def test_no_text_makes_parse_raise(text: str) -> None:
    query = parse(text)
    assert query.is_empty == (not query.wanted)
    assert query.tree or query.notes
