"""Uploads that nobody goes on with end; one that goes on, however slowly, does not."""

from hashlib import sha256
from uuid import UUID

import pytest
from pydantic import ValidationError

from archive.core.settings import Settings
from archive.desks.intake import receiving_parts
from archive.desks.intake.parts import PART_BYTES
from archive.desks.preservation import repairing
from archive.desks.preservation.findings import Kind
from archive.desks.preservation.operations import begin_sweep
from archive.desks.preservation.repairing import Uploads
from tests.preservation.conftest import Rooms
from tests.preservation.test_sweep import deposit, found

PARTS = (*receiving_parts.BEGIN, *receiving_parts.SEND, *receiving_parts.FINISH)


def in_parts(rooms: Rooms) -> UUID:
    """A file of two parts, of which one has arrived."""
    gate = rooms.house.gate_of(rooms.house.archivist, *PARTS)
    announced = receiving_parts.Announced("large.pdf", PART_BYTES + 1, "A001")
    uid = receiving_parts.begin_parts(gate, announced, most_bytes=10**8).deposit
    part = bytes(PART_BYTES)
    receiving_parts.receive_part(gate, uid, 1, [part], receiving_parts.content_digest(sha256(part).digest()))
    return uid


def test_an_upload_that_nobody_goes_on_with_ends_with_a_reason_and_its_parts_are_removed(
    rooms: Rooms,
) -> None:
    uid = in_parts(rooms)
    part = rooms.row("part").uid
    rooms.two_days_pass()
    assert found(rooms.sweep()) == {Kind.UPLOAD_ABANDONED: 1}
    ended = deposit(rooms, uid)
    assert (ended.state, ended.reason) == ("refused", repairing.NOT_FINISHED)
    assert ended.remedy == repairing.UPLOAD_AGAIN
    assert (part in rooms.rows(), part in rooms.objects()) == (False, False)
    assert f"deposit:{uid}" in rooms.named()


def test_an_upload_of_which_a_part_has_just_arrived_goes_on(rooms: Rooms) -> None:
    uid = in_parts(rooms)
    rooms.two_days_pass()
    gate = rooms.house.gate_of(rooms.house.archivist, *PARTS)
    receiving_parts.receive_part(
        gate, uid, 2, [b"\0"], receiving_parts.content_digest(sha256(b"\0").digest())
    )
    assert found(rooms.sweep()) == {}
    receiving_parts.finish_parts(gate, uid, rooms.house.clock)
    assert deposit(rooms, uid).state == "received"


def test_an_upload_of_which_a_part_arrived_after_it_was_listed_is_not_ended(rooms: Rooms) -> None:
    uid = in_parts(rooms)
    rooms.two_days_pass()
    keeper = rooms.keeper
    listed = Uploads((uid,), keeper.clock() - keeper.upload_ends_after)
    gate = rooms.house.gate_of(rooms.house.archivist, *PARTS)
    receiving_parts.receive_part(
        gate, uid, 2, [b"\0"], receiving_parts.content_digest(sha256(b"\0").digest())
    )
    round_ = rooms.gate.run(begin_sweep, None, None).value
    assert rooms.gate.run(repairing.end_uploads, round_, listed).value == ((), ())
    receiving_parts.finish_parts(gate, uid, rooms.house.clock)
    assert deposit(rooms, uid).state == "received"


@pytest.mark.parametrize("name", ["young_hours", "upload_hours"])
@pytest.mark.parametrize("hours", [0, 0.0001, 0.99, -1])
def test_no_site_can_have_what_is_under_way_taken_for_left_over(name: str, hours: float) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: hours})


@pytest.mark.parametrize("name", ["young_hours", "upload_hours"])
def test_an_hour_is_the_least(name: str) -> None:
    assert getattr(Settings.model_validate({name: 1}), name) == 1
