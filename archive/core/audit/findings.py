"""What the verifier found, where, and in plain words."""

import json
from dataclasses import dataclass
from enum import StrEnum

MOST = 100
_LONGEST_VALUE = 80


class Kind(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    COLUMN_CHANGED = "column-changed"
    TOUCH_CHANGED = "touch-changed"
    FORGED_CHECKPOINT = "forged-checkpoint"
    OLDER_CHECKPOINT = "older-checkpoint"
    CUT_TAIL = "cut-tail"
    REWRITTEN = "rewritten"
    UNREADABLE = "unreadable"
    MISSING_PART = "missing-part"
    UNEXPECTED_PART = "unexpected-part"


@dataclass(frozen=True)
class Finding:
    """``place`` names leaf and event, checkpoint or part; leaves are counted from 0."""

    kind: Kind
    place: str
    words: str


class Findings:
    """Keeps the first hundred and counts the rest: a log of a million altered lines still gives a readable report."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self.count = 0

    def add(self, kind: Kind, place: str, words: str) -> None:
        self.count += 1
        if len(self._kept) < MOST:
            self._kept.append(Finding(kind, place, words))

    def all(self) -> tuple[Finding, ...]:
        return tuple(self._kept)


def leaf_place(index: int, event: str | None = None) -> str:
    return f"leaf {index}" if event is None else f"leaf {index}, event {shown(event)}"


def leaves_place(first: int, last: int) -> str:
    return leaf_place(first) if first == last else f"leaves {first} to {last}"


def shown(value: str | None) -> str:
    """A value from an untrusted file, for a terminal: control and foreign characters escaped, cut when long."""
    if value is None:
        return "nothing"
    text = json.dumps(value)[1:-1]
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
