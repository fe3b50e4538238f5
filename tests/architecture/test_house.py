"""Rules of the house that no type checker knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, Source, sources, tracked_files

MAY_COMMIT = {
    "archive/core/gate/gate.py",  # after the entry
    "archive/core/db/upkeep.py",  # clockwork, limited to its columns
    "archive/core/db/engines.py",  # ends what SQLite left open when a COMMIT failed
    "archive/core/vault/keyring.py",  # keys.db, its own file
    "search/fts5.py",  # search.db, its own file
}
MAY_OPEN_SESSIONS = {
    "archive/core/db/engines.py",  # makes them
    "archive/core/db/upkeep.py",
    "archive/core/gate/gate.py",
    "archive/wiring.py",
}
MAY_BIND_A_GATE = {
    "archive/web/guarded.py",  # to what a route declares
    "archive/worker.py",
    "archive/backup/making.py",
    "archive/backup/mending.py",
    "archive/backup/restoring.py",
    "archive/cli/deep.py",
    "archive/cli/founding.py",
    "archive/cli/keeping.py",
}
MAY_MAKE_TEMPORARY_FOLDERS = {"archive/cli/running.py"}
"""Of a whole archive, which seals what it holds."""

OWN = Path(__file__).relative_to(ROOT).as_posix()
SPOOLING = {"UploadFile", "File", "Form"}
"""FastAPI's ways of taking a form: each of them spools what arrives to the disk, in clear."""


def places(found: list[tuple[Source, ast.AST]]) -> list[str]:
    return [f"{source.path}:{getattr(node, 'lineno', 1)}" for source, node in found]


def called(names: set[str], *packages: str, allowed: set[str]) -> list[str]:
    return places(
        [
            (source, node)
            for source in sources(*packages)
            if source.path not in allowed
            for name, node in source.calls()
            if name in names
        ]
    )


def test_imports_point_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_transactions_end_in_the_gate_and_in_the_named_escapes_only() -> None:
    assert called({"commit", "rollback"}, *PRODUCT, allowed=MAY_COMMIT) == []


def test_sessions_are_opened_by_the_database_the_gate_and_the_wiring_only() -> None:
    openers = {"Session", "sessionmaker", "scoped_session", "reading", "writing"}
    assert called(openers, "archive", allowed=MAY_OPEN_SESSIONS) == []


def test_only_the_gate_runs_the_body_of_an_operation() -> None:
    """Nobody borrows another operation's body: what it does would stand in the log under the wrong action."""
    in_the_gate = {"archive/core/gate/gate.py", "archive/core/gate/operation.py"}
    assert called({"body"}, "archive", allowed=in_the_gate) == []


def test_no_desk_binds_a_gate_of_its_own() -> None:
    """A route has the gate that guarded.py bound to what it declares, for as long as a permit lasts."""
    assert called({"bind"}, "archive", allowed=MAY_BIND_A_GATE) == []


def test_nothing_spools_an_upload() -> None:
    assert [s.path for s in sources("archive") if s.names() & SPOOLING] == []


def test_nothing_is_written_to_a_temporary_file() -> None:
    users = {s.path for s in sources("archive") if "tempfile" in s.names()}
    assert users <= MAY_MAKE_TEMPORARY_FOLDERS


def test_only_the_command_line_prints() -> None:
    printing = called({"print"}, "archive", "search", "ocr", allowed=set())
    assert [
        place for place in printing if not place.startswith(("archive/cli/", "archive/__main__.py"))
    ] == []


@pytest.mark.parametrize(
    "source", sources("archive", "ocr", "search", "demo"), ids=lambda source: source.path
)
def test_files_and_functions_stay_within_their_budgets(source: Source) -> None:
    assert len(source.text.splitlines()) <= 400
    functions = [n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if f.end_lineno is not None and f.end_lineno - f.lineno >= 60] == []


def test_an_exception_from_a_type_check_names_the_check_and_gives_a_reason() -> None:
    mark, full = "type: " + "ignore", re.compile(r"type: ignore\[[\w, -]+\]  # \S")
    assert [
        f"{source.path}:{number}"
        for source in sources(*PRODUCT, "tests")
        for number, line in enumerate(source.text.splitlines(), start=1)
        if mark in line and full.search(line) is None and source.path != OWN
    ] == []


ELSEWHERE = re.compile(
    r"pypi\.org|files\.pythonhosted|registry\.npmjs|registry\.yarnpkg|proxy\.golang|crates\.io"
    r"|(?<![\w.~/-])/(?:work|root|home/\w+)/\w"
)
"""Hosts of package registries and places of one machine."""


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    assert [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in tracked_files()
        if file != Path(__file__) and (found := ELSEWHERE.search(text_of(file))) is not None
    ] == []


def text_of(file: Path) -> str:
    """Empty for what is no text."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize(
    "line",
    ["see https://pypi.org/x", "cd /work/main", "in /root/data", "/home/someone/scan.jpg"],
)
def test_the_search_for_such_places_finds_them(line: str) -> None:
    assert ELSEWHERE.search(line) is not None


def test_no_comment_postpones_work() -> None:
    later = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b")
    assert [s.path for s in sources(*PRODUCT, "tests") if later.search(s.text) and s.path != OWN] == []
