"""Carries a batch's decision on duplicates out: no byte is dropped for a twin whose own bytes were not read to their end."""

import logging
from collections.abc import Iterable
from uuid import UUID

from archive.core.errors import Altered, ArchiveError, KeyDestroyed, ObjectMissing, PermitRefused
from archive.core.gate import BoundGate
from archive.core.permit import Permit
from archive.desks.intake.duplicates import (
    Decided,
    Decision,
    Duplicates,
    TwinBytes,
    decide_duplicates,
    twins_of_waiting,
)

_log = logging.getLogger(__name__)

OPERATIONS = (twins_of_waiting, decide_duplicates)

_NOT_WHOLE = (Altered, ObjectMissing, KeyDestroyed, PermitRefused)
"""The last one: its reading took longer than a permit lasts. Then the file is kept, which is never wrong."""


def decide(gate: BoundGate, batch: UUID, what: Duplicates) -> Decided:
    """Raises ``Invalid`` for a decision that decides nothing, ``NotFound``, ``StoreUnavailable``."""
    drops = what in {Duplicates.LINK, Duplicates.REFUSE}
    whole = _whole_twins(gate, batch) if drops else frozenset[UUID]()
    done = gate.run(decide_duplicates, batch, Decision(what, whole))
    dropped(gate, done.permit, done.value.gone)
    return done.value


def _whole_twins(gate: BoundGate, batch: UUID) -> frozenset[UUID]:
    """One after the other, each under a permit of its own: they may be large."""
    seen: set[UUID] = set()
    whole: set[UUID] = set()
    while (left := gate.run(twins_of_waiting, batch, frozenset(seen))).value:
        first = left.value[0]
        seen.add(first.twin)
        if _is_whole(gate, left.permit, first):
            whole.add(first.twin)
    return frozenset(whole)


def _is_whole(gate: BoundGate, permit: Permit, twin: TwinBytes) -> bool:
    if twin.master is None:
        return False
    try:
        for _ in gate.open(permit, twin.master).chunks():
            pass
    except _NOT_WHOLE:
        return False
    return True


def dropped(gate: BoundGate, permit: Permit, gone: Iterable[UUID]) -> None:
    """What is committed stays acknowledged, also when the store cannot remove now what is superfluous."""
    try:
        gate.discard(permit, gone)
    except ArchiveError as error:
        _log.warning("superfluous objects are left to the sweeper: %s", error.message)
