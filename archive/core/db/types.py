"""Column types that every table uses, and the cipher behind the sealed ones."""

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import MetaData
from sqlalchemy.types import TypeDecorator, Uuid

from archive.core.errors import Altered

NONCE = 12


class Base(DeclarativeBase):
    """Every table of ``archive.db``."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_uid(now: datetime) -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random bits. The only id that leaves the house."""
    stamp = int(now.timestamp() * 1000) & (2**48 - 1)
    value = (stamp << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))


class Utc(TypeDecorator[datetime]):
    """A moment. Stored in UTC, read back aware; a naive datetime is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else value.replace(tzinfo=UTC)


class FieldCipher:
    """Seals single fields and makes blind indexes, under one key per column derived from the archive's field key.

    AES-256-GCM with a random 96-bit nonce; the column's name is the associated data, so a value copied into another
    column does not open. Within one column the row is not bound: whoever can write SQL can swap two values of it
    (SECURITY.md says so; the log shows who may write).
    """

    def __init__(self, field_key: bytes, blind_key: bytes) -> None:
        self._field_key = field_key
        self._blind_key = blind_key
        self._ciphers: dict[str, AESGCM] = {}

    def seal(self, column: str, text: str) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(column).encrypt(nonce, text.encode(), column.encode())

    def unseal(self, column: str, sealed: bytes) -> str:
        try:
            plain = self._cipher(column).decrypt(sealed[:NONCE], sealed[NONCE:], column.encode())
        except Exception as error:  # the library raises InvalidTag or ValueError by the kind of damage
            raise Altered(
                "A sealed field of the database was altered.", "Restore the database from a backup."
            ) from error
        return plain.decode()

    def blind(self, column: str, value: str) -> bytes:
        """A keyed digest for exact look-up. 16 bytes; equal values give equal digests, nothing else is told."""
        folded = "".join(value.split()).casefold()
        return hmac.new(self._blind_key, f"{column}\0{folded}".encode(), sha256).digest()[:16]

    def _cipher(self, column: str) -> AESGCM:
        if column not in self._ciphers:
            key = HKDF(SHA256(), 32, None, f"field/{column}".encode()).derive(self._field_key)
            self._ciphers[column] = AESGCM(key)
        return self._ciphers[column]


_ATTRIBUTE = "juanzong_field_cipher"


def attach_cipher(dialect: Dialect, cipher: FieldCipher) -> None:
    """Gives one engine its cipher. Each engine has a dialect of its own, so no key is global."""
    setattr(dialect, _ATTRIBUTE, cipher)


def cipher_of(dialect: Dialect) -> FieldCipher:
    cipher = getattr(dialect, _ATTRIBUTE, None)
    if not isinstance(cipher, FieldCipher):
        raise TypeError("this engine has no field cipher")
    return cipher


class SealedText(TypeDecorator[str]):
    """Text that the database file's reader cannot read: sealed as it is bound, opened as it loads."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else cipher_of(dialect).seal(self.column, value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher_of(dialect).unseal(self.column, bytes(value))


class HasId:
    """``id`` inside, ``uid`` outside. SQLite numbers rows only for INTEGER keys, PostgreSQL takes bigint."""

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


class HasUid(HasId):
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True)


class HasRevision:
    """Counts changes by people; a form sends back the one it was filled in against."""

    revision: Mapped[int] = mapped_column(default=1)
