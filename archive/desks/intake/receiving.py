"""An upload, from the first byte to the acknowledgement: begin, seal, finish. Nothing is ever spooled in clear."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from archive.core.db.failpoints import failpoint
from archive.core.errors import ArchiveError, TooLarge, UploadCut
from archive.core.gate import BoundGate
from archive.desks.intake.operations import NewDeposit, abandon, begin, finish

OPERATIONS = (begin, finish, abandon)


@dataclass(frozen=True)
class Received:
    deposit: UUID
    batch: UUID


@dataclass(frozen=True)
class Upload:
    """``announced``: the size that the client promised, None when it did not say (a form's part)."""

    name: str
    chunks: Iterable[bytes]
    announced: int | None
    most_bytes: int
    fonds_code: str
    batch: UUID | None = None


def receive(gate: BoundGate, upload: Upload) -> Received:
    """Answers when the bytes, the row and the first job are durable.

    Raises ``UploadCut``, ``TooLarge``, ``StoreFull``; the deposit's row then says why nothing was kept.
    """
    begun = gate.run(
        begin, None, NewDeposit(upload.name, upload.announced or 0, upload.fonds_code, upload.batch)
    )
    deposit = begun.value
    try:
        sealed = gate.seal(begun.permit, deposit.object_id, deposit.dek_id, _counted(upload))
    except ArchiveError as error:
        gate.run(abandon, deposit.deposit, (error.message, error.remedy))
        raise
    failpoint("intake.sealed")
    gate.run(finish, deposit.deposit, sealed)
    return Received(deposit.deposit, deposit.batch)


def _counted(upload: Upload) -> Iterator[bytes]:
    arrived = 0
    for chunk in upload.chunks:
        arrived += len(chunk)
        if arrived > upload.most_bytes:
            raise TooLarge(
                f"This file is larger than {upload.most_bytes // 2**20} MiB.",
                "Split it by document and upload the parts.",
            )
        yield chunk
    if upload.announced is not None and arrived != upload.announced:
        raise UploadCut(
            f"The upload broke off after {arrived} of {upload.announced} bytes; nothing was kept.",
            "Upload the file again.",
        )
