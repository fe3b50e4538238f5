"""Sweeps and checks run while people upload and workers read; nobody notices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select

from archive.core.jobs.tables import JobKind
from archive.desks.intake import processing, receiving_parts
from archive.desks.intake.parts import PART_BYTES
from archive.desks.preservation.fixity import Pace
from archive.desks.preservation.rounds import check_all_now
from archive.holdings.tables import Deposit
from tests.preservation.conftest import Rooms
from tests.preservation.test_sweep import found
from tests.preservation.test_uploads import PARTS


@contextmanager
def keeping_on(rooms: Rooms) -> Iterator[list[dict[str, int]]]:
    """Sweeps and checks one after another, until the end; what they found."""
    stop, seen, faults = threading.Event(), list[dict[str, int]](), list[BaseException]()

    def keep() -> None:
        try:
            while not stop.is_set():
                rooms.house.clock.now = max(rooms.house.clock.now, datetime.now(UTC))
                seen.append(found(rooms.sweep()))
                seen.append(found(check_all_now(rooms.keeper, Pace(None, lambda _: True))))
        except BaseException as fault:
            faults.append(fault)
            raise

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
    assert faults == []


def read_by_hand(rooms: Rooms) -> None:
    """As a worker does, an item with two pages from its upload to its place in the index."""
    house = rooms.house
    received = house.receive()
    gate = house.reader_gate()
    accepted = processing.Accepted("image/jpeg", 2, (), house.claim(JobKind.ACCEPT, received))
    gate.run(processing.accept, received, accepted)
    dek_id = gate.run(processing.take, received).value.dek_id
    for seq, text in enumerate(("张伟 骨折", "第二页"), start=1):
        house._store_page(gate, received, dek_id, seq, text)
    gate.run(processing.finish_reading, received, house.claim(JobKind.READ, received))
    house.index()


def test_uploads_readings_and_indexing_go_on_undisturbed(rooms: Rooms) -> None:
    with keeping_on(rooms) as seen:
        for _ in range(4):
            read_by_hand(rooms)
    assert len(seen) >= 2
    assert all(one == {} for one in seen)
    assert {row.state for row in rooms.house.read(lambda s: list(s.scalars(select(Deposit))))} == {"read"}
    assert rooms.objects() == set(rooms.rows())


def test_an_upload_in_parts_goes_on_undisturbed(rooms: Rooms) -> None:
    gate = rooms.house.gate_of(rooms.house.archivist, *PARTS)
    announced = receiving_parts.Announced("large.pdf", PART_BYTES + 5, "A001")
    with keeping_on(rooms) as seen:
        uid = receiving_parts.begin_parts(gate, announced, most_bytes=10**8).deposit
        for number, part in ((1, bytes(PART_BYTES)), (2, bytes(5))):
            receiving_parts.receive_part(
                gate, uid, number, [part], receiving_parts.content_digest(sha256(part).digest())
            )
        receiving_parts.finish_parts(gate, uid, rooms.house.clock)
    assert all(one == {} for one in seen)
    [row] = rooms.rows().values()
    assert (row.role, row.size) == ("master", PART_BYTES + 5)
    assert rooms.objects() == {row.uid}
