"""The manual says what the screen says: labels, keys and pictures, one page a role, the same in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.web.language import Language, catalogue
from archive.web.sentences import SENTENCES

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual"
TEMPLATES = Path(archive.__file__).parent / "web" / "templates"
LONGEST_PAGE, SHORTEST_PAGE = 120, 60

FRAME = "base.html"
LENT = ("holdings/items.html", "finding/search.html", "reading_room/read.html")
"""The pages on which everybody works who finds and reads."""

PAGES_OF = {
    "archivist": (
        "intake/board.html",
        "quality/grid.html",
        "holdings/describe.html",
        "binding/folder.html",
        "loans/waiting.html",
        *LENT,
    ),
    "claims-handler": LENT,
    "supervisor": ("loans/waiting.html", *LENT),
    "legal": LENT,
    "auditor": (),
}
WITHOUT_SEARCH = {"auditor": "<kbd>/</kbd>"}
"""The frame offers the search field, and its key, to whoever may search."""

_PICTURE = re.compile(r"!\[[^\]]+\]\(\.\./\.\./(images/[\w-]+\.png)\)")
_KEYS = re.compile(r"{% block keys %}(.*?)(?:</tbody>|^{% endblock %}$)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>")
_SAID = re.compile(r'{{ _\("(.*?)"\) }}')
_SPAN = re.compile(r"</?span[^>]*>")

each_role = pytest.mark.parametrize("role", PAGES_OF)


def page(language: str, role: str) -> str:
    return (MANUAL / language / f"{role}.md").read_text("utf-8")


def outline(words: str) -> list[str]:
    """The levels of the headings, in order; what stands in a block of code is no heading."""
    return re.findall(
        r"^(#+) ", re.sub(r"^```.*?^```", "", words, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )


def chinese_labels(words: str) -> set[str]:
    return set(re.findall("「(.+?)」", words))


def english_labels(words: str) -> set[str]:
    return set(re.findall(r"\*\*(.+?)\*\*", words))


def in_english() -> dict[str, str]:
    """What the English screen says for each Chinese text; a sentence of an error is said as it was raised."""
    return {**catalogue(Language.ENGLISH), **{chinese: english for english, chinese in SENTENCES.items()}}


# --- the pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_role_has_its_page_and_there_is_no_other(language: str) -> None:
    assert {path.stem for path in (MANUAL / language).glob("*.md")} == set(PAGES_OF)


@each_role
def test_both_languages_have_the_same_headings(role: str) -> None:
    assert outline(page("zh", role)) == outline(page("en", role))


@each_role
def test_both_languages_show_the_same_pictures(role: str) -> None:
    pictures = _PICTURE.findall(page("zh", role))
    assert pictures
    assert pictures == _PICTURE.findall(page("en", role))


@each_role
def test_every_picture_is_there(role: str) -> None:
    shown = _PICTURE.findall(page("zh", role) + page("en", role))
    assert [name for name in shown if not (ROOT / "docs" / name).is_file()] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@each_role
def test_a_page_is_neither_a_leaflet_nor_a_book(role: str, language: str) -> None:
    assert SHORTEST_PAGE <= len(page(language, role).splitlines()) <= LONGEST_PAGE


def test_the_index_of_the_manual_names_every_page() -> None:
    index = (MANUAL / "README.md").read_text("utf-8")
    pages = [f"{language}/{role}.md" for role in PAGES_OF for language in ("zh", "en")]
    assert [name for name in pages if f"]({name})" not in index] == []
    assert "](manual/README.md)" in (ROOT / "docs" / "README.md").read_text("utf-8")


# --- labels --------------------------------------------------------------------------------------------------


@each_role
def test_every_chinese_label_stands_on_the_screen(role: str) -> None:
    assert sorted(chinese_labels(page("zh", role)) - in_english().keys()) == []


@each_role
def test_the_english_page_names_the_same_labels_as_the_english_screen_says_them(role: str) -> None:
    said = in_english()
    wanted = {said[label] for label in chinese_labels(page("zh", role)) if label in said}
    assert english_labels(page("en", role)) == wanted


def test_every_label_that_the_index_names_stands_on_the_screen() -> None:
    index, said = (MANUAL / "README.md").read_text("utf-8"), in_english()
    assert sorted(chinese_labels(index) - said.keys()) == []
    assert sorted(english_labels(index) - set(said.values())) == []


# --- keys ----------------------------------------------------------------------------------------------------


def keys_of(template: str, language: Language) -> Iterator[tuple[str, str]]:
    """Each row of the keys of a page, as the screen shows it: keys, what they do."""
    [block] = _KEYS.findall((TEMPLATES / template).read_text("utf-8"))
    for keys, does in _ROW.findall(block):
        yield _shown(keys, language), _shown(does, language)


def _shown(cell: str, language: Language) -> str:
    said = {} if language is Language.SOURCE else catalogue(language)
    return _SPAN.sub("", _SAID.sub(lambda text: said.get(text[1], text[1]), cell))


@pytest.mark.parametrize(("folder", "language"), [("zh", Language.SOURCE), ("en", Language.ENGLISH)])
@each_role
def test_every_key_of_the_pages_of_a_role_is_in_its_manual(
    role: str, folder: str, language: Language
) -> None:
    manual = page(folder, role)
    keys = [row for template in (*PAGES_OF[role], FRAME) for row in keys_of(template, language)]
    assert keys
    missing = [row for row in keys if f"| {row[0]} | {row[1]} |" not in manual]
    assert [row for row in missing if row[0] != WITHOUT_SEARCH.get(role)] == []


@each_role
def test_the_manual_tells_of_no_key_that_no_page_has(role: str) -> None:
    templates = (*PAGES_OF[role], FRAME)
    keys = {f"| {row[0]} | {row[1]} |" for name in templates for row in keys_of(name, Language.SOURCE)}
    told = [line for line in page("zh", role).splitlines() if "<kbd>" in line]
    assert [line for line in told if not line.endswith(tuple(keys))] == []


def test_every_page_with_keys_of_its_own_belongs_to_a_role() -> None:
    with_keys = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if "{% block keys %}" in path.read_text("utf-8")
    }
    assert with_keys - {FRAME} == {template for pages in PAGES_OF.values() for template in pages}
