"""``juanzong doctor --deep``: beside whatever is running, with the exit code that says how it stands."""

import json
import os
import time

import pytest

from archive.cli.deep import REMEDIES
from archive.cli.output import Exit
from archive.desks.preservation.findings import Kind
from tests.cli.test_keeper import told
from tests.preservation.conftest import Rooms, flipped


def doctor(rooms: Rooms, *options: str) -> tuple[int, str]:
    return told("doctor", "--deep", "--data", str(rooms.house.archive.settings.data), *options)


def leftover(rooms: Rooms) -> None:
    """By the machine's clock, which the command line goes by."""
    rooms.house.clock.forward(days=-3)
    object_id = rooms.uid()
    rooms.house.clock.forward(days=3)
    rooms.store.put(object_id, [b"x"])
    long_ago = time.time() - 3 * 86400
    os.utime(rooms.path(object_id), (long_ago, long_ago))


def test_a_house_in_order_ends_well_while_it_is_open(rooms: Rooms) -> None:
    rooms.house.archived_item()
    code, words = doctor(rooms)
    assert (code, words.count("nothing found")) == (Exit.DONE, 2)


@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_damage_is_exit_code_four_and_names_the_object_and_the_remedy(rooms: Rooms, damage: str) -> None:
    rooms.house.archived_item()
    master = rooms.row("master").uid
    rooms.change(master, flipped) if damage == "altered" else rooms.lose(master)
    code, words = doctor(rooms)
    assert code == Exit.ALTERED
    assert str(master) in words
    assert "juanzong restore" in words


def test_what_is_left_over_is_reported_and_removed_when_that_is_asked_for(rooms: Rooms) -> None:
    leftover(rooms)
    code, words = doctor(rooms, "--json")
    assert code == Exit.DONE
    assert json.loads(words)["data"]["sweep"]["counts"]["found.object_unknown"] == 1
    assert len(rooms.objects()) == 1
    doctor(rooms, "--repair")
    assert rooms.objects() == set()


def test_it_is_logged_as_the_operator(rooms: Rooms) -> None:
    doctor(rooms)
    actors = {e.actor for e in rooms.house.log() if e.action in {"archive:sweep", "archive:check"}}
    assert actors == {"SYSTEM:operator"}


def test_repairing_without_looking_is_refused(rooms: Rooms) -> None:
    code, words = told("doctor", "--repair", "--data", str(rooms.house.archive.settings.data))
    assert (code, "--deep" in words) == (Exit.UNREADABLE, True)


def test_every_kind_of_finding_has_its_remedy() -> None:
    assert set(REMEDIES) == set(Kind)
