"""Argon2id with the parameters of ASVS 11.4.2: 19 MiB, two passes, one lane; about 26 ms of CPU."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from archive.core.errors import Invalid

SHORTEST, LONGEST = 12, 128
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look alike on paper

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
UNKNOWN_ACCOUNT = _hasher.hash(secrets.token_urlsafe(16))
"""Compared when the name is unknown, so that an unknown name costs what a wrong password costs."""


def hash_password(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            "password",
            f"A password has {SHORTEST} to {LONGEST} characters.",
            "Choose a longer one; a sentence is good.",
        )
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def new_password() -> str:
    """Four groups of five: 99 bits, easy to type from a screen."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
