"""The frames between the archive and the sandboxed child: 4 bytes of length, 1 byte of type, the payload.

Both sides treat the other as a stranger: an unknown type, a payload over 64 MiB or a stream that ends inside a
frame is a `ProtocolError`, and the connection is over.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MAX_PAYLOAD = 64 << 20
_HEADER = struct.Struct(">IB")
_RANGE = struct.Struct(">QI")
_CHUNK = 1 << 18


class FrameType(IntEnum):
    OPEN = 1
    READ = 2
    DATA = 3
    PROBE = 4
    PROBED = 5
    REFUSED = 6
    PAGE = 7
    PAGE_FACTS = 8
    VIEW = 9
    TEXT = 10
    UNREADABLE = 11
    BYE = 12
    ATTACHMENT = 13
    CONTENT = 14


class ProtocolError(Exception):
    """The other side does not speak the protocol."""


class PeerGone(Exception):
    """The other side has closed the connection between two frames."""


class PeerSilent(Exception):
    """The other side has not answered within the time it had."""


@dataclass(frozen=True)
class Frame:
    type: FrameType
    payload: bytes

    def record(self) -> dict[str, Any]:
        """The payload as a JSON object. Raises `ProtocolError`."""
        try:
            record = json.loads(self.payload)
        except (ValueError, RecursionError) as error:
            raise ProtocolError("a control frame is not JSON") from error
        if not isinstance(record, dict):
            raise ProtocolError("a control frame is no JSON object")
        return record


def encode(kind: FrameType, payload: bytes = b"") -> bytes:
    if len(payload) > MAX_PAYLOAD:
        raise ProtocolError("a frame may not be longer than 64 MiB")
    return _HEADER.pack(len(payload), kind) + payload


def encode_record(kind: FrameType, record: dict[str, Any]) -> bytes:
    return encode(kind, json.dumps(record, separators=(",", ":")).encode())


def encode_range(offset: int, length: int) -> bytes:
    return encode(FrameType.READ, _RANGE.pack(offset, length))


def decode_range(frame: Frame) -> tuple[int, int]:
    if len(frame.payload) != _RANGE.size:
        raise ProtocolError("a READ frame has the wrong length")
    offset, length = _RANGE.unpack(frame.payload)
    return offset, length


class FrameParser:
    """Cuts a stream of bytes, in whatever pieces it arrives, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Frame | None:
        """The next whole frame, or None when more bytes are needed."""
        if len(self._buffer) < _HEADER.size:
            return None
        length, kind = _HEADER.unpack_from(self._buffer)
        if kind not in FrameType.__members__.values():
            raise ProtocolError("a frame has an unknown type")
        if length > MAX_PAYLOAD:
            raise ProtocolError("a frame is longer than 64 MiB")
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return Frame(FrameType(kind), payload)

    def end(self) -> None:
        """Say that the stream has ended. Raises `ProtocolError` when it ended inside a frame."""
        if self._buffer:
            raise ProtocolError("the stream ended inside a frame")


class Channel:
    """Frames over a pair of file descriptors, which it does not close.

    Deadlines are values of `time.monotonic()`; None waits for ever.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._parser = FrameParser()
        os.set_blocking(outgoing, False)

    def send(self, encoded: bytes, deadline: float | None = None) -> None:
        """Raises `PeerGone` and `PeerSilent`."""
        rest = memoryview(encoded)
        while rest:
            _wait(self._outgoing, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(self._outgoing, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise PeerGone from error

    def receive(self, deadline: float | None = None) -> Frame:
        """Raises `PeerGone`, `PeerSilent` and `ProtocolError`."""
        while (frame := self._parser.next()) is None:
            _wait(self._incoming, select.POLLIN, deadline)
            data = os.read(self._incoming, _CHUNK)
            if not data:
                self._parser.end()
                raise PeerGone
            self._parser.feed(data)
        return frame


def _wait(descriptor: int, event: int, deadline: float | None) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    patience = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    if not poll.poll(patience):
        raise PeerSilent
