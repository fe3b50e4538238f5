"""Uploads that go on while a snapshot is made: what was disposed of meanwhile is not promised by the restored archive."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from archive.core.errors import UploadCut
from archive.core.gate import BoundGate
from archive.desks.intake import deciding, receiving, receiving_parts
from archive.desks.intake.deciding import decide
from archive.desks.intake.duplicates import IS_HERE, OPEN_THE_OTHER, Duplicates
from archive.desks.intake.operations import DepositSeen, Finished, show_deposit
from archive.desks.intake.parts import PART_BYTES, list_parts
from archive.holdings.tables import StoredObject
from tests.backup.doing import backed_up, entered, restored
from tests.backup.test_backup import at
from tests.cast import House

CONTENTS = (bytes(PART_BYTES), b"the rest")
OPERATIONS = (
    *receiving_parts.BEGIN,
    *receiving_parts.SEND,
    *receiving_parts.FINISH,
    *receiving_parts.CALL_OFF,
    list_parts,
    show_deposit,
)


def gate_of(house: House) -> BoundGate:
    return house.gate_of(house.archivist, *OPERATIONS)


def send(house: House, upload: UUID, number: int) -> None:
    part = CONTENTS[number - 1]
    receiving_parts.receive_part(
        gate_of(house), upload, number, [part], receiving_parts.content_digest(sha256(part).digest())
    )


def finish(house: House, upload: UUID) -> str:
    return receiving_parts.finish_parts(gate_of(house), upload, house.clock).state


def seen(house: House, upload: UUID) -> DepositSeen:
    return gate_of(house).run(show_deposit, upload).value


@pytest.fixture
def upload(house: House) -> UUID:
    """All its parts are here; it is not finished."""
    file = receiving_parts.Announced("long.pdf", sum(map(len, CONTENTS)), "A001")
    begun = receiving_parts.begin_parts(gate_of(house), file, most_bytes=10**8)
    for number in (1, 2):
        send(house, begun.deposit, number)
    return begun.deposit


@pytest.fixture
def again(house: House, target: Path, tmp_path: Path, upload: UUID) -> Iterator[House]:
    """Restored from a snapshot during which the upload was finished, and its parts removed."""
    made = backed_up(house, target, watch=at("objects", lambda: finish(house, upload)))
    assert (made.is_whole, made.disposed) == (True, 2)
    restored(house, target, tmp_path / "again")
    new = entered(house, tmp_path / "again")
    yield new
    new.archive.close()


def test_parts_that_went_meanwhile_are_not_listed_as_kept(again: House, upload: UUID) -> None:
    assert gate_of(again).run(list_parts, upload).value.kept == ()


def test_an_upload_whose_parts_went_meanwhile_cannot_be_finished(again: House, upload: UUID) -> None:
    with pytest.raises(UploadCut, match="Part 1 of 2"):
        finish(again, upload)


def test_an_upload_whose_parts_went_meanwhile_goes_on_when_they_are_sent_again(
    again: House, upload: UUID
) -> None:
    send(again, upload, 1)
    send(again, upload, 2)
    assert finish(again, upload) == "received"


def test_the_log_says_which_upload_lost_parts(again: House, upload: UUID) -> None:
    entries = [entry for entry in again.log() if entry.action == "archive:restore"]
    assert [entry.objects for entry in entries if entry.objects] == [(f"deposit:{upload}",)]


def test_an_upload_that_was_called_off_meanwhile_only_lacks_its_parts(
    house: House, target: Path, tmp_path: Path, upload: UUID
) -> None:
    backed_up(house, target, watch=at("objects", lambda: receiving_parts.call_off(gate_of(house), upload)))
    restored(house, target, tmp_path / "again")
    new = entered(house, tmp_path / "again")
    assert (seen(new, upload).state, seen(new, upload).parts_kept) == ("receiving", 0)
    new.archive.close()


@pytest.mark.parametrize("decision", [Duplicates.LINK, Duplicates.REFUSE])
def test_a_duplicate_that_was_decided_meanwhile_is_refused(
    house: House, target: Path, tmp_path: Path, decision: Duplicates
) -> None:
    """Its bytes are gone, and are here under its twin."""
    received(house)
    waiting = received(house)
    gate = house.gate_of(house.archivist, *deciding.OPERATIONS)
    backed_up(house, target, watch=at("objects", lambda: decide(gate, waiting.batch, decision)))
    restored(house, target, tmp_path / "again")
    new = entered(house, tmp_path / "again")
    it = seen(new, waiting.deposit)
    assert (it.state, it.reason, it.remedy) == ("refused", IS_HERE, OPEN_THE_OTHER)
    assert rows(new) == rows(house)
    new.archive.close()


def received(house: House) -> Finished:
    gate = house.gate_of(house.archivist, *receiving.OPERATIONS)
    return receiving.receive(gate, receiving.Upload("scan.jpg", [b"one page"], 8, 10**6, "A001"))


def rows(house: House) -> set[UUID]:
    return set(house.read(lambda session: session.scalars(select(StoredObject.uid)).all()))
