"""Who finds what, from the upload to the hit: items that stand at every tier, made and indexed by the real operations."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from archive.core.access.actions import Action
from archive.core.errors import Refused
from archive.desks.finding import operations as finding
from archive.holdings import operations as holdings
from search.query import parse
from tests.cast import House, Made, Template, enter

WORD = "医疗费用"
KNOWN_TO = {
    "archivist": {"T1", "T2", "T3", "T4", "elsewhere T3", "case T4", "draft", "lent T3", "raised page"},
    "other_archivist": {"T1", "T2", "T3", "T4", "elsewhere T3", "case T4", "lent T3", "raised page"},
    "handler": {"T1", "T2", "T3", "case T4", "named T5", "lent T3", "raised page"},
    "other_handler": {"T1", "elsewhere T3", "lent T3"},
    "supervisor": {"T1", "T2", "T3", "T4", "case T4", "lent T3", "raised page"},
    "legal": {"T1", "T2", "raised page"},
}
"""Who may know that an item is there."""

UNREAD_BY_ARCHIVISTS = {"T4", "case T4"}
"""They know of these by description; a word that stands on a page only does not lead there."""


@pytest.fixture(scope="module")
def house(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = enter(template, tmp_path_factory.mktemp("shelves"))
    yield house
    house.archive.close()


@pytest.fixture(scope="module")
def shelves(house: House) -> dict[str, Made]:
    made = {f"T{tier}": house.archived_item(tier=tier, texts=[WORD]) for tier in range(1, 6)}
    made["elsewhere T3"] = house.archived_item(tier=3, unit="C2", texts=[WORD])
    made["draft"] = house.draft_item([WORD])
    made["case T4"] = house.archived_item(tier=4, texts=[WORD])
    house.assign(made["case T4"], to=house.handler)
    made["lent T3"] = house.archived_item(tier=3, texts=[WORD])
    house.assign(made["lent T3"], to=house.other_handler)
    made["named T5"] = house.archived_item(tier=5, texts=[WORD])
    house.name_reader(made["named T5"], reader=house.handler)
    made["raised page"] = raised_page(house)
    return made


def raised_page(house: House) -> Made:
    """T2, but its second page is T4 by itself."""
    item = house.archived_item(tier=2, texts=[WORD, WORD])
    house.change(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE page SET tier = 4 WHERE item_id = ? AND seq = 2", (item.id,)
        )
    )
    house.change(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE job SET state = 'ready' WHERE kind = 'index' AND subject_uid = ?", (item.uid.hex,)
        )
    )
    house.index()
    return item


def hits(house: House, login: str) -> dict[UUID, list[int]]:
    gate = house.gate_of(house.template.people[login], finding.search)
    results = gate.run(finding.search, None, finding.Search(WORD, parse(WORD))).value
    return {hit.item: [page.seq for page in hit.pages] for hit in results.items}


@pytest.mark.parametrize("login", list(KNOWN_TO))
def test_each_finds_a_word_where_the_rules_and_grants_reach(
    house: House, shelves: dict[str, Made], login: str
) -> None:
    names = {made.uid: name for name, made in shelves.items()}
    unread = UNREAD_BY_ARCHIVISTS if "archivist" in login else set()
    assert {names[uid] for uid in hits(house, login)} == KNOWN_TO[login] - unread


@pytest.mark.parametrize("login", list(KNOWN_TO))
def test_the_list_of_items_holds_what_each_may_know_of(
    house: House, shelves: dict[str, Made], login: str
) -> None:
    names = {made.uid: name for name, made in shelves.items()}
    gate = house.gate_of(house.template.people[login], holdings.list_items)
    listed = gate.run(holdings.list_items, None, 200).value
    assert {names[item.uid] for item in listed} == KNOWN_TO[login]


def test_a_page_above_its_item_is_not_among_the_hits(house: House, shelves: dict[str, Made]) -> None:
    assert hits(house, "handler")[shelves["raised page"].uid] == [1]
    assert hits(house, "supervisor")[shelves["raised page"].uid] == [1, 2]


@pytest.mark.parametrize("login", ["auditor", "administrator"])
def test_auditor_and_administrator_may_not_even_search(
    house: House, shelves: dict[str, Made], login: str
) -> None:
    with pytest.raises(Refused) as refused:
        hits(house, login)
    assert refused.value.rule == "R_ROLE"


def test_snippets_go_to_whoever_may_read_and_to_nobody_else(house: House, shelves: dict[str, Made]) -> None:
    gate = house.gate_of(house.handler, finding.search)
    results = gate.run(finding.search, None, finding.Search(WORD, parse(WORD))).value
    with_text = {hit.item for hit in results.items if any(page.text is not None for page in hit.pages)}
    names = {made.uid: name for name, made in shelves.items()}
    assert {names[uid] for uid in with_text} == {"T1", "T2", "case T4", "named T5", "raised page"}


def test_a_hit_says_what_may_be_done_with_it(house: House, shelves: dict[str, Made]) -> None:
    gate = house.gate_of(house.handler, holdings.show_item)
    may = gate.run(holdings.show_item, shelves["T3"].uid).value.may
    assert may == {Action.LOAN_REQUEST}
