"""The parts of an exported log and the lines in them, shared by the writer and the verifier. Standard library only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.core.audit.event import LONGEST_LEAF, Entry, moment_text
from archive.core.errors import Altered

LEAVES = "leaves.jsonl"
EVENTS = "events.jsonl"
STRAYS = "strays.jsonl"
CHECKPOINTS = "checkpoints.jsonl"
CHECKPOINT = "checkpoint.txt"
KEY = "verifier.key"
README = "README.txt"
ALL = (README, KEY, CHECKPOINT, CHECKPOINTS, LEAVES, EVENTS, STRAYS)

FORMAT = "Juanzong access log, export format 1"
LONGEST_LINE = 2 * LONGEST_LEAF

COLUMNS = ("at", "actor", "role", "action", "target", "purpose", "outcome")


@dataclass(frozen=True)
class EventRow:
    """What the tables hold beside a leaf: its place and stored hash, the search columns, the touched records.

    A stray has no ``index``: an event without a place in the tree, or (without ``columns``) touches of no event.
    """

    index: int | None
    event: str
    hash: str | None
    columns: Mapping[str, str | None] | None
    touches: tuple[str, ...]


def search_columns(entry: Entry) -> dict[str, str | None]:
    """The columns as they must be stored for this entry."""
    return {
        "at": moment_text(entry.at),
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "target": entry.target,
        "purpose": entry.purpose,
        "outcome": entry.outcome,
    }


def row_line(row: EventRow) -> bytes:
    return _line(
        {
            "index": row.index,
            "event": row.event,
            "hash": row.hash,
            "columns": row.columns,
            "touches": row.touches,
        }
    )


def read_row(line: bytes) -> EventRow:
    """Raises ``Altered``."""
    fields = _fields(line, {"index", "event", "hash", "columns", "touches"})
    columns, touches = fields["columns"], fields["touches"]
    if columns is not None and (not isinstance(columns, dict) or set(columns) != set(COLUMNS)):
        raise _unreadable()
    if not isinstance(touches, list):
        raise _unreadable()
    return EventRow(
        index=_number(fields["index"]),
        event=_text(fields["event"]),
        hash=_text_or_none(fields["hash"]),
        columns=None if columns is None else {name: _text_or_none(columns[name]) for name in COLUMNS},
        touches=tuple(_text(one) for one in touches),
    )


def checkpoint_line(size: int, note: str) -> bytes:
    return _line({"size": size, "note": note})


def read_checkpoint_line(line: bytes) -> tuple[int, str]:
    """The size as the table has it, and the note. Raises ``Altered``."""
    fields = _fields(line, {"size", "note"})
    size = _number(fields["size"])
    if size is None:
        raise _unreadable()
    return size, _text(fields["note"])


def _line(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def _fields(line: bytes, names: set[str]) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(fields, dict) or set(fields) != names:
        raise _unreadable()
    return fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is read as the first by one reader and as the last by another. Raises ``ValueError``."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _unreadable()
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise _unreadable()
    return value


def _unreadable() -> Altered:
    return Altered("A line of the export cannot be read.", "Export the log again.")
