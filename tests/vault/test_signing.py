from dataclasses import FrozenInstanceError

import pytest

from archive.core.errors import Altered
from archive.core.vault.signing import LogSigner, generate_seed, public_key, sign, verify

# RFC 8032 §7.1, TEST 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signatures_are_those_of_rfc_8032() -> None:
    assert public_key(SEED) == PUBLIC
    assert sign(SEED, b"\x72") == SIGNATURE
    verify(PUBLIC, SIGNATURE, b"\x72")


@pytest.mark.parametrize(
    ("public", "signature", "message"),
    [
        (PUBLIC, SIGNATURE, b"\x73"),
        (PUBLIC, SIGNATURE[:-1] + b"\x01", b"\x72"),
        (PUBLIC, SIGNATURE[:-1], b"\x72"),
        (PUBLIC, b"", b"\x72"),
        (public_key(bytes(32)), SIGNATURE, b"\x72"),
        (PUBLIC[:-1], SIGNATURE, b"\x72"),
    ],
    ids=["message", "signature", "short signature", "no signature", "other key", "short key"],
)
def test_anything_else_is_altered(public: bytes, signature: bytes, message: bytes) -> None:
    with pytest.raises(Altered):
        verify(public, signature, message)


def test_two_seeds_differ() -> None:
    assert generate_seed() != generate_seed()
    assert len(generate_seed()) == 32


def test_a_signer_signs_under_its_public_key_and_hides_its_seed() -> None:
    signer = LogSigner("archive.example/log", SEED)
    verify(signer.public, signer.sign(b"note"), b"note")
    assert signer.public == PUBLIC
    assert repr(signer) == "LogSigner(name='archive.example/log')"
    with pytest.raises(FrozenInstanceError):
        signer.name = "other"  # type: ignore[misc]  # the point of the test
