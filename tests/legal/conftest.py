"""A legal desk with a second person of legal, and a claim that was assigned to the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from archive.accounts.operations import NewAccount, create_account
from archive.core.access.actions import Purpose, Role
from archive.desks.finding import pages as finding_pages
from archive.desks.legal import api, evidence, holding, matters, pages, pages_evidence
from archive.desks.legal.evidence import NewPackage, Wanted
from archive.holdings import pages as holdings_pages
from tests.cast import PASSWORD, House, Made, Person, sign_in
from tests.web.visiting import Visitors, visiting


@dataclass(frozen=True)
class Desk:
    """What the tests of this desk do again and again."""

    house: House
    other_legal: Person

    def matter(self, *items: Made, by: Person | None = None) -> UUID:
        by = by or self.house.legal
        gate = self.house.gate_of(by, matters.open_matter, matters.add_items)
        uid = gate.run(matters.open_matter, None, matters.NewMatter("张三诉本公司")).value
        if items:
            gate.run(matters.add_items, uid, tuple(str(item.uid) for item in items))
        return uid

    def claim(
        self, *, texts: tuple[str, ...] = ("第一页", "第二页"), tier: int = 3, title: str = "理赔案卷"
    ) -> Made:
        """Of the own unit, and assigned to legal, so that she may read it."""
        made = self.house.archived_item(tier=tier, texts=texts, title=title)
        self.house.assign(made, to=self.house.legal)
        return made

    def hold(
        self, *items: Made, query: str = "", by: Person | None = None, matter: UUID | None = None
    ) -> UUID:
        wanted = holding.Wanted(tuple(str(item.uid) for item in items), query)
        gate = self.house.gate_of(by or self.house.legal, holding.set_hold)
        return gate.run(holding.set_hold, None, holding.NewHold(wanted, "诉讼保全", matter)).value

    def propose(self, hold: UUID, *, by: Person | None = None, revision: int = 1) -> None:
        gate = self.house.gate_of(by or self.house.legal, holding.propose_release)
        gate.run(holding.propose_release, hold, holding.Closing("已结案", revision))

    def agree(self, hold: UUID, *, by: Person, agreed: bool = True, revision: int = 2) -> None:
        verdict = holding.Verdict(agreed=agreed, opinion="同意", revision=revision)
        self.house.gate_of(by, holding.decide_release).run(holding.decide_release, hold, verdict)

    def holds_of(self, person: Person) -> dict[UUID, holding.HoldSeen]:
        seen = self.house.gate_of(person, holding.list_holds).run(holding.list_holds, None).value
        return {hold.uid: hold for hold in seen}

    def ask(self, *items: Made, matter: UUID | None = None, prefix: str = "ZJ") -> UUID:
        """Asked for by legal, for a lawsuit."""
        new = NewPackage(Wanted(tuple(item.uid for item in items), prefix), "某区人民法院", "（2026）民初1号")
        gate = self.house.gate_of(self.house.legal, evidence.request)
        matter = matter or self.matter(*items)
        return gate.run(evidence.request, matter, new, purpose=Purpose.LITIGATION).value

    def decide(self, package: UUID, *, by: Person, released: bool = True, revision: int = 1) -> None:
        verdict = evidence.Verdict(released=released, opinion="核对无误", revision=revision)
        self.house.gate_of(by, evidence.decide).run(evidence.decide, package, verdict)

    def released(self, *items: Made) -> UUID:
        package = self.ask(*items)
        self.decide(package, by=self.house.archivist)
        return package


@pytest.fixture
def desk(house: House) -> Desk:
    return staffed(house)


def staffed(house: House) -> Desk:
    gate = house.system_gate(Role.OPERATOR, create_account)
    gate.run(create_account, None, NewAccount("other_legal", "Other Legal", "C1", Role.LEGAL, PASSWORD))
    return Desk(house, sign_in(house.archive, "other_legal"))


ROUTERS = (pages.router, pages_evidence.router, api.router, holdings_pages.router, finding_pages.router)


@pytest.fixture
def web(desk: Desk, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(desk.house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors
