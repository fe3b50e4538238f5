"""The documents say what is so: links lead somewhere, commands and tests exist, and every record is complete."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from archive.__main__ import app
from archive.cli.output import EXITS, Exit
from archive.core.access.actions import Action
from archive.core.db.failpoints import NAMES
from archive.core.errors import ArchiveError
from archive.core.settings import Settings
from archive.web.problems import STATUS

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST_RECORD = 60

_LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]*\ssrc=\"([^\"]+)\"")
_CODE = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_PATH = re.compile(r"(?:archive|ocr|search|demo|install|migrations|tests)/[\w/.*-]+")
_EXAMPLE = "copies"  # the desk that CONTRIBUTING.md adds


def text(path: Path) -> str:
    return path.read_text("utf-8")


def record(number: str) -> str:
    [path] = (path for path in RECORDS if path.name.startswith(number))
    return text(path)


def rows(document: str) -> list[list[str]]:
    """The cells of every line of every table."""
    lines = (line for line in document.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def marked(words: str) -> list[str]:
    return re.findall(r"`([^`]+)`", words)


def code_lines(path: Path) -> Iterator[str]:
    """What stands as code, without what a shell would take for a comment."""
    for block, inline in _CODE.findall(text(path)):
        for line in (block or inline).splitlines():
            yield line.partition(" #")[0].strip()


def with_names(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def test_there_are_documents() -> None:
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert names >= {
        "README.md",
        "README.zh-CN.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/README.md",
    }


@with_names(DOCUMENTS)
def test_every_link_leads_to_something_in_this_folder(path: Path) -> None:
    links = [link or image for link, image in _LINK.findall(text(path))]
    here = [link.partition("#")[0] for link in links if not link.startswith(("http://", "https://", "#"))]
    lost = [link for link in here if not _leads(path.parent / link)]
    assert lost == []


def _leads(target: Path) -> bool:
    return target.exists() and target.resolve().is_relative_to(ROOT)


@with_names(DOCUMENTS)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    named = {name.rstrip(".") for line in code_lines(path) for name in _PATH.findall(line)}
    assert [name for name in sorted(named) if _EXAMPLE not in name and not list(ROOT.glob(name))] == []


@with_names(DOCUMENTS)
def test_every_test_that_is_named_is_there(path: Path) -> None:
    named = _TEST.findall(text(path))
    assert [f"{file}::{name}" for file, name in named if not _holds(ROOT / file, name)] == []


def _holds(file: Path, name: str) -> bool:
    return file.exists() and f"\ndef {name}(" in text(file)


def test_every_promise_names_a_test() -> None:
    promised = text(ROOT / "SECURITY.md").partition("## Promised")[2].partition("## Not promised")[0]
    promises = [cells for cells in rows(promised) if cells[0] not in {"promise", "---"}]
    assert promises
    assert [promise for promise, shown in promises if not _TEST.search(shown)] == []


# --- commands ----------------------------------------------------------------------------------------------


def commands() -> dict[str, frozenset[str]]:
    """``audit verify`` → its options. A group stands there too, with none."""
    found: dict[str, frozenset[str]] = {}

    def walk(command: Any, name: str) -> None:
        found[name] = frozenset(o for p in command.params for o in (*p.opts, *p.secondary_opts)) | {"--help"}
        for part, below in getattr(command, "commands", {}).items():
            walk(below, f"{name} {part}".strip())

    walk(get_command(app), "")
    return found


def unknown(said: str, known: dict[str, frozenset[str]]) -> list[str]:
    """What in ``audit verify EXPORT --checkpoint FILE`` is neither a command, an option, nor an argument."""
    name, wrong = "", []
    words = said.split()
    while words and f"{name} {words[0]}".strip() in known:
        name = f"{name} {words.pop(0)}".strip()
    if words and any(below.startswith(f"{name} ".lstrip()) for below in known if below != name):
        wrong += [word for word in words[:1] if not word.startswith("-")]
    return wrong + [word for word in words if word.startswith("--") and word not in known[name]]


@with_names(DOCUMENTS)
def test_every_command_that_is_named_exists(path: Path) -> None:
    known = commands()
    said = [line.removeprefix("juanzong ") for line in code_lines(path) if line.startswith("juanzong ")]
    assert [(line, wrong) for line in said if (wrong := unknown(line, known))] == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    known = commands()
    assert unknown("audit verify EXPORT --checkpoint FILE", known) == []
    assert unknown("audit erase", known) == ["erase"]
    assert unknown("burn", known) == ["burn"]
    assert unknown("serve --faster", known) == ["--faster"]


@with_names(DOCUMENTS)
def test_start_and_test_take_the_options_that_are_named(path: Path) -> None:
    options = {"./start": commands()["up"] | script_options("start"), "./test": script_options("test")}
    said = [line.split() for line in code_lines(path) if line.split()[:1] in (["./start"], ["./test"])]
    named = [(words[0], word) for words in said for word in words[1:] if word.startswith("--")]
    assert [(script, option) for script, option in named if option not in options[script]] == []


def script_options(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"--(?:check|long)\b", text(ROOT / name)))


@with_names(DOCUMENTS)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = {name.lower() for name in re.findall(r"\bJUANZONG_([A-Z_]+)\b", text(path))}
    assert named - set(Settings.model_fields) - {"failpoint"} == set()


# --- the two readmes ---------------------------------------------------------------------------------------


def test_both_readmes_name_the_same_commands_and_pictures() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    assert _commands_in(english) == _commands_in(chinese)
    assert _pictures_in(english) == _pictures_in(chinese)


def _commands_in(path: Path) -> set[str]:
    return {line for line in code_lines(path) if line.startswith(("./", "juanzong "))}


def _pictures_in(path: Path) -> set[str]:
    return {link or image for link, image in _LINK.findall(text(path)) if "images/" in link + image}


# --- records -----------------------------------------------------------------------------------------------


@with_names(RECORDS)
def test_a_record_is_short_and_says_why(path: Path) -> None:
    lines = text(path).splitlines()
    assert len(lines) <= LONGEST_RECORD
    headings = " ".join(line for line in lines if line.startswith("## ")).lower()
    assert [
        part for part in ("context", "decision", "consequences", "alternatives") if part not in headings
    ] == []


def test_the_index_names_every_record() -> None:
    index = text(ROOT / "docs" / "README.md")
    assert [path.name for path in RECORDS if f"](decisions/{path.name})" not in index] == []


def test_the_record_of_actions_names_every_action_and_no_other() -> None:
    named = {name for name in marked(record("0002")) if re.fullmatch(r"[a-z_]+:[a-z_]+", name)}
    assert named == {str(action) for action in Action}


def test_the_record_of_actions_maps_the_whole_list_of_the_field() -> None:
    named = {int(number) for number in re.findall(r"\bx(\d+)\b", record("0002"))}
    assert named == set(range(1, 23))


def test_the_record_of_writing_names_every_failpoint_and_no_other() -> None:
    named = {name for cells in rows(record("0011")) for name in marked(cells[0])}
    assert named == NAMES


def test_the_record_of_problems_names_every_code_with_its_status_and_exit() -> None:
    told = {}
    for cells in rows(record("0013")):
        for code, status, exit_code in (cells[:3], cells[4:7]):
            if marked(code):
                told[marked(code)[0]] = (int(status), int(exit_code))
    kinds: list[type[ArchiveError]] = [ArchiveError, *ArchiveError.__subclasses__()]
    assert told == {kind.code: (STATUS[kind], int(EXITS.get(kind, Exit.FAULT))) for kind in kinds}


def test_the_record_of_problems_names_every_exit_code() -> None:
    [line] = re.findall(r"\*\*Exit codes\*\*: (.+?)\.\n", record("0013"), re.DOTALL)
    assert {int(number) for number in re.findall(r"\b\d\b", line)} == {int(code) for code in Exit}


def test_the_record_of_problems_names_every_reason() -> None:
    spelled = {
        reason
        for path in (ROOT / "archive").rglob("*.py")
        for reason in re.findall(r'"(R_[A-Z]+)"', text(path))
    }
    assert set(re.findall(r"R_[A-Z]+", record("0013"))) == spelled


def test_every_dependency_has_its_line_and_no_line_is_too_many() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    wanted = [
        *project["project"]["dependencies"],
        *(one for extra in project["project"]["optional-dependencies"].values() for one in extra),
        *(one for group in project["dependency-groups"].values() for one in group),
        *(line for file in (ROOT / "install").glob("apt*.txt") for line in text(file).split()),
    ]
    names = {re.split(r"[<>=\[;~! ]", one)[0] for one in wanted}
    assert {
        name for cells in rows(record("0014")) for name in marked(cells[0]) if name != "distributed"
    } == names
