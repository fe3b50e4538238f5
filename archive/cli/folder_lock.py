"""One server for one folder. The lock lies on the folder itself and ends with the process, however that ends.

``owner.json`` beside it only says who has the lock; a file that a killed process left behind locks nobody out.
"""

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.core.errors import NotReady
from archive.core.settings import Settings
from archive.core.vault.local import NO_ROOM

PATIENCE_SECONDS = 2.0
"""How long a refused one waits for the winner to write its name."""


@dataclass(frozen=True)
class Owner:
    """``address``: where it serves, None for a command that serves nobody. ``since``: UTC, to the second."""

    command: str
    pid: int
    host: str
    address: str | None
    since: str

    def words(self) -> str:
        place = "" if self.address is None else f", at {self.address}"
        return f"juanzong {self.command}, process {self.pid} on {self.host}{place}, since {self.since}"


@contextmanager
def owning(
    settings: Settings, command: str, *, serves: bool = False, makes: bool = False, says: bool = True
) -> Iterator[None]:
    """Holds the folder alone among all that own it: ``up``, ``serve``, ``init`` and ``restore``.

    ``makes``: a folder that does not exist is made. ``says=False``: no file is left in it, for whoever needs it empty.
    Raises ``NotReady`` naming the owner, before anything is touched.
    """
    descriptor = _opened(settings.data, makes=makes)
    try:
        _lock(descriptor, _file(settings))
        if says:
            _say(_file(settings), _me(settings, command, serves=serves))
        try:
            yield
        finally:
            with suppress(OSError):
                _file(settings).unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _file(settings: Settings) -> Path:
    return settings.data / "owner.json"


def _opened(folder: Path, *, makes: bool) -> int:
    try:
        if makes:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as error:
        raise NotReady("This folder holds no archive yet.", "Run ./start, or: juanzong init.") from error
    except OSError as error:
        raise NotReady(
            f"The folder of the archive cannot be {'made' if makes else 'opened'}: {_why(error)}.",
            "Choose a folder that you may write, with --data or JUANZONG_DATA.",
        ) from error


def _lock(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _taken(_owner(file)) from error
    except OSError as error:
        raise NotReady(
            f"The disk of this folder keeps no locks ({_why(error)}), and its databases need them.",
            "Put the archive on a local disk; a network folder cannot hold it.",
        ) from error


def _taken(owner: Owner | None) -> NotReady:
    if owner is None:
        return NotReady(
            "Another command has this folder to itself just now.", "Wait until it is through, then try again."
        )
    end = f"end it first: Ctrl+C there, or kill {owner.pid} on {owner.host}"
    return NotReady(
        f"This folder is in use: {owner.words()}.",
        f"Use that one, or {end}." if owner.address else f"Wait until it is through, or {end}.",
    )


def _owner(file: Path) -> Owner | None:
    """Whoever has just taken the lock may not have written its name yet; None when none appears."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (owner := _read(file)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return owner


def _read(file: Path) -> Owner | None:
    """None also for what a killed process of this machine left behind."""
    try:
        owner = Owner(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return owner if owner.host != socket.gethostname() or _is_alive(owner.pid) else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True


def _me(settings: Settings, command: str, *, serves: bool) -> Owner:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return Owner(command, os.getpid(), socket.gethostname(), address if serves else None, since)


def _say(file: Path, me: Owner) -> None:
    """On a full disk the lock holds without a name; a folder that cannot be written is no place for an archive."""
    try:
        file.write_text(json.dumps(asdict(me)), "utf-8")
    except OSError as error:
        if error.errno in NO_ROOM:
            return
        remedy = (
            "Find out why its disk is mounted read-only, and mount it for writing."
            if error.errno == errno.EROFS
            else "Give the user of the archive the right to write there."
        )
        raise NotReady(f"The folder of the archive cannot be written: {_why(error)}.", remedy) from error


def _why(error: OSError) -> str:
    return os.strerror(error.errno or 0)
