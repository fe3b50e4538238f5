"""An upload in parts: begin, send the parts in any order and as often as needed, finish."""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from archive.core.db.failpoints import failpoint
from archive.core.errors import Invalid, UploadCut
from archive.core.gate import BoundGate, Released
from archive.desks.intake import deciding
from archive.desks.intake.announcing import check_announced
from archive.desks.intake.deciding import dropped
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import Begun, Finished, NewDeposit, abandon, begin, finish
from archive.desks.intake.parts import (
    PART_BYTES,
    Gathered,
    KeptPart,
    SealedPart,
    gather,
    keep_part,
    list_parts,
    list_unfinished,
    make_part_room,
)
from archive.desks.intake.receiving import finished

BEGIN = (begin,)
SEND = (make_part_room, keep_part)
FINISH = (finish, gather, *deciding.OPERATIONS)
CALL_OFF = (abandon,)
LIST = (list_parts,)
UNFINISHED = (list_unfinished,)

Clock = Callable[[], datetime]

_HALF_OF_A_PERMIT = timedelta(seconds=30)
_CALLED_OFF = ("The upload was called off; nothing was kept.", "Upload the file again.")


@dataclass(frozen=True)
class Announced:
    """A file that will come in parts; ``size`` in bytes."""

    name: str
    size: int
    fonds_code: str
    batch: UUID | None = None
    duplicates: Duplicates = Duplicates.ASK


def begin_parts(gate: BoundGate, file: Announced, *, most_bytes: int) -> Begun:
    """Raises, before a byte is sent, ``TooLarge``, ``NotFound``, and ``Invalid`` for an empty file, a kind that is never
    taken in, or an unknown fonds.
    """
    check_announced(file.name, file.size, most_bytes)
    new = NewDeposit(file.name, file.size, file.fonds_code, file.batch, file.duplicates, PART_BYTES)
    return gate.run(begin, None, new).value


def receive_part(
    gate: BoundGate, deposit: UUID, number: int, chunks: Iterable[bytes], announced: str
) -> KeptPart:
    """Durable when it returns; nothing is kept of a part that is cut or altered on its way.

    ``announced``: what ``Content-Digest`` says (RFC 9530). Who asks is decided before anything else is said.

    Raises ``UploadCut``, ``Invalid``, ``Conflict``, ``NotFound``, ``StoreFull``.
    """
    room = gate.run(make_part_room, deposit, number)
    part, digest = room.value, announced_digest(announced)
    sealed = gate.seal(room.permit, part.object_id, part.dek_id, _exactly(chunks, part.size, digest))
    failpoint("intake.part-sealed")
    kept = gate.run(keep_part, deposit, SealedPart(number, sealed))
    dropped(gate, kept.permit, kept.value.gone)
    return kept.value.part


def _exactly(chunks: Iterable[bytes], size: int, digest: bytes) -> Iterator[bytes]:
    """Raises before the object is published."""
    arrived, tally = 0, sha256()
    for chunk in chunks:
        arrived += len(chunk)
        tally.update(chunk)
        if arrived > size:
            raise Invalid("part", f"This part has {size} bytes; more arrived.", "Send exactly this part.")
        yield chunk
    if arrived < size:
        raise UploadCut(
            f"The part broke off after {arrived} of {size} bytes; it was not kept.", "Send this part again."
        )
    if tally.digest() != digest:
        raise UploadCut(
            "The part arrived altered: its digest is not the announced one.", "Send this part again."
        )


def finish_parts(gate: BoundGate, deposit: UUID, clock: Clock) -> Finished:
    """Streams the parts into the master, commits it and drops them. Raises ``UploadCut`` when a part is missing.

    Memory: one segment, whatever the size. A kill on the way leaves the parts as they were: finish again.
    """
    first = gate.run(gather, deposit)
    whole = first.value
    sealed = gate.seal(
        first.permit, whole.master, whole.dek_id, _one_after_another(gate, deposit, first, clock)
    )
    failpoint("intake.sealed")
    return finished(gate, deposit, sealed)


def _one_after_another(
    gate: BoundGate, deposit: UUID, released: Released[Gathered], clock: Clock
) -> Iterator[bytes]:
    """A permit lasts a minute; a large file takes longer, so it is decided again before one runs out."""
    for handle in released.value.parts:
        if released.permit.left(clock()) < _HALF_OF_A_PERMIT:
            released = gate.run(gather, deposit)
        yield from gate.open(released.permit, handle).chunks()


def call_off(gate: BoundGate, deposit: UUID) -> None:
    ended = gate.run(abandon, deposit, _CALLED_OFF)
    dropped(gate, ended.permit, ended.value)


def content_digest(sha256_digest: bytes) -> str:
    return f"sha-256=:{base64.b64encode(sha256_digest).decode()}:"


def announced_digest(header: str) -> bytes:
    """SHA-256 out of ``Content-Digest: sha-256=:<base64>:`` (RFC 9530). Raises ``Invalid``."""
    for member in header.split(","):
        algorithm, _, value = member.strip().partition("=")
        if algorithm.lower() == "sha-256" and len(value) > 1 and value[0] == value[-1] == ":":
            try:
                digest = base64.b64decode(value[1:-1], validate=True)
            except binascii.Error:
                break
            if len(digest) == sha256().digest_size:
                return digest
    raise Invalid(
        "Content-Digest",
        "The digest of the part was not announced.",
        "Send Content-Digest: sha-256=:<base64 of the SHA-256>:",
    )
