"""The walls the child puts up around itself: they hold even where its launcher cannot wall it in.

Landlock keeps it from files, TCP and other processes; seccomp from the system calls that reading a page never needs.
Neither can be taken down again, and what the child starts inherits both. Standard library only.
"""

from __future__ import annotations

import ctypes
import errno
import os

from ocr import landlock, seccomp, syscalls
from ocr.landlock import Allowed, Right
from ocr.places import PACKAGE, SYSTEM, SYSTEM_FILES, python_homes
from ocr.seccomp import Refused, RefusedWhen, Rule

DEMANDED = "OCR_WALLS_DEMANDED"
"""Set by launchers that have nothing else to wall the child in: it ends when a wall cannot be put up."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_GET_SECCOMP = 1, 4, 21
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_3 = 0x20080522
_CLONE_THREAD = 0x00010000
_CLONE_APART = 0x7E020000 | 0x0080A000
"""CLONE_NEW*: namespaces; CLONE_PARENT, CLONE_PTRACE, CLONE_UNTRACED: children that are not the child's."""

_OPEN_MODE_OR_TRUNCATE, _READ_AND_TRUNCATE = 0o1003, 0o1000
_SET_OWNER_OR_SIGNAL = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: a signal to another process, sent by the kernel."""

_DEVICES = (
    Allowed("/dev/null", Right.READ_FILE | Right.WRITE_FILE),
    Allowed("/dev/zero", Right.READ_FILE),
    Allowed("/dev/random", Right.READ_FILE),
    Allowed("/dev/urandom", Right.READ_FILE),
)
_OWN_SIZE = "/proc/self/statm"


def put_up() -> None:
    """For good: no new privileges, no capabilities, only the files of `ocr.places` and scratch files, few system calls.

    Where the kernel lacks Landlock or seccomp that wall is left out, unless it is demanded. Raises `OSError`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _drop_capabilities(libc)
    demanded = DEMANDED in os.environ
    if demanded or landlock.version():
        _keep_own_size_readable()
        landlock.restrict(_reachable())
    if demanded or has_seccomp():
        seccomp.install(_rules(os.getpid()), syscalls.NEWEST)


def narrow() -> None:
    """For engines that start no program and write no file: neither is possible from now on. Raises `OSError`."""
    if landlock.version():
        landlock.restrict(_DEVICES, landlock.EVERY_RIGHT & ~(Right.READ_FILE | Right.READ_FOLDER))
    if has_seccomp():
        seccomp.install(_no_programs())


def has_seccomp() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return seccomp.is_known_machine() and libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def _reachable() -> list[Allowed]:
    homes = (*SYSTEM, *SYSTEM_FILES, *python_homes(), str(PACKAGE))
    scratch = os.environ.get("TMPDIR")
    return [
        *(Allowed(home, landlock.USE) for home in homes),
        *([Allowed(scratch, landlock.SCRATCH)] if scratch else []),
        Allowed(_OWN_SIZE, Right.READ_FILE),
        *_DEVICES,
    ]


def _keep_own_size_readable() -> None:
    """Held open on purpose: the kernel may forget an entry of /proc that nobody holds, and with it the permission."""
    os.open(_OWN_SIZE, os.O_PATH | os.O_CLOEXEC)


def _rules(pid: int) -> list[Rule]:
    """Signals go to the child itself only: a filter knows numbers, and of all processes its own is the one it knows."""
    return [
        *(Refused(call) for call in syscalls.FORBIDDEN.values()),
        *(Refused(call, error=errno.ENOSYS) for call in syscalls.UNKNOWN.values()),
        RefusedWhen(syscalls.KILL, 0, (pid,), unless=True),
        RefusedWhen(syscalls.TGKILL, 0, (pid,), unless=True),
        RefusedWhen(syscalls.PRLIMIT, 0, (0, pid), unless=True),
        RefusedWhen(syscalls.SCHED_SETAFFINITY, 0, (0, pid), unless=True),
        RefusedWhen(syscalls.CLONE, 0, (0,), mask=_CLONE_APART, unless=True),
        RefusedWhen(syscalls.FCNTL, 1, _SET_OWNER_OR_SIGNAL),
        RefusedWhen(syscalls.PRCTL, 0, (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE)),
        RefusedWhen(syscalls.OPEN, 1, (_READ_AND_TRUNCATE,), mask=_OPEN_MODE_OR_TRUNCATE),
        RefusedWhen(syscalls.OPENAT, 2, (_READ_AND_TRUNCATE,), mask=_OPEN_MODE_OR_TRUNCATE),
    ]


def _no_programs() -> list[Rule]:
    return [
        *(Refused(call) for call in syscalls.PROGRAMS.values()),
        RefusedWhen(syscalls.CLONE, 0, (_CLONE_THREAD,), mask=_CLONE_THREAD, unless=True),
    ]


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Only root has any; with no new privileges none comes back."""
    header, none = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    if libc.capset(header, none) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"capset: {os.strerror(error)}")
