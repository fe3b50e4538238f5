"""From loose documents to an archived folder: order, steps, check, codes, page numbers."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive.core.errors import Conflict, NotFound, Refused, Stale
from archive.desks.binding import arranging, checking, parts, seeing, waiving
from archive.desks.binding.arranging import Begin, Order, PutBack, Take
from archive.desks.binding.checking import SendBack, Submit
from archive.desks.binding.folder import Plain
from archive.desks.binding.seeing import Since
from archive.desks.binding.waiving import Waive
from archive.desks.quality import marking
from archive.holdings.tables import Page
from tests.binding.conftest import CLAIM, RECORD, Desk
from tests.cast import House, Made


def test_documents_come_into_the_folder_in_the_order_in_which_they_are_taken(desk: Desk) -> None:
    first, second = desk.described("survey_report"), desk.described("claim_form")
    desk.begin()
    desk.take(first, second)
    assert desk.order == [first.uid, second.uid]
    third = desk.described("conclusion")
    desk.take(third, place=1)
    assert desk.order == [third.uid, first.uid, second.uid]


def test_loose_documents_lie_beside_the_folder_until_they_are_taken(desk: Desk) -> None:
    draft = desk.described("survey_report")
    desk.begin()
    assert [loose.item for loose in desk.seen().loose] == [draft.uid]
    desk.take(draft)
    assert desk.seen().loose == ()


def test_a_claim_is_put_in_the_order_of_its_class_with_the_conclusion_first(desk: Desk) -> None:
    kinds = ["payment_voucher", "calculation", "claim_form", "survey_report", "conclusion", "approval"]
    made = {kind: desk.described(kind) for kind in kinds}
    desk.begin()
    desk.take(*made.values())
    desk.run(arranging.by_template, desk.plain)
    wanted = ["approval", "conclusion", "survey_report", "claim_form", "calculation", "payment_voucher"]
    assert desk.order == [made[kind].uid for kind in wanted]


def test_the_judgment_comes_first_when_the_claim_was_litigated(desk: Desk) -> None:
    conclusion, judgment = desk.described("conclusion"), desk.described("judgment")
    desk.begin(CLAIM, "litigated")
    desk.take(conclusion, judgment)
    desk.run(arranging.by_template, desk.plain)
    assert desk.order == [judgment.uid, conclusion.uid]


def test_an_inpatient_record_follows_the_order_of_2013(desk: Desk) -> None:
    kinds = ["orders", "discharge_note", "admission_note", "front_sheet"]
    made = {kind: desk.described(kind) for kind in kinds}
    desk.begin(RECORD)
    desk.take(*made.values())
    desk.run(arranging.by_template, desk.plain)
    assert desk.order == [made[kind].uid for kind in reversed(kinds)]


def test_page_numbers_run_through_the_folder(desk: Desk) -> None:
    first, second = desk.described("survey_report", "一", "二"), desk.described("claim_form", "三")
    desk.begin()
    desk.take(first, second)
    assert [(d.first, d.last) for d in desk.seen().documents] == [(1, 2), (3, 3)]


def test_every_step_is_taken_back_to_the_beginning_and_done_again(desk: Desk) -> None:
    one, two = desk.described("survey_report"), desk.described("claim_form")
    desk.begin()
    desk.take(one)
    desk.take(two)
    desk.arrange(two.uid, one.uid)
    desk.run(arranging.put_back, PutBack(desk.revision, (one.uid,)))
    for expected in ([two.uid, one.uid], [one.uid, two.uid], [one.uid], []):
        desk.run(arranging.undo, desk.plain)
        assert desk.order == expected
    with pytest.raises(Conflict):
        desk.run(arranging.undo, desk.plain)
    for expected in ([one.uid], [one.uid, two.uid], [two.uid, one.uid], [two.uid]):
        desk.run(arranging.redo, desk.plain)
        assert desk.order == expected


def test_a_new_step_ends_what_could_be_done_again(desk: Desk) -> None:
    one, two = desk.described("survey_report"), desk.described("claim_form")
    desk.begin()
    desk.take(one)
    desk.run(arranging.undo, desk.plain)
    desk.take(two)
    with pytest.raises(Conflict):
        desk.run(arranging.redo, desk.plain)


def test_a_stale_page_is_told_what_changed_and_by_whom(desk: Desk, house: House) -> None:
    one = desk.described("survey_report")
    desk.begin()
    stale = desk.revision
    desk.take(one)
    with pytest.raises(Stale):
        desk.run(arranging.order, Order(stale, ()))
    [step] = desk.run(seeing.show_changes, Since(stale))
    assert (step.kind, step.by, step.at) == ("take", "Archivist", house.clock.now)


def test_missing_documents_are_told_and_waived_by_a_second_person_only(desk: Desk, house: House) -> None:
    draft = desk.described("claim_form")
    desk.begin()
    desk.take(draft)
    states = {slot.code: slot.state for slot in desk.seen().slots}
    assert (states["claim_form"], states["survey_report"]) == ("present", "missing")
    waiver = Waive(desk.revision, "survey_report", "未派查勘")
    with pytest.raises(Refused) as refused:
        desk.run(waiving.waive, waiver)
    assert refused.value.rule == "R_SOD"
    desk.run(waiving.waive, waiver, by=house.other_archivist)
    [slot] = [slot for slot in desk.seen().slots if slot.code == "survey_report"]
    assert (slot.state, slot.reason) == ("waived", "未派查勘")


def bound(desk: Desk, house: House) -> list[Made]:
    made = [desk.described("survey_report", "一", "二"), desk.described("claim_form", "三")]
    desk.begin()
    desk.take(*made)
    desk.arrange(made[1].uid, made[0].uid)
    desk.waive_all(by=house.other_archivist)
    desk.submit()
    return made


def test_archived_documents_have_codes_and_page_numbers_in_the_order_of_the_folder(
    desk: Desk, house: House
) -> None:
    survey, claim = bound(desk, house)
    desk.archive(by=house.other_archivist)
    seen = desk.seen()
    assert [d.item for d in seen.documents] == [claim.uid, survey.uid]
    assert [d.reference_code for d in seen.documents] == [
        f"{seen.reference_code}-001",
        f"{seen.reference_code}-002",
    ]
    assert [(d.first, d.last) for d in seen.documents] == [(1, 1), (2, 3)]
    assert seen.state == "archived"
    with pytest.raises(Conflict):
        desk.arrange(survey.uid, claim.uid)


def test_who_bound_a_folder_does_not_check_it(desk: Desk, house: House) -> None:
    bound(desk, house)
    with pytest.raises(Refused) as refused:
        desk.run(checking.begin_check, desk.plain)
    assert refused.value.rule == "R_SOD"


def test_a_folder_is_sent_back_with_a_reason_and_can_be_arranged_again(desk: Desk, house: House) -> None:
    survey, claim = bound(desk, house)
    desk.run(checking.begin_check, desk.plain, by=house.other_archivist)
    desk.run(checking.send_back, SendBack(desk.revision, "顺序有误"), by=house.other_archivist)
    assert (desk.seen().state, desk.seen().returned) == ("arranging", "顺序有误")
    desk.arrange(survey.uid, claim.uid)


def test_a_folder_that_lacks_a_document_is_not_archived(desk: Desk, house: House) -> None:
    draft = desk.described("claim_form")
    desk.begin()
    desk.take(draft)
    desk.submit()
    desk.run(checking.begin_check, desk.plain, by=house.other_archivist)
    with pytest.raises(Conflict):
        desk.run(checking.archive_folder, Submit(desk.revision, desk.limits), by=house.other_archivist)


def test_the_checker_sees_the_drafts_from_the_beginning_of_the_check_to_its_end(
    desk: Desk, house: House
) -> None:
    bound(desk, house)
    assert desk.seen(by=house.other_archivist).documents == ()
    desk.run(checking.begin_check, desk.plain, by=house.other_archivist)
    assert len(desk.seen(by=house.other_archivist).documents) == 2
    desk.run(checking.send_back, SendBack(desk.revision, "缺页"), by=house.other_archivist)
    assert desk.seen(by=house.other_archivist).documents == ()


def test_whoever_joins_arranges_too_and_does_not_check(desk: Desk, house: House) -> None:
    one, two = desk.described("survey_report"), desk.described("claim_form")
    desk.begin()
    desk.take(one, two)
    desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=house.other_archivist)
    desk.run(arranging.order, Order(desk.revision, (two.uid, one.uid)), by=house.other_archivist)
    assert desk.order == [two.uid, one.uid]
    with pytest.raises(Refused):
        desk.run(waiving.waive, Waive(desk.revision, "identity", "无"), by=house.other_archivist)


def test_a_document_of_somebody_else_that_is_not_shared_is_not_found(desk: Desk, house: House) -> None:
    foreign = house.draft_item(by=house.other_archivist)
    desk.begin()
    with pytest.raises(NotFound):
        desk.run(arranging.take, Take(desk.revision, (foreign.uid,)))


def test_a_restricted_document_is_not_bound_with_others(desk: Desk, house: House) -> None:
    restricted = desk.described("investigation_memo", tier=5)
    desk.begin()
    assert desk.seen().loose == ()
    with pytest.raises(Conflict):
        desk.take(restricted)


@pytest.mark.parametrize("who", ["handler", "supervisor", "legal", "auditor", "administrator"])
def test_only_archivists_bind(desk: Desk, house: House, who: str) -> None:
    with pytest.raises((Refused, NotFound)):
        desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=getattr(house, who))
    with pytest.raises((Refused, NotFound)):
        desk.run(seeing.show_changes, Since(0), by=getattr(house, who))
    assert desk.seen().state == "open"


def test_a_plain_revision_is_needed_for_every_change(desk: Desk) -> None:
    desk.begin()
    with pytest.raises(Stale):
        desk.run(arranging.by_template, Plain(0))


def test_a_waiver_of_whoever_comes_to_bind_the_folder_counts_no_more(desk: Desk, house: House) -> None:
    desk.begin()
    desk.waive_all(by=house.other_archivist)
    desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=house.other_archivist)
    assert "waived" not in {slot.state for slot in desk.seen().slots}


def add_pages(session: Session, *items: int) -> None:
    """So many that two of them do not fit into one volume."""
    for item_id in items:
        page = session.scalars(select(Page).where(Page.item_id == item_id)).one()
        facts = {c.name: getattr(page, c.key) for c in Page.__table__.columns if c.name != "id"}
        for number in range(2, 152):
            session.execute(
                insert(Page).values(
                    {**facts, "uid": uuid4(), "seq": number, "slot": number, "deposit_seq": number}
                )
            )


def test_whoever_bound_a_folder_checks_none_of_the_volumes_it_was_split_into(
    desk: Desk, house: House
) -> None:
    first, second = desk.described("claim_form", "一"), desk.described("survey_report", "二")
    desk.run(arranging.begin, Begin(desk.revision, CLAIM), by=house.other_archivist)
    desk.begin()
    desk.take(first, second)
    house.change(lambda s: add_pages(s, first.id, second.id))
    [made] = desk.run(parts.split_folder, desk.plain)
    part = Desk(house, made)
    part.submit()
    with pytest.raises(Refused):
        part.run(checking.begin_check, part.plain, by=house.other_archivist)


def test_while_a_folder_is_checked_nobody_leaves_out_a_page_of_it(desk: Desk, house: House) -> None:
    draft = desk.described("survey_report", "一", "二")
    desk.begin()
    desk.take(draft)
    desk.submit()
    page = house.read(
        lambda s: s.scalars(select(Page.uid).where(Page.item_id == draft.id, Page.seq == 1)).one()
    )
    gate = house.gate_of(house.archivist, marking.mark)
    with pytest.raises(Conflict):
        gate.run(marking.mark, page, marking.Mark(marking.Act.EXCLUDE, 1, desk.limits, "重复"))
    gate.run(marking.mark, page, marking.Mark(marking.Act.LEFT, 1, desk.limits))
