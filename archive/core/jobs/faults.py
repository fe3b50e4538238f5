"""Faults of the machine: they cost no job an attempt, and are said once, not at every turn."""

import errno
import logging

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from archive.core import errors
from ocr.launchers import LauncherUnavailable
from search.index import IndexStale, IndexUnavailable

_log = logging.getLogger(__name__)

_WAITS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((errors.StoreFull,), "The disk of the archive is full; this waits until there is room."),
    ((errors.StoreUnavailable,), "The objects folder cannot be used; this waits until it can."),
    (
        (errors.DatabaseUnavailable, OperationalError, NoConnection),
        "The database cannot be used; this waits until it can.",
    ),
    (
        (errors.SearchUnavailable, IndexUnavailable, IndexStale),
        "The search index cannot be used; this waits until it can.",
    ),
    (
        (errors.SandboxUnavailable, LauncherUnavailable),
        "The reading program does not start; this waits until it does.",
    ),
)

_SHORT = {
    errno.ENOSPC: _WAITS[0][1],
    errno.EDQUOT: _WAITS[0][1],
    errno.EROFS: "The disk of the archive cannot be written; this waits until it can.",
    errno.EIO: "The disk of the archive reports errors; this waits until it is mended.",
    errno.ENOMEM: "The machine has no memory left; this waits until it has.",
    errno.EAGAIN: "The machine starts no more programs; this waits until it does.",
    errno.EMFILE: "The machine opens no more files; this waits until it does.",
    errno.ENFILE: "The machine opens no more files; this waits until it does.",
}


def waits_for(error: Exception) -> str | None:
    """What a job waits for, in words for the board; None when the fault is the job's own, or nobody knows whose."""
    if isinstance(error, errors.ScannerUnavailable):
        return error.message
    if isinstance(error, OSError) and error.errno is not None:
        return _SHORT.get(error.errno)
    return next((words for kinds, words in _WAITS if isinstance(error, kinds)), None)


class Complaints:
    """Says a thing once, again only when it has changed, and when it is over."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def say(self, what: str, words: str) -> None:
        if self._said.get(what) != words:
            self._said[what] = words
            _log.error("%s: %s", what, words)

    def over(self, what: str) -> None:
        if self._said.pop(what, None) is not None:
            _log.warning("%s: goes on again", what)
