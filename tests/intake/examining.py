"""The worker's step between received and reading or refused."""

from uuid import UUID

from sqlalchemy import select

from archive.core.jobs.tables import JobKind
from archive.desks.intake import reading
from archive.desks.intake.reading import Reader
from archive.desks.intake.scanning import Scanner
from archive.holdings.tables import Deposit
from ocr.facts import Limits
from ocr.launchers import choose_launcher
from tests.cast import House

LAUNCHER = choose_launcher(("bwrap", "bare"))


def examine(house: House, deposit: UUID, scanner: Scanner) -> Deposit:
    reader = Reader(LAUNCHER, Limits(), "none", scanner)
    job = house.claim(JobKind.ACCEPT, deposit)
    reading.accept_deposit(house.reader_gate(), job, reader, lambda _permit: True)
    return row(house, deposit)


def row(house: House, deposit: UUID) -> Deposit:
    return house.read(lambda session: session.scalars(select(Deposit).where(Deposit.uid == deposit)).one())
