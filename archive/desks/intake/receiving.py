"""An upload, from the first byte to the acknowledgement: begin, seal, finish. Nothing is ever spooled in clear."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from archive.core.db.failpoints import failpoint
from archive.core.errors import ArchiveError, Invalid, TooLarge, UploadCut
from archive.core.gate import BoundGate, Released
from archive.core.vault.vault import Sealed
from archive.desks.intake import deciding
from archive.desks.intake.deciding import decide, dropped
from archive.desks.intake.duplicates import Duplicates
from archive.desks.intake.operations import Begun, Finished, NewDeposit, abandon, begin, finish

OPERATIONS = (begin, finish, abandon, *deciding.OPERATIONS)


@dataclass(frozen=True)
class Upload:
    """``announced``: the size that the client promised, None when it did not say (a form's part)."""

    name: str
    chunks: Iterable[bytes]
    announced: int | None
    most_bytes: int
    fonds_code: str
    batch: UUID | None = None
    duplicates: Duplicates = Duplicates.ASK


def receive(gate: BoundGate, upload: Upload) -> Finished:
    """Answers when the bytes, the row and the first job are durable. Raises what ``start`` and ``keep`` raise."""
    begun = start(gate, upload)
    return keep(gate, upload, begun)


def start(gate: BoundGate, upload: Upload) -> Released[Begun]:
    """Makes the row before any byte is asked for. Raises ``Invalid`` for an unknown fonds, ``NotFound`` for a batch."""
    new = NewDeposit(upload.name, upload.announced or 0, upload.fonds_code, upload.batch, upload.duplicates)
    return gate.run(begin, None, new)


def keep(gate: BoundGate, upload: Upload, begun: Released[Begun]) -> Finished:
    """Seals the bytes. Raises ``UploadCut``, ``TooLarge``, ``StoreFull``, and ``Invalid`` for a file without a byte;
    the deposit's row then says why nothing was kept.
    """
    deposit = begun.value
    try:
        sealed = gate.seal(begun.permit, deposit.object_id, deposit.dek_id, _counted(upload))
    except ArchiveError as error:
        gate.run(abandon, deposit.deposit, (error.message, error.remedy))
        raise
    failpoint("intake.sealed")
    return finished(gate, deposit.deposit, sealed)


def finished(gate: BoundGate, deposit: UUID, sealed: Sealed) -> Finished:
    """Commits what is sealed, then removes what the commit made superfluous; a kill in between leaves it to the sweeper.

    A duplicate whose batch is decided already ends at once; after a kill it waits beside its twin.
    """
    done = gate.run(finish, deposit, sealed)
    gate.open(
        done.permit, done.value.master
    )  # whatever happened since it was sealed: it is there, or nothing is acknowledged
    failpoint("intake.gathered")
    dropped(gate, done.permit, done.value.gone)
    if done.value.state != "duplicate" or done.value.decided is Duplicates.ASK:
        return done.value
    states = decide(gate, done.value.batch, done.value.decided).states
    return replace(done.value, state=states.get(deposit, done.value.state))


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
    if arrived == 0:
        raise Invalid("file", "The file is empty.", "Check the scanner or the copy and upload it again.")
