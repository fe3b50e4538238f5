"""What a browser, or something that says it is one, sends as a form with files: it is taken, or refused as it should be."""

import unicodedata
from collections.abc import Iterator

from starlette.requests import Request

from archive.core.errors import Invalid, TooLarge, UploadCut
from archive.web.forms import Posted
from archive.web.multipart import LONGEST_NAME, UploadForm, _Events
from tests.fuzz.edits import edited
from tests.fuzz.harness import Harness

MOST_BYTES = 400
KIND = b"multipart/form-data; boundary=----b\n"
FILE = b'------b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\nContent-Type: image/png\r\n\r\n%s\r\n'
END = b"------b--\r\n"
SAMPLES = [
    KIND + FILE % (b"a.png", b"\x89PNG" + bytes(40)) + END,
    KIND
    + FILE % ("理赔\u202egnp.exe".encode(), b"x")
    + FILE % (b"..\\..\\b.pdf", b"%PDF-1.7\r\n------")
    + END,
    KIND + FILE % (b"", b"") + END,
    KIND + b'------b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n' + END,
]
WORDS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"------b",
        b"--",
        b"------b--",
        b"Content-Disposition: form-data; ",
    ),
    *(
        b'filename="',
        b"filename*=UTF-8''%e7%90%86",
        b'name="',
        b'"',
        b"\\",
        b";",
        b"\0",
        b"/",
        b"\xff",
        b"boundary=",
    ),
    *(b"Content-Type: multipart/mixed\r\n", b"X: " + b"y" * 3000),
]


def check(data: bytes) -> None:
    """The first line is the Content-Type; the rest arrives in pieces of 13 bytes."""
    kind, _, body = data.partition(b"\n")
    try:
        taken = list(_files(kind, body))
    except (Invalid, TooLarge, UploadCut):
        return
    assert sum(size for _, size in taken) <= len(body)
    for name, _ in taken:
        assert 0 < len(name) <= LONGEST_NAME
        assert "/" not in name
        assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs"}


def _files(kind: bytes, body: bytes) -> Iterator[tuple[str, int]]:
    events = _Events(Request({"type": "http", "headers": [(b"content-type", kind)]}))
    events._body = iter([body[at : at + 13] for at in range(0, len(body), 13)])
    for file in UploadForm(Posted({}), events, MOST_BYTES).files():
        size = sum(len(chunk) for chunk in file.chunks())
        assert size <= MOST_BYTES
        yield file.name, size


HARNESS = Harness(edited(SAMPLES, WORDS), check)
