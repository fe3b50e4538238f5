"""The chain of custody of what leaves: entries of the log, each with the proof that it stands in the signed tree."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.audit.checkpoint import open_note
from archive.core.audit.event import Entry, read_leaf
from archive.core.audit.log import newest_note
from archive.core.audit.tables import AuditDetail, AuditEvent, AuditLeaf, AuditTouch
from archive.core.audit.tree import HASH, node_hash
from archive.core.errors import Conflict, LogAltered


class Levels:
    """A finished tree of RFC 6962, every level of it: proofs for many leaves cost one pass over the hashes.

    ``tree.inclusion_proof`` hashes the whole tree anew for each leaf. 64 bytes a leaf are held.
    """

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self._levels = [b"".join(hashes)]
        while len(self._levels[-1]) > HASH:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        return self._levels[-1]

    def proof(self, index: int) -> list[bytes]:
        """The siblings on the way up, lowest first. A last node without a sibling goes up as it is."""
        path = []
        for level in self._levels[:-1]:
            sibling = level[(index ^ 1) * HASH : (index ^ 1) * HASH + HASH]
            if sibling:
                path.append(sibling)
            index >>= 1
        return path


def _above(level: bytes) -> bytes:
    pairs = range(0, len(level) - HASH, 2 * HASH)
    nodes = [node_hash(level[at : at + HASH], level[at + HASH : at + 2 * HASH]) for at in pairs]
    single = level[-HASH:] if len(level) // HASH % 2 else b""
    return b"".join(nodes) + single


@dataclass(frozen=True)
class Link:
    """One entry. ``leaf``: its exact bytes; ``detail``: salt and text behind its digest, where the bag discloses them."""

    index: int
    leaf: bytes
    entry: Entry
    proof: tuple[bytes, ...]
    detail: tuple[str, str] | None = None


@dataclass(frozen=True)
class Custody:
    """``note``: the signed checkpoint under which all the proofs hold."""

    links: tuple[Link, ...]
    note: str
    verifier_key: str


def custody_of(session: Session, labels: Iterable[str], verifier_key: str, disclosed: UUID | None) -> Custody:
    """Every signed entry that reached one of these records. ``disclosed``: the entry whose detail goes with it.

    Raises ``LogAltered`` when the entries do not add up to what was signed: then nothing leaves.
    """
    note = newest_note(session)
    if note is None:
        raise Conflict("Nothing of the log has been signed yet.", "Try again in a moment.")
    signed = open_note(note, verifier_key)
    hashes = select(AuditLeaf.hash).where(AuditLeaf.leaf_index < signed.size).order_by(AuditLeaf.leaf_index)
    levels = Levels(session.scalars(hashes))
    if levels.root != signed.root:
        raise LogAltered(
            "The access log is not what was signed; no evidence leaves while that is so.",
            "Export the log, verify it against a remembered checkpoint, and tell the auditor.",
        )
    touched = select(AuditTouch.event).where(AuditTouch.uid.in_(set(labels)))
    rows = session.execute(
        select(AuditLeaf.leaf_index, AuditEvent.uid, AuditEvent.leaf)
        .join(AuditEvent, AuditEvent.uid == AuditLeaf.event)
        .where(AuditLeaf.event.in_(touched), AuditLeaf.leaf_index < signed.size)
        .order_by(AuditLeaf.leaf_index)
    )
    links = tuple(
        Link(
            index,
            leaf,
            read_leaf(leaf),
            tuple(levels.proof(index)),
            _detail(session, event) if event == disclosed else None,
        )
        for index, event, leaf in rows
    )
    return Custody(links, note, verifier_key)


def _detail(session: Session, event: UUID) -> tuple[str, str] | None:
    sealed = session.scalar(select(AuditDetail.sealed).where(AuditDetail.event == event))
    if sealed is None:
        return None
    fields = json.loads(sealed)
    return str(fields["salt"]), str(fields["text"])


def event_of(session: Session, action: str, target: str) -> UUID | None:
    """The last time that this was done to it."""
    rows = select(AuditEvent.uid).where(
        AuditEvent.target == target, AuditEvent.action == action, AuditEvent.outcome == "done"
    )
    return session.scalar(rows.order_by(AuditEvent.id.desc()).limit(1))


def as_lines(custody: Custody) -> str:
    """``custody.jsonl``: one entry a line."""
    return "".join(f"{json.dumps(_line(link), ensure_ascii=False)}\n" for link in custody.links)


def _line(link: Link) -> dict[str, object]:
    line: dict[str, object] = {
        "leaf_index": link.index,
        "leaf": link.leaf.decode(),
        "proof": [one.hex() for one in link.proof],
    }
    if link.detail is not None:
        line["detail"] = {"salt": link.detail[0], "text": link.detail[1]}
    return line
