"""Looks for known bytes wherever running processes can have left them on a disk: in files, and in files that are open but gone.

Memory is another matter: what the kernel swaps out is not looked for, and that it swaps nothing is not promised.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

IN_MEMORY = frozenset(
    {
        *(
            "tmpfs",
            "ramfs",
            "devtmpfs",
            "devpts",
            "proc",
            "sysfs",
            "cgroup",
            "cgroup2",
            "mqueue",
            "hugetlbfs",
            "bpf",
        ),
        *(
            "securityfs",
            "debugfs",
            "tracefs",
            "configfs",
            "pstore",
            "efivarfs",
            "binfmt_misc",
            "fusectl",
            "nsfs",
        ),
        *("autofs", "rpc_pipefs", "selinuxfs"),
    }
)
"""Every other kind of file system is taken for a disk."""

SHORTEST = 16
"""Of contents a piece of so many bytes is looked for; it cannot be there by chance."""

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5")
MAGIC = {
    "a JPEG": b"\xff\xd8\xff",
    "a PNG": b"\x89PNG\r\n",
    "a PDF": b"%PDF-",
    "a TIFF": b"II*\0",
    "a database in clear": b"SQLite format 3\0",
}
"""Nothing of the archive begins so."""

LARGEST = 1 << 28


@dataclass(frozen=True)
class Mount:
    place: Path
    kind: str
    device: int
    is_writable: bool

    @property
    def is_disk(self) -> bool:
        return self.kind not in IN_MEMORY


def mounts(pid: int | str = "self") -> list[Mount]:
    """As this process sees them (proc_pid_mountinfo(5))."""
    return [_mount(line) for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]


def _mount(line: str) -> Mount:
    here, _, system = line.partition(" - ")
    _, _, device, _, place, options = here.split()[:6]
    major, minor = map(int, device.split(":"))
    kind, _, of_all = system.split()[:3]
    is_writable = "rw" in options.split(",") and "rw" in of_all.split(",")
    return Mount(Path(place.replace("\\040", " ")), kind, os.makedev(major, minor), is_writable)


def writable_disks(pid: int | str = "self") -> list[Path]:
    return [mount.place for mount in mounts(pid) if mount.is_disk and mount.is_writable]


def in_every_encoding(words: dict[str, str]) -> dict[str, bytes]:
    """Each word as it stands and in lower case, in every encoding that has its characters."""
    told = {
        f"{what} ({code})": form.encode(code, "ignore")
        for what, word in words.items()
        for form in (word, word.lower())
        for code in ENCODINGS
    }
    return {what: content for what, content in told.items() if len(content) >= 10}


def pieces_of(contents: dict[str, bytes]) -> dict[str, bytes]:
    """From the middle and the quarters of each."""
    return {
        f"{what} at {quarter}/4": content[len(content) * quarter // 4 :][:SHORTEST]
        for what, content in contents.items()
        for quarter in (1, 2, 3)
    }


@dataclass
class Search:
    """``secrets`` must be nowhere; below ``own`` nothing may even begin like a picture or a document."""

    secrets: dict[str, bytes]
    own: tuple[Path, ...]
    since: float
    found: set[str] = field(default_factory=set)
    looked_at: set[str] = field(default_factory=set)

    def below(self, *folders: Path) -> None:
        """Files that changed since the beginning, without crossing into another file system."""
        for folder in folders:
            for path in _files(folder):
                self._file(path, str(path))

    def beside(self, *folders: Path) -> None:
        """The same, without the folders in these folders."""
        for folder in folders:
            for path in folder.iterdir():
                self._file(path, str(path))

    def open_in(self, pids: Iterable[int]) -> None:
        """Files that these processes hold open, also those whose names are gone already."""
        memory = {mount.device for mount in mounts() if not mount.is_disk}
        for pid in pids:
            for link in _entries(Path(f"/proc/{pid}/fd")):
                name = _target(link)
                if name.startswith("/") and not name.startswith("/memfd:"):
                    self._file(link, f"{name} open in {_target(link.parent.parent / 'exe')}", besides=memory)

    def _file(self, path: Path, name: str, besides: Iterable[int] = ()) -> None:
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_ctime < self.since or facts.st_dev in besides:
                return
            with path.open("rb") as file:
                content = file.read(LARGEST)
        except OSError:  # it is gone already; the next look finds what replaced it
            return
        self.looked_at.add(name)
        self.found |= {f"{what} in {name}" for what, secret in self.secrets.items() if secret in content}
        if any(folder in Path(name).parents for folder in self.own):
            self.found |= {f"{what}: {name}" for what, magic in MAGIC.items() if content.startswith(magic)}


def _files(folder: Path) -> Iterator[Path]:
    """Does not follow links."""
    waiting, device = [folder], folder.stat().st_dev
    while waiting:
        for entry in _scanned(waiting.pop()):
            if entry.is_symlink():
                continue
            if not entry.is_dir():
                yield Path(entry.path)
            elif _device(entry) == device:
                waiting.append(Path(entry.path))


def _scanned(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _device(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_dev
    except OSError:
        return -1


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process has ended, or does not let itself be looked into
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
