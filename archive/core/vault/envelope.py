"""ARC1, the container of every sealed object: pure bytes in, bytes out (docs/decisions).

A header of 72 bytes: magic ``ARC1``, suite, log2 of the segment size, two zero bytes, object id (16), DEK id (16), commitment (32).
Then, byte for byte, Google Tink's AES-GCM-HKDF streaming layout: a header of its own (length 40, salt 32, nonce prefix 7), then
segments of ``2**log2`` sealed bytes, each with its tag; nonce = prefix ‖ segment number (4, big endian) ‖ 1 for the last one, else 0.

The first 40 bytes are associated data. ``commitment = HKDF(DEK, "arc1/commit" ‖ bytes 0-39)`` is compared before anything is
decrypted, since AES-GCM alone opens one text under two keys. Suite 1 is AES-256-GCM with HKDF-SHA-256; 2 is kept for SM4-GCM.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.core.errors import Altered, TooLarge

MAGIC = b"ARC1"
SUITE = 1
LOG2_SEGMENT = 18
ALLOWED_LOG2 = frozenset({18, 20})
ASSOCIATED = 40
HEADER = 72
KEY = 32
PREFIX = 7
BODY_HEADER = 1 + KEY + PREFIX
TAG = 16
MOST_BYTES = 2**40
READ_AHEAD = 16
"""Segments fetched from the store at once when much is read: 4 MiB."""


def sealed_size(plain: int, log2_segment: int = LOG2_SEGMENT) -> int:
    """Bytes that ``plain`` bytes take when sealed. Tink's own header counts as the first bytes of the first segment."""
    return HEADER + BODY_HEADER + plain + TAG * _segment_count(plain, log2_segment)


def seal(
    dek: bytes,
    object_id: UUID,
    dek_id: UUID,
    chunks: Iterable[bytes],
    *,
    random: Callable[[int], bytes] = os.urandom,
    log2_segment: int = LOG2_SEGMENT,
) -> Iterator[bytes]:
    """Seals a stream while it comes in, one segment in memory. Raises ``TooLarge`` above 1 TiB."""
    associated = _associated(object_id, dek_id, log2_segment)
    salt, prefix = random(KEY), random(PREFIX)
    yield associated + _commitment(dek, associated) + bytes([BODY_HEADER]) + salt + prefix
    cipher = _cipher(dek, salt, associated)
    room = (1 << log2_segment) - TAG
    for number, plain, is_last in _segments(chunks, room - BODY_HEADER, room):
        yield cipher.encrypt(_nonce(prefix, number, is_last=is_last), plain, None)


def _segments(chunks: Iterable[bytes], first: int, rest: int) -> Iterator[tuple[int, memoryview, bool]]:
    """Cuts the stream into segments; a full one waits until it is known whether it is the last."""
    buffer = bytearray(rest)
    number, filled, room, total = 0, 0, first, 0
    for chunk in chunks:
        view = memoryview(chunk)
        total += len(view)
        if total > MOST_BYTES:
            raise TooLarge("One sealed object holds at most 1 TiB.", "Split the file.")
        while len(view) > 0:
            if filled == room:
                yield number, memoryview(buffer)[:filled], False
                number, filled, room = number + 1, 0, rest
            taken = view[: room - filled]
            buffer[filled : filled + len(taken)] = taken
            filled += len(taken)
            view = view[len(taken) :]
    yield number, memoryview(buffer)[:filled], True


class Reader:
    """Opens one sealed object, whole or in ranges.

    A range vouches only for the segments it touched; ``chunks`` read to its end vouches for the whole.
    Everything that is not as it was sealed raises ``Altered``; what ``read_at`` raises passes through.
    """

    def __init__(
        self,
        dek: bytes,
        object_id: UUID,
        dek_id: UUID,
        size_of_sealed: int,
        read_at: Callable[[int, int], bytes],
    ) -> None:
        head = read_at(0, HEADER + BODY_HEADER)
        if len(head) != HEADER + BODY_HEADER:
            raise _altered("it is cut off")
        associated = head[:ASSOCIATED]
        self._log2 = _checked_log2(associated, object_id, dek_id)
        if not compare_digest(head[ASSOCIATED:HEADER], _commitment(dek, associated)):
            raise _altered("it was sealed with another key")
        if head[HEADER] != BODY_HEADER:
            raise _altered("its header is damaged")
        salt, self._prefix = head[HEADER + 1 : HEADER + 1 + KEY], head[-PREFIX:]
        self.size = _plain_size(size_of_sealed, self._log2)
        self._segment_count = _segment_count(self.size, self._log2)
        self._sealed_size = size_of_sealed
        self._read_at = read_at
        self._cipher = _cipher(dek, salt, associated)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from ``offset`` on, fewer than ``length`` only at the end of the object."""
        if offset < 0 or length < 0:
            raise ValueError("offset and length count from zero")
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        room = (1 << self._log2) - TAG
        first, skipped = divmod(offset + BODY_HEADER, room)
        last = (end - 1 + BODY_HEADER) // room
        if first == 0:
            skipped -= BODY_HEADER
        return b"".join(self._opened(first, last))[skipped : skipped + end - offset]

    def chunks(self) -> Iterator[bytes]:
        """All segments in order. What was handed out counts only when the iteration ended without an error."""
        return self._opened(0, self._segment_count - 1)

    def _opened(self, first: int, last: int) -> Iterator[bytes]:
        for start in range(first, last + 1, READ_AHEAD):
            yield from self._opened_at_once(start, min(start + READ_AHEAD - 1, last))

    def _opened_at_once(self, first: int, last: int) -> Iterator[bytes]:
        segment = 1 << self._log2
        begin = HEADER + first * segment
        wanted = min(HEADER + (last + 1) * segment, self._sealed_size) - begin
        sealed = memoryview(self._read_at(begin, wanted))
        if len(sealed) != wanted:
            raise _altered("it is cut off")
        for number in range(first, last + 1):
            at = (number - first) * segment
            ours = sealed[at + BODY_HEADER if number == 0 else at : at + segment]
            nonce = _nonce(self._prefix, number, is_last=number == self._segment_count - 1)
            try:
                yield self._cipher.decrypt(nonce, ours, None)
            except InvalidTag as error:
                raise _altered(f"segment {number + 1} of {self._segment_count} does not verify") from error


def self_test() -> None:
    """Seals and opens a known text. Raises ``Altered`` when this machine's encryption library gives other bytes."""
    dek, object_id, dek_id = bytes(range(KEY)), UUID(int=1), UUID(int=2)
    plain = b"juanzong" * 2**15
    sealed = b"".join(seal(dek, object_id, dek_id, [plain], random=lambda size: bytes(range(size))))
    reader = Reader(dek, object_id, dek_id, len(sealed), lambda at, size: sealed[at : at + size])
    if sha256(sealed).hexdigest() != KNOWN_ANSWER or b"".join(reader.chunks()) != plain:
        raise Altered("The encryption library of this machine gives wrong bytes.", "Install Juanzong again.")


KNOWN_ANSWER = "2a657635f1ca79a4d2b8b3a565e17ebc37e9d522fef54735d3da6698cb739168"
"""SHA-256 of the text above, sealed; the tests open the same bytes with Tink."""


def _segment_count(plain: int, log2_segment: int) -> int:
    return -(-(plain + BODY_HEADER) // ((1 << log2_segment) - TAG))


def _plain_size(sealed: int, log2_segment: int) -> int:
    """The one plain size that seals to this size; there is none for a size that no sealed object has."""
    body = sealed - HEADER
    plain = body - BODY_HEADER - TAG * -(-body // (1 << log2_segment))
    if plain < 0 or sealed_size(plain, log2_segment) != sealed:
        raise _altered("it is cut off")
    return plain


def _associated(object_id: UUID, dek_id: UUID, log2_segment: int) -> bytes:
    return MAGIC + bytes([SUITE, log2_segment, 0, 0]) + object_id.bytes + dek_id.bytes


def _checked_log2(associated: bytes, object_id: UUID, dek_id: UUID) -> int:
    log2_segment = associated[5]
    if associated[:4] != MAGIC:
        raise _altered("it does not begin as a sealed object does")
    if associated[4] != SUITE:
        raise _altered(f"it names cipher suite {associated[4]}, which this version does not know")
    if log2_segment not in ALLOWED_LOG2 or associated[6:8] != b"\0\0":
        raise _altered("its header is damaged")
    if associated != _associated(object_id, dek_id, log2_segment):
        raise _altered("it stands in the place of another object")
    return log2_segment


def _commitment(dek: bytes, associated: bytes) -> bytes:
    return _derive(dek, None, b"arc1/commit" + associated)


def _cipher(dek: bytes, salt: bytes, associated: bytes) -> AESGCM:
    body_key = _derive(dek, None, b"arc1/body" + bytes([SUITE]))
    return AESGCM(_derive(body_key, salt, associated))


def _derive(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    if len(key) != KEY:
        raise ValueError("a key has 32 bytes")
    return HKDF(SHA256(), KEY, salt, info).derive(key)


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _altered(how: str) -> Altered:
    return Altered(
        f"A sealed object was altered: {how}.", "Restore it from a backup and find out who changed it."
    )
