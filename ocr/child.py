"""The sandboxed program: `python -m ocr.child`. Everything that looks into a stranger's file happens in here.

It gets frames on stdin and answers on stdout. It has no path to the file: it asks for ranges of bytes. Nothing but
the standard library is imported before stdout is out of reach of libraries that print.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from ocr.facts import Limits
from ocr.frames import Channel, Frame, FrameType, PeerGone, ProtocolError
from ocr.harden import bound_life, give_up_files, harden

_START_PROGRAMS = {"tesseract"}


def main() -> int:
    """0 after BYE or when the parent is gone, 2 when the parent does not speak the protocol."""
    channel = _take_channel()
    harden()
    serving = import_module("ocr.serving")
    try:
        opened = _opened(channel)
        _settle(opened.record())
        serving.Service(channel, opened).run()
    except PeerGone:
        return 0
    except ProtocolError as error:
        sys.stderr.write(f"ProtocolError: {error}\n")
        return 2
    return 0


def _opened(channel: Channel) -> Frame:
    frame = channel.receive()
    if frame.type is not FrameType.OPEN:
        raise ProtocolError("the first frame is not OPEN")
    return frame


def _settle(told: dict[str, Any]) -> None:
    """The parent has said which engine reads and what a page may cost: give up the rest for good."""
    limits = Limits(**told["limits"])
    a_page = limits.probe_cpu + limits.render_cpu + limits.engine_cpu
    bound_life(limits.max_pages * a_page, limits.engine_memory + limits.render_memory)
    if str(told["engine"]).partition(":")[0] not in _START_PROGRAMS:
        give_up_files()


def _take_channel() -> Channel:
    """Keep stdin and stdout for frames; whatever prints from now on prints to stderr."""
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Channel(incoming, outgoing)


if __name__ == "__main__":
    sys.exit(main())
