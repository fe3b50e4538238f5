"""An index that was emptied or lost is filled again from the sealed readings."""

from archive.desks.finding import indexing
from archive.desks.finding.operations import Search, search
from search.query import parse
from tests.cast import House


def found(house: House, words: str) -> int:
    gate = house.gate_of(house.archivist, search)
    return len(gate.run(search, None, Search(words, parse(words))).value.items)


def test_after_a_reindex_everything_is_found_as_before(house: House) -> None:
    house.archived_item(tier=3, texts=("患者高血壓病史",))
    house.archived_item(tier=2, texts=("高血压复查",))

    asked = indexing.reindex(house.reader_gate(), house.archive.index)
    emptied = found(house, "高血压")
    house.index()

    assert (asked, emptied, found(house, "高血压")) == (2, 0, 2)


def test_a_worker_that_holds_an_older_state_does_not_bring_it_back(house: House) -> None:
    made = house.archived_item(tier=3, texts=("高血压",))
    row = house.item(made)
    version = row.index_version

    indexing.reindex(house.reader_gate(), house.archive.index)

    assert not house.archive.index.put(row.id, [], version - 1)
