"""Signed statements of size and root: C2SP ``tlog-checkpoint`` in a C2SP ``signed-note`` with Ed25519.

A site keeps one of these outside the archive, together with the verifier key (``keepsake``); the verifier compares
the log with it. Whoever holds the database *and* the signing key is caught only so.
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from archive.core.audit.tree import HASH
from archive.core.errors import Altered
from archive.core.vault import signing

ED25519 = b"\x01"
KEY_ID = 4
LONGEST_NOTE = 16_384
_DASH = "— "


class Signer(Protocol):
    """Holds the log's key (``vault.signing.LogSigner``). ``name`` has no space and no plus sign."""

    @property
    def name(self) -> str: ...

    @property
    def public(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class Checkpoint:
    """``origin`` names the log, and is the name of its key; ``size`` counts leaves; ``root`` is 32 bytes."""

    origin: str
    size: int
    root: bytes


def note(checkpoint: Checkpoint, signer: Signer) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    return sign_note(f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n", signer)


def open_note(text: str, verifier_key: str) -> Checkpoint:
    """Raises ``Altered`` unless the note is signed by this key and is a checkpoint."""
    lines = verify_note(text, verifier_key).split("\n")
    if len(lines) < 4 or not lines[0]:
        raise _unsigned("The checkpoint has not its three lines.")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit() and len(size) < 19 and size == str(int(size))):
        raise _unsigned("The size in the checkpoint is not a number.")
    return Checkpoint(origin, int(size), _base64(root, HASH))


def sign_note(text: str, signer: Signer) -> str:
    """``text`` ends with a line break."""
    signature = base64.b64encode(_key_id(signer.name, signer.public) + signer.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{signer.name} {signature}\n"


def verify_note(text: str, verifier_key: str) -> str:
    """The signed text. Lines by other keys (witnesses) are passed over, as the format asks. Raises ``Altered``."""
    name, public = read_verifier_key(verifier_key)
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or len(text) > LONGEST_NOTE or not signatures.endswith("\n"):
        raise _unsigned("The note has no signature.")
    body += "\n"
    for line in signatures[:-1].split("\n"):
        signer, _, blob = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not signer or not blob:
            raise _unsigned("A signature line of the note cannot be read.")
        sealed = _base64(blob) if signer == name else b""
        if sealed[:KEY_ID] == _key_id(name, public):
            signing.verify(public, sealed[KEY_ID:], _utf8(body))
            return body
    raise _unsigned("The note is not signed by the key of this log.")


def verifier_key(name: str, public: bytes) -> str:
    """What others need to check notes: ``name+hash+base64(0x01 ‖ public key)``."""
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Name and public key. Raises ``Altered`` when the hash inside does not fit them."""
    name, _, rest = text.strip().partition("+")
    digest, _, blob = rest.partition("+")
    key = _base64(blob, 1 + HASH)
    if not name or " " in name or key[:1] != ED25519 or digest != _key_id(name, key[1:]).hex():
        raise _unsigned("The verifier key cannot be read.")
    return name, key[1:]


def keepsake(verifier_key: str, note: str) -> str:
    """The file to keep outside: the verifier key on the first line, then the note."""
    return f"{verifier_key}\n{note}"


def read_keepsake(text: str) -> tuple[str, Checkpoint]:
    """The verifier key and the checkpoint that it signed. Raises ``Altered``."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")  # as editors on Windows leave it
    key, _, signed = plain.partition("\n")
    return key.strip(), open_note(signed, key)


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(_utf8(name) + b"\n" + ED25519 + public).digest()[:KEY_ID]


def _base64(text: str, length: int | None = None) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unsigned("A value in the note is not base64.") from error
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        raise _unsigned("A value in the note has the wrong length.")
    return data


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise _unsigned("The note is not valid text.") from error


def _unsigned(message: str) -> Altered:
    return Altered(message, "Compare with a checkpoint kept outside the archive.")
