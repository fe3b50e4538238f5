"""A reader that was taken over and is greedy: speaks once, as the protocol wants, and then never stops of itself.

Started with `-c`. The first argument says how it is greedy: `time` ignores the signal that ends its CPU time, `memory`
takes as much as it is given.
"""

from __future__ import annotations

import resource
import signal
import sys

from ocr.child import _settle, _take_channel
from ocr.frames import encode_range
from ocr.harden import allow_more, harden


def main() -> None:
    channel = _take_channel()
    harden()
    opened = channel.receive()
    _settle(opened.record())
    channel.receive()
    channel.send(encode_range(0, 1))
    channel.receive()
    allow_more(1, 64 << 20)
    if sys.argv[1] == "time":
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        while True:
            pass
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    held = []
    while True:
        held.append(bytearray(b"x" * (16 << 20)))


if __name__ == "__main__":
    main()
