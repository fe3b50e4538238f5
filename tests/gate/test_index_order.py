"""Removing goes index first: no old row outlives a raised tier, and a commit that fails takes nothing away for good."""

from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from archive.core.errors import SearchUnavailable
from archive.desks.finding import operations as finding
from search.query import parse
from tests.cast import House, Person
from tests.gate.watching import count


def fail_the_next_commit(house: House) -> None:
    """A row that breaks a deferred constraint: SQLite itself refuses the COMMIT."""

    def break_a_rule(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("INSERT INTO request_item (request_id, item_id) VALUES (99999, 99999)")

    event.listen(house.archive.database.writer, "begin", break_a_rule, once=True)


def finds(house: House, person: Person, words: str) -> list[Any]:
    search = house.gate_of(person, finding.search)
    return [
        hit.item for hit in search.run(finding.search, None, finding.Search(words, parse(words))).value.items
    ]


def test_a_raised_tier_leaves_the_index_before_it_is_committed(house: House) -> None:
    item = house.archived_item(tier=3, texts=["医疗费用"])
    assert item.volume is not None
    assert finds(house, house.handler, "医疗") == [item.uid]
    house.describe(item, volume=item.volume, tier=4)
    assert house.archive.index.rows_of(item.id) == []
    house.index()
    assert len(house.archive.index.rows_of(item.id)) == 2
    assert finds(house, house.handler, "医疗") == []


def test_a_commit_that_fails_after_it_puts_the_item_back(house: House) -> None:
    item = house.archived_item(tier=3, texts=["医疗费用"])
    assert item.volume is not None
    fail_the_next_commit(house)
    with pytest.raises(IntegrityError):
        house.describe(item, volume=item.volume, tier=4)
    assert house.log()[-1].outcome == "failed: IntegrityError"
    assert house.item(item).tier == 3
    assert finds(house, house.handler, "医疗") == []
    house.index()
    assert finds(house, house.handler, "医疗") == [item.uid]


def test_a_tier_is_not_raised_while_the_index_cannot_be_written(house: House) -> None:
    """Otherwise the old row would be found a while longer."""
    item = house.archived_item(tier=3)
    assert item.volume is not None
    house.archive.index.close()
    house.archive.settings.search_db.write_bytes(b"no database" * 1000)
    with pytest.raises(SearchUnavailable):
        house.describe(item, volume=item.volume, tier=4)
    assert house.item(item).tier == 3
    assert house.log()[-1].outcome == "failed: SearchUnavailable"


def test_whatever_left_before_the_index_broke_is_put_back(house: House) -> None:
    item = house.archived_item(tier=3)
    assert item.volume is not None
    house.archive.index.close()
    intact = house.archive.settings.search_db.read_bytes()
    house.archive.settings.search_db.write_bytes(b"no database" * 1000)
    with pytest.raises(SearchUnavailable):
        house.describe(item, volume=item.volume, tier=4)
    house.archive.settings.search_db.write_bytes(intact)
    assert count(house, "job WHERE kind = 'index' AND state = 'ready'") == 1
    house.index()
    assert len(house.archive.index.rows_of(item.id)) == 2
