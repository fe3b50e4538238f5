"""One scanned stack becomes documents: pages keep their ids, words stay findable, keys are separate, and it can be taken back."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.errors import Conflict, Invalid, NotFound
from archive.desks.binding import arranging, checking, documents
from archive.desks.binding.checking import Submit
from archive.desks.binding.documents import JoinDocuments, SplitDocument
from archive.holdings import operations as holdings
from archive.holdings.tables import Item, Page, StoredObject
from archive.wiring import open_archive
from archive.worker import new_worker, work_once
from ocr.launchers import choose_launcher
from tests.binding.conftest import Desk
from tests.cast import House, Made
from tests.crash import whole
from tests.web.visiting import found

TEXTS = ("理賠申請書", "傷者陳怡君", "查勘報告", "結案報告", "末頁")


@pytest.fixture
def stack(desk: Desk) -> Made:
    return desk.described("claim_file", *TEXTS)


def split(desk: Desk, stack: Made, *first_pages: int) -> None:
    desk.run(documents.split_document, SplitDocument(desk.revision, stack.uid, first_pages))


def work(house: House) -> None:
    """The product's own worker, until nothing is ready."""
    worker = new_worker(house.archive, choose_launcher(("bwrap", "bare")))
    while work_once(worker):
        pass


def pages_by_document(house: House) -> dict[UUID, list[UUID]]:
    def read(session: Session) -> dict[UUID, list[UUID]]:
        rows = session.execute(
            select(Item.uid, Page.uid).join(Page, Page.item_id == Item.id).order_by(Item.id, Page.seq)
        )
        layout: dict[UUID, list[UUID]] = {}
        for item, page in rows:
            layout.setdefault(item, []).append(page)
        return layout

    return house.read(read)


def test_a_stack_is_split_where_its_documents_begin(desk: Desk, house: House, stack: Made) -> None:
    desk.begin()
    desk.take(stack)
    before = pages_by_document(house)[stack.uid]
    split(desk, stack, 1, 3, 4)
    layout = pages_by_document(house)
    assert [len(layout[item]) for item in desk.order] == [2, 1, 2]
    assert [page for item in desk.order for page in layout[item]] == before
    assert [(d.first, d.last) for d in desk.seen().documents] == [(1, 2), (3, 3), (4, 5)]


def test_a_loose_stack_is_split_without_a_place_in_the_folder(desk: Desk, stack: Made) -> None:
    desk.begin()
    split(desk, stack, 2)
    seen = desk.seen()
    assert sorted(loose.pages for loose in seen.loose) == [1, 4]
    assert seen.documents == ()


@pytest.mark.parametrize("cuts", [(1,), (), (6,), (2, 99)])
def test_a_cut_that_no_page_answers_to_is_refused(desk: Desk, stack: Made, cuts: tuple[int, ...]) -> None:
    desk.begin()
    with pytest.raises(Invalid):
        split(desk, stack, *cuts)


def test_words_are_found_on_the_document_that_their_page_lies_in_now(
    desk: Desk, house: House, stack: Made
) -> None:
    desk.begin()
    desk.take(stack)
    split(desk, stack, 2, 3)
    work(house)
    [_, second, _] = desk.order
    assert found(house, house.archivist, "陳怡君") == {second}
    assert found(house, house.archivist, "查勘報告") == {desk.order[2]}


def test_each_document_is_sealed_under_a_key_of_its_own(desk: Desk, house: House, stack: Made) -> None:
    desk.begin()
    desk.take(stack)
    split(desk, stack, 2)
    assert "unsealed" in {problem.code for problem in desk.seen().problems}
    work(house)
    assert "unsealed" not in {problem.code for problem in desk.seen().problems}
    assert house.read(keys_apart)


def keys_apart(session: Session) -> bool:
    """Every page's objects lie under the key of its document, and no two documents share one."""
    rows = session.execute(
        select(Item.id, Item.dek_id, StoredObject.dek_id).join(StoredObject, StoredObject.item_id == Item.id)
    ).all()
    keys = {item: key for item, key, _ in rows}
    return all(key == sealed for _, key, sealed in rows) and len(set(keys.values())) == len(keys)


def test_splitting_is_taken_back_and_done_again(desk: Desk, house: House, stack: Made) -> None:
    desk.begin()
    desk.take(stack)
    before = pages_by_document(house)
    split(desk, stack, 2, 4)
    after = pages_by_document(house)
    work(house)
    desk.run(arranging.undo, desk.plain)
    assert (pages_by_document(house), desk.order) == (before, [stack.uid])
    work(house)
    assert house.read(keys_apart)
    desk.run(arranging.redo, desk.plain)
    assert pages_by_document(house) == after


def test_documents_are_joined_and_that_is_taken_back(desk: Desk, house: House) -> None:
    one, two = desk.described("survey_report", "甲", "乙"), desk.described("claim_form", "丙")
    batch = house.read(lambda s: s.get_one(Item, one.id).batch_id)

    def together(session: Session) -> None:
        session.get_one(Item, two.id).batch_id = batch

    house.change(together)
    desk.begin()
    desk.take(one, two)
    desk.run(documents.join_documents, JoinDocuments(desk.revision, (one.uid, two.uid)))
    assert [len(pages) for pages in pages_by_document(house).values()] == [3]
    desk.run(arranging.undo, desk.plain)
    assert desk.order == [one.uid, two.uid]


def test_a_split_document_is_archived_only_when_its_pages_lie_under_its_own_key(
    desk: Desk, house: House, stack: Made
) -> None:
    desk.begin()
    desk.take(stack)
    split(desk, stack, 2)
    [_, second] = desk.order
    describe(house, desk, second)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    with pytest.raises(Conflict):
        desk.archive(by=house.other_archivist)
    work(house)
    desk.run(checking.archive_folder, Submit(desk.revision, desk.limits), by=house.other_archivist)
    work(house)
    assert found(house, house.archivist, "陳怡君") == {second}


def describe(house: House, desk: Desk, item: UUID) -> None:
    gate = house.gate_of(house.archivist, holdings.show_item, holdings.describe)
    revision = gate.run(holdings.show_item, item).value.revision
    said = holdings.Description(revision, desk.volume, "查勘报告", "survey_report", 3)
    gate.run(holdings.describe, item, said)


def test_somebody_elses_document_cannot_be_split(desk: Desk, house: House) -> None:
    foreign = house.draft_item(TEXTS, by=house.other_archivist)
    desk.begin()
    with pytest.raises(NotFound):
        split(desk, foreign, 2)


# --- kills -------------------------------------------------------------------------------------------------

WORKER = """
import sys
from archive.core.settings import Settings
from archive.worker import new_worker, work_once
from archive.wiring import open_archive
from ocr.launchers import choose_launcher
worker = new_worker(open_archive(Settings(data=sys.argv[1])), choose_launcher(("bwrap", "bare")))
while work_once(worker):
    pass
"""


@pytest.mark.parametrize("failpoint", ["reseal.sealed", "reseal.committed"])
def test_a_worker_that_is_killed_while_it_reseals_loses_nothing(
    desk: Desk, house: House, stack: Made, failpoint: str
) -> None:
    desk.begin()
    desk.take(stack)
    split(desk, stack, 2)
    ended = subprocess.run(
        [sys.executable, "-c", WORKER, str(house.archive.settings.data)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"JUANZONG_FAILPOINT": failpoint},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == -9, ended.stderr
    house.clock.forward(hours=2)
    again = open_archive(house.archive.settings, clock=house.clock)
    worker = new_worker(again, choose_launcher(("bwrap", "bare")))
    while work_once(worker):
        pass
    again.close()
    assert house.read(keys_apart)
    whole.every_row_has_its_object(house)
    assert found(house, house.archivist, "陳怡君") == {desk.order[1]}
