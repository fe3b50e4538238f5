"""The paper that lets one caller open or seal named objects for a short time.

Only the gate mints permits, after it has decided and while it writes the entry; only the vault accepts them.
A permit is never stored and never leaves the process: its MAC key lives in memory.
"""

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from archive.core.errors import PermitRefused


@dataclass(frozen=True)
class Permit:
    """``event`` is the audit entry that stands for the opening; ``until`` is UTC.

    ``ends`` is the same moment on the clock of this process that nobody sets: a wall clock that goes back prolongs nothing.
    """

    event: UUID
    actor: str
    action: str
    objects: frozenset[UUID]
    until: datetime
    ends: float
    mac: bytes

    def left(self, now: datetime, tick: Callable[[], float] = time.monotonic) -> timedelta:
        """How much longer it opens anything, by whichever of the two clocks is ahead."""
        return min(self.until - now, timedelta(seconds=self.ends - tick()))


class PermitOffice:
    """Holds the MAC key: ``HKDF(root, "permit")``, new to every installation."""

    def __init__(self, key: bytes, tick: Callable[[], float] = time.monotonic) -> None:
        self._key = key
        self._tick = tick

    def mint(
        self, *, event: UUID, actor: str, action: str, objects: Iterable[UUID], until: datetime, now: datetime
    ) -> Permit:
        covered = frozenset(objects)
        ends = self._tick() + (until - now).total_seconds()
        return Permit(
            event, actor, action, covered, until, ends, self._mac(event, actor, action, covered, until, ends)
        )

    def check(self, permit: Permit, object_id: UUID, now: datetime) -> None:
        """Raises ``PermitRefused`` unless the permit is ours, covers the object and has not run out."""
        expected = self._mac(
            permit.event, permit.actor, permit.action, permit.objects, permit.until, permit.ends
        )
        if not hmac.compare_digest(expected, permit.mac):
            raise PermitRefused("This permit was not issued by the gate.", "Ask again through the archive.")
        if object_id not in permit.objects:
            raise PermitRefused("This permit is for other objects.", "Ask for this object.")
        if permit.left(now, self._tick) <= timedelta():
            raise PermitRefused("This permit has run out.", "Open the page again.")

    def _mac(
        self,
        event: UUID,
        actor: str,
        action: str,
        objects: frozenset[UUID],
        until: datetime,
        ends: float,
    ) -> bytes:
        text = "\n".join(
            [event.hex, actor, action, until.isoformat(), ends.hex(), *sorted(o.hex for o in objects)]
        )
        return hmac.new(self._key, text.encode(), sha256).digest()
