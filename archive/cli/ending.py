"""How a process ends: asked once, in order and within ten seconds; asked twice, at once.

The ten seconds hold whatever hangs: a timer of its own ends the process. What is acknowledged is durable before, and what
is not through yet is as after a kill, which the archive survives anywhere.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

from archive.cli.output import Exit

DRAIN_SECONDS = 10.0

UPLOADS_SECONDS = 3.0
"""So long an upload may still arrive whole; then it is broken off, which its deposit says."""

ANSWERS_SECONDS = 6.0
"""So long answers may still be given; then the connections are closed."""

JOBS_SECONDS = 8.0
"""So long a worker may still read its page; then its job is handed back for it."""


class Asked:
    """Whether this process was asked to end, by Ctrl+C or by SIGTERM, which a service manager sends."""

    def __init__(self) -> None:
        self.is_asked = False  # no lock: a signal is heard in the middle of whatever the main thread does

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._hear())

    def wait_while(self, goes_on: Callable[[], bool]) -> None:
        """For the main thread, until ``goes_on`` says no or somebody asks."""
        while goes_on() and not self.is_asked:
            time.sleep(0.1)

    def _hear(self) -> None:
        if self.is_asked:
            os._exit(Exit.FAULT)
        self.is_asked = True
        last = threading.Timer(DRAIN_SECONDS, os._exit, [Exit.DONE])
        last.daemon = True
        last.start()
