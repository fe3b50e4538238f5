"""Ed25519 (RFC 8032): the signatures under the log's checkpoints.

Keys are raw bytes here, so that the offline verifier needs nothing but the 32 bytes of a verifier key.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive.core.errors import Altered


def generate_seed() -> bytes:
    """32 random bytes; the private key of RFC 8032."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """64 bytes; the same message always gives the same signature."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises ``Altered`` unless the holder of the private key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:  # ValueError: the key is not 32 bytes
        raise Altered(
            "A signature does not fit what it signs.",
            "Compare with a copy from before, or ask who changed it.",
        ) from error


@dataclass(frozen=True)
class LogSigner:
    """One signing key under the name that stands in the signature line. The seed never shows in a ``repr``."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        return public_key(self.seed)

    def sign(self, message: bytes) -> bytes:
        return sign(self.seed, message)
