"""How the child is started, and what keeps it in."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from ocr.harden import PROCESSES

_log = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parent
_TMPFS_BYTES = 512 << 20
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the point: a file system that is memory, never a disk
_SCRATCH = "juanzong-ocr-"
_PROBE_SECONDS = 30
_MOST_PROCESSES = 64
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
)
_REMEDY = (
    "Install the package bubblewrap. On Ubuntu 24.04 and later also copy ocr/apparmor-bwrap.profile to "
    "/etc/apparmor.d/bwrap and run `apparmor_parser -r /etc/apparmor.d/bwrap` as root (./start does both). "
    "Or allow the launcher `bare` by name, which runs without isolation."
)


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
class BareLauncher:
    """The same program with resource limits only. For machines where namespaces are forbidden."""

    name: str = "bare"

    def start(self, program: Collection[str], errors: IO[bytes], /) -> Started:
        scratch = _new_scratch()
        environment = _environment(str(scratch))
        return Started(_spawn([*_python(), *program], errors, environment, cwd=str(PACKAGE.parent)), scratch)

    def describe(self) -> str:
        return "bare: NO isolation: a hostile file that takes over the reader can read the archive's folder"


def choose_launcher(allowed: Collection[str] = ("bwrap",)) -> Launcher:
    """The safest of the allowed launchers (`bwrap`, `bare`) that truly works here. Falling back is logged loudly.

    Raises `LauncherUnavailable`.
    """
    reason = "The launcher bwrap is not allowed by name."
    if "bwrap" in allowed:
        try:
            return _working_bwrap()
        except LauncherUnavailable as unavailable:
            if "bare" not in allowed:
                raise
            reason = unavailable.reason
            _log.warning("%s Reading files WITHOUT isolation, as allowed by name. %s", reason, _REMEDY)
    if "bare" in allowed:
        return BareLauncher()
    raise LauncherUnavailable(reason, _REMEDY)


def discard(started: Started) -> None:
    """End the process with everything it started, and remove its scratch folder."""
    process = started.process
    if process.poll() is None:
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
        raise LauncherUnavailable("bubblewrap is not installed.", _REMEDY)
    launcher = BwrapLauncher(path)
    with os.fdopen(os.memfd_create("ocr-launcher-errors"), "r+b", buffering=0) as errors:
        started = launcher.start(["-c", ""], errors)
        try:
            code = started.process.wait(_PROBE_SECONDS)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            discard(started)
        if code != 0:
            errors.seek(0)
            told = errors.read(300).decode(errors="replace").strip()
            raise LauncherUnavailable(
                f"bubblewrap does not work here ({told or f'exit code {code}'}).", _REMEDY
            )
    return launcher


def _isolation() -> list[str]:
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    environment = {**_environment("/tmp"), PROCESSES: str(_MOST_PROCESSES)}  # noqa: S108 - its own tmpfs
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    for path in _SYSTEM:
        if Path(path).is_symlink():
            arguments += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).is_dir():
            arguments += ["--ro-bind", path, path]
    for path in _SYSTEM_FILES:
        arguments += ["--ro-bind-try", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    arguments += ["--size", str(_TMPFS_BYTES), "--tmpfs", "/tmp"]  # noqa: S108 - before Python, which may live there
    for path in _python_homes():
        arguments += ["--ro-bind", path, path]
    arguments += ["--ro-bind", str(PACKAGE), "/app/ocr", "--chdir", "/app"]
    # bwrap's own / and /dev are memory without a limit: read-only, so that only /tmp can be filled.
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/"]


def _python_homes() -> Iterator[str]:
    """Where the interpreter and its libraries live, outermost first; what lies under /usr is there already."""
    homes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    homes |= {os.path.realpath(home) for home in homes}
    homes.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    for home in sorted(homes):
        if not home.startswith("/usr/") and home not in {"/usr", "/"}:
            yield home


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
    """The child and what it started (tesseract); they share a session of their own."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        return


def _new_scratch() -> Path:
    """A folder of our own in memory. Such folders of processes that are gone are removed first."""
    for left in _SHARED_MEMORY.glob(f"{_SCRATCH}*"):
        owner = left.name.removeprefix(_SCRATCH).split("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)  # those of other users stay: no right to remove them
    return Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=_SHARED_MEMORY))
