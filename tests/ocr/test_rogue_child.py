"""A child that was taken over: nothing it says is believed unchecked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr import answers, places
from ocr.facts import Attachment, Limits, Remark
from ocr.frames import FrameType, ProtocolError, encode, encode_range, encode_record
from ocr.launchers import LauncherUnavailable, Started
from ocr.sandbox import AttachmentUnreadable, Code, PageUnreadable, Sandbox, Unacceptable, launch
from tests.ocr import drawing

SECRET = b"0123456789"


@dataclass(frozen=True)
class RogueLauncher:
    """Starts a program that answers whatever it is asked with these bytes, and then waits."""

    says: bytes
    name: str = "rogue"

    def start(self, _program: Collection[str], errors: IO[bytes], /) -> Started:
        script = f"import os, time; os.write(1, {self.says!r}); time.sleep(60)"
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            bufsize=0,
        )
        return Started(process, None)

    def describe(self) -> str:
        return "keeps nothing out"


def told_by(says: bytes) -> Sandbox:
    return launch(RogueLauncher(says), ten_bytes, "a.png", len(SECRET), Limits(), "rapidocr")


def ten_bytes(offset: int, length: int) -> bytes:
    return SECRET[offset : offset + length]


FACTS: dict[str, Any] = {"number": 1, "width": 9, "height": 9, "dpi": 150, "is_blank": False, "grey": True}
PROBED: dict[str, Any] = {
    "kind": "png",
    "media_type": "text/html",
    "pages": [{"number": 1, "width": 9, "height": 9, "dpi": 150}],
    "has_text": False,
}
ATTACHMENT: dict[str, Any] = {"number": 1, "name": "a.com", "size": 68}


@pytest.mark.parametrize(
    "says",
    [
        b"\xff" * 64,
        b"\0\0\0\0\x63",
        encode_range(0, len(SECRET) + 1),
        encode_range(2**63, 1),
        encode(FrameType.VIEW, b"\xff\xd8\xff\xff\xd9"),
        encode(FrameType.PROBED, b"[]"),
        encode_record(FrameType.PROBED, PROBED | {"pages": []}),
        encode_record(FrameType.PROBED, PROBED | {"kind": "exe"}),
        encode_record(FrameType.PROBED, PROBED | {"remarks": "many"}),
        encode_record(FrameType.PROBED, PROBED | {"remarks": [{"code": "form", "words": "x"}] * 51}),
        encode_record(FrameType.PROBED, PROBED | {"remarks": [{"code": "<b>", "words": "x"}]}),
        encode_record(FrameType.PROBED, PROBED | {"remarks": [{"code": "form", "words": "\x1b[31m"}]}),
        encode_record(FrameType.PROBED, PROBED | {"attachments": [ATTACHMENT] * 101}),
        encode_record(FrameType.PROBED, PROBED | {"attachments": [ATTACHMENT | {"number": 2}]}),
        encode_record(FrameType.PROBED, PROBED | {"attachments": [ATTACHMENT | {"name": "a" * 256}]}),
        encode_record(FrameType.PROBED, PROBED | {"attachments": [ATTACHMENT | {"name": "a\u202eb"}]}),
        encode_record(FrameType.PROBED, PROBED | {"attachments": [ATTACHMENT | {"size": 1 << 40}]}),
        encode_record(FrameType.REFUSED, {"code": "broken", "reason": "\x1b[31m", "remedy": "x"}),
        encode_record(FrameType.REFUSED, {"code": "because", "reason": "x", "remedy": "x"}),
    ],
)
def test_nonsense_instead_of_a_probe_refuses_the_file(says: bytes) -> None:
    with told_by(says) as sandbox, pytest.raises(Unacceptable) as caught:
        sandbox.probe()

    assert caught.value.code is Code.CRASHED


@pytest.mark.parametrize(
    "says",
    [
        encode_record(FrameType.PROBED, PROBED),
        encode_record(FrameType.PAGE_FACTS, FACTS | {"number": 2})
        + encode(FrameType.VIEW, b"\xff\xd8\xff\xd9"),
        encode_record(FrameType.PAGE_FACTS, FACTS) + encode(FrameType.VIEW, b"<script>"),
        encode_record(FrameType.PAGE_FACTS, FACTS) + encode(FrameType.TEXT, b"{}"),
    ],
)
def test_nonsense_instead_of_a_picture_makes_the_page_unreadable(says: bytes) -> None:
    with told_by(says) as sandbox, pytest.raises(PageUnreadable):
        sandbox.read_page(1)


@pytest.mark.parametrize(
    "says",
    [
        encode_record(FrameType.PROBED, PROBED),
        encode(FrameType.VIEW, b"\xff\xd8\xff\xd9"),
        encode(FrameType.UNREADABLE, b"{}"),
        encode_record(FrameType.UNREADABLE, {"code": "broken", "reason": "\x1b[31m"}),
    ],
)
def test_nonsense_instead_of_an_attached_file_makes_it_unreadable(says: bytes) -> None:
    with told_by(says) as sandbox, pytest.raises(AttachmentUnreadable):
        sandbox.attachment(1)


def test_remarks_and_attachments_are_believed_when_they_can_be() -> None:
    said = PROBED | {"remarks": [{"code": "form", "words": "x"}], "attachments": [ATTACHMENT]}
    found = answers.probed(said, Limits())

    assert (found.remarks, found.attachments) == ((Remark("form", "x"),), (Attachment(1, "a.com", 68),))


@dataclass(frozen=True)
class DeadLauncher:
    """Starts a program that ends before it says a word, as bwrap does where namespaces are forbidden meanwhile."""

    seconds: float
    name: str = "dead"

    def start(self, _program: Collection[str], errors: IO[bytes], /) -> Started:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"sleep {self.seconds}; exit 1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            bufsize=0,
        )
        return Started(process, None)

    def describe(self) -> str:
        return "starts nothing"


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_a_child_that_never_spoke_is_not_held_against_the_file(seconds: float) -> None:
    with (
        launch(DeadLauncher(seconds), ten_bytes, "a.png", len(SECRET), Limits(), "rapidocr") as sandbox,
        pytest.raises(LauncherUnavailable, match="exit code 1"),
    ):
        sandbox.probe()


def test_a_child_that_never_spoke_is_not_held_against_the_page() -> None:
    with (
        launch(DeadLauncher(0.2), ten_bytes, "a.png", len(SECRET), Limits(), "rapidocr") as sandbox,
        pytest.raises(LauncherUnavailable, match="exit code 1"),
    ):
        sandbox.read_page(1)


def test_the_size_of_a_picture_is_the_one_that_was_said() -> None:
    drawn = drawing.picture_bytes(Image.new("L", (30, 20)), "JPEG")
    said = FACTS | {"width": 30, "height": 20}

    assert answers.page_image(said, drawn, 1).jpeg == drawn
    for other in ({"width": 31}, {"height": 19}, {"width": 20, "height": 30}):
        with pytest.raises(ProtocolError, match="another size"):
            answers.page_image(said | other, drawn, 1)


@given(st.binary(max_size=40))
def test_a_picture_of_any_bytes_is_believed_or_a_breach_of_the_protocol(bytes_: bytes) -> None:
    with pytest.raises(ProtocolError):
        answers.page_image(FACTS, b"\xff\xd8\xff" + bytes_ + b"\xff\xd9", 1)


def test_the_media_type_is_ours_not_the_child_s() -> None:
    with told_by(encode_record(FrameType.PROBED, PROBED)) as sandbox:
        assert sandbox.probe().media_type == "image/png"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from([*FACTS, *PROBED, "code", "reason", "remedy", "remarks", "attachments"])


@given(st.dictionaries(keys, json_values))
def test_any_answer_is_believed_or_a_breach_of_the_protocol(record: dict[str, Any]) -> None:
    checks: list[Callable[[], object]] = [
        lambda: answers.probed(record, Limits()),
        lambda: answers.refused(record),
        lambda: answers.page_unreadable(record),
        lambda: answers.page_image(record, b"\xff\xd8\xff\xd9", 1),
    ]
    for check in checks:
        try:
            check()
        except ProtocolError:
            continue


def test_a_parent_that_talks_nonsense_ends_the_child_with_2() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ocr.child"],
        input=encode(FrameType.PAGE, b"{}"),
        capture_output=True,
        cwd=places.PACKAGE.parent,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout) == (2, b"")


def test_a_child_whose_parent_is_gone_ends_quietly() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ocr.child"],
        input=b"",
        capture_output=True,
        cwd=places.PACKAGE.parent,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
