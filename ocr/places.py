"""Which files of the machine the child may use: Python, the system's libraries and programs, this package."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
)


def python_homes() -> Iterator[str]:
    """Where the interpreter and its libraries live, outermost first; what lies under /usr is there already."""
    homes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    homes |= {os.path.realpath(home) for home in homes}
    homes.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    for home in sorted(homes):
        if not home.startswith("/usr/") and home not in {"/usr", "/"}:
            yield home


def holds(folder: Path) -> bool:
    """Whether the child could read what lies in this folder."""
    seen = (Path(place).resolve() for place in (*SYSTEM, *python_homes(), str(PACKAGE)))
    return any(folder.resolve().is_relative_to(place) for place in seen)
