"""The one door. An operation says what it does and to what; only the gate runs it.

Writes: ``BEGIN IMMEDIATE`` → find → decide → body → entry → commit.
Reads: snapshot → find → decide → body → end; then, under the write lock, the entry. If who-may-what moved in between,
everything is found and decided again. Nothing is released before its entry is committed.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive.core.access.actions import Action, Purpose
from archive.core.access.grants import access_version, live_grants
from archive.core.access.policy import Actor, Allowed, Asking, Denied, Target
from archive.core.access.rules import Rules
from archive.core.audit.event import Entry
from archive.core.audit.log import append
from archive.core.db.engines import Database
from archive.core.db.failpoints import failpoint
from archive.core.db.repeats import earlier_result, question, remember
from archive.core.db.troubles import database_trouble
from archive.core.db.types import FieldCipher, new_uid
from archive.core.errors import ArchiveError, NotFound, Refused
from archive.core.gate.operation import Found, Look, Operation
from archive.core.gate.troubles import index_trouble, outcome_of
from archive.core.gate.work import Keys, Work
from archive.core.jobs.queue import enqueue
from archive.core.jobs.tables import JobKind
from archive.core.permit import Permit, PermitOffice
from archive.core.vault.vault import Handle, Opened, Sealed, Vault
from search.index import Index, IndexStale, IndexUnavailable

L = TypeVar("L")
G = TypeVar("G")
R = TypeVar("R")

OPENING_TIME = timedelta(seconds=60)
"""How long after its decision a page may still be opened. SECURITY.md says so."""

ActorSource = Callable[[Session, datetime], Actor]
"""Tells who asks, inside the transaction in which it counts. ``accounts`` fills it."""


@dataclass(frozen=True)
class Released(Generic[R]):
    """An answer whose entry is committed, and the permit to open what it names."""

    value: R
    permit: Permit
    event: UUID
    allowed: Allowed


@dataclass(frozen=True)
class _Ask:
    """One call, before anything is known about it."""

    who: ActorSource
    purpose: Purpose | None
    key: str | None
    event: UUID


class _StoppedError(Exception):
    """The gate itself said no. Carries what the entry will say and what the asker will hear."""

    def __init__(self, outcome: str, error: ArchiveError, *, reasons: tuple[str, ...] = ()) -> None:
        self.outcome = outcome
        self.error = error
        self.reasons = reasons


@dataclass
class _Trace:
    """What is known so far of a call: enough to write its entry whenever it ends."""

    action: Action
    actor: str = "ANYONE"
    role: str = "anyone"
    session: str | None = None
    target: str | None = None
    grant: str | None = None
    purpose: str | None = None
    unindexed: list[tuple[int, UUID, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Parts:
    """What the gate is built from."""

    database: Database
    rules: Rules
    office: PermitOffice
    vault: Vault
    keys: Keys
    index: Index
    cipher: FieldCipher
    clock: Callable[[], datetime]
    writer: str
    explain: Callable[[str], tuple[str, str]]
    """From a reason code to what happened and what to do."""


class Gate:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def bind(
        self, who: ActorSource, *operations: Operation[Any, Any, Any], opening: timedelta = OPENING_TIME
    ) -> "BoundGate":
        """A gate for one asker that runs the named operations and no others."""
        return BoundGate(self, self._parts, who, frozenset(operations), opening)

    def run(
        self,
        op: Operation[L, G, R],
        where: L,
        given: Any,
        *,
        who: ActorSource,
        purpose: Purpose | None,
        key: str | None,
        opening: timedelta,
    ) -> Released[R]:
        ask = _Ask(who, purpose, key, new_uid(self._parts.clock()))
        trace = _Trace(op.action, purpose=purpose)
        try:
            work, value = (self._read if op.reads else self._write)(op, where, given, ask, trace)
        except _StoppedError as stop:
            self._record(ask, trace, stop.outcome, stop.reasons)
            raise stop.error from None
        except OperationalError as error:
            self._put_back(ask, trace)
            self._record(ask, trace, "failed: DatabaseUnavailable")
            raise database_trouble(error) from error
        except Exception as error:
            self._put_back(ask, trace)
            if isinstance(error, NotFound) and error.hidden is not None:
                trace.target = error.hidden
            self._record(ask, trace, *outcome_of(error))
            raise
        return Released(value, self._permit(work, op.action, opening), ask.event, work.allowed)

    def _write(
        self, op: Operation[L, G, R], where: L, given: Any, ask: _Ask, trace: _Trace
    ) -> tuple[Work, R]:
        with self._parts.database.writing() as session:
            work, value = self._perform(session, op, where, given, ask, trace)
            self._enter(session, work, ask, trace)
            self._unindex(work, trace)
            failpoint("gate.before-commit")
            session.commit()
            failpoint("gate.after-commit")
            return work, value

    def _read(self, op: Operation[L, G, R], where: L, given: Any, ask: _Ask, trace: _Trace) -> tuple[Work, R]:
        for _ in range(2):
            with self._parts.database.reading() as session:
                version = access_version(session)
                work, value = self._perform(session, op, where, given, ask, trace)
            with self._parts.database.writing() as session:
                if access_version(session) == version:
                    self._enter(session, work, ask, trace)
                    session.commit()
                    return work, value
        return self._read_under_lock(op, where, given, ask, trace)

    def _read_under_lock(
        self, op: Operation[L, G, R], where: L, given: Any, ask: _Ask, trace: _Trace
    ) -> tuple[Work, R]:
        """Rights move faster than this read: hold them still for once."""
        with self._parts.database.writing() as session:
            work, value = self._perform(session, op, where, given, ask, trace)
            self._enter(session, work, ask, trace)
            session.commit()
            return work, value

    def _perform(
        self, session: Session, op: Operation[L, G, R], where: L, given: Any, ask: _Ask, trace: _Trace
    ) -> tuple[Work, R]:
        now = self._parts.clock()
        actor = ask.who(session, now)
        trace.actor, trace.session = actor.label, None if actor.session is None else str(actor.session)
        trace.role = actor.roles[0] if actor.roles else "none"
        trace.target = trace.grant = None  # nothing is left of an earlier look
        trace.purpose = ask.purpose
        asking = Asking(actor, live_grants(session, actor.id, now), self._parts.rules, ask.purpose)
        found = op.find(Look(session, asking, now), where)
        if found is None:
            raise _StoppedError("not found", NotFound())
        trace.target = found.target.label
        allowed = self._decide(asking, op.action, found.target)
        trace.role, trace.purpose = allowed.role, allowed.purpose
        trace.grant = None if allowed.grant is None else str(allowed.grant.uid)
        work = Work(
            session, asking, now, ask.event, allowed, self._parts.index, self._parts.keys, self._parts.cipher
        )
        return work, self._once(session, op, found, given, ask, work)

    def _decide(self, asking: Asking, action: Action, target: Target) -> Allowed:
        decision = asking.decide(action, target)
        if isinstance(decision, Denied):
            if decision.hidden:
                raise _StoppedError("denied", NotFound(), reasons=(decision.rule, "hidden"))
            raise _StoppedError(
                "denied",
                Refused(decision.rule, *self._parts.explain(decision.rule)),
                reasons=(decision.rule,),
            )
        return decision

    def _once(
        self, session: Session, op: Operation[L, G, R], found: Found[Any], given: Any, ask: _Ask, work: Work
    ) -> R:
        if ask.key is None:
            return op.body(work, found.it, given)
        key = work.blind("repeat.key", question(ask.key, found.target.label, given)).hex()
        earlier: Any = earlier_result(session, work.person(), op.name, key)
        if earlier is None:
            value: Any = op.body(work, found.it, given)
            if not isinstance(value, UUID):
                raise TypeError(f"{op.name} cannot be repeated: it does not answer with a uid")
            remember(session, work.person(), op.name, key, value, work.now)
            return value  # type: ignore[return-value]  # R is UUID here, checked above
        return earlier  # type: ignore[no-any-return]  # the first answer to the same question

    def _enter(self, session: Session, work: Work, ask: _Ask, trace: _Trace) -> None:
        session.flush()
        failpoint("gate.before-entry")
        detail = json.dumps(work.told, ensure_ascii=False, sort_keys=True) if work.told else None
        entry = self._entry(ask, trace, "done", objects=tuple(work.touched), at=work.now)
        append(session, entry, writer=self._parts.writer, detail=detail)

    def _record(self, ask: _Ask, trace: _Trace, outcome: str, reasons: tuple[str, ...] = ()) -> None:
        """An entry in a transaction of its own. If it cannot be written, that error is what the asker gets."""
        entry = self._entry(ask, trace, outcome, reasons=reasons)
        try:
            with self._parts.database.writing() as session:
                append(session, entry, writer=self._parts.writer, detail=None)
                session.commit()
        except OperationalError as error:
            raise database_trouble(error) from error

    def _entry(
        self,
        ask: _Ask,
        trace: _Trace,
        outcome: str,
        *,
        reasons: tuple[str, ...] = (),
        objects: tuple[str, ...] = (),
        at: datetime | None = None,
    ) -> Entry:
        return Entry(
            event=ask.event,
            at=at or self._parts.clock(),
            actor=trace.actor,
            role=trace.role,
            session=trace.session,
            action=trace.action,
            target=trace.target,
            grant=trace.grant,
            purpose=trace.purpose,
            outcome=outcome,
            reasons=reasons,
            policy=self._parts.rules.version,
            objects=objects,
            detail=None,
        )

    def _unindex(self, work: Work, trace: _Trace) -> None:
        failpoint("gate.before-unindex")
        trace.unindexed = work.unindexed
        try:
            for item_id, _, version in work.unindexed:
                self._parts.index.remove(item_id, version)
        except (IndexUnavailable, IndexStale) as error:
            raise index_trouble() from error

    def _put_back(self, ask: _Ask, trace: _Trace) -> None:
        """The commit failed after rows had left the index: jobs put them back where they still belong."""
        if not trace.unindexed:
            return
        now = self._parts.clock()
        with self._parts.database.writing() as session:
            for _, item, version in trace.unindexed:
                key = f"put-back:{item}:{ask.event}"
                enqueue(session, kind=JobKind.INDEX, subject=item, now=now, dedupe_key=key, revision=version)
            session.commit()

    def _permit(self, work: Work, action: Action, opening: timedelta) -> Permit:
        until = work.now + opening
        grant = work.allowed.grant
        if grant is not None and grant.until is not None:
            until = min(until, grant.until)
        return self._parts.office.mint(
            event=work.event,
            actor=work.actor.label,
            action=action,
            objects=work.objects,
            until=until,
            now=work.now,
        )

    def opening_failed(self, permit: Permit, handle: Handle, error: ArchiveError) -> None:
        """The second entry: what was allowed could not be opened after all."""
        ask = _Ask(_nobody, None, None, new_uid(self._parts.clock()))
        trace = _Trace(
            Action(permit.action), actor=permit.actor, role="none", target=f"object:{handle.object_id}"
        )
        self._record(ask, trace, f"failed: {type(error).__name__}", (f"event:{permit.event}",))


def _nobody(_session: Session, _now: datetime) -> Actor:
    raise LookupError("an opening is recorded for the permit's actor")


class BoundGate:
    """What a route, a command or a worker gets: one asker, and the operations it declared."""

    def __init__(
        self,
        gate: Gate,
        parts: Parts,
        who: ActorSource,
        declared: frozenset[Operation[Any, Any, Any]],
        opening: timedelta,
    ) -> None:
        self._gate = gate
        self._parts = parts
        self._who = who
        self._declared = declared
        self._opening = opening

    @overload
    def run(
        self,
        op: Operation[L, None, R],
        where: L,
        /,
        *,
        purpose: Purpose | None = None,
        idempotency_key: str | None = None,
    ) -> Released[R]: ...
    @overload
    def run(
        self,
        op: Operation[L, G, R],
        where: L,
        given: G,
        /,
        *,
        purpose: Purpose | None = None,
        idempotency_key: str | None = None,
    ) -> Released[R]: ...
    def run(
        self,
        op: Operation[L, Any, R],
        where: L,
        given: Any = None,
        /,
        *,
        purpose: Purpose | None = None,
        idempotency_key: str | None = None,
    ) -> Released[R]:
        """Raises ``LookupError`` for an operation that was not declared, else what the operation raises."""
        if op not in self._declared:
            raise LookupError(f"{op.name} is not declared here")
        return self._gate.run(
            op, where, given, who=self._who, purpose=purpose, key=idempotency_key, opening=self._opening
        )

    def open(self, permit: Permit, handle: Handle) -> Opened:
        """Opens an object for reading. An opening or a reading that fails writes an entry of its own."""
        failed = partial(self._gate.opening_failed, permit, handle)
        try:
            return self._parts.vault.open(permit, handle).telling(failed)
        except ArchiveError as error:
            failed(error)
            raise

    def load(self, permit: Permit, handle: Handle) -> bytes:
        """The whole of a small object: a page image, a page's text."""
        return self.open(permit, handle).all()

    def seal(self, permit: Permit, object_id: UUID, dek_id: UUID, chunks: Any) -> Sealed:
        return self._parts.vault.seal(permit, object_id, dek_id, chunks)

    def discard(self, permit: Permit, objects: Iterable[UUID]) -> None:
        """Removes objects whose rows were taken away in the commit that this permit came with."""
        for object_id in objects:
            self._parts.vault.discard(permit, object_id)
