"""What the child forbids itself, step by step, before it touches a byte that strangers made.

Measured with onnxruntime 1.32: the child with both models occupies 0.7 GiB of address space, up to 1.3 GiB while it
reads pages of 2,250 characters at 300 dpi (0.7 GiB resident), and stays there over many pages. So `RLIMIT_AS` works
for it at 2 GiB as it stands; at 600 MiB a convolution fails with an exception, not a crash. While rendering, the
limit is what the program already occupies plus the allowance: a page rendered after the engine was loaded has the
same room as the first.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
from pathlib import Path

from ocr import walls

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
PROCESSES = "OCR_MOST_PROCESSES"
"""Set by launchers that give the child a user namespace of its own, where only its own processes count.

Linux does not count the processes of root: one more reason not to run the archive as root."""

_LARGEST_SCRATCH_FILE = 256 << 20
_MOST_MESSAGES = 4 << 20
_MOST_OPEN_FILES = 256
_FIRST_TO_BE_KILLED = "1000"


def harden() -> None:
    """No core dumps, nobody attaches, no large files, an end together with the parent, and the walls of `ocr.walls`.

    Raises `OSError` when a wall that the launcher demands cannot be put up.
    """
    _be_killed_first()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_SCRATCH_FILE, _LARGEST_SCRATCH_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN_FILES, _MOST_OPEN_FILES))
    processes = os.environ.get(PROCESSES)
    if processes is not None:
        resource.setrlimit(resource.RLIMIT_NPROC, (int(processes), int(processes)))
    walls.put_up()


def give_up_files() -> None:
    """For engines that start no program and write no file: neither is possible from now on, and messages stay short."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_MESSAGES, _MOST_MESSAGES))
    walls.narrow()


def bound_life(cpu_seconds: int, memory: int) -> None:
    """The most that all pages together may need, as hard limits: whoever takes the program over cannot raise them."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def allow_more(cpu_seconds: int, memory: int) -> None:
    """Move the limits: from now on so many CPU seconds, and so much memory on top of what is occupied."""
    _move(resource.RLIMIT_AS, _occupied() + memory)
    _move_cpu(cpu_seconds)


def allow_in_all(cpu_seconds: int, memory: int) -> None:
    """Move the limits: from now on so many CPU seconds, and so much memory altogether."""
    _move(resource.RLIMIT_AS, memory)
    _move_cpu(cpu_seconds)


def _be_killed_first() -> None:
    """When the machine runs out of memory, the kernel is to take this program, not the server or the worker.

    Where /proc cannot be written the kernel chooses by size alone; nothing else depends on it.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_BE_KILLED, encoding="ascii")


def _move_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _move(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + seconds)


def _move(what: int, soft: int) -> None:
    """Only the soft limit: it can be moved forward again for the next page."""
    _, hard = resource.getrlimit(what)
    wanted = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(what, (wanted, hard))


def _occupied() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
