"""Any bytes in the place of a sealed object: they are refused, or they are the object itself."""

from random import Random

from archive.core.errors import Altered
from archive.core.vault.envelope import ALLOWED_LOG2, MAGIC, Reader, seal
from tests.fuzz.edits import edited
from tests.fuzz.harness import Harness
from tests.vault.sealing import DEK, DEK_ID, OBJECT, OTHER_DEK, OTHER_DEK_ID, OTHER_OBJECT, text

PLAIN = [b"", b"x", text(300)]
HEAD = 112


def _sealed(plain: bytes, log2: int) -> bytes:
    random = Random(len(plain))
    return b"".join(seal(DEK, OBJECT, DEK_ID, [plain], random=random.randbytes, log2_segment=log2))


GENUINE = {_sealed(plain, log2): plain for plain in PLAIN for log2 in ALLOWED_LOG2}
FOREIGN = [
    b"".join(seal(OTHER_DEK, OBJECT, DEK_ID, [text(300)], random=Random(1).randbytes)),
    b"".join(seal(DEK, OTHER_OBJECT, OTHER_DEK_ID, [text(300)], random=Random(1).randbytes)),
]
WORDS = [MAGIC, bytes([1, 18, 0, 0]), bytes([1, 20, 0, 0]), OBJECT.bytes, DEK_ID.bytes, bytes([40])]


def check(data: bytes) -> None:
    for announced in (len(data), len(data) + 1, max(0, len(data) - 1), 2**40):
        try:
            ours = Reader(DEK, OBJECT, DEK_ID, announced, lambda at, size: data[at : at + size])
        except Altered:
            continue
        _read(ours, data, announced)


def _read(ours: Reader, data: bytes, announced: int) -> None:
    for offset, length in ((0, 1), (0, 400), (299, 1), (max(0, ours.size - 1), 5)):
        try:
            got = ours.read(offset, length)
        except Altered:
            continue
        assert not got or _is_genuine(data, announced, got, offset)
    try:
        whole = b"".join(ours.chunks())
    except Altered:
        return
    assert _is_genuine(data, announced, whole, 0)
    assert len(whole) == ours.size


def _is_genuine(data: bytes, announced: int, got: bytes, offset: int) -> bool:
    """What lies behind the announced size is never fetched."""
    plain = GENUINE.get(data[:announced]) if announced <= len(data) else None
    return plain is not None and got == plain[offset : offset + len(got)]


HARNESS = Harness(edited([*GENUINE, *FOREIGN], WORDS), check)
