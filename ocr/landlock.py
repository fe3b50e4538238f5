"""Landlock: the kernel's own list of what this process, and all it starts, may still open. It can only be shortened.

Three system calls, <https://docs.kernel.org/userspace-api/landlock.html>. Standard library only: this runs before
anything else is imported.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_FILE_RIGHTS_FROM = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_FILE_RIGHTS = 16
_TCP_FROM, _SCOPES_FROM = 4, 6
_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class Right(IntFlag):
    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_FOLDER = 1 << 3
    REMOVE_FOLDER = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_FOLDER = 1 << 7
    MAKE_FILE = 1 << 8
    TRUNCATE = 1 << 14
    IOCTL_DEVICE = 1 << 15


USE = Right.EXECUTE | Right.READ_FILE | Right.READ_FOLDER
SCRATCH = (
    Right.READ_FILE
    | Right.READ_FOLDER
    | Right.WRITE_FILE
    | Right.TRUNCATE
    | Right.MAKE_FILE
    | Right.MAKE_FOLDER
    | Right.REMOVE_FILE
    | Right.REMOVE_FOLDER
)
EVERY_RIGHT = (1 << _ALL_FILE_RIGHTS) - 1
_OF_A_FILE = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE | Right.IOCTL_DEVICE


@dataclass(frozen=True)
class Allowed:
    """These rights on this path and below it. A path that is not there is passed over."""

    path: str
    rights: Right


def version() -> int:
    """The kernel's version of Landlock (its ABI); 0 where it has none, or a filter of the machine forbids it."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def restrict(allowed: Iterable[Allowed], controlled: int = EVERY_RIGHT) -> None:
    """From now on, of the rights that are controlled, only those that are allowed. No TCP, no signals to others,
    as far as the kernel's version can forbid them.

    Needs PR_SET_NO_NEW_PRIVS and a process with a single thread. Raises `OSError`.
    """
    abi = version()
    controlled &= (1 << _FILE_RIGHTS_FROM.get(abi, _ALL_FILE_RIGHTS)) - 1
    tcp = _BIND_AND_CONNECT if abi >= _TCP_FROM else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _SCOPES_FROM else 0
    fields = (controlled, tcp, scopes)[: 1 + (abi >= _TCP_FROM) + (abi >= _SCOPES_FROM)]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    ruleset = _checked(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for one in allowed:
            _allow(ruleset, one, controlled)
        _checked(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, allowed: Allowed, controlled: int) -> None:
    try:
        place = os.open(allowed.path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = allowed.rights & controlled
        if not Path(allowed.path).is_dir():
            rights &= _OF_A_FILE
        if rights:
            _checked(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _checked(number: int, *arguments: int | bytes | None) -> int:
    answer = _call(number, *arguments)
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock: {os.strerror(error)}")
    return answer


def _call(number: int, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(libc.syscall(ctypes.c_long(number), *passed))
