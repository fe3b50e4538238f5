"""What a child that was taken over may write: the parent believes what it says, or ends the connection, and does nothing else."""

import json
import os
import time

from ocr import answers
from ocr.facts import Limits, PageUnreadable, Probe, Unacceptable
from ocr.frames import (
    Channel,
    Frame,
    FrameParser,
    FrameType,
    PeerGone,
    ProtocolError,
    decode_range,
    encode,
    encode_range,
    encode_record,
)
from ocr.page import PageImage, PageText, UnreadableReading
from tests.fuzz.edits import edited
from tests.fuzz.harness import Harness

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffc0000b080009000901011100ffda0008010100003f00d2cf20ffd9"
)
PAGE = {"number": 1, "width": 9, "height": 9, "dpi": 150}
PROBED = {
    "kind": "pdf",
    "pages": [PAGE | {"at": 0}],
    "has_text": False,
    "remarks": [{"code": "javascript", "words": "It holds JavaScript."}],
    "attachments": [{"number": 1, "name": "a.txt", "size": 2}],
}
LINE = ["张 2", [0, 0, 100000, 0, 100000, 90000, 0, 90000], 987, [1000, 5000, 9000], 0]
TEXT = {"v": 1, "lines": [LINE], "engine": "e", "model": "m", "language": "zh-Hans", "reason": None}
FRAMES = [
    encode_record(FrameType.PROBED, PROBED),
    encode_record(
        FrameType.REFUSED, {"code": "broken", "reason": "It is broken.", "remedy": "Scan it again."}
    ),
    encode_record(FrameType.UNREADABLE, {"code": "crashed", "reason": "it crashed"}),
    encode_record(FrameType.PAGE_FACTS, PAGE | {"is_blank": False, "grey": True}),
    encode(FrameType.VIEW, JPEG),
    encode(FrameType.TEXT, json.dumps(TEXT).encode()),
    encode(FrameType.CONTENT, b"MZ"),
    encode_range(0, 10),
    encode(FrameType.BYE),
]
SAMPLES = [*FRAMES, b"".join(FRAMES), FRAMES[3] + FRAMES[4] + FRAMES[5]]
WORDS = [
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b'"', b"[", b"{", b"\\ud800", b"9" * 400, b"[" * 2000),
    *(
        b'"number":',
        b'"pages":',
        b'"kind":',
        b'"width":',
        b'"remarks":',
        b"\xff\xd8\xff",
        b"\xff\xc0",
        b"\xff\xd9",
    ),
    *(bytes([kind]) for kind in FrameType),
]
LONGEST_PIPE = 32_768


def check(data: bytes) -> None:
    frames = _cut(data)
    assert data.startswith(b"".join(encode(frame.type, frame.payload) for frame in frames))
    assert _heard(data[:LONGEST_PIPE]) == _cut(data[:LONGEST_PIPE])
    facts = Frame(FrameType.PAGE_FACTS, b"{}")
    for frame in frames:
        facts = frame if frame.type is FrameType.PAGE_FACTS else facts
        _believe(frame, facts)


def only(encoded: bytes) -> Frame:
    [frame] = _cut(encoded)
    return frame


def _cut(data: bytes) -> list[Frame]:
    """As it arrives, in pieces of seven bytes at first, then the rest at once."""
    parser, frames = FrameParser(), []
    for piece in (*(data[at : at + 7] for at in range(0, 70, 7)), data[70:]):
        parser.feed(piece)
        try:
            while frame := parser.next():
                frames.append(frame)
        except ProtocolError:
            break
    return frames


def _heard(data: bytes) -> list[Frame]:
    """The same through pipes, until the other side is gone."""
    incoming, sending = os.pipe()
    nowhere, outgoing = os.pipe()
    try:
        os.write(sending, data)
        os.close(sending)
        return _until_gone(Channel(incoming, outgoing))
    finally:
        for descriptor in (incoming, nowhere, outgoing):
            os.close(descriptor)


def _until_gone(channel: Channel) -> list[Frame]:
    frames = []
    try:
        while True:
            frames.append(channel.receive(time.monotonic() + 10))
    except (PeerGone, ProtocolError):
        return frames


def _believe(frame: Frame, facts: Frame) -> None:
    try:
        is_believed(frame, facts)
    except (ProtocolError, UnreadableReading):
        return


def is_believed(frame: Frame, facts: Frame) -> bool:
    """Raises `ProtocolError` and `UnreadableReading` for what is not."""
    match frame.type:
        case FrameType.PROBED:
            _is_plain(answers.probed(frame.record(), Limits()))
        case FrameType.REFUSED:
            _is_plain(answers.refused(frame.record()))
        case FrameType.UNREADABLE:
            _is_plain(answers.page_unreadable(frame.record()))
        case FrameType.VIEW:
            _is_plain(answers.page_image(facts.record(), frame.payload, 1))
        case FrameType.TEXT:
            PageText.from_json(frame.payload)
            reading(frame.payload)
        case FrameType.READ:
            decode_range(frame)
        case FrameType.PAGE_FACTS:
            frame.record()
        case _:  # their payload is not looked into
            pass
    return True


def _is_plain(answer: Probe | Unacceptable | PageUnreadable | PageImage) -> None:
    match answer:
        case Probe():
            assert 0 < len(answer.pages) <= Limits().max_pages
        case PageImage():
            assert 0 < answer.width <= answers.LARGEST_VIEW_SIDE
        case _:
            assert answer.reason.isprintable()


def reading(data: bytes) -> None:
    """What is believed can be written, read again, and cut into places on the page."""
    try:
        believed = PageText.from_json(data)
    except UnreadableReading:
        return
    again = PageText.from_json(believed.to_json())
    assert again.text == believed.text == "\n".join(line.text for line in believed.lines)
    believed.spans_to_quads([(0, len(believed.text))])
    for line in again.lines:
        line.words()


HARNESS = Harness(edited(SAMPLES, WORDS), check)
READING = Harness(
    edited([json.dumps(TEXT).encode(), json.dumps(TEXT | {"lines": [LINE] * 3}).encode()], WORDS), reading
)
