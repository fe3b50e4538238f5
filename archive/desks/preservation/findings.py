"""What an inspection can find, and how it is counted."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

MOST_FINDINGS = 200
"""Named one by one in the report; all are counted."""


class Fixity(StrEnum):
    """What a check of one sealed object says. DA/T 70-2018 calls the property 完整性."""

    INTACT = "intact"
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Kind(StrEnum):
    OBJECT_MISSING = "object_missing"  # a row whose object is not in the store
    OBJECT_ALTERED = "object_altered"  # an object of another size or digest than its row says
    OBJECT_UNREADABLE = "object_unreadable"  # the disk gave an error where it lies
    OBJECT_UNKNOWN = "object_unknown"  # an object that no row names
    KEY_UNUSED = "key_unused"  # a data key that nothing was ever sealed under
    TOO_MANY = "too_many"  # more leftovers than kills leave: nothing is removed before a person has looked
    INDEX_STRAY = "index_stray"  # rows in the index of an item that is not there
    NOT_INDEXED = "not_indexed"  # an item that is not in the index, or in an older version
    INDEX_UNUSABLE = "index_unusable"
    UPLOAD_ABANDONED = "upload_abandoned"
    DEPOSIT_STANDING = "deposit_standing"  # waits, and no job is there to take it up
    PAGE_REMADE = "page_remade"  # its picture or text was damaged: read again from the original
    TEMPORARY_FILE = "temporary_file"
    JOB_DEAD = "job_dead"  # given up; its deposit says why
    LEASE_EXPIRED = "lease_expired"  # the next worker takes it over by itself


@dataclass(frozen=True)
class Looked:
    """What was found of one object."""

    uid: UUID
    fixity: Fixity


DAMAGE = frozenset({Kind.OBJECT_MISSING, Kind.OBJECT_ALTERED, Kind.OBJECT_UNREADABLE})
"""What nobody can repair without a backup."""

OF_FIXITY = {
    Fixity.MISSING: Kind.OBJECT_MISSING,
    Fixity.ALTERED: Kind.OBJECT_ALTERED,
    Fixity.UNREADABLE: Kind.OBJECT_UNREADABLE,
}


RESULTS = ("found.", "repaired.", "restored")


@dataclass
class Tally:
    """``counts``: ``seen.objects``, ``found.<kind>``, ``repaired.<kind>``, ``restored``, ``wanted``, ``bytes``."""

    counts: dict[str, int] = field(default_factory=dict)
    findings: list[tuple[Kind, UUID]] = field(default_factory=list)

    def count(self, name: str, number: int = 1) -> None:
        if number:
            self.counts[name] = self.counts.get(name, 0) + number

    def found(self, kind: Kind, uid: UUID | None = None, number: int = 1) -> None:
        self.count(f"found.{kind}", number)
        if uid is not None and len(self.findings) < MOST_FINDINGS:
            self.findings.append((kind, uid))

    def repaired(self, kind: Kind, number: int = 1) -> None:
        self.count(f"repaired.{kind}", number)

    def add(self, other: "Tally") -> None:
        for name, number in other.counts.items():
            self.count(name, number)
        self.findings += other.findings[: MOST_FINDINGS - len(self.findings)]

    @property
    def results(self) -> dict[str, int]:
        """The counts without those that grow with the holdings: of a house in order, none."""
        return {name: number for name, number in self.counts.items() if name.startswith(RESULTS)}

    def number(self, kind: Kind) -> int:
        return self.counts.get(f"found.{kind}", 0)

    @property
    def is_damaged(self) -> bool:
        return any(self.number(kind) for kind in DAMAGE)
