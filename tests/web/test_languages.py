"""Pages speak three languages: what the catalogues hold, and which of them a request is answered in."""

import ast
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from babel.messages.catalog import Catalog
from opencc import OpenCC

import archive
from archive.core.errors import Conflict
from archive.web.guarded import GuardedRouter, public
from archive.web.language import TRANSLATED, Language, _, catalogue, on_paper, speaking
from archive.web.locale import collected, stored, updated, waiting
from archive.web.preferences import preferred
from archive.web.render import shown_day, shown_moment
from archive.web.texts import REASONS, shown, shown_code, shown_codes
from archive.web.words import word
from tests.web.conftest import Site

ARCHIVE = Path(archive.__file__).parent
HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
GAPS = re.compile(r"%\(\w+\)[sd]|%.|\{\w*\}|\\\d")
GETA = "〓"
"""What stands in a print for a character that no font has: shown, not said."""

OF_BOTH = set("准台游")
"""Characters that Taiwan writes as well as the mainland, though OpenCC has another for some of their meanings."""


# --- the catalogues ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_screen_is_said_in_every_language(language: Language) -> None:
    """If not: ``python -m archive.web.locale`` writes the missing ones into the catalogue and names them."""
    assert waiting(updated(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_of_a_text_that_is_gone(language: Language) -> None:
    assert {text for text, _translated in said(language)} - collected_texts(language) == set()


def said(language: Language) -> Iterator[tuple[str, str]]:
    return ((str(entry.id), str(entry.string)) for entry in stored(language) if entry.id and entry.string)


def collected_texts(language: Language) -> set[str]:
    return {str(entry.id) for entry in collected(language) if entry.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_of_its_text(language: Language) -> None:
    assert [
        (text, translated)
        for text, translated in said(language)
        if sorted(GAPS.findall(text)) != sorted(GAPS.findall(translated))
    ] == []


def test_the_english_catalogue_has_no_chinese() -> None:
    assert [
        english for _text, english in said(Language.ENGLISH) if HAN.search(english.replace(GETA, ""))
    ] == []


def test_the_taiwan_catalogue_has_no_simplified_character() -> None:
    to_simplified, to_traditional = OpenCC("t2s").convert, OpenCC("s2t").convert
    found = {
        (character, taiwan)
        for _text, taiwan in said(Language.TAIWAN)
        for character in set(taiwan) - OF_BOTH
        if to_simplified(character) == character != to_traditional(character)
    }
    assert found == set()


@pytest.mark.parametrize(
    "mainland", ["病案", "质检", "質檢", "信息", "服务器", "登录", "登錄", "賬", "打印", "默認"]
)
def test_taiwan_has_its_own_terms(mainland: str) -> None:
    assert [taiwan for _text, taiwan in said(Language.TAIWAN) if mainland in taiwan] == []


def test_the_sentences_of_errors_are_not_written_twice() -> None:
    """English pages show the sentence that was raised; only Taiwan needs the Chinese that ``archive.web.sentences`` has."""
    wanted = {language: collected_texts(language) for language in TRANSLATED}
    assert "请登录。" in wanted[Language.TAIWAN]
    assert "角色须由另一人批准。" not in wanted[Language.ENGLISH]
    assert wanted[Language.ENGLISH] < wanted[Language.TAIWAN]


def test_a_text_that_nobody_has_read_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    unread = Catalog(locale="zh_TW")
    unread.add("未读", "未讀", flags=["fuzzy"])
    monkeypatch.setattr("archive.web.language.read_po", lambda _file: unread)
    assert catalogue.__wrapped__(Language.TAIWAN) == {}


def shown_too_early(path: Path) -> Iterator[str]:
    """Calls of ``_`` that run when the module is loaded, once and in the source language, and not when somebody asks."""
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield f"{path.name}:{node.lineno}"
        inner = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            body = node.body if isinstance(node.body, list) else [node.body]
            inner = [child for child in inner if child not in body]
        waiting.extend(inner)


def test_no_text_is_said_before_somebody_asks() -> None:
    assert [place for path in ARCHIVE.rglob("*.py") for place in shown_too_early(path)] == []


# --- the language of a request -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW,zh;q=0.9,en-US;q=0.8", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("zh-Hant-MO", "zh-TW"),
        ("zh-Hans-TW", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("de,en;q=0.3,zh-TW;q=0.7", "zh-TW"),
        ("en;q=0,zh-TW;q=0.1", "zh-TW"),
        ("fr", "zh-CN"),
        ("*", "zh-CN"),
        ("en;q=much, zh", "zh-CN"),
        (",;q=,-;;", "zh-CN"),
    ],
)
def test_before_anybody_chose_the_browser_says_what_it_reads(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def meeting(both: Barrier) -> GuardedRouter:
    """A page whose two requests are under way at the same time, each in a thread of its own."""
    router = GuardedRouter()

    @router.get("/meeting")
    @public("for a test")
    def met() -> dict[str, str]:
        before = _("登录")
        both.wait(timeout=10)
        after = _("登录")
        both.wait(timeout=10)
        return {"before": before, "after": after}

    return router


def test_two_requests_at_once_are_answered_each_in_its_language(serve: Callable[..., Site]) -> None:
    site = serve(meeting(Barrier(2)))

    def ask(language: str) -> object:
        return site.client().get("/meeting", headers={"Accept-Language": language}).json()

    with ThreadPoolExecutor(2) as two:
        english, taiwan = two.map(ask, ("en", "zh-TW"))
    assert english == {"before": "Sign in", "after": "Sign in"}
    assert taiwan == {"before": "登入", "after": "登入"}


def test_pages_of_one_template_follow_one_language_after_the_other(site: Site) -> None:
    """Templates and their macros are compiled once: none may keep a text of the request that came first."""
    client = site.client()
    for language, button in (("en", "Password"), ("zh-CN", "密码"), ("zh-TW", "密碼"), ("en", "Password")):
        answer = client.get("/sign-in", headers={"Accept-Language": language})
        assert f'<html lang="{language}"' in answer.text
        assert f"<span>{button}" in answer.text


def test_outside_of_a_request_the_source_language_is_spoken() -> None:
    with speaking(Language.ENGLISH):
        assert _("登录") == "Sign in"
    assert _("登录") == "登录"


def test_papers_are_chinese_whatever_the_screen_speaks() -> None:
    heard = []
    for language in Language:
        with speaking(language), on_paper():
            heard.append(_("档号"))
    assert heard == ["档号", "檔號", "档号"]


# --- what English pages show ---------------------------------------------------------------------------------


def test_an_english_page_shows_the_sentence_of_the_error_itself() -> None:
    with speaking(Language.ENGLISH):
        assert shown(Conflict("This role is approved already.", "Nothing is left to do.")) == (
            "This role is approved already.",
            "Nothing is left to do.",
        )


def test_every_code_of_an_error_is_explained_in_english() -> None:
    with speaking(Language.ENGLISH):
        assert [code for code in shown_codes() if HAN.search(" ".join(shown_code(code) or ("好",)))] == []


def test_the_reasons_of_the_policy_are_the_same_sentences_everywhere() -> None:
    english = set(catalogue(Language.ENGLISH).values())
    assert [said for pair in REASONS.values() for said in pair if said not in english] == []


def test_an_outcome_is_read_as_one_phrase() -> None:
    with speaking(Language.ENGLISH):
        assert word("failed: StoreFull", "outcome") == "Failed: Store full"


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        (Language.SOURCE, "2026-11-03", "2026-11-03 14:05"),
        (Language.TAIWAN, "2026-11-03", "2026-11-03 14:05"),
        (Language.ENGLISH, "3 Nov 2026", "3 Nov 2026 14:05"),
    ],
)
def test_days_and_moments_are_written_as_the_language_writes_them(
    language: Language, day: str, moment: str
) -> None:
    at = datetime(2026, 11, 3, 14, 5).astimezone()
    with speaking(language):
        assert (shown_day(date(2026, 11, 3)), shown_moment(at.astimezone(UTC))) == (day, moment)
        assert (shown_day(None), shown_moment(None)) == ("", "")
