"""The program's own text, as the rules of its house look at it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("archive", "ocr", "search", "demo", "migrations")


@dataclass(frozen=True)
class Source:
    """``path`` from the root, with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last name of what is called: ``x.y.commit()`` is ``commit``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield _last_name(node.func), node

    def names(self) -> set[str]:
        """Every name that is used or imported, and the last part of every dotted one."""
        found = {_last_name(node) for node in ast.walk(self.tree) if isinstance(node, ast.expr)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                found |= {alias.name for alias in node.names} | {node.module or ""}
        return found


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    files = sorted(file for package in packages for file in (ROOT / package).rglob("*.py"))
    return tuple(Source(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in files)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is handed on: tracked by git and still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
