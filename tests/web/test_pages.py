"""What holds for every template and every page."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import nodes

import archive
from archive.web import render, words
from archive.web.render import Pages

ARCHIVE = Path(archive.__file__).parent
TEMPLATES = ARCHIVE / "web" / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))


def test_there_are_templates() -> None:
    assert len(ALL) > 5


@pytest.mark.parametrize("template", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
class TestTemplate:
    def test_compiles(self, template: Path) -> None:
        Pages([])._environment.get_template(str(template.relative_to(TEMPLATES)))

    def test_has_no_inline_code_or_style(self, template: Path) -> None:
        text = template.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)

    def test_names_no_other_host(self, template: Path) -> None:
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", template.read_text("utf-8"))

    def test_says_nothing_around_gettext(self, template: Path) -> None:
        tree = Pages([])._environment.parse(template.read_text("utf-8"))
        bare = "".join(data.data for data in tree.find_all(nodes.TemplateData))
        said = re.sub(r'class="code">[^<]*<', "", bare)  # examples of what to type are in no language
        assert not re.findall(r"[\u3400-\u9fff]+", said)

    def test_every_posting_form_has_the_token(self, template: Path) -> None:
        for form in re.findall(
            r"<form[^>]*method=\"post\".*?</form>", template.read_text("utf-8"), re.DOTALL
        ):
            assert "token()" in form or 'name="csrf"' in form


def test_nothing_spools_uploads_to_disk() -> None:
    """``UploadFile``, ``File(...)`` and ``request.form()`` write plaintext to temporary files."""
    assert [name for path in ARCHIVE.rglob("*.py") for name in _spoolers(path)] == []


def test_the_ban_finds_what_it_bans(tmp_path: Path) -> None:
    source = tmp_path / "route.py"
    source.write_text(
        "from fastapi import UploadFile\nx = File(...)\nasync def f(request): await request.form()\n"
    )
    assert len(list(_spoolers(source))) == 3


def _spoolers(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        imported = [a.name for a in node.names] if isinstance(node, ast.ImportFrom) else []
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if "UploadFile" in imported or called in {"File", "Form"} or called.endswith("request.form"):
            yield f"{path.name}:{getattr(node, 'lineno', 0)}"


def test_the_web_side_knows_no_database() -> None:
    web = [
        *(ARCHIVE / "web").rglob("*.py"),
        *ARCHIVE.rglob("api.py"),
        *ARCHIVE.rglob("pages.py"),
        ARCHIVE / "app.py",
    ]
    for path in web:
        for module in _imports(path):
            assert not module.startswith(("sqlalchemy", "sqlcipher3", "archive.core.db")), path
            assert not module.endswith((".queries", ".tables")), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


# --- filters -------------------------------------------------------------------------------------------------


def test_moments_are_shown_on_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    late = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)
    assert (render.moment(late), render.day(late)) == ("2026-12-01 01:05", "2026-12-01")
    monkeypatch.undo()
    time.tzset()


def test_what_is_missing_is_shown_as_nothing() -> None:
    assert render.moment(None) == render.day(None) == words.word(None, "state") == ""


def test_a_day_is_a_day() -> None:
    assert render.day(date(2026, 11, 30)) == "2026-11-30"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (1023, "1023 B"), (3482, "3.4 KiB"), (12 * 2**20, "12 MiB")]
)
def test_sizes_are_for_people(size: int, text: str) -> None:
    assert render.amount(size) == text


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("claims_handler", "role", "理赔员"),
        (3, "tier", "T3 个人信息"),
        ("T3", "tier", "T3 个人信息"),
        ("failed: Conflict", "outcome", "失败：状态不符"),
        ("failed: ZeroDivisionError", "outcome", "失败：ZeroDivisionError"),
        ("unheard-of", "state", "unheard-of"),
    ],
)
def test_codes_have_words(code: object, kind: str, text: str) -> None:
    assert words.word(code, kind) == text


def test_what_people_typed_is_escaped() -> None:
    frame: dict[str, object] = {
        "path": "/",
        "person": None,
        "may": frozenset(),
        "menu": (),
        "csrf": "",
        "notice": "<b>done</b>",
    }
    text = Pages([]).render("problem.html", {**frame, "code": "x", "message": "<script>", "remedy": ""})
    assert "<script>" not in text
    assert "&lt;b&gt;done&lt;/b&gt;" in text
