"""How the child is started, and what keeps it in."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Protocol

from ocr import places, remedies
from ocr.harden import PROCESSES
from ocr.inside import NAMESPACES, Walls, namespaces_here
from ocr.places import PACKAGE, SYSTEM, SYSTEM_FILES, python_homes
from ocr.walls import DEMANDED

_log = logging.getLogger(__name__)

AUTOMATIC = ("bwrap", "container")
"""What `auto` stands for: the first of them that works. Never `bare`."""

_TMPFS_BYTES = 512 << 20
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the point: a file system that is memory, never a disk
_SCRATCH = "juanzong-ocr-"
_PROBE_SECONDS = 30
_MOST_PROCESSES = 64


class LauncherUnavailable(Exception):
    """No launcher that is allowed works here. `remedy` says what to install or allow."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True)
class Started:
    """`scratch`: a folder on tmpfs that is to be removed when the process has ended."""

    process: subprocess.Popen[bytes]
    scratch: Path | None


class Launcher(Protocol):
    @property
    def name(self) -> str: ...

    def start(self, program: Collection[str], errors: IO[bytes], /) -> Started:
        """Start Python with these arguments; frames on its stdin and stdout, its stderr into `errors`."""
        ...

    def describe(self) -> str:
        """What it keeps out, in one sentence for `doctor`."""
        ...


@dataclass(frozen=True)
class BwrapLauncher:
    """bubblewrap: namespaces of its own for everything, a read-only view of Python and of this package."""

    bwrap: str
    name: str = "bwrap"

    def start(self, program: Collection[str], errors: IO[bytes], /) -> Started:
        command = [self.bwrap, *_isolation(), "--", *_python(), *program]
        return Started(_spawn(command, errors, {}, cwd="/"), None)

    def describe(self) -> str:
        return (
            "bwrap: no network, no other processes, no files but Python, the system libraries and the ocr package "
            "(read-only), scratch files in memory only, no capabilities"
        )


@dataclass(frozen=True)
class ContainerLauncher:
    """For machines that forbid namespaces (Docker's default, Kubernetes): the child walls itself in, or does not start."""

    name: str = "container"

    def start(self, program: Collection[str], errors: IO[bytes], /) -> Started:
        return _start_here(program, errors, {DEMANDED: "1"})

    def describe(self) -> str:
        return (
            "container: no files but Python, the system libraries and the ocr package (read-only) and scratch files in "
            "memory, no sockets, no signals to other processes and no look into them, no capabilities; that other "
            "processes run, and that a path exists, can be seen"
        )


@dataclass(frozen=True)
class BareLauncher:
    """The same program, promised nothing but resource limits. For kernels that have neither namespaces nor Landlock."""

    name: str = "bare"

    def start(self, program: Collection[str], errors: IO[bytes], /) -> Started:
        return _start_here(program, errors, {})

    def describe(self) -> str:
        return (
            "bare: NO isolation is promised: on a kernel without Landlock and seccomp, a hostile file that takes over "
            "the reader can read the archive's folder"
        )


def choose_launcher(allowed: Collection[str] = ("auto",), hidden: Path | None = None) -> Launcher:
    """The safest of the allowed launchers that truly works here: `bwrap`, `container`, `bare`; `auto` allows the first two.

    `hidden`: a folder that none of them may show to the child. Taking another launcher than the first one allowed is
    logged loudly. Raises `LauncherUnavailable`.
    """
    if hidden is not None and places.holds(hidden):
        raise LauncherUnavailable(
            f"{hidden} lies among the files that the reading program sees.", remedies.MOVE
        )
    names = {*allowed, *(AUTOMATIC if "auto" in allowed else ())}
    attempts: dict[str, Callable[[], Launcher]] = {
        "bwrap": _working_bwrap,
        "container": _working_container,
        "bare": BareLauncher,
    }
    refused: list[LauncherUnavailable] = []
    for name, attempt in attempts.items():
        if name in names:
            try:
                launcher = attempt()
            except LauncherUnavailable as unavailable:
                refused.append(unavailable)
            else:
                _say(launcher, refused)
                return launcher
    reasons = " ".join(one.reason for one in refused) or "No launcher is allowed by name."
    raise LauncherUnavailable(reasons, " ".join([*(one.remedy for one in refused), remedies.BARE]))


def refusal_of_bwrap() -> LauncherUnavailable | None:
    """Why the launcher that keeps out most does not work here; None when it does."""
    try:
        _working_bwrap()
    except LauncherUnavailable as unavailable:
        return unavailable
    return None


def walls_of(launcher: Launcher) -> Walls:
    """What holds around a program that this launcher starts, tried from inside it. Raises `LauncherUnavailable`."""
    with os.fdopen(os.memfd_create("ocr-launcher-errors"), "r+b", buffering=0) as errors:
        started = launcher.start(["-m", "ocr.inside"], errors)
        try:
            told, _ = started.process.communicate(timeout=_PROBE_SECONDS)
        except subprocess.TimeoutExpired:
            told = b""
        finally:
            discard(started)
        code = started.process.returncode
        if code != 0:
            errors.seek(0)
            lines = errors.read(4096).decode(errors="replace").strip().splitlines()
            words = lines[-1][:300] if lines else f"exit code {code}"
            raise LauncherUnavailable(f"{launcher.name} does not work here ({words}).", "")
    return _apart_from_here(Walls(**json.loads(told)))


def discard(started: Started) -> None:
    """End the process with everything it started, and remove its scratch folder."""
    process = started.process
    _kill_group(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    if started.scratch is not None:
        shutil.rmtree(started.scratch, ignore_errors=True)


def _working_bwrap() -> BwrapLauncher:
    path = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
    if path is None:
        raise LauncherUnavailable("bubblewrap is not installed.", remedies.INSTALL)
    launcher = BwrapLauncher(path)
    try:
        walls_of(launcher)
    except LauncherUnavailable as unavailable:
        raise LauncherUnavailable(unavailable.reason, remedies.for_bwrap()) from unavailable
    return launcher


def _working_container() -> ContainerLauncher:
    launcher = ContainerLauncher()
    try:
        walls = walls_of(launcher)
    except LauncherUnavailable as unavailable:
        raise LauncherUnavailable(
            unavailable.reason, unavailable.remedy or remedies.LANDLOCK
        ) from unavailable
    if not (walls.landlock and walls.seccomp and walls.no_new_privileges):
        raise LauncherUnavailable("container does not work here (a wall does not hold).", remedies.LANDLOCK)
    return launcher


def _say(launcher: Launcher, refused: Collection[LauncherUnavailable]) -> None:
    for one in refused:
        _log.warning("%s %s", one.reason, one.remedy)
    if launcher.name == "bare":
        _log.warning("Reading files WITHOUT isolation, as allowed by name.")
    elif refused:
        _log.warning("Reading files in the launcher %s instead.", launcher.name)


def _apart_from_here(walls: Walls) -> Walls:
    """Named are the namespaces that are not this process's own."""
    pairs = zip(NAMESPACES, walls.namespaces, namespaces_here(), strict=True)
    return replace(walls, namespaces=tuple(name for name, theirs, ours in pairs if theirs != ours))


def _start_here(program: Collection[str], errors: IO[bytes], more: dict[str, str]) -> Started:
    scratch = _new_scratch()
    environment = {**_environment(str(scratch)), **more}
    return Started(_spawn([*_python(), *program], errors, environment, cwd=str(PACKAGE.parent)), scratch)


def _isolation() -> list[str]:
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    environment = {**_environment("/tmp"), PROCESSES: str(_MOST_PROCESSES)}  # noqa: S108 - its own tmpfs
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    for path in SYSTEM:
        if Path(path).is_symlink():
            arguments += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).is_dir():
            arguments += ["--ro-bind", path, path]
    for path in SYSTEM_FILES:
        arguments += ["--ro-bind-try", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    arguments += ["--size", str(_TMPFS_BYTES), "--tmpfs", "/tmp"]  # noqa: S108 - before Python, which may live there
    for path in python_homes():
        arguments += ["--ro-bind", path, path]
    arguments += ["--ro-bind", str(PACKAGE), "/app/ocr", "--chdir", "/app"]
    # bwrap's own / and /dev are memory without a limit: read-only, so that only /tmp can be filled.
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/"]


def _python() -> list[str]:
    """No user site packages, no compiled files written."""
    return [sys.executable, "-s", "-B"]


def _environment(scratch: str) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _spawn(
    command: list[str], errors: IO[bytes], environment: dict[str, str], cwd: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd=cwd,
        close_fds=True,
        start_new_session=True,
        bufsize=0,
    )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """The child and what it started (tesseract); they share a session of their own, and the walls keep them in it.

    A child that ended may have left some behind. Their group keeps its number from being given to others; a process
    that has the number now is therefore not one of theirs.
    """
    if process.poll() is not None and Path("/proc", str(process.pid)).exists():
        return
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        return


def _new_scratch() -> Path:
    """A folder of our own in memory. Such folders of processes that are gone are removed first.

    Raises `LauncherUnavailable` where the system's shared memory is missing or lies on a disk.
    """
    if not is_memory(_SHARED_MEMORY):
        raise LauncherUnavailable(f"{_SHARED_MEMORY} is not in memory here.", remedies.SHARED_MEMORY)
    for left in _SHARED_MEMORY.glob(f"{_SCRATCH}*"):
        owner = left.name.removeprefix(_SCRATCH).split("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)  # those of other users stay: no right to remove them
    return Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=_SHARED_MEMORY))


def is_memory(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether the file system that this folder lies on is memory. The last mount on a place is the one in force."""
    lines = (line.split() for line in mounts.read_text("utf-8").splitlines())
    kinds = {place: kind for _, place, kind, *_ in lines}
    real = folder.resolve()
    nearest = next((str(place) for place in (real, *real.parents) if str(place) in kinds), "")
    return real.is_dir() and kinds.get(nearest) in {"tmpfs", "ramfs"}
