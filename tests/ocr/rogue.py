"""A program that took the reader over, and what it tries. Started with `-c`: nothing of the tests is there inside.

It puts the walls up as the reading program does before it reads a byte; `walls` says how many of them. Each attempt
either returns, which means that it got through, or raises OSError. Prints the names of those that got through.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocr import landlock
from ocr.harden import bound_life, give_up_files, harden

CALLS = {
    # call: (number on x86_64, number on aarch64)
    "bpf": (321, 280),
    "clone": (56, 220),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mq_open": (240, 180),
    "name_to_handle_at": (303, 264),
    "perf_event_open": (298, 241),
    "pidfd_open": (434, 434),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "setns": (308, 268),
    "shmget": (29, 194),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "inotify_init1": (294, 26),
}
NEW_USER_NAMESPACE, SIGCHLD = 0x10000000, 17
ATTACH, SEIZE = 16, 0x4206
F_SETSIG, F_SETOWN = 10, 8
DUMPABLE = 4
MOST_SECONDS, MOST_MEMORY = 60, 1 << 30


@dataclass(frozen=True)
class Outside:
    """What the rogue knows of the machine: more than a real one could. `walls`: none, first or all.

    `landlock`: as if the kernel had only this version of it.
    """

    walls: str
    landlock: int
    attempts: list[str]

    secret: str
    home: str
    victim: int
    port: int
    unix: str
    abstract: str
    descriptor: int
    variable: str


def call(name: str, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    number = CALLS[name][platform.machine() == "aarch64"]
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    answer = int(libc.syscall(ctypes.c_long(number), *passed))
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def listed(folder: str | Path) -> list[str]:
    return [path.name for path in Path(folder).iterdir()]


def files(it: Outside, scratch: Path) -> dict[str, Callable[[], object]]:
    secret, link = Path(it.secret), scratch / "link"

    def by_link() -> bytes:
        link.symlink_to(secret)
        return link.read_bytes()

    return {
        "read the archive": secret.read_bytes,
        "list the archive's folder": lambda: listed(secret.parent),
        "read it by a link": by_link,
        "read it by the root of a process": lambda: Path(f"/proc/self/root{secret}").read_bytes(),
        "read it by the root of another process": lambda: Path(
            f"/proc/{it.victim}/root{secret}"
        ).read_bytes(),
        "write over it": lambda: secret.write_bytes(b""),
        "cut it": lambda: os.truncate(secret, 0),
        "cut it while reading": lambda: os.open(secret, os.O_RDONLY | os.O_TRUNC),
        "remove it": secret.unlink,
        "move it": lambda: secret.rename(scratch / "taken"),
        "link it": lambda: os.link(secret, scratch / "linked"),
        "change its mode": lambda: secret.chmod(0o777),
        "change its times": lambda: os.utime(secret),
        "give it a mark": lambda: os.setxattr(secret, "user.x", b"x"),
        "watch its folder": lambda: call("inotify_init1", 0),
        "take a handle of it": lambda: call(
            "name_to_handle_at", -100, it.secret.encode(), bytes(128), bytes(8), 0
        ),
        "put a file beside it": lambda: (secret.parent / "x").write_bytes(b"x"),
        "list the home folder": lambda: listed(it.home),
        "read the accounts": lambda: Path("/etc/passwd").read_bytes(),
        "read the password hashes": lambda: Path("/etc/shadow").read_bytes(),
        "read the machine's name": lambda: Path("/etc/hostname").read_bytes(),
        "write into the system": lambda: Path("/usr/lib/x").write_bytes(b"x"),
        "write into Python": lambda: Path(sys.prefix, "x").write_bytes(b"x"),
        "write beside the program": lambda: Path.cwd().joinpath("x").write_bytes(b"x"),
        "fill the shared memory": lambda: Path("/dev/shm/x").write_bytes(b"x"),
        "fill the devices": lambda: Path("/dev/x").write_bytes(b"x"),
        "fill the kernel's settings": lambda: Path("/proc/sys/kernel/core_pattern").write_bytes(b"|/x"),
        "start a program of its own": lambda: own_program(scratch / "program"),
        "write a file without end": lambda: endless(scratch / "endless"),
    }


def own_program(path: Path) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o700)
    os.write(descriptor, b"#!/bin/sh\n")
    os.close(descriptor)
    subprocess.run([path], check=True)


def endless(path: Path) -> None:
    try:
        with path.open("wb") as file:
            file.seek(300 << 20)
            file.write(b"x")
            file.flush()
    finally:
        path.unlink()


def processes(it: Outside) -> dict[str, Callable[[], object]]:
    proc = Path("/proc", str(it.victim))

    def signal_by_file() -> None:
        reading, _ = os.pipe()
        fcntl.fcntl(reading, F_SETSIG, 9)
        fcntl.fcntl(reading, F_SETOWN, it.victim)

    return {
        "read its memory": lambda: call("process_vm_readv", it.victim, bytes(16), 1, bytes(16), 1, 0),
        "write its memory": lambda: call("process_vm_writev", it.victim, bytes(16), 1, bytes(16), 1, 0),
        "read its memory as a file": lambda: (proc / "mem").open("rb"),
        "read its environment": (proc / "environ").read_bytes,
        "read its command line": (proc / "cmdline").read_bytes,
        "read its state": (proc / "status").read_bytes,
        "find where it works": (proc / "cwd").readlink,
        "find its open files": lambda: listed(proc / "fd"),
        "attach to it": lambda: call("ptrace", ATTACH, it.victim, 0, 0),
        "seize it": lambda: call("ptrace", SEIZE, it.victim, 0, 0),
        "hold it": lambda: call("pidfd_open", it.victim, 0),
        "signal it": lambda: os.kill(it.victim, 0),
        "signal its group": lambda: os.killpg(it.victim, 0),
        "signal everybody": lambda: os.kill(-1, 0),
        "let a file signal it": signal_by_file,
        "limit it": lambda: resource.prlimit(it.victim, resource.RLIMIT_CPU, (1, 1)),
        "slow it down": lambda: os.setpriority(os.PRIO_PROCESS, it.victim, 19),
        "move it to another core": lambda: os.sched_setaffinity(it.victim, {0}),
        "leave the group that is killed at the end": os.setsid,
        "list all processes": lambda: _many(listed("/proc")),
    }


def _many(names: list[str]) -> None:
    if sum(name.isdigit() for name in names) < 10:
        raise FileNotFoundError("only its own")


def network(it: Outside) -> dict[str, Callable[[], object]]:
    def udp() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", it.port))
            sender.sendto(b"x", ("127.0.0.1", it.port))

    def unix(address: str) -> None:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(address)

    return {
        "connect by TCP": lambda: socket.create_connection(("127.0.0.1", it.port), timeout=2),
        "send by UDP": udp,
        "listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "look a name up": lambda: socket.getaddrinfo("example.org", 80),
        "connect to a socket in a folder": lambda: unix(it.unix),
        "connect to an abstract socket": lambda: unix(it.abstract),
        "ask the kernel by netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "send raw packets": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    }


def kernel() -> dict[str, Callable[[], object]]:
    def clone() -> None:
        if call("clone", NEW_USER_NAMESPACE | SIGCHLD, 0, 0, 0, 0) == 0:
            os._exit(0)

    def raise_limit(what: int) -> None:
        try:
            resource.setrlimit(what, (1 << 40, 1 << 40))
        except ValueError as error:  # Python's way of saying EPERM here
            raise PermissionError from error

    def be_looked_into() -> None:
        if ctypes.CDLL(None).prctl(DUMPABLE, 1, 0, 0, 0) != 0:
            raise PermissionError

    return {
        "make a namespace": lambda: call("unshare", NEW_USER_NAMESPACE),
        "make a process in a namespace": clone,
        "enter a namespace": lambda: call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0),
        "mount": lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
        "change the root": lambda: os.chroot("/usr"),
        "load a BPF program": lambda: call("bpf", 0, bytes(128), 128),
        "read keys of the kernel": lambda: call("keyctl", 0, -3, 0),
        "make a ring": lambda: call("io_uring_setup", 1, bytes(256)),
        "handle page faults": lambda: call("userfaultfd", 0),
        "count events": lambda: call("perf_event_open", bytes(128), 0, -1, -1, 0),
        "keep memory after the end": lambda: call("shmget", 77, 4096, 0o1600),
        "keep a queue after the end": lambda: call("mq_open", b"x", os.O_CREAT | os.O_RDWR, 0o600, None),
        "fill memory that is not counted": lambda: os.memfd_create("x"),
        "raise the limit of open files": lambda: raise_limit(resource.RLIMIT_NOFILE),
        "raise the limit of a file": lambda: raise_limit(resource.RLIMIT_FSIZE),
        "raise the limit of memory": lambda: raise_limit(resource.RLIMIT_AS),
        "raise the limit of time": lambda: raise_limit(resource.RLIMIT_CPU),
        "take more memory than a life may need": more_memory,
        "be spared when memory runs out": lambda: Path("/proc/self/oom_score_adj").write_text("0"),
        "let others look into it": be_looked_into,
    }


def more_memory() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    mmap.mmap(-1, MOST_MEMORY).close()


def narrowed(scratch: Path) -> dict[str, Callable[[], object]]:
    """What the engine tesseract needs and no other one."""

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    return {
        "fork": fork,
        "start a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "write a scratch file": lambda: (scratch / "x").write_bytes(b"x"),
        "make a scratch folder": (scratch / "folder").mkdir,
        "fill memory with messages": lambda: [os.write(2, bytes(1 << 20)) for _ in range(8)],
    }


def inheritance(it: Outside) -> dict[str, Callable[[], object]]:
    def variable() -> None:
        if it.variable not in os.environ:
            raise FileNotFoundError

    return {
        "read an open file of its parent": lambda: os.read(it.descriptor, 1),
        "read the environment of its parent": variable,
    }


def attempts(it: Outside, scratch: Path) -> dict[str, Callable[[], object]]:
    further = narrowed(scratch) if it.walls == "all" else {}
    return {**files(it, scratch), **processes(it), **network(it), **kernel(), **inheritance(it), **further}


def main() -> None:
    it = Outside(**json.loads(sys.argv[1]))
    landlock.version = lambda: it.landlock
    if it.walls != "none":
        harden()
        bound_life(MOST_SECONDS, MOST_MEMORY)
    if it.walls == "all":
        give_up_files()
    through = []
    for name, attempt in attempts(it, Path(os.environ["TMPDIR"])).items():
        if it.attempts and name not in it.attempts:
            continue
        try:
            attempt()
        except OSError:
            continue
        through.append(name)
    thread = threading.Thread(target=lambda: None)  # engines need them: the walls let them be
    thread.start()
    thread.join()
    sys.stdout.write(json.dumps(through))


if __name__ == "__main__":
    main()
