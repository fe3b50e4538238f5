"""People read Chinese: every sentence that accounts, holdings, desks and the web can say to them has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.core import errors
from archive.web.sentences import SENTENCES, in_words
from archive.web.texts import shown

ARCHIVE = Path(archive.__file__).parent
TOLD = {
    "Invalid",
    "Conflict",
    "Stale",
    "SignInRefused",
    "Refused",
    "TooLarge",
    "UploadCut",
    "TooManyAttempts",
    "ForgedForm",
}


def said(path: Path) -> Iterator[str]:
    """Every sentence with which an error of the family is made here; ``{}`` stands for what is put in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TOLD:
            for argument in node.args[-2:]:
                if isinstance(argument, ast.Constant | ast.JoinedStr) and (text := skeleton(argument)).count(
                    " "
                ):
                    yield text


def skeleton(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


@pytest.mark.parametrize("part", ["accounts", "holdings", "desks", "web"])
def test_every_sentence_has_its_words(part: str) -> None:
    spoken = {(path.name, text) for path in (ARCHIVE / part).rglob("*.py") for text in said(path)}
    assert spoken
    assert sorted(text for _, text in spoken if text not in SENTENCES) == []


def test_the_words_have_as_many_gaps_as_the_sentence() -> None:
    assert all(shown.count("{}") <= sentence.count("{}") for sentence, shown in SENTENCES.items())


def test_what_stands_in_the_gaps_is_kept() -> None:
    assert in_words("A password has 12 to 128 characters.") == "密码须为 12 至 128 个字符。"


def test_a_sentence_without_words_is_shown_by_its_code() -> None:
    assert shown(errors.Conflict("Something rare.", "Do something rare.")) == (
        "目前的状态不能进行此操作。",
        "请刷新页面，查看最新状态。",
    )


def test_a_refusal_without_words_is_shown_by_its_reason() -> None:
    assert (
        shown(errors.Refused("R_SOD", "Something rare.", "Rare."))[0] == "您本人参与了此事项，须由他人决定。"
    )


def test_the_more_telling_pattern_wins() -> None:
    assert in_words("The field year is empty.") == "年度 未填写。"
