"""`python -m ocr.inside`: puts the walls up as the reading program does, tries them, and prints what holds as JSON."""

from __future__ import annotations

import ctypes
import json
import resource
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ocr import landlock
from ocr.facts import Limits
from ocr.harden import bound_life, harden

NAMESPACES = ("net", "pid", "ipc", "mnt", "uts", "user")
_PR_GET_SECCOMP, _PR_GET_NO_NEW_PRIVS = 21, 39
_FILTERED = 2


@dataclass(frozen=True)
class Walls:
    """What holds around a child. `landlock`: the kernel's version of it, 0 where it is missing.

    `namespaces`: those the child is in; only those that differ from the asker's wall it in.
    """

    namespaces: tuple[str, ...]
    landlock: int
    seccomp: bool
    memory_limit: int
    no_new_privileges: bool


def look() -> Walls:
    """Call it in a program of its own: the walls stay. Raises `OSError` when a demanded one cannot be put up."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespaces = namespaces_here()
    harden()
    limits = Limits()
    bound_life(limits.engine_cpu, limits.engine_memory + limits.render_memory)
    filtered = libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) == _FILTERED and _fails(socket.socket)
    return Walls(
        namespaces,
        landlock.version() if _fails(lambda: list(Path("/").iterdir())) else 0,
        filtered,
        resource.getrlimit(resource.RLIMIT_AS)[1],
        libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
    )


def namespaces_here() -> tuple[str, ...]:
    return tuple(str(Path("/proc/self/ns", name).readlink()) for name in NAMESPACES)


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(look())))
