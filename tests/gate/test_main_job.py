"""The main job in one sentence, without OCR: the shared builders make what the real operations make."""

import pytest

from archive.core.errors import Refused
from archive.desks.finding import operations as finding
from archive.desks.reading_room import operations as reading_room
from search.query import parse
from tests.cast import House, small_jpeg


def test_a_described_page_is_found_lent_read_and_closed_again(house: House) -> None:
    item = house.archived_item(title="陈怡君", texts=["醫療費用", "second page"])
    found = house.gate_of(house.handler, finding.search).run(
        finding.search, None, finding.Search("医疗", parse("医疗"))
    )
    [hit] = found.value.items
    assert (hit.item, [page.seq for page in hit.pages], hit.may_request) == (item.uid, [1], True)

    loan = house.lend(item, to=house.handler, by=house.supervisor)
    reader = house.gate_of(house.handler, reading_room.show_page)
    leaf = reader.run(reading_room.show_page, reading_room.PageAddress(item.uid, 1))
    assert leaf.value.view is not None
    assert reader.load(leaf.permit, leaf.value.view) == small_jpeg()

    house.give_back(loan, by=house.handler)
    with pytest.raises(Refused) as refused:
        reader.run(reading_room.show_page, reading_room.PageAddress(item.uid, 1))
    assert refused.value.rule == "R_NOLOAN"
