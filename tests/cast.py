"""A house with people in it: a real archive in a folder, founded once and copied for each test.

Everything is done through the operations that the product runs; only the reading of pages is by hand, so no test that
is not about OCR waits for it.
"""

import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts.operations import (
    NewAccount,
    NewUnit,
    SessionLife,
    SignIn,
    check_password,
    create_account,
    define_unit,
    open_session,
)
from archive.accounts.queries import account_by_uid, anyone, unit_by_code
from archive.accounts.tables import Account
from archive.core.access.actions import Purpose, Role
from archive.core.audit.event import Entry, read_leaf
from archive.core.audit.tables import AuditEvent
from archive.core.gate import BoundGate, Operation
from archive.core.jobs.queue import Claimed, claim, finish
from archive.core.jobs.tables import JobKind
from archive.core.settings import Settings
from archive.desks.assigning import operations as assigning
from archive.desks.finding import indexing
from archive.desks.intake import processing, reading, receiving
from archive.desks.intake.duplicates import Duplicates
from archive.desks.loans import operations as loans
from archive.holdings import operations as holdings
from archive.holdings.queries import item_by_uid
from archive.holdings.tables import Deposit, Item
from archive.wiring import Archive, found_archive, open_archive, system
from ocr.page import Line, PageText, even_centres, page_text

PASSWORD = "a quiet room for records"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
"""A Monday."""

PEOPLE = {
    "archivist": ("HQ", Role.ARCHIVIST),
    "other_archivist": ("HQ", Role.ARCHIVIST),
    "handler": ("C1", Role.CLAIMS_HANDLER),
    "other_handler": ("C2", Role.CLAIMS_HANDLER),
    "supervisor": ("C1", Role.CLAIMS_SUPERVISOR),
    "legal": ("C1", Role.LEGAL),
    "auditor": ("HQ", Role.AUDITOR),
    "administrator": ("HQ", Role.ADMINISTRATOR),
}
"""Sign-in name: unit and role. HQ stands above C1 and C2."""

FONDS = {"C1": "A001", "C2": "B001"}
"""The fonds of each branch, with one series LP."""

T = TypeVar("T")


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Person:
    """``token`` None: somebody without a session."""

    login: str
    token: str | None
    uid: UUID
    id: int
    unit_id: int

    @property
    def label(self) -> str:
        return f"account:{self.uid}"


STRANGER = Person("stranger", None, UUID(int=0), 0, 0)


@dataclass(frozen=True)
class Template:
    folder: Path
    people: dict[str, Person]
    units: dict[str, int]


@dataclass(frozen=True)
class Made:
    """An item that a builder made. ``volume`` None: it is a draft."""

    uid: UUID
    id: int
    volume: UUID | None = None


def found_template(folder: Path) -> Template:
    """An archive with units, fonds and the cast, each signed in for longer than any test."""
    settings = Settings(data=folder)
    found_archive(settings)
    archive = open_archive(settings, clock=Clock())
    try:
        operator = archive.gate.bind(
            system(Role.OPERATOR), define_unit, holdings.define_fonds, create_account
        )
        units = {code: _unit(archive, operator, code) for code in ("HQ", "C1", "C2")}
        people = {login: _person(archive, operator, login) for login in PEOPLE}
        return Template(folder, people, units)
    finally:
        archive.close()


def _unit(archive: Archive, operator: BoundGate, code: str) -> int:
    uid = operator.run(define_unit, None, NewUnit(code, code, None if code == "HQ" else "HQ")).value
    if code in FONDS:
        series = (holdings.NewSeries("LP", "理赔", 3),)
        fonds = holdings.NewFonds(FONDS[code], FONDS[code], uid, series)
        operator.run(holdings.define_fonds, None, fonds)
    with archive.database.reading() as session:
        unit = unit_by_code(session, code)
        assert unit is not None
        return unit.id


def _person(archive: Archive, operator: BoundGate, login: str) -> Person:
    unit, role = PEOPLE[login]
    operator.run(create_account, None, NewAccount(login, login.title(), unit, role, PASSWORD))
    return sign_in(archive, login)


def sign_in(archive: Archive, login: str, password: str = PASSWORD) -> Person:
    """One more session, as long as any test. Raises what signing in raises."""
    door = archive.gate.bind(anyone, check_password, open_session)
    attempt = SignIn(login, password, "127.0.0.1", 10)
    uid = door.run(check_password, attempt, attempt).value
    life = SessionLife("browser", timedelta(days=3650), timedelta(days=3650))
    token = door.run(open_session, uid, life).value.token
    with archive.database.reading() as session:
        account = account_by_uid(session, uid)
        assert account is not None
        return Person(login, token, uid, account.id, account.unit_id)


def enter(template: Template, folder: Path, **settings: Any) -> "House":
    """A copy of the template, opened. Whoever enters closes ``house.archive``."""
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    clock = Clock()
    return House(open_archive(Settings(data=folder, **settings), clock=clock), clock, template)


@dataclass(frozen=True)
class House:
    archive: Archive
    clock: Clock
    template: Template

    def __getattr__(self, name: str) -> Person:
        """``house.handler``: one of the cast, or ``house.stranger``."""
        try:
            return STRANGER if name == "stranger" else self.template.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def units(self) -> dict[str, int]:
        return self.template.units

    # --- asking -----------------------------------------------------------------------------------------

    def gate_of(self, person: Person, *operations: Operation[Any, Any, Any]) -> BoundGate:
        return self.archive.gate.bind(self.archive.who(person.token), *operations)

    def system_gate(self, role: Role, *operations: Operation[Any, Any, Any]) -> BoundGate:
        return self.archive.gate.bind(system(role), *operations)

    def reader_gate(self) -> BoundGate:
        """What a worker runs."""
        return self.system_gate(Role.READER, *reading.OPERATIONS, *indexing.OPERATIONS, loans.expire)

    def read(self, question: Callable[[Session], T]) -> T:
        with self.archive.database.reading() as session:
            return question(session)

    def change(self, change: Callable[[Session], T]) -> T:
        """Past the gate: what only a test may do."""
        with self.archive.database.writing() as session:
            result = change(session)
            session.commit()
            return result

    def log(self) -> list[Entry]:
        """Every entry, oldest first."""
        return self.read(
            lambda s: [read_leaf(leaf) for leaf in s.scalars(select(AuditEvent.leaf).order_by(AuditEvent.id))]
        )

    def item(self, made: Made) -> Item:
        def row(session: Session) -> Item:
            found = item_by_uid(session, made.uid)
            assert found is not None
            return found

        return self.read(row)

    def account(self, person: Person) -> Account:
        return self.read(lambda s: s.get_one(Account, person.id))

    # --- making items -----------------------------------------------------------------------------------

    def draft_item(
        self, pages: Sequence[str] = ("一页",), *, by: Person | None = None, fonds: str = "A001"
    ) -> Made:
        """Received, accepted, read by hand and indexed; nobody has described it."""
        received = self.receive(by=by, fonds=fonds)
        gate = self.reader_gate()
        accepted = processing.Accepted("image/jpeg", len(pages), (), self.claim(JobKind.ACCEPT, received))
        gate.run(processing.accept, received, accepted)
        dek_id = gate.run(processing.take, received).value.dek_id
        for seq, text in enumerate(pages, start=1):
            self._store_page(gate, received, dek_id, seq, text)
        gate.run(processing.finish_reading, received, self.claim(JobKind.READ, received))
        self.index()
        return self.read(lambda session: _item_of(session, received))

    def receive(self, *, by: Person | None = None, fonds: str = "A001") -> UUID:
        """A deposit whose bytes are sealed and whose first job waits."""
        gate = self.gate_of(by or self.archivist, *receiving.OPERATIONS)
        image = small_jpeg()
        upload = receiving.Upload("scan.jpg", [image], len(image), 10**6, fonds, duplicates=Duplicates.KEEP)
        return receiving.receive(gate, upload).deposit

    def _store_page(self, gate: BoundGate, deposit: UUID, dek_id: UUID, seq: int, text: str) -> None:
        room = gate.run(processing.make_room, deposit)
        view = gate.seal(room.permit, room.value.view, dek_id, [small_jpeg()])
        sealed = gate.seal(room.permit, room.value.text, dek_id, [reading_of(text).to_json()])
        page = processing.ReadPage(seq, 56, 80, 150, False, view, sealed, "by hand", "1", 1.0, None)
        gate.run(processing.store_page, deposit, page)

    def archived_item(
        self,
        *,
        tier: int = 3,
        unit: str = "C1",
        title: str = "理赔案卷",
        texts: Sequence[str] = ("一页",),
        volume: UUID | None = None,
        by: Person | None = None,
        **described: Any,
    ) -> Made:
        """Described by its maker into ``volume`` (a new one where None), and indexed."""
        by = by or self.archivist
        draft = self.draft_item(texts, by=by, fonds=FONDS[unit])
        volume = volume or self.open_volume(unit=unit, by=by)
        self.describe(draft, volume=volume, title=title, tier=tier, by=by, **described)
        self.index()
        return replace(draft, volume=volume)

    def open_volume(self, *, unit: str = "C1", tier: int = 1, by: Person | None = None) -> UUID:
        gate = self.gate_of(by or self.archivist, holdings.list_holdings, holdings.open_volume)
        arrangement = gate.run(holdings.list_holdings, None).value
        series = next(s.uid for s in arrangement.series if s.fonds == FONDS[unit])
        return gate.run(holdings.open_volume, None, holdings.NewVolume(series, "案卷", 2026, tier)).value

    def describe(
        self,
        made: Made,
        *,
        volume: UUID,
        title: str = "理赔案卷",
        tier: int = 3,
        by: Person | None = None,
        **described: Any,
    ) -> None:
        """Not indexed: the job waits."""
        said = holdings.Description(self.item(made).revision, volume, title, "claim_file", tier, **described)
        gate = self.gate_of(by or self.archivist, holdings.describe)
        gate.run(holdings.describe, made.uid, said)

    # --- jobs -------------------------------------------------------------------------------------------

    def claim(self, kind: JobKind, subject: UUID | None = None) -> Claimed:
        """The next job of a kind; ``subject`` says which is expected."""
        job = self._next(kind)
        assert job is not None, f"no job {kind} waits"
        assert subject is None or job.subject == subject
        return job

    def index(self) -> None:
        """Does every waiting index job, as a worker would."""
        while (job := self._next(JobKind.INDEX)) is not None:
            indexing.index_item(self.reader_gate(), self.archive.index, job)
            self.finish(job)

    def finish(self, job: Claimed) -> None:
        self.archive.upkeep.run(lambda session: finish(session, job, self.clock()))

    def _next(self, kind: JobKind) -> Claimed | None:
        lease = timedelta(seconds=120)
        return self.archive.upkeep.run(
            lambda session: claim(session, kinds=(kind,), worker="test", now=self.clock(), lease=lease)
        )

    # --- opening doors ----------------------------------------------------------------------------------

    def ask_for(
        self, made: Made, *, to: Person, purpose: Purpose = Purpose.CLAIM_HANDLING, reason: str = "a reason"
    ) -> UUID:
        gate = self.gate_of(to, loans.request)
        return gate.run(loans.request, None, loans.NewRequest((made.uid,), purpose, reason)).value

    def lend(self, made: Made, *, to: Person, by: Person | None = None) -> UUID:
        """Asked for and approved; answers with the loan."""
        request = self.ask_for(made, to=to)
        gate = self.gate_of(by or self.archivist, loans.decide)
        return gate.run(loans.decide, request, loans.Verdict(granted=True, opinion="yes", revision=1)).value

    def give_back(self, loan: UUID, *, by: Person) -> None:
        self.gate_of(by, loans.give_back).run(loans.give_back, loan)

    def assign(self, made: Made, *, to: Person, by: Person | None = None) -> UUID:
        assert made.volume is not None
        gate = self.gate_of(by or self.supervisor, assigning.assign_case)
        return gate.run(assigning.assign_case, made.volume, to.login).value

    def name_reader(self, made: Made, *, reader: Person, days: int = 10) -> UUID:
        """Proposed by the archivist, confirmed by legal."""
        new = assigning.NewNaming(reader.login, "legal", Purpose.LITIGATION, "a reason", days)
        naming = self.gate_of(self.archivist, assigning.propose_reader).run(
            assigning.propose_reader, made.uid, new
        )
        verdict = assigning.Verdict(confirmed=True, opinion="yes", revision=1)
        return (
            self.gate_of(self.legal, assigning.confirm_reader)
            .run(assigning.confirm_reader, naming.value, verdict)
            .value
        )


def _item_of(session: Session, deposit: UUID) -> Made:
    row = session.scalars(select(Deposit).where(Deposit.uid == deposit)).one()
    item = session.get_one(Item, row.item_id)
    return Made(item.uid, item.id)


def reading_of(text: str) -> PageText:
    """What an engine would have answered: one full-width line for each line of ``text``."""
    lines = text.splitlines()
    return page_text(
        [_line(line, n / len(lines), (n + 1) / len(lines)) for n, line in enumerate(lines)],
        "by hand",
        "1",
        "zh-Hans",
        reason=None if lines else "no text was found on this page",
    )


def _line(text: str, top: float, bottom: float) -> Line:
    quad = ((0.0, top), (1.0, top), (1.0, bottom), (0.0, bottom))
    return Line(text, quad, 1.0, even_centres(len(text)), vertical=False)


@cache
def small_jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("L", (56, 80), 250).save(file, "JPEG")
    return file.getvalue()
