"""Turns what differs into findings: the kind of alteration, its place, and a sentence that says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.core.audit.checkpoint import Checkpoint
from archive.core.audit.compare import Differences, Leaf, PlacedRow, SignedRoots, TreeWatch
from archive.core.audit.event import Entry, read_leaf, touched
from archive.core.audit.findings import Findings, Kind, leaf_place, leaves_place, shown
from archive.core.audit.parts import COLUMNS, EventRow, read_row, search_columns
from archive.core.errors import Altered


@dataclass(frozen=True)
class Kept:
    """What was remembered outside."""

    verifier_key: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Trees:
    """The tree of the entries themselves and the tree of their stored hashes, against the signed roots."""

    signed: SignedRoots
    leaves: TreeWatch
    rows: TreeWatch

    @property
    def only_leaves_are_genuine(self) -> bool:
        return self.leaves.is_right and not self.rows.is_right

    @property
    def genuine(self) -> TreeWatch:
        """The side that the signed roots confirm; the entries when they confirm neither."""
        return self.rows if self.rows.is_right else self.leaves


class MatchJudge:
    """Compares an entry with the row that holds its hash: place, search columns, touched records."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._shift = 0

    def __call__(self, leaf: Leaf, placed: PlacedRow, row: EventRow) -> None:
        self._check_index(leaf, placed, row)
        try:
            entry = read_leaf(leaf.data)
        except Altered as error:
            self._findings.add(Kind.EDITED, leaf_place(leaf.position, row.event), error.message)
            return
        place = leaf_place(leaf.position, str(entry.event))
        self._check_columns(place, entry, row)
        self._check_touches(place, entry, row)

    def _check_index(self, leaf: Leaf, placed: PlacedRow, row: EventRow) -> None:
        """The stored place may run ahead of the line only by lines that the comparison has already missed."""
        if row.index is None:
            self._findings.add(
                Kind.COLUMN_CHANGED, leaf_place(leaf.position, row.event), "Its place is not stored."
            )
            return
        shift = min(row.index - leaf.position, row.index - placed.position, key=abs)
        if shift > self._shift:
            gone = leaves_place(row.index - (shift - self._shift), row.index - 1)
            self._findings.add(Kind.DELETED, gone, "Neither an entry nor a stored hash is left of it.")
        elif shift < self._shift:
            place = leaf_place(leaf.position, row.event)
            self._findings.add(Kind.REORDERED, place, f"It is stored at place {row.index}, out of order.")
        self._shift = shift

    def _check_columns(self, place: str, entry: Entry, row: EventRow) -> None:
        if row.event != str(entry.event):
            self._changed(place, "event", row.event, str(entry.event))
        if row.columns is None:
            self._findings.add(Kind.COLUMN_CHANGED, place, "Its search columns are gone.")
            return
        expected = search_columns(entry)
        for name in COLUMNS:
            if row.columns[name] != expected[name]:
                self._changed(place, name, row.columns[name], expected[name])

    def _changed(self, place: str, column: str, stored: str | None, signed: str | None) -> None:
        self._findings.add(
            Kind.COLUMN_CHANGED,
            place,
            f"The search column {column} says {shown(stored)}, the entry says {shown(signed)}.",
        )

    def _check_touches(self, place: str, entry: Entry, row: EventRow) -> None:
        expected, stored = set(touched(entry)), set(row.touches)
        for uid in sorted(expected - stored):
            self._findings.add(Kind.TOUCH_CHANGED, place, f"The trace that {shown(uid)} was reached is gone.")
        for uid in sorted(stored - expected):
            self._findings.add(
                Kind.TOUCH_CHANGED, place, f"A trace says {shown(uid)} was reached; the entry does not."
            )
        if len(stored) != len(row.touches):
            self._findings.add(Kind.TOUCH_CHANGED, place, "A trace of a reached record is there twice.")


def judge_differences(found: Differences, trees: Trees, findings: Findings) -> None:
    """The signed roots say which of the two accounts is genuine; the other one was altered."""
    moved = {leaf.hash: leaf for leaf in found.surplus + [leaf for leaf, _ in found.replaced]}
    lost = {row.hash: row for row in found.missing + [row for _, row in found.replaced]}
    both = moved.keys() & lost.keys()
    for digest in sorted(both):
        _moved(moved[digest], lost[digest], trees, findings)
    for leaf, row in found.replaced:
        if leaf.hash not in both and row.hash not in both:
            _replaced(leaf, row, trees, findings)
    surplus = [leaf for leaf in found.surplus if leaf.hash not in both]
    missing = [row for row in found.missing if row.hash not in both]
    for leaf, row in found.replaced:
        surplus += [leaf] if row.hash in both and leaf.hash not in both else []
        missing += [row] if leaf.hash in both and row.hash not in both else []
    for leaf in surplus:
        _surplus(leaf, trees, findings)
    for row in missing:
        _missing(row, trees, findings)
    _tails(found, trees, findings)
    if found.more:
        findings.add(
            Kind.EDITED, "further on", f"{found.more} more lines differ; they were not looked at one by one."
        )


def _moved(leaf: Leaf, row: PlacedRow, trees: Trees, findings: Findings) -> None:
    event = _event(leaf, row)
    if trees.only_leaves_are_genuine:
        words = f"Its row of search columns stands in place {row.position}."
        findings.add(Kind.REORDERED, leaf_place(leaf.position, event), words)
    else:
        words = f"The entry was moved; it stands in place {leaf.position}."
        findings.add(Kind.REORDERED, leaf_place(row.position, event), words)


def _replaced(leaf: Leaf, row: PlacedRow, trees: Trees, findings: Findings) -> None:
    event = _event(leaf, row)
    if row.row is None:
        findings.add(
            Kind.UNREADABLE, leaf_place(leaf.position, event), "Its row of search columns cannot be read."
        )
    elif trees.only_leaves_are_genuine:
        words = "The stored hash is not the hash of the entry; the entry is genuine."
        findings.add(Kind.COLUMN_CHANGED, leaf_place(leaf.position, event), words)
    elif not leaf.data:
        words = "The entry is gone; its hash in the tree shows that it was there."
        findings.add(Kind.DELETED, leaf_place(row.position, row.row.event), words)
    else:
        words = "The entry is not the one that was hashed into the tree."
        findings.add(Kind.EDITED, leaf_place(row.position, row.row.event), words)


def _surplus(leaf: Leaf, trees: Trees, findings: Findings) -> None:
    place = leaf_place(leaf.position, _event(leaf, None))
    if trees.only_leaves_are_genuine:
        findings.add(Kind.DELETED, place, "Its row, with stored hash and search columns, is gone.")
    else:
        findings.add(Kind.INSERTED, place, "This entry was put in; the tree has no place for it.")


def _missing(row: PlacedRow, trees: Trees, findings: Findings) -> None:
    place = leaf_place(row.position, row.row.event if row.row else None)
    if trees.only_leaves_are_genuine:
        findings.add(Kind.INSERTED, place, "A row of search columns was put in; no entry belongs to it.")
    else:
        findings.add(
            Kind.DELETED, place, "The entry was removed; its hash in the tree shows that it was there."
        )


def _tails(found: Differences, trees: Trees, findings: Findings) -> None:
    leaves_are_genuine = trees.only_leaves_are_genuine
    for tail, is_missing in ((found.missing_tail, True), (found.surplus_tail, False)):
        if tail:
            is_cut = is_missing != leaves_are_genuine
            what = "rows of search columns" if leaves_are_genuine else "entries"
            words = f"The last {len(tail)} {what} were {'cut off' if is_cut else 'added'}."
            findings.add(Kind.TRUNCATED if is_cut else Kind.INSERTED, leaves_place(tail[0], tail[-1]), words)


def _event(leaf: Leaf, row: PlacedRow | None) -> str | None:
    if row is not None and row.row is not None:
        return row.row.event
    try:
        return str(read_leaf(leaf.data).event)
    except Altered:  # it is being judged because it was changed, so it may name no event
        return None


def judge_trees(trees: Trees, kept: Kept | None, findings: Findings) -> None:
    """When neither account is what was signed: the signed checkpoints on both sides of the change bound its place."""
    tree, newest = trees.genuine, trees.signed.newest
    if kept is not None and tree.remembered == kept.checkpoint.root:
        newest = max(newest, kept.checkpoint.size)
    if tree.broken is not None:
        _broken(tree, newest, findings)
    elif tree.size < newest:
        words = f"A signed checkpoint counts {newest} entries; the last {newest - tree.size} were cut off."
        findings.add(Kind.TRUNCATED, leaves_place(tree.size, newest - 1), words)
    elif tree.size > newest and not trees.signed.sizes:
        findings.add(Kind.MISSING_PART, "checkpoints", "No signed checkpoint covers these entries.")
    elif tree.size > newest:
        words = (
            "No signed checkpoint covers these entries: they were added, or an older checkpoint was put back."
        )
        findings.add(Kind.INSERTED, leaves_place(newest, tree.size - 1), words)


def _broken(tree: TreeWatch, newest: int, findings: Findings) -> None:
    broken = tree.broken or 0
    place = leaves_place(tree.matched, broken - 1)
    bounds = f"The signed checkpoint of size {broken} does not fit, "
    bounds += f"the one of size {tree.matched} does" if tree.matched else "and none before it does"
    if tree.size < newest:
        findings.add(Kind.DELETED, place, f"{bounds}: {newest - tree.size} entries were removed here.")
    elif tree.size > newest:
        findings.add(Kind.INSERTED, place, f"{bounds}: {tree.size - newest} entries were put in here.")
    else:
        findings.add(Kind.EDITED, place, f"{bounds}: an entry was changed here, or the order.")


def judge_strays(lines: Iterator[bytes], findings: Findings) -> None:
    for number, line in enumerate(lines):
        try:
            row = read_row(line)
        except Altered as error:
            findings.add(Kind.UNREADABLE, f"stray {number}", error.message)
            continue
        place = f"event {shown(row.event)}"
        if row.columns is None and not row.touches:
            findings.add(Kind.UNREADABLE, f"stray {number}", "The line says nothing.")
        if row.columns is not None:
            findings.add(Kind.INSERTED, place, "It stands among the events but has no place in the tree.")
        for uid in row.touches:
            words = f"A trace says that this event reached {shown(uid)}; there is no such event."
            findings.add(Kind.TOUCH_CHANGED, place, words)


def judge_remembered(trees: Trees, kept: Kept, verifier_key: str, findings: Findings) -> None:
    """Consistency with a checkpoint kept outside: its root must be the root over the first so many entries."""
    size, tree = kept.checkpoint.size, trees.genuine
    if verifier_key != kept.verifier_key:
        words = "The checkpoints are signed with another key than the remembered one."
        findings.add(Kind.FORGED_CHECKPOINT, "verifier.key", words)
    if trees.signed.newest < size:
        words = f"The newest checkpoint is older than the remembered one of size {size}."
        findings.add(Kind.OLDER_CHECKPOINT, f"checkpoint of size {trees.signed.newest}", words)
    if tree.size < size:
        words = f"{size} entries were remembered; the last {size - tree.size} are missing: the tail was cut off, or an older copy was put in place."
        findings.add(Kind.CUT_TAIL, leaves_place(tree.size, size - 1), words)
    elif kept.checkpoint.root not in (trees.leaves.remembered, trees.rows.remembered):
        words = f"The first {size} entries are not the ones remembered: at least one was changed, removed, put in or moved, and the tree was built anew over it."
        findings.add(Kind.REWRITTEN, leaves_place(0, size - 1), words)
