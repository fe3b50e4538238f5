"""What a body holds while it runs: one transaction, one asker, and the slips it hands out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from archive.core.access.actions import Action, Purpose
from archive.core.access.grants import access_changed
from archive.core.access.policy import Actor, Allowed, Asking, Decision, Scope, Target
from archive.core.db.types import FieldCipher, new_uid
from archive.core.errors import Refused
from archive.core.jobs.queue import Claimed, enqueue, finish
from archive.core.jobs.tables import JobKind
from archive.core.vault.vault import Handle
from search.index import Index


class Keys(Protocol):
    def new_dek(self, fonds: UUID) -> UUID: ...


@dataclass
class Work:
    """What a body may use. Only the gate makes one; it lives as long as one transaction."""

    session: Session
    asking: Asking
    now: datetime
    event: UUID
    allowed: Allowed
    index: Index
    _keys: Keys
    _cipher: FieldCipher
    touched: list[str] = field(default_factory=list)
    objects: set[UUID] = field(default_factory=set)
    unindexed: list[tuple[int, UUID, int]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.asking.actor

    @property
    def purpose(self) -> Purpose | None:
        return self.allowed.purpose

    def person(self) -> int:
        """The account that acts. Raises ``Refused`` for the system's own actors: some acts need a person."""
        if self.actor.id is None:
            raise Refused("R_ROLE", "This act needs a person.", "Sign in with an account of your own.")
        return self.actor.id

    def new_uid(self) -> UUID:
        return new_uid(self.now)

    def scope(self, action: Action) -> Scope:
        return self.asking.scope(action)

    def decide(self, action: Action, target: Target) -> Decision:
        return self.asking.decide(action, target)

    def touch(self, label: str) -> None:
        """Names an object in the entry: somebody saw it or changed it."""
        if label not in self.touched:
            self.touched.append(label)

    def tell(self, **detail: str) -> None:
        """Free text for the sealed, deletable part of the entry: query texts, reasons, old and new values."""
        self.told.update(detail)

    def handle(self, object_id: UUID, dek_id: UUID, size: int, media_type: str) -> Handle:
        """A paper slip for an object; the permit that comes with the answer covers it."""
        self.objects.add(object_id)
        return Handle(object_id, dek_id, size, media_type)

    def reserve(self) -> UUID:
        """The id of an object that may be sealed under this permit."""
        object_id = self.new_uid()
        self.objects.add(object_id)
        return object_id

    def new_dek(self, fonds: UUID) -> UUID:
        return self._keys.new_dek(fonds)

    def blind(self, column: str, value: str) -> bytes:
        return self._cipher.blind(column, value)

    def later(
        self,
        kind: JobKind,
        subject: UUID,
        *,
        dedupe_key: str,
        revision: int | None = None,
        priority: int = 100,
        run_at: datetime | None = None,
    ) -> None:
        """A job in the same commit: it exists if and only if the change does. ``run_at``: not before then."""
        enqueue(
            self.session,
            kind=kind,
            subject=subject,
            now=self.now,
            dedupe_key=dedupe_key,
            priority=priority,
            revision=revision,
            run_at=run_at,
        )

    def finish(self, job: Claimed) -> None:
        """Ends a job in the same commit as its result. Raises ``LeaseLost`` if another worker has taken it over."""
        finish(self.session, job, self.now)

    def unindex(self, item_id: int, item: UUID, version: int) -> None:
        """Takes an item out of the index just before the commit, so that no old row outlives a raised tier."""
        self.unindexed.append((item_id, item, version))

    def access_changed(self) -> None:
        access_changed(self.session)
