"""A server in a process of its own, and what it costs: CPU seconds and peak memory, as the kernel counts them."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
UTIME, STIME = 11, 12
"""Places in /proc/PID/stat, counted after the command's closing bracket."""

POLL_SECONDS = 0.1


@dataclass
class Served:
    """``peaks``: the most memory that each process was seen to hold, by its process id, in bytes."""

    address: str
    pid: int
    start_seconds: float
    peaks: dict[int, int] = field(default_factory=dict)

    def cpu(self) -> float:
        """Seconds used by the server's own process so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[UTIME]) + int(fields[STIME])) / TICKS

    @property
    def peak(self) -> int:
        return _peak(self.pid)

    @property
    def child_peak(self) -> int:
        return max((size for pid, size in self.peaks.items() if pid != self.pid), default=0)


@contextmanager
def served(arguments: list[str], port: int) -> Iterator[Served]:
    """``python <arguments>`` until it answers on the port."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT)
    stop = threading.Event()
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process)
        server = Served(address, process.pid, time.monotonic() - began)
        watcher = threading.Thread(target=_watch, args=(server, stop), daemon=True)
        watcher.start()
        yield server
    finally:
        stop.set()
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            httpx.get(f"{address}/sign-in", trust_env=False)
        except httpx.TransportError:
            if process.poll() is not None:
                raise SystemExit("the server ended before it answered") from None
            time.sleep(0.01)
        else:
            return


def _watch(server: Served, stop: threading.Event) -> None:
    while not stop.wait(POLL_SECONDS):
        for pid in _family(server.pid):
            size = _peak(pid)
            if size:
                server.peaks[pid] = max(size, server.peaks.get(pid, 0))


def _family(pid: int) -> Iterator[int]:
    """The process and all below it, as far as they are still there."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines() if line.startswith("VmHWM:"))
    return next((int(line[1]) * 1024 for line in lines), 0)
