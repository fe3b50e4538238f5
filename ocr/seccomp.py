"""Filters of system calls: classic BPF, assembled here and given to the kernel by prctl.

<https://docs.kernel.org/userspace-api/seccomp_filter.html>. Standard library only: this runs before anything else is
imported. A filter looks at the number of a call and at the values of its arguments, never at what they point to.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr.syscalls import Number

_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _AND, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x25, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000
_EVERY_BIT = 0xFFFFFFFF

Instruction = tuple[int, int, int, int]


@dataclass(frozen=True)
class Refused:
    """A call that fails with `error`, whatever its arguments."""

    call: Number
    error: int = errno.EPERM


@dataclass(frozen=True)
class RefusedWhen:
    """A call that fails where (argument & mask) is one of `values`, or where it is none of them (`unless`)."""

    call: Number
    argument: int
    values: Sequence[int]
    mask: int = _EVERY_BIT
    unless: bool = False


Rule = Refused | RefusedWhen


def is_known_machine() -> bool:
    """A 32-bit Python on these machines makes the calls of another one."""
    return platform.machine() in _MACHINES and sys.maxsize > _EVERY_BIT


def install(rules: Iterable[Rule], newest: int | None = None) -> None:
    """From now on, for this process and all it starts. Calls with numbers above `newest` do not exist.

    Needs PR_SET_NO_NEW_PRIVS. Raises `OSError`, also on machines whose numbers are not known here.
    """
    if not is_known_machine():
        raise OSError(errno.ENOSYS, f"the system calls of {platform.machine()} are not known here")
    program = assemble(rules, newest, platform.machine())
    code = b"".join(struct.pack("=HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    fprog = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.c_char_p(fprog), 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"seccomp: {os.strerror(error)}")


def assemble(rules: Iterable[Rule], newest: int | None, machine: str) -> list[Instruction]:
    """The filter as (code, jump if true, jump if false, value)."""
    column, architecture = _MACHINES[machine]
    program: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if column == 0:
        program += [(_JUMP_ANY_BIT, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    if newest is not None:
        program += [(_JUMP_GREATER, 0, 1, newest), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    for rule in rules:
        number = rule.call[column]
        if number is not None:
            program += _refusal(rule, number)
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _refusal(rule: Rule, number: int) -> list[Instruction]:
    if isinstance(rule, Refused):
        return [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | rule.error)]
    decided = _on_argument(rule)
    return [(_JUMP_EQUAL, 0, len(decided), number), *decided]


def _on_argument(rule: RefusedWhen) -> list[Instruction]:
    """The lower half of an argument is enough: the kernel takes these ones as int. Ends with the number loaded again."""
    matched, other = (_ALLOW, _ERROR | errno.EPERM) if rule.unless else (_ERROR | errno.EPERM, _ALLOW)
    compared: list[Instruction] = []
    for value in rule.values:
        compared += [(_JUMP_EQUAL, 0, 1, value & _EVERY_BIT), (_RETURN, 0, 0, matched)]
    return [
        (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * rule.argument),
        (_AND, 0, 0, rule.mask),
        *compared,
        *([(_RETURN, 0, 0, other)] if rule.unless else [(_LOAD, 0, 0, _NUMBER_AT)]),
    ]
