"""Every Chinese text of the screen goes through gettext, so that a catalogue for another language misses nothing."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

ARCHIVE = Path(__file__).parents[2] / "archive"
TEMPLATES = sorted((ARCHIVE / "web" / "templates").rglob("*.html"))
HAN = re.compile(r"[\u3400-\u9fff]+")
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]+")
"""With its punctuation: English has its own."""
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)

OTHERWISE = {
    "packed_verifier.py": "runs without this program and speaks both languages at once",
    "report.py": "the custody report is a paper in two languages, whatever the screen speaks",
    "reading_dates.py": "knows how dates are written on papers; says nothing",
    "reading_fields.py": "knows what stands beside a field on papers; says nothing",
    "reading_labels.py": "knows what fields are called on papers; says nothing",
    "taiwan.py": "the terms of the catalogue for Taiwan",
}
"""Files whose Chinese is no text of a screen."""

SCREENS = sorted(
    path
    for folder in ("web", "accounts", "holdings", "desks")
    for path in (ARCHIVE / folder).rglob("*.py")
    if path.name not in OTHERWISE
)


NAMES_OF_LANGUAGES = {"简体中文", "繁體中文"}
"""Each in its own language, for whoever does not read the one that the page has."""

# Counts are said as "Pages: 3", so no text needs a plural, and ``ngettext`` marks nothing.


def marked_in(template: Path) -> str:
    found = babel_extract(BytesIO(template.read_bytes()), ("_",), [], {"silent": "false"})
    return "\n".join(str(message) for _line, _function, message, _comments in found)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_chinese_outside_of_gettext(template: Path) -> None:
    marked = marked_in(template)
    text = COMMENT.sub("", template.read_text("utf-8"))

    assert [run for run in CHINESE.findall(text) if run not in marked and run not in NAMES_OF_LANGUAGES] == []


class Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_text_of_a_template_can_be_filled(template: Path) -> None:
    """Jinja fills every text, also one without gaps: a percent sign is written twice."""
    for text in marked_in(template).splitlines():
        assert text % Filled()


def unmarked_in(path: Path) -> Iterator[str]:
    """String constants with Chinese that no ``_`` or ``N_`` takes. Docstrings and comments speak to developers."""
    tree = ast.parse(path.read_text("utf-8"))
    marked = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "N_"}
        for argument in ast.walk(node)
    }
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if HAN.search(node.value) and id(node) not in marked | prose:
            yield f"{path.name}:{node.lineno} {node.value}"


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_screen_says_no_chinese_past_gettext(path: Path) -> None:
    assert list(unmarked_in(path)) == []
