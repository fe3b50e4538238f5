"""What a sweep and a check are given, and when they stop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from archive.core.gate import BoundGate
from archive.core.permit import Permit
from archive.core.vault.vault import Vault
from archive.desks.preservation.looking import look_around
from search.index import Index

ENOUGH = timedelta(seconds=15)
"""A permit with less time left is asked for anew."""


class Stopped(Exception):
    """The worker was asked to end. What is committed stays; the inspection begins again, or goes on, later."""


def _always() -> bool:
    return True


def _nobody(_seen: int) -> None:
    return None


@dataclass(frozen=True)
class Keeper:
    """``young``: nothing younger is touched, because bytes and keys are there before their row is. ``exports``: where
    exports lie until they are sent. ``pause`` waits so many seconds and says whether to go on. ``told`` is given how many
    objects have been looked at.
    """

    gate: BoundGate
    vault: Vault
    index: Index
    clock: Callable[[], datetime]
    young: timedelta
    upload_ends_after: timedelta
    exports: Path
    repairs: bool = True
    is_sure: bool = False
    """A person has looked, so that even many leftovers are removed."""
    goes_on: Callable[[], bool] = _always
    pause: Callable[[float], bool] = lambda _seconds: True
    told: Callable[[int], None] = _nobody

    def step(self) -> None:
        if not self.goes_on():
            raise Stopped

    @property
    def before(self) -> datetime:
        return self.clock() - self.young


class RoundPermit:
    """The permit for one inspection, decided anew whenever it is about to run out."""

    def __init__(self, keeper: Keeper, round_: UUID) -> None:
        self._keeper = keeper
        self._round = round_
        self._permit: Permit | None = None

    def __call__(self) -> Permit:
        if self._permit is None or self._permit.left(self._keeper.clock()) < ENOUGH:
            self._permit = self._keeper.gate.run(look_around, self._round).permit
        return self._permit
