"""The walls themselves: what the filters decide on both machines, what a kernel without them means, what is said then."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr import remedies, syscalls, walls
from ocr.launchers import choose_launcher, walls_of
from ocr.places import PACKAGE
from ocr.remedies import state_of
from ocr.seccomp import Instruction, Refused, RefusedWhen, assemble
from ocr.syscalls import Number

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = list(ARCHITECTURES)
ALLOWED, KILLED = 0, -1
OWN, OTHER = 4711, 4712


def answer(program: list[Instruction], architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would answer: 0 allowed, -1 killed, else the error. Runs the filter as the kernel does."""
    data = {0: number, 4: architecture} | {16 + 8 * n: value for n, value in enumerate(arguments)}
    accumulator = at = 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        match code:
            case 0x20:
                accumulator = data.get(value, 0) & 0xFFFFFFFF
            case 0x54:
                accumulator &= value
            case 0x15:
                at += if_true if accumulator == value else if_false
            case 0x25:
                at += if_true if accumulator > value else if_false
            case 0x45:
                at += if_true if accumulator & value else if_false
            case 0x06:
                return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}.get(value, value & 0xFFFF)


def decided(machine: str, call: Number, *arguments: int, narrow: bool = False) -> int:
    rules = walls._no_programs() if narrow else walls._rules(OWN)
    newest = None if narrow else syscalls.NEWEST
    number = call[MACHINES.index(machine)]
    assert number is not None
    return answer(assemble(rules, newest, machine), ARCHITECTURES[machine], number, *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_forbidden_is_answered_with_eperm_and_the_rest_allowed(machine: str) -> None:
    column = MACHINES.index(machine)
    program = assemble(walls._rules(OWN), syscalls.NEWEST, machine)
    forbidden = {number[column] for number in syscalls.FORBIDDEN.values()} - {None}
    on_arguments = {r.call[column] for r in walls._rules(OWN) if isinstance(r, RefusedWhen)}
    unknown = {number[column] for number in syscalls.UNKNOWN.values()}

    for number in set(range(syscalls.NEWEST + 1)) - on_arguments:
        expected = errno.EPERM if number in forbidden else errno.ENOSYS if number in unknown else ALLOWED
        assert answer(program, ARCHITECTURES[machine], number) == expected, number


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_younger_than_the_list_do_not_exist(machine: str) -> None:
    assert decided(machine, (syscalls.NEWEST + 1, syscalls.NEWEST + 1)) == errno.ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_of_another_machine_end_the_program(machine: str) -> None:
    program = assemble([], None, machine)

    assert answer(program, 0x40000003, 20) == KILLED  # i386, by int 0x80
    if machine == "x86_64":
        assert answer(program, ARCHITECTURES[machine], 0x40000000 | 39) == KILLED  # x32


NEW_NETWORK, THREAD, VFORK = 0x40000000, 0x3D0F00, 0x4111
ON_ARGUMENTS: list[tuple[Number, tuple[int, ...], int]] = [
    (syscalls.KILL, (OWN, 9), ALLOWED),
    (syscalls.KILL, (OTHER, 9), errno.EPERM),
    (syscalls.KILL, (0xFFFFFFFF, 9), errno.EPERM),
    (syscalls.KILL, (0, 9), errno.EPERM),
    (syscalls.TGKILL, (OWN, OTHER, 6), ALLOWED),
    (syscalls.TGKILL, (OTHER, OTHER, 6), errno.EPERM),
    (syscalls.PRLIMIT, (0, 7, 0), ALLOWED),
    (syscalls.PRLIMIT, (OTHER, 7, 0), errno.EPERM),
    (syscalls.SCHED_SETAFFINITY, (OTHER, 8, 0), errno.EPERM),
    (syscalls.CLONE, (THREAD,), ALLOWED),
    (syscalls.CLONE, (VFORK,), ALLOWED),
    (syscalls.CLONE, (NEW_NETWORK | 17,), errno.EPERM),
    (syscalls.CLONE, (0x8000 | 17,), errno.EPERM),
    (syscalls.FCNTL, (3, 1), ALLOWED),
    (syscalls.FCNTL, (3, 8, OTHER), errno.EPERM),
    (syscalls.PRCTL, (15,), ALLOWED),
    (syscalls.PRCTL, (1, 0), errno.EPERM),
    (syscalls.OPENAT, (0, 0, os.O_RDONLY | os.O_CLOEXEC), ALLOWED),
    (syscalls.OPENAT, (0, 0, os.O_RDWR | os.O_TRUNC | os.O_CREAT), ALLOWED),
    (syscalls.OPENAT, (0, 0, os.O_RDONLY | os.O_TRUNC), errno.EPERM),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("call", "arguments", "expected"), ON_ARGUMENTS)
def test_where_the_arguments_decide(
    machine: str, call: Number, arguments: tuple[int, ...], expected: int
) -> None:
    assert decided(machine, call, *arguments) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_a_narrowed_program_starts_threads_and_nothing_else(machine: str) -> None:
    assert decided(machine, syscalls.CLONE, THREAD, narrow=True) == ALLOWED
    assert decided(machine, syscalls.CLONE, VFORK, narrow=True) == errno.EPERM
    assert decided(machine, syscalls.PROGRAMS["execve"], narrow=True) == errno.EPERM


TABLES = {
    **syscalls.FORBIDDEN,
    **syscalls.UNKNOWN,
    **syscalls.PROGRAMS,
    "clone": syscalls.CLONE,
    "open": syscalls.OPEN,
    "openat": syscalls.OPENAT,
    "kill": syscalls.KILL,
    "tgkill": syscalls.TGKILL,
    "fcntl": syscalls.FCNTL,
    "prctl": syscalls.PRCTL,
    "prlimit64": syscalls.PRLIMIT,
    "sched_setaffinity": syscalls.SCHED_SETAFFINITY,
}


def test_the_numbers_are_those_that_libseccomp_knows() -> None:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("libseccomp2 is not installed; Debian and Ubuntu have it with apt")

    def known(name: str, machine: str) -> int | None:
        number = int(library.seccomp_syscall_resolve_name_arch(ARCHITECTURES[machine], name.encode()))
        return number if number >= 0 else None

    theirs = {name: (known(name, "x86_64"), known(name, "aarch64")) for name in TABLES}
    assert theirs == TABLES


def forbidding(what: str, *allowed: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.ocr.like_docker", what, *allowed],
        capture_output=True,
        check=True,
        cwd=PACKAGE.parent,
        timeout=120,
    )
    told: dict[str, Any] = json.loads(ended.stdout)
    told["log"] = ended.stderr.decode()
    return told


def test_under_docker_s_filter_bwrap_is_refused_and_container_reads_the_page() -> None:
    told = forbidding("namespaces", "auto")

    assert told["launcher"] == "container"
    assert "No permissions to create new namespace" in told["reason"]
    assert "JUANZONG_LAUNCHER to `container`" in told["remedy"]
    assert "Reading files in the launcher container instead." in told["log"]
    assert "陈小明" in told["text"]


def test_where_landlock_is_forbidden_too_nothing_is_read() -> None:
    told = forbidding("namespaces,landlock", "auto")

    assert told["launcher"] is None
    assert "Landlock: Operation not permitted" in told["reason"]
    assert "Docker 23 or newer" in told["remedy"]


def test_there_bare_reads_when_it_is_allowed_by_name_and_says_so_loudly() -> None:
    told = forbidding("namespaces,landlock", "auto", "bare")

    assert (told["launcher"], told["landlock"]) == ("bare", 0)
    assert "WITHOUT isolation" in told["log"]
    assert "陈小明" in told["text"]


def test_a_kernel_without_landlock_keeps_the_walls_of_bwrap() -> None:
    told = forbidding("landlock", "auto")

    assert (told["launcher"], told["landlock"]) == ("bwrap", 0)
    assert "陈小明" in told["text"]


def machine(folder: Path, **switches: str) -> Path:
    """Something like /proc with these switches; two underscores stand for a slash."""
    for name, value in switches.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("switches", "remedy"),
    [
        ({"sys__kernel__apparmor_restrict_unprivileged_userns": "1\n"}, "apparmor_parser -r"),
        ({"sys__kernel__unprivileged_userns_clone": "0\n"}, "sysctl -w kernel.unprivileged_userns_clone=1"),
        ({"sys__user__max_user_namespaces": "0\n"}, "sysctl -w user.max_user_namespaces"),
        ({"self__status": "Name:\tx\nSeccomp:\t2\n"}, "JUANZONG_LAUNCHER to `container`"),
        ({"self__status": "Name:\tx\nSeccomp:\t0\n"}, "bwrap --ro-bind / / true"),
    ],
)
def test_the_remedy_fits_what_forbids_namespaces(
    tmp_path: Path, switches: dict[str, str], remedy: str
) -> None:
    assert remedy in remedies.for_bwrap(machine(tmp_path, **switches))


def test_doctor_s_words_say_which_wall_is_missing_and_what_brings_it_back() -> None:
    whole = walls_of(choose_launcher(("container",)))
    broken = replace(whole, landlock=0, seccomp=False, no_new_privileges=False)

    assert not any("no Landlock" in words for words in state_of(whole))
    assert {"no Landlock", "no seccomp", "new privileges possible"} <= {
        words.partition(":")[0] for words in state_of(broken)
    }


def test_a_filter_for_a_machine_whose_numbers_are_unknown_is_not_made() -> None:
    with pytest.raises(KeyError):
        assemble([Refused(syscalls.KILL)], None, "riscv64")
