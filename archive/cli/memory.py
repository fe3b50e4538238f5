"""Keys and pages lie in the memory of this process; they must not come to lie on the disk with it."""

import ctypes
import resource

_PR_SET_DUMPABLE = 4


def leave_no_dump() -> None:
    """No core file, also where the kernel pipes dumps to a program (it passes over the limit), and nobody attaches."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
