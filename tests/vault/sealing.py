"""One object, one key, and how the tests seal and open it."""

from random import Random
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.core.vault.envelope import Reader, seal

DEK = bytes(range(32))
OTHER_DEK = bytes(range(1, 33))
OBJECT = UUID("018f0000-0000-7000-8000-000000000001")
OTHER_OBJECT = UUID("018f0000-0000-7000-8000-000000000002")
DEK_ID = UUID("018f0000-0000-7000-8000-00000000000a")
OTHER_DEK_ID = UUID("018f0000-0000-7000-8000-00000000000b")

SEGMENT = 2**18
FIRST = SEGMENT - 40 - 16
REST = SEGMENT - 16
SIZES = [
    *(0, 1, 15, 16, 17),
    *(FIRST - 1, FIRST, FIRST + 1),
    *(FIRST + REST - 1, FIRST + REST, FIRST + REST + 1),
    *(FIRST + 3 * REST, FIRST + 3 * REST + 1000),
]


def text(size: int, seed: int = 0) -> bytes:
    return Random(seed).randbytes(size)


def sealed(
    plain: bytes, *, dek: bytes = DEK, object_id: UUID = OBJECT, dek_id: UUID = DEK_ID, log2: int = 18
) -> bytes:
    return b"".join(seal(dek, object_id, dek_id, [plain], log2_segment=log2))


def reader(of: bytes, *, dek: bytes = DEK, object_id: UUID = OBJECT, dek_id: UUID = DEK_ID) -> Reader:
    return Reader(dek, object_id, dek_id, len(of), lambda offset, length: of[offset : offset + length])


def opened(of: bytes, *, dek: bytes = DEK, object_id: UUID = OBJECT, dek_id: UUID = DEK_ID) -> bytes:
    return b"".join(reader(of, dek=dek, object_id=object_id, dek_id=dek_id).chunks())


def hkdf(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)
