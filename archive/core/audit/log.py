"""Writing the log, giving every entry its place in the tree, and asking the log."""

import json
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from archive.core.audit.checkpoint import Checkpoint, Signer, note, open_note, verifier_key
from archive.core.audit.event import LONGEST_LEAF, Entry, detail_digest, leaf_bytes, touched
from archive.core.audit.tables import AuditCheckpoint, AuditDetail, AuditEvent, AuditLeaf, AuditTouch
from archive.core.audit.tree import Frontier, leaf_hash
from archive.core.errors import Altered, Invalid, LogAltered

SALT = 16


def _table(mapped: Any) -> Table:
    table: Table = mapped.__table__
    return table


_event, _touch, _detail = _table(AuditEvent), _table(AuditTouch), _table(AuditDetail)
_leaf, _checkpoint = _table(AuditLeaf), _table(AuditCheckpoint)
_insert_event, _insert_touch, _insert_detail = insert(_event), insert(_touch), insert(_detail)


def append(session: Session, entry: Entry, *, writer: str, detail: str | None) -> None:
    """Writes the entry into the caller's transaction; its place in the tree comes with the next ``sequence``.

    ``detail`` is what a person typed. It is sealed beside the entry under a fresh salt, and the leaf holds its digest.
    Raises ``Invalid`` when one entry names more records than the verifier reads.
    """
    connection = session.connection()
    if detail is not None:
        salt = secrets.token_bytes(SALT)
        entry = replace(entry, detail=detail_digest(salt, detail))
        sealed = json.dumps({"salt": salt.hex(), "text": detail}, ensure_ascii=False)
        connection.execute(_insert_detail, {"event": entry.event, "sealed": sealed})
    leaf = leaf_bytes(entry)
    if len(leaf) > LONGEST_LEAF:
        raise Invalid("objects", "One act cannot reach so many records at once.", "Do it in smaller parts.")
    connection.execute(
        _insert_event,
        {
            "uid": entry.event,
            "at": entry.at,
            "writer": writer,
            "leaf": leaf,
            "actor": entry.actor,
            "role": entry.role,
            "action": entry.action,
            "target": entry.target,
            "purpose": entry.purpose,
            "outcome": entry.outcome,
        },
    )
    if touches := [{"event": entry.event, "uid": uid} for uid in touched(entry)]:
        connection.execute(_insert_touch, touches)


def sequence(session: Session, *, now: datetime, signer: Signer, most: int = 4096) -> int:
    """Gives up to ``most`` new events their places, signs a checkpoint over them and returns their number.

    The caller commits, and must hold the write lock since before the first read here. Embedded, every transaction that
    writes holds it from BEGIN to COMMIT, so ids follow the order of commits and ``id > last`` loses nothing.
    PostgreSQL will need two things more: an advisory lock (ids are given before commit, and two sequencers could run),
    and, in place of ``id > last``, the events whose transaction lies before ``pg_snapshot_xmin(pg_current_snapshot())``
    in the order of (transaction, id); a bare ``id > last`` lost 11 % of events under 16 writers.

    Raises ``LogAltered`` when what stands at the end of the tree is not what this key signed.
    """
    edge, last_id = _end_of_tree(session, signer)
    connection = session.connection()
    waiting = connection.execute(
        select(_event.c.uid, _event.c.leaf).where(_event.c.id > last_id).order_by(_event.c.id).limit(most)
    ).all()
    if not waiting:
        return 0
    leaves = []
    for uid, leaf in waiting:
        digest = leaf_hash(leaf)
        leaves.append({"leaf_index": edge.size, "event": uid, "hash": digest})
        edge.append(digest)
    connection.execute(insert(_leaf), leaves)
    signed = note(Checkpoint(signer.name, edge.size, edge.root()), signer)
    connection.execute(
        insert(_checkpoint), {"size": edge.size, "at": now, "note": signed, "edge": edge.to_bytes()}
    )
    return len(leaves)


def newest_note(session: Session) -> str | None:
    """The newest signed checkpoint, to be kept outside; None while nothing has been sequenced."""
    return session.connection().scalar(
        select(_checkpoint.c.note).order_by(_checkpoint.c.size.desc()).limit(1)
    )


def _end_of_tree(session: Session, signer: Signer) -> tuple[Frontier, int]:
    """The frontier after the newest checkpoint, and the id of the last event in the tree.

    The signature is checked too: signing a tree that grew from a forged checkpoint would make the forgery genuine.
    """
    connection = session.connection()
    newest = connection.execute(select(_checkpoint).order_by(_checkpoint.c.size.desc()).limit(1)).first()
    end = connection.execute(
        select(_leaf.c.leaf_index, _event.c.id)
        .outerjoin(_event, _event.c.uid == _leaf.c.event)
        .order_by(_leaf.c.leaf_index.desc())
        .limit(1)
    ).first()
    if newest is None and end is None:
        return Frontier(), 0
    if newest is None or end is None or end.id is None or end.leaf_index + 1 != newest.size:
        raise _does_not_continue()
    try:
        signed = open_note(newest.note, verifier_key(signer.name, signer.public))
        edge = Frontier.from_bytes(newest.edge)
    except Altered as error:
        raise _does_not_continue() from error
    if signed != Checkpoint(signer.name, edge.size, edge.root()) or edge.size != newest.size:
        raise _does_not_continue()
    return edge, end.id


def _does_not_continue() -> LogAltered:
    return LogAltered(
        "The end of the access log is not what was last signed; nothing is added to it.",
        "Export the log, verify it against a remembered checkpoint, and keep a copy of the database.",
    )


def detail_of(session: Session, entry: Entry) -> str | None:
    """What the person typed; None when nothing was typed or the detail was deleted.

    Raises ``Altered`` when the words are not those whose digest the leaf holds.
    """
    sealed = session.connection().scalar(select(_detail.c.sealed).where(_detail.c.event == entry.event))
    if sealed is None:
        return None
    try:
        fields = json.loads(sealed)
        text = str(fields["text"])
        digest = detail_digest(bytes.fromhex(fields["salt"]), text)
    except (ValueError, TypeError, KeyError) as error:
        raise _other_words() from error
    if digest != entry.detail:
        raise _other_words()
    return text


def _other_words() -> Altered:
    return Altered("The detail is not the one that was logged.", "Verify the log and restore from a backup.")


__all__ = [
    "Signer",
    "append",
    "detail_of",
    "newest_note",
    "sequence",
]
