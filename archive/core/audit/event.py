"""What one entry of the log says, and the exact bytes that are hashed for it.

A leaf holds ids and codes only. What a person typed (query texts, reasons) stands in the sealed, deletable detail
row; the leaf holds its salted digest, so deleting the detail leaves the tree whole.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from archive.core.errors import Altered

VERSION = 1
DONE = "done"
LONGEST_LEAF = 1024 * 1024  # some 20,000 objects; the verifier reads line by line and must know where to stop
DETAIL_PREFIX = b"\x02"  # RFC 6962 uses 0x00 for leaves and 0x01 for nodes


@dataclass(frozen=True)
class Entry:
    """One act and its outcome.

    ``actor`` is ``account:<uid>``, ``SYSTEM:reader``, ``ANYONE`` …; ``target`` and ``objects`` are ``item:<uid>``,
    ``page:<uid>`` …; ``outcome`` is ``done``, ``denied``, ``not found`` or ``failed: <class>``; ``policy`` is the version
    of the rules that decided; ``detail`` is the hex digest of the sealed detail.
    """

    event: UUID
    at: datetime
    actor: str
    role: str
    session: str | None
    action: str
    target: str | None
    grant: str | None
    purpose: str | None
    outcome: str
    reasons: tuple[str, ...]
    policy: str
    objects: tuple[str, ...]
    detail: str | None


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def leaf_bytes(entry: Entry) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, every field present, no line break inside."""
    return _canonical.encode(
        {
            "v": VERSION,
            "event": str(entry.event),
            "at": moment_text(entry.at),
            "actor": entry.actor,
            "role": entry.role,
            "session": entry.session,
            "action": entry.action,
            "target": entry.target,
            "grant": entry.grant,
            "purpose": entry.purpose,
            "outcome": entry.outcome,
            "reasons": entry.reasons,
            "policy": entry.policy,
            "objects": entry.objects,
            "detail": entry.detail,
        }
    ).encode()


def read_leaf(data: bytes) -> Entry:
    """Strict: only bytes that ``leaf_bytes`` writes are read. Raises ``Altered``."""
    try:
        entry = _entry(json.loads(data.decode()))
        canonical = leaf_bytes(entry) == data
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise _not_a_leaf() from error
    if not canonical:
        raise _not_a_leaf()
    return entry


def moment_text(at: datetime) -> str:
    """UTC with microseconds, always 27 characters: equal moments give equal bytes."""
    if at.tzinfo is None:
        raise TypeError("a moment needs its time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def touched(entry: Entry) -> tuple[str, ...]:
    """The records that this act reached: its target and objects when it was done, nothing when it was not."""
    if entry.outcome != DONE:
        return ()
    return tuple(sorted({*entry.objects, *([entry.target] if entry.target else [])}))


def detail_digest(salt: bytes, text: str) -> str:
    return sha256(DETAIL_PREFIX + salt + text.encode()).hexdigest()


def _entry(fields: Any) -> Entry:
    return Entry(
        event=UUID(_text(fields["event"])),
        at=datetime.fromisoformat(_text(fields["at"])),
        actor=_text(fields["actor"]),
        role=_text(fields["role"]),
        session=_text_or_none(fields["session"]),
        action=_text(fields["action"]),
        target=_text_or_none(fields["target"]),
        grant=_text_or_none(fields["grant"]),
        purpose=_text_or_none(fields["purpose"]),
        outcome=_text(fields["outcome"]),
        reasons=_texts(fields["reasons"]),
        policy=_text(fields["policy"]),
        objects=_texts(fields["objects"]),
        detail=_text_or_none(fields["detail"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("list expected")
    return tuple(_text(one) for one in value)


def _not_a_leaf() -> Altered:
    return Altered("These bytes are not an entry of the log.", "Compare with another copy of the log.")
