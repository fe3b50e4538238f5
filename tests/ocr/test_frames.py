"""The frames between archive and child: read whole or refused, however the bytes arrive."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.frames import (
    MAX_PAYLOAD,
    Channel,
    Frame,
    FrameParser,
    FrameType,
    PeerGone,
    PeerSilent,
    ProtocolError,
    decode_range,
    encode,
    encode_range,
    encode_record,
)

frames = st.builds(Frame, st.sampled_from(FrameType), st.binary(max_size=60))


def read_all(parser: FrameParser) -> Iterator[Frame]:
    while (frame := parser.next()) is not None:
        yield frame


@given(st.lists(frames, max_size=6), st.data())
def test_frames_survive_any_cutting_of_the_stream(sent: list[Frame], data: st.DataObject) -> None:
    stream = b"".join(encode(frame.type, frame.payload) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    parser = FrameParser()
    received: list[Frame] = []

    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        parser.feed(stream[start:end])
        received.extend(read_all(parser))
    parser.end()

    assert received == sent


@given(st.binary(max_size=400))
def test_what_is_accepted_is_exactly_what_was_sent(stream: bytes) -> None:
    parser = FrameParser()
    received: list[Frame] = []
    parser.feed(stream)
    try:
        received.extend(read_all(parser))
        parser.end()
    except ProtocolError:
        return

    assert b"".join(encode(frame.type, frame.payload) for frame in received) == stream


@given(st.lists(frames, min_size=1, max_size=3), st.integers(min_value=1))
def test_a_stream_that_ends_inside_a_frame_is_refused(sent: list[Frame], lost: int) -> None:
    stream = b"".join(encode(frame.type, frame.payload) for frame in sent)
    last = len(encode(sent[-1].type, sent[-1].payload))
    parser = FrameParser()
    parser.feed(stream[: -(1 + lost % (last - 1))])
    list(read_all(parser))

    with pytest.raises(ProtocolError):
        parser.end()


@pytest.mark.parametrize("kind", [0, 15, 255])
def test_an_unknown_type_is_refused(kind: int) -> None:
    parser = FrameParser()
    parser.feed(b"\0\0\0\0" + bytes([kind]))

    with pytest.raises(ProtocolError):
        parser.next()


def test_a_frame_that_is_too_long_is_refused_before_it_arrives() -> None:
    parser = FrameParser()
    parser.feed((MAX_PAYLOAD + 1).to_bytes(4, "big") + bytes([FrameType.VIEW]))

    with pytest.raises(ProtocolError):
        parser.next()


def test_a_frame_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ProtocolError):
        encode(FrameType.VIEW, bytes(MAX_PAYLOAD + 1))


@pytest.mark.parametrize("payload", [b"", b"{", b"[1]", b'"x"', b"[" * 100_000, b"\xff"])
def test_a_control_frame_that_is_no_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        Frame(FrameType.PROBED, payload).record()


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
def test_a_range_arrives_as_it_was_asked_for(offset: int, length: int) -> None:
    parser = FrameParser()
    parser.feed(encode_range(offset, length))
    frame = parser.next()

    assert frame is not None
    assert decode_range(frame) == (offset, length)


def test_a_range_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ProtocolError):
        decode_range(Frame(FrameType.READ, b"\0" * 11))


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    incoming, outgoing = os.pipe()
    yield incoming, outgoing
    for descriptor in (incoming, outgoing):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_a_channel_hands_over_what_was_sent(pipe: tuple[int, int]) -> None:
    channel = Channel(*pipe)
    channel.send(encode_record(FrameType.PAGE, {"number": 3}))

    assert channel.receive().record() == {"number": 3}


def test_a_channel_says_when_the_other_side_has_gone(pipe: tuple[int, int]) -> None:
    channel = Channel(*pipe)
    channel.send(encode(FrameType.BYE))
    os.close(pipe[1])

    assert channel.receive().type is FrameType.BYE
    with pytest.raises(PeerGone):
        channel.receive()


def test_a_channel_does_not_wait_longer_than_its_deadline(pipe: tuple[int, int]) -> None:
    channel = Channel(*pipe)

    with pytest.raises(PeerSilent):
        channel.receive(time.monotonic() + 0.05)


def test_a_channel_does_not_wait_for_ever_for_a_reader_that_does_not_read(pipe: tuple[int, int]) -> None:
    channel = Channel(*pipe)

    with pytest.raises(PeerSilent):
        channel.send(encode(FrameType.DATA, bytes(1 << 20)), time.monotonic() + 0.05)
