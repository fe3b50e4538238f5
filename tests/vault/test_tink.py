"""The body of ARC1 is Tink's AES-GCM-HKDF streaming layout, byte for byte."""

import io
from typing import cast
from uuid import UUID

import pytest
import tink
from tink import secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from archive.core.vault.envelope import seal, self_test
from tests.vault.sealing import (
    DEK,
    DEK_ID,
    OBJECT,
    SIZES,
    hkdf,
    opened,
    sealed,
    text,
)


def tink_primitive(log2: int) -> streaming_aead.StreamingAead:
    """Tink with our body key, worked out here a second time from the words of the specification."""
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(
        version=0,
        params=aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
            ciphertext_segment_size=2**log2, derived_key_size=32, hkdf_hash_type=common_pb2.SHA256
        ),
        key_value=hkdf(DEK, None, b"arc1/body\x01"),
    )
    keyset = tink_pb2.Keyset(primary_key_id=1)
    keyset.key.add(
        key_id=1,
        status=tink_pb2.ENABLED,
        output_prefix_type=tink_pb2.RAW,
        key_data=tink_pb2.KeyData(
            type_url="type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
            value=key.SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
    )
    streaming_aead.register()
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return cast("streaming_aead.StreamingAead", handle.primitive(streaming_aead.StreamingAead))


class Kept(io.BytesIO):
    """Tink closes what it writes to; the bytes are wanted afterwards."""

    def close(self) -> None:
        self.kept = self.getvalue()
        super().close()


TINK_SIZES = [(size, 18) for size in SIZES] + [(2**20 - 56, 20), (2**20 - 55, 20), (2**21 - 72, 20)]


@pytest.mark.parametrize(("size", "log2"), TINK_SIZES)
def test_tink_opens_what_we_seal(size: int, log2: int) -> None:
    container = sealed(text(size), log2=log2)
    source = io.BytesIO(container[72:])
    with tink_primitive(log2).new_decrypting_stream(source, container[:40]) as stream:
        assert stream.read() == text(size)


@pytest.mark.parametrize(("size", "log2"), TINK_SIZES)
def test_we_open_what_tink_seals(size: int, log2: int) -> None:
    header = sealed(b"", log2=log2)[:72]
    target = Kept()
    with tink_primitive(log2).new_encrypting_stream(target, header[:40]) as stream:
        stream.write(text(size))
    assert opened(header + target.kept) == text(size)


def test_the_header_is_the_one_of_the_specification() -> None:
    header = sealed(b"x")[:72]
    assert header[:40] == b"ARC1" + bytes([1, 18, 0, 0]) + OBJECT.bytes + DEK_ID.bytes
    assert header[40:] == hkdf(DEK, None, b"arc1/commit" + header[:40])


def test_the_known_answer_opens_with_tink() -> None:
    container = b"".join(
        seal(DEK, UUID(int=1), UUID(int=2), [b"juanzong" * 2**15], random=lambda size: bytes(range(size)))
    )
    with tink_primitive(18).new_decrypting_stream(io.BytesIO(container[72:]), container[:40]) as stream:
        assert stream.read() == b"juanzong" * 2**15
    self_test()
