"""Why a launcher does not work on this machine, and what exactly to do about it."""

from __future__ import annotations

from pathlib import Path

from ocr.inside import Walls

INSTALL = "Install bubblewrap: `apt install bubblewrap` (./start does it)."
_APPARMOR = (
    "AppArmor forbids user namespaces here (Ubuntu 24.04 and later). As root: copy ocr/apparmor-bwrap.profile to "
    "/etc/apparmor.d/bwrap and run `apparmor_parser -r /etc/apparmor.d/bwrap` (./start does both where it can)."
)
_SECCOMP = (
    "This is a container, or something like it, whose system call filter forbids namespaces (Docker's default, "
    "Kubernetes): set JUANZONG_LAUNCHER to `container` or leave it at `auto`."
)
_SWITCHED_OFF = "The kernel's switch for user namespaces is off. As root: `sysctl -w {switch}`."
_UNKNOWN = "Run `bwrap --ro-bind / / true` as this user to see what forbids it, or set JUANZONG_LAUNCHER to `container`."
LANDLOCK = (
    "The launcher `container` needs Landlock (Linux 5.13 or newer, `landlock` among the names in "
    "/sys/kernel/security/lsm, Docker 23 or newer) and seccomp on x86_64 or aarch64."
)
_NO_LANDLOCK = "start Linux 5.13 or newer with `lsm=landlock,...`; in a container, Docker 23 or newer"
MOVE = "Move the data folder out of Python's folders and of /usr, and set JUANZONG_DATA to its new place."
SHARED_MEMORY = "Mount a tmpfs on /dev/shm: scratch files hold text of pages and must never reach a disk."
BARE = "Or allow the launcher `bare` by name, which runs without isolation."

_SWITCHES = (
    ("sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("sys/user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
)


def for_bwrap(proc: Path = Path("/proc")) -> str:
    """By the switches of the machine, most certain first: bwrap's own words are the same for several causes."""
    for switch, off, command in _SWITCHES:
        if _line(proc / switch) == off:
            return _SWITCHED_OFF.format(switch=command)
    if _is_filtered(proc):
        return _SECCOMP
    if _line(proc / "sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return _APPARMOR
    return _UNKNOWN


def state_of(walls: Walls) -> list[str]:
    """Each wall around the reading program, and what brings it back where it is missing."""
    apart = f"namespaces of its own: {', '.join(walls.namespaces)}"
    return [
        apart if walls.namespaces else "no namespaces of its own",
        f"Landlock {walls.landlock}" if walls.landlock else f"no Landlock: {_NO_LANDLOCK}",
        "seccomp" if walls.seccomp else "no seccomp: it needs x86_64 or aarch64 and a kernel that has it",
        f"at most {walls.memory_limit >> 20} MiB of memory a process",
        "no new privileges" if walls.no_new_privileges else "new privileges possible: the kernel is too old",
    ]


def _is_filtered(proc: Path) -> bool:
    """Whether a seccomp filter is on this process: on a plain machine there is none."""
    status = proc / "self/status"
    return status.exists() and "\nSeccomp:\t2" in status.read_text("utf-8")


def _line(path: Path) -> str | None:
    return path.read_text("utf-8").strip() if path.exists() else None
