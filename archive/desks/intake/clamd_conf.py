"""What clamd.conf says about the two things that clamd cannot be asked: where it writes, and when it stops looking.

clamd writes all that it is sent, and every stream that it unpacks, into its TemporaryDirectory. Decision 0023.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_IN_MEMORY = {"tmpfs", "ramfs"}
_MOUNTS = Path("/proc/self/mountinfo")
_LIMITS = {"streammaxlength": "100M", "maxfilesize": "100M", "maxscansize": "400M"}
"""With their values in clamd 1.4 where the file is silent (clamd.conf(5)). Debian's own file names each of them."""

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_LONGEST_SCAN = 120_000
"""Milliseconds, clamd's own value: we wait somewhat longer, and a file that took longer still would be tried for ever."""

_HIGHEST = (1 << 31) - 1
"""clamd looks at no file of 2 GiB or more, whatever is set."""


@dataclass(frozen=True)
class Prepared:
    """``folder``: where it writes. ``most_bytes``: a larger stream is not looked at, or not to its end.

    ``faults``: why this clamd is not to be used.
    """

    folder: Path
    most_bytes: int
    faults: tuple[str, ...]


def prepared(conf: Path, listens: Path) -> Prepared:
    """``listens``: the socket that is asked. Raises ``OSError`` when the file or the folder it names cannot be looked at."""
    said = _directives(conf.read_text("utf-8", "replace"))
    faults = []
    if Path(said.get("localsocket", listens)).resolve() != listens.resolve():
        faults.append("LocalSocket is another one")
    folder = Path(said.get("temporarydirectory", "/"))
    if not is_in_memory(folder):
        faults.append("TemporaryDirectory is not on tmpfs")
    if _is_on(said.get("leavetemporaryfiles", "no")):
        faults.append("LeaveTemporaryFiles is on")
    if not _is_on(said.get("alertexceedsmax", "no")):
        faults.append("AlertExceedsMax is off")
    if not 0 < _whole(said.get("maxscantime", "120000")) <= _LONGEST_SCAN:
        faults.append(f"MaxScanTime is not within {_LONGEST_SCAN}")
    most = min(_bytes(said.get(name, default)) for name, default in _LIMITS.items())
    return Prepared(folder, most, tuple(faults))


def is_in_memory(folder: Path) -> bool:
    """Whether this process sees the folder on a file system that is kept in memory."""
    real = folder.resolve()
    kinds = dict(_mounted(line) for line in _MOUNTS.read_text("utf-8", "replace").splitlines())
    nearest = next(place for place in (real, *real.parents) if place in kinds)
    return real.is_dir() and kinds[nearest] in _IN_MEMORY


def _mounted(line: str) -> tuple[Path, str]:
    """Place and kind of a mount; a later line about the same place lies on top (proc_pid_mountinfo(5))."""
    before, _, after = line.partition(" - ")
    place = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), before.split()[4])
    return Path(place), after.split()[0]


def _directives(text: str) -> dict[str, str]:
    """The last word counts, as in clamd."""
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {pair[0].lower(): pair[1].strip().strip('"') for pair in pairs if len(pair) == 2}


def _is_on(value: str) -> bool:
    return value.lower() in {"yes", "true", "1"}


def _whole(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _bytes(value: str) -> int:
    """0 means no limit of its own. What cannot be understood is taken for the smallest limit: nothing is looked at."""
    found = re.fullmatch(r"(\d+)([KMG]?)", value.upper())
    if found is None:
        return 0
    return min(int(found[1]) * _UNITS[found[2]], _HIGHEST) or _HIGHEST
