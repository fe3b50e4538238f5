"""The paper that lets one caller open or seal named objects for a short time.

Only the gate mints permits, after it has decided and while it writes the entry; only the vault accepts them.
A permit is never stored and never leaves the process: its MAC key lives in memory.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from archive.core.errors import PermitRefused


@dataclass(frozen=True)
class Permit:
    """``event`` is the audit entry that stands for the opening; ``until`` is UTC."""

    event: UUID
    actor: str
    action: str
    objects: frozenset[UUID]
    until: datetime
    mac: bytes


class PermitOffice:
    """Holds the MAC key: ``HKDF(root, "permit")``, new to every installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mint(
        self, *, event: UUID, actor: str, action: str, objects: Iterable[UUID], until: datetime
    ) -> Permit:
        covered = frozenset(objects)
        return Permit(event, actor, action, covered, until, self._mac(event, actor, action, covered, until))

    def check(self, permit: Permit, object_id: UUID, now: datetime) -> None:
        """Raises ``PermitRefused`` unless the permit is ours, covers the object and has not run out."""
        expected = self._mac(permit.event, permit.actor, permit.action, permit.objects, permit.until)
        if not hmac.compare_digest(expected, permit.mac):
            raise PermitRefused("This permit was not issued by the gate.", "Ask again through the archive.")
        if object_id not in permit.objects:
            raise PermitRefused("This permit is for other objects.", "Ask for this object.")
        if now >= permit.until:
            raise PermitRefused("This permit has run out.", "Open the page again.")

    def _mac(self, event: UUID, actor: str, action: str, objects: frozenset[UUID], until: datetime) -> bytes:
        text = "\n".join([event.hex, actor, action, until.isoformat(), *sorted(o.hex for o in objects)])
        return hmac.new(self._key, text.encode(), sha256).digest()
