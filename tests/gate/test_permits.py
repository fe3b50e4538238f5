"""What a permit opens, how long, and that nothing else opens anything."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from archive.core.access.actions import Role
from archive.core.errors import Altered, ObjectMissing, PermitRefused
from archive.core.gate import BoundGate, Released
from archive.core.permit import PermitOffice
from archive.core.vault.vault import Handle
from archive.desks.intake import operations as intake
from archive.desks.intake import processing
from archive.desks.reading_room.operations import Leaf, PageAddress, show_page
from archive.wiring import system
from tests.cast import START, House, Made, small_jpeg


@pytest.fixture
def lent(house: House) -> Made:
    item = house.archived_item(tier=3)
    house.lend(item, to=house.handler)
    return item


@pytest.fixture
def gate(house: House) -> BoundGate:
    return house.gate_of(house.handler, show_page)


def shown(gate: BoundGate, item: Made) -> tuple[Released[Leaf], Handle]:
    released = gate.run(show_page, PageAddress(item.uid, 1))
    assert released.value.view is not None
    return released, released.value.view


def test_a_permit_lasts_a_minute(house: House, lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    assert released.permit.until == START + timedelta(seconds=60)
    house.clock.forward(seconds=59.9)
    assert gate.load(released.permit, view) == small_jpeg()
    house.clock.forward(seconds=0.1)
    with pytest.raises(PermitRefused):
        gate.load(released.permit, view)


def test_a_permit_does_not_outlast_the_loan(house: House, lent: Made, gate: BoundGate) -> None:
    due = START + timedelta(days=15)
    house.clock.now = due - timedelta(seconds=10)
    released, view = shown(gate, lent)
    assert released.permit.until == due
    house.clock.now = due
    with pytest.raises(PermitRefused):
        gate.load(released.permit, view)


def test_an_opening_that_is_under_way_ends_with_its_permit(house: House, lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    opened = gate.open(released.permit, view)
    assert opened.read(0, 2) == small_jpeg()[:2]
    house.clock.forward(seconds=60)
    with pytest.raises(PermitRefused):
        opened.read(2, 2)


def test_a_permit_with_any_word_changed_opens_nothing(lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    permit = released.permit
    for forged in (
        replace(permit, until=permit.until + timedelta(hours=1)),
        replace(permit, ends=permit.ends + 3600),
        replace(permit, objects=permit.objects | {uuid4()}),
        replace(permit, actor="account:somebody else"),
        replace(permit, action="item:show"),
        replace(permit, event=uuid4()),
        replace(permit, mac=bytes(32)),
        PermitOffice(bytes(32)).mint(
            event=permit.event,
            actor=permit.actor,
            action=permit.action,
            objects=permit.objects,
            until=permit.until,
            now=START,
        ),
    ):
        with pytest.raises(PermitRefused):
            gate.load(forged, view)


def test_a_permit_for_one_page_opens_no_other(house: House, lent: Made, gate: BoundGate) -> None:
    released, _ = shown(gate, lent)
    other = house.archived_item(tier=3)
    house.lend(other, to=house.handler)
    _, other_view = shown(gate, other)
    with pytest.raises(PermitRefused):
        gate.load(released.permit, other_view)


def test_a_permit_does_not_change_the_key_under_which_its_object_opens(
    lent: Made, gate: BoundGate, house: House
) -> None:
    """A handle is no secret: with the key of another item the object does not open."""
    released, view = shown(gate, lent)
    other = house.archived_item(tier=1)
    with pytest.raises(Altered):
        gate.load(released.permit, replace(view, dek_id=house.item(other).dek_id))


def test_a_permit_to_open_is_no_permit_to_write_over(house: House, lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    with pytest.raises(Exception, match="already") as error:
        gate.seal(released.permit, view.object_id, view.dek_id, [b"another page"])
    assert type(error.value).__name__ == "Conflict"
    assert gate.load(released.permit, view) == small_jpeg()


def test_bytes_are_sealed_under_a_reserved_id_only(house: House) -> None:
    gate = house.gate_of(house.archivist, intake.begin)
    begun = gate.run(intake.begin, None, intake.NewDeposit("scan.jpg", 4, "A001"))
    with pytest.raises(PermitRefused):
        gate.seal(begun.permit, uuid4(), begun.value.dek_id, [b"page"])
    sealed = gate.seal(begun.permit, begun.value.object_id, begun.value.dek_id, [b"page"])
    assert sealed.size == 4


# --- openings that fail ---------------------------------------------------------------------------------------


def sealed_file(house: House, object_id: UUID) -> Path:
    [file] = [
        f
        for f in house.archive.settings.objects.rglob("*")
        if f.is_file() and object_id.hex in f.name.replace("-", "")
    ]
    return file


def test_an_opening_that_fails_is_an_entry_of_its_own(house: House, lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    sealed_file(house, view.object_id).unlink()
    before = len(house.log())
    with pytest.raises(ObjectMissing):
        gate.load(released.permit, view)
    [entry] = house.log()[before:]
    assert entry.outcome == "failed: ObjectMissing"
    assert entry.reasons == (f"event:{released.event}",)
    assert (entry.actor, entry.action) == (house.handler.label, "page:show")
    assert entry.target == f"object:{view.object_id}"
    assert entry.event != released.event


def test_an_altered_page_is_not_shown_and_stands_in_the_log(
    house: House, lent: Made, gate: BoundGate
) -> None:
    released, view = shown(gate, lent)
    file = sealed_file(house, view.object_id)
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(Altered):
        gate.load(released.permit, view)
    assert house.log()[-1].outcome == "failed: Altered"


def test_a_reading_that_fails_after_the_opening_stands_in_the_log(
    house: House, lent: Made, gate: BoundGate
) -> None:
    released, view = shown(gate, lent)
    opened = gate.open(released.permit, view)
    sealed_file(house, view.object_id).unlink()
    before = len(house.log())
    with pytest.raises(ObjectMissing):
        opened.read(0, 2)
    [entry] = house.log()[before:]
    assert (entry.outcome, entry.reasons) == ("failed: ObjectMissing", (f"event:{released.event}",))


def test_a_permit_that_has_run_out_stands_in_the_log(house: House, lent: Made, gate: BoundGate) -> None:
    released, view = shown(gate, lent)
    house.clock.forward(minutes=2)
    with pytest.raises(PermitRefused):
        gate.open(released.permit, view)
    assert house.log()[-1].outcome == "failed: PermitRefused"


def test_a_worker_opens_as_long_as_its_lease(house: House) -> None:
    deposit = house.receive()
    lease = timedelta(seconds=120)
    gate = house.archive.gate.bind(system(Role.READER), processing.take, opening=lease)
    assert gate.run(processing.take, deposit).permit.until == START + lease
