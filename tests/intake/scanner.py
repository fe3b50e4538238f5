"""A clamd of the test's own: a private socket, one signature, its temporary folder in memory. And one that misbehaves."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from archive.desks.intake.clamd import TEST_FILE, Clamd, Patience
from tests.cast import Clock

MEMORY = "/dev/shm"
SIGNATURE = "Test.Eicar"
FOUND = f"{SIGNATURE}.UNOFFICIAL"
MOST = 1 << 20
"""How much this clamd looks at, in bytes."""

LONGEST_STREAM = 2 << 20


@dataclass(frozen=True)
class Running:
    socket: Path
    conf: Path
    memory: Path
    process: subprocess.Popen[bytes]

    def asked(self, **changed: object) -> Clamd:
        """The adapter, as it asks this clamd; ``changed``: fields of ``Clamd``."""
        clamd = Clamd(self.socket, self.conf, False, timedelta(days=7), Clock(), Patience(5.0, 10.0))
        return replace(clamd, **changed)  # type: ignore[arg-type]  # names of fields, checked when they are used

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def written_to_disks(self) -> int:
        """In bytes (proc_pid_io(5))."""
        counts = Path(f"/proc/{self.process.pid}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in counts if line.startswith("write_bytes"))

    def first_in_memory(self) -> str:
        """Waits for it: clamd writes when it gets round to it."""
        return next(names[0] for names in self._looking() if names)

    def is_empty_again(self) -> bool:
        """Waits likewise."""
        return any(names == [] for names in self._looking())

    def _looking(self) -> Iterator[list[str]]:
        for _ in range(1000):
            yield self._in_memory()
            time.sleep(0.01)

    def _in_memory(self) -> list[str]:
        return sorted(path.name for path in self.memory.rglob("*") if path.is_file())


CONF = """
Foreground yes
LocalSocket {socket}
DatabaseDirectory {signatures}
TemporaryDirectory {memory}
LeaveTemporaryFiles no
AlertExceedsMax yes
MaxFileSize 1M
MaxScanSize 1M
StreamMaxLength 2M
ScanPDF {unpacks}
ScanArchive {unpacks}
"""


@contextmanager
def clamd_in(folder: Path, *, unpacks: bool = True) -> Iterator[Running]:
    """Debian's clamd. It does not outlive this process, whatever happens to it.

    A copy of the program runs: Ubuntu's AppArmor profile lets the one in /usr/sbin write below /tmp, and not in memory.
    """
    installed = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert installed is not None, "clamd is missing: apt install clamav-daemon, as install/apt-test.txt says"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "clamd"
    shutil.copy2(installed, program)
    with memory() as kept:
        conf = _configured(folder, kept, unpacks=unpacks)
        with _started(program, conf, folder / "clamd.log") as process:
            _wait_for(folder / "clamd.sock", process)
            yield Running(folder / "clamd.sock", conf, kept, process)


@contextmanager
def memory() -> Iterator[Path]:
    """A folder on tmpfs, as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="juanzong-clamd-", dir=MEMORY) as folder:
        yield Path(folder)


def _configured(folder: Path, memory: Path, *, unpacks: bool) -> Path:
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"{SIGNATURE}:0:*:{TEST_FILE.hex()}\n")
    conf = folder / "clamd.conf"
    conf.write_text(
        CONF.format(
            socket=folder / "clamd.sock",
            signatures=signatures,
            memory=memory,
            unpacks="yes" if unpacks else "no",
        )
    )
    return conf


@contextmanager
def _started(program: Path, conf: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = ["setpriv", "--pdeathsig", "KILL", str(program), "--config-file", str(conf)]
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert process.poll() is None, path.with_name("clamd.log").read_text()
        time.sleep(0.02)


VERSION = b"ClamAV 1.4.6/27500/Mon Oct 26 09:00:00 2026\0"
"""A week before the clock of the tests starts."""


@contextmanager
def answering(path: Path, *answers: bytes) -> Iterator[None]:
    """One answer a connection, in turn, as soon as the command is there; then the line stays open. ``b""`` hangs up at once."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        lines: list[socket.socket] = []
        thread = threading.Thread(target=_answer, args=(door, answers, lines))
        thread.start()
        try:
            yield
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in lines:
                line.close()


def _answer(door: socket.socket, answers: tuple[bytes, ...], lines: list[socket.socket]) -> None:
    for answer in answers:
        try:
            line, _ = door.accept()
        except OSError:
            return
        line.recv(64)
        if answer:
            line.sendall(answer)
            lines.append(line)
        else:
            line.close()
