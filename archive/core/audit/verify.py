"""Checks an exported log on any computer: no database, no secret, no network. Never raises on what the file holds.

Promised: whatever was changed after it was signed is found by whoever has the verifier key from outside, and whatever
was changed in the part that a remembered checkpoint covers is found even if the forger holds the signing key. Not
promised: entries newer than the remembered checkpoint, against a forger who holds that key.
"""

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.audit import parts
from archive.core.audit.checkpoint import Checkpoint, keepsake, open_note, read_keepsake, read_verifier_key
from archive.core.audit.clock import ClockWatch
from archive.core.audit.compare import Leaf, PlacedRow, SignedRoots, TreeWatch, align
from archive.core.audit.findings import Finding, Findings, Kind, shown
from archive.core.audit.judge import (
    Kept,
    MatchJudge,
    Trees,
    judge_differences,
    judge_remembered,
    judge_strays,
    judge_trees,
)
from archive.core.audit.tree import leaf_hash
from archive.core.errors import Altered

_CHUNK = 65_536
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # also text that is not UTF-8
    RuntimeError,  # an encrypted member; NotImplementedError for a feature of ZIP that we do not read
    LookupError,
    OverflowError,
)


@dataclass(frozen=True)
class Report:
    """``size`` counts the entries found; ``compared`` says whether a remembered checkpoint was laid beside them.

    ``findings`` holds the first hundred; ``count`` is how many there were.
    """

    ok: bool
    size: int
    findings: tuple[Finding, ...]
    count: int
    compared: bool
    statement: str


def verify_export(path: Path, *, remembered: str | None) -> Report:
    """``remembered`` is the text of a ``checkpoint.txt`` that was kept outside: verifier key and signed note."""
    findings = Findings()
    kept = None if remembered is None else _read_kept(remembered, findings)
    size, is_compared, clock = 0, False, ClockWatch()
    try:
        with zipfile.ZipFile(path) as archive:
            export = _Export(archive, findings)
            if export.is_complete():
                size = _verify(export, kept, findings, clock)
                is_compared = kept is not None
    except _DAMAGE as error:
        findings.add(
            Kind.UNREADABLE, "export", f"The file is damaged, or no export ({type(error).__name__})."
        )
    return Report(
        ok=not findings.count,
        size=size,
        findings=findings.all(),
        count=findings.count,
        compared=is_compared,
        statement=_statement(findings, size, kept) + clock.words(),
    )


def _verify(export: "_Export", kept: Kept | None, findings: Findings, clock: ClockWatch) -> int:
    signed, key = _check_checkpoints(export, findings)
    wanted = kept.checkpoint.size if kept else None
    leaves, rows = TreeWatch(signed, wanted), TreeWatch(signed, wanted)
    differences = align(_read_leaves(export, leaves, clock), _read_rows(export, rows), MatchJudge(findings))
    trees = Trees(signed, leaves, rows)
    judge_differences(differences, trees, findings)
    judge_trees(trees, kept, findings)
    judge_strays(export.lines(parts.STRAYS), findings)
    if kept is not None:
        judge_remembered(trees, kept, key, findings)
    return leaves.size


def _read_leaves(export: "_Export", tree: TreeWatch, clock: ClockWatch) -> Iterator[Leaf]:
    for position, data in enumerate(export.lines(parts.LEAVES)):
        clock.see(data)
        leaf = Leaf(position, data, leaf_hash(data))
        tree.append(leaf.hash)
        yield leaf


def _read_rows(export: "_Export", tree: TreeWatch) -> Iterator[PlacedRow]:
    for position, line in enumerate(export.lines(parts.EVENTS)):
        try:
            row = parts.read_row(line)
            placed = PlacedRow(position, row, bytes.fromhex(row.hash or ""))
        except (Altered, ValueError):  # judged where it is laid beside its leaf
            placed = PlacedRow(position, None, b"")
        tree.append(placed.hash)
        yield placed


def _check_checkpoints(export: "_Export", findings: Findings) -> tuple[SignedRoots, str]:
    """The roots whose signatures hold, and the verifier key as it stands in the export."""
    signed, newest, number = SignedRoots(), "", -1
    key = export.text(parts.KEY).removesuffix("\n")
    for number, line in enumerate(export.lines(parts.CHECKPOINTS)):
        try:
            size, newest = parts.read_checkpoint_line(line)
            checkpoint = open_note(newest, key)
            is_ours = checkpoint.origin == read_verifier_key(key)[0]
        except Altered as error:
            findings.add(Kind.FORGED_CHECKPOINT, f"checkpoint number {number}", error.message)
            continue
        _check_checkpoint(checkpoint, size, signed, findings, is_ours=is_ours)
    _check_newest(export.text(parts.CHECKPOINT), keepsake(key, newest), findings)
    return signed, key


def _check_checkpoint(
    checkpoint: Checkpoint, size: int, signed: SignedRoots, findings: Findings, *, is_ours: bool
) -> None:
    place = f"checkpoint of size {checkpoint.size}"
    if not is_ours:
        findings.add(Kind.FORGED_CHECKPOINT, place, "It was signed for another log.")
    elif size != checkpoint.size:
        findings.add(Kind.FORGED_CHECKPOINT, place, f"It is stored as the checkpoint of size {size}.")
    elif checkpoint.size <= signed.newest:
        findings.add(Kind.OLDER_CHECKPOINT, place, "It stands behind a newer checkpoint.")
    else:
        signed.add(checkpoint.size, checkpoint.root)


def _check_newest(text: str, expected: str, findings: Findings) -> None:
    if text != expected:
        findings.add(
            Kind.FORGED_CHECKPOINT,
            parts.CHECKPOINT,
            "It is not the newest of the checkpoints in this export.",
        )


def _read_kept(text: str, findings: Findings) -> Kept | None:
    try:
        return Kept(*read_keepsake(text))
    except Altered as error:
        findings.add(Kind.UNREADABLE, "remembered checkpoint", error.message)
        return None


def _statement(findings: Findings, size: int, kept: Kept | None) -> str:
    if findings.count:
        return f"altered or unreadable: {findings.count} finding{'s' if findings.count > 1 else ''}"
    if kept is None:
        return "consistent in itself, compared with nothing outside"
    if kept.checkpoint.size == size:
        return f"whole: all {size} entries are those remembered outside"
    return (
        f"whole: the first {kept.checkpoint.size} of {size} entries are those remembered outside; "
        f"the later ones are consistent in themselves"
    )


class _Export:
    """The parts of the ZIP file, read line by line."""

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        self._archive = archive
        self._findings = findings

    def is_complete(self) -> bool:
        """Whether every part is there, once, in a form that is read here; says what is not."""
        names = [info.filename for info in self._archive.infolist()]
        for name in sorted(set(names) - set(parts.ALL)):
            self._findings.add(Kind.UNEXPECTED_PART, shown(name), "The export has no such part.")
        for name in sorted(name for name, times in Counter(names).items() if times > 1):
            self._findings.add(Kind.UNEXPECTED_PART, shown(name), "This part is there more than once.")
        missing = [name for name in parts.ALL if name not in names]
        for name in missing:
            self._findings.add(Kind.MISSING_PART, name, "This part of the export is gone.")
        return not missing and self._is_known_format()

    def lines(self, name: str) -> Iterator[bytes]:
        """Without their line breaks. Stops with a finding at a line that no export has."""
        if self._archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile("compression that no export uses")
        with self._archive.open(name) as member:
            rest = b""
            while len(rest) <= parts.LONGEST_LINE and (chunk := member.read(_CHUNK)):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
        if rest:
            self._findings.add(Kind.TRUNCATED, name, "The last line is not ended, or a line is too long.")

    def text(self, name: str) -> str:
        return b"".join(line + b"\n" for line in self.lines(name)).decode()

    def _is_known_format(self) -> bool:
        lines = list(self.lines(parts.README))
        if lines[:1] != [parts.FORMAT.encode()]:
            self._findings.add(Kind.UNREADABLE, parts.README, "The export was made by another version.")
            return False
        return True
