"""What is left over is found, removed and named in the log; what is in use stays."""

from tests.preservation.conftest import Rooms


def test_a_house_in_order_gives_nothing_to_find(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["张伟 骨折", "第二页"])
    rooms.house.archived_item(tier=5, texts=["保密"])
    rooms.two_days_pass()
    tally = rooms.sweep()
    assert tally.findings == []
    assert {name: number for name, number in tally.counts.items() if not name.startswith("seen.")} == {}


def test_a_fixity_check_of_a_house_in_order_finds_all_intact(rooms: Rooms) -> None:
    rooms.house.archived_item(texts=["张伟 骨折", "第二页"])
    rooms.two_days_pass()
    tally = rooms.check()
    assert tally.findings == []
    assert {row.fixity for row in rooms.rows().values()} == {"intact"}
