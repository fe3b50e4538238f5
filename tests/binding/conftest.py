"""People at the binding desk, and acts on a folder that always carry its newest revision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from archive.core.gate import Operation
from archive.desks.binding import (
    arranging,
    checking,
    documents,
    parts,
    seeing,
    supplements,
    waiving,
)
from archive.desks.binding.arranging import Begin, Order, Take
from archive.desks.binding.checking import Submit
from archive.desks.binding.folder import Plain
from archive.desks.binding.seen import FolderSeen
from archive.desks.binding.waiving import Waive
from archive.holdings import operations as holdings
from archive.holdings.quality import Limits, limits
from tests.cast import House, Made, Person

OPERATIONS: tuple[Operation[Any, Any, Any], ...] = (
    *arranging.OPERATIONS,
    *checking.OPERATIONS,
    *documents.OPERATIONS,
    *parts.OPERATIONS,
    *seeing.OPERATIONS,
    *supplements.OPERATIONS,
    *waiving.OPERATIONS,
)

CLAIM, RECORD = "cn.claim", "cn.inpatient.v2013"


@dataclass
class Desk:
    house: House
    volume: UUID

    @property
    def limits(self) -> Limits:
        return limits(self.house.archive.settings)

    def run(self, operation: Operation[Any, Any, Any], given: Any, *, by: Person | None = None) -> Any:
        gate = self.house.gate_of(by or self.house.archivist, *OPERATIONS)
        return gate.run(operation, self.volume, given).value

    def seen(self, *, by: Person | None = None) -> FolderSeen:
        seen: FolderSeen = self.run(seeing.show_folder, self.limits, by=by)
        return seen

    @property
    def revision(self) -> int:
        return self.seen().revision

    @property
    def plain(self) -> Plain:
        return Plain(self.revision)

    @property
    def order(self) -> list[UUID]:
        return [document.item for document in self.seen().documents]

    def begin(self, template: str = CLAIM, *flags: str) -> None:
        self.run(arranging.begin, Begin(self.revision, template, flags))

    def take(self, *items: Made, place: int | None = None) -> None:
        self.run(arranging.take, Take(self.revision, tuple(item.uid for item in items), place))

    def arrange(self, *items: UUID) -> None:
        self.run(arranging.order, Order(self.revision, items))

    def described(self, doc_type: str, *texts: str, title: str = "", tier: int = 3) -> Made:
        """A draft that lies loose, described."""
        draft = self.house.draft_item(texts or ("文",))
        gate = self.house.gate_of(self.house.archivist, holdings.show_item, holdings.describe)
        revision = gate.run(holdings.show_item, draft.uid).value.revision
        said = holdings.Description(revision, None, title or doc_type, doc_type, tier)
        gate.run(holdings.describe, draft.uid, said)
        return draft

    def waive_all(self, *, by: Person) -> None:
        for slot in self.seen().slots:
            if slot.state == "missing":
                self.run(waiving.waive, Waive(self.revision, slot.code, "无此材料"), by=by)

    def submit(self) -> None:
        self.run(checking.submit, Submit(self.revision, self.limits))

    def archive(self, *, by: Person) -> None:
        self.run(checking.begin_check, self.plain, by=by)
        self.run(checking.archive_folder, Submit(self.revision, self.limits), by=by)


@pytest.fixture
def desk(house: House) -> Desk:
    """A folder of branch C1 that nobody has begun to bind."""
    return Desk(house, house.open_volume(tier=2))
