"""What the application lends to the pages of the log: its sequencer, its public key, and a folder for a moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from starlette.requests import HTTPConnection

from archive.core.audit.checkpoint import Signer
from archive.core.errors import StoreFull, StoreUnavailable
from archive.core.vault.local import NO_ROOM


@dataclass(frozen=True)
class LogDoor:
    """``sequence`` places new entries in the tree and signs a checkpoint; it may raise ``LogAltered``.

    ``signer`` holds the log's key; it signs what goes out with an extract (``archive.desks.audit.extract``).
    ``scratch`` answers with a folder that exists and that only this program reads. Exports lie there while they are
    written and are gone before the answer has left.
    """

    sequence: Callable[[], int]
    verifier_key: str
    scratch: Callable[[], Path]
    signer: Signer


def log_door_of(connection: HTTPConnection) -> LogDoor:
    door = connection.app.state.log_door
    assert isinstance(door, LogDoor)
    return door


@contextmanager
def scratch_file(door: LogDoor) -> Iterator[Path]:
    """A name in the scratch folder; whatever was written there is gone afterwards. A file opened inside stays readable.

    Raises ``StoreFull`` or ``StoreUnavailable`` when the folder takes nothing.
    """
    with _scratch_errors():
        path = door.scratch() / f"log-{uuid4().hex}.zip"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _scratch_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull(
                "There is no room on the archive's disk to write the log out.", "Make room, then try again."
            ) from error
        raise StoreUnavailable(
            "The log cannot be written out: the folder for exports takes nothing.",
            "Check that its disk is there and can be written.",
        ) from error
