"""Legal holds: in force at once, seen by everybody who sees the item, released by somebody else."""

from uuid import UUID, uuid4

import pytest

from archive.core.access.actions import Purpose
from archive.core.errors import Conflict, Invalid, NotFound, Refused
from archive.desks.assigning import operations as assigning
from archive.desks.legal import holding
from archive.desks.reading_room.operations import PageAddress, show_page
from archive.holdings import operations as holdings
from tests.cast import Made, Person
from tests.legal.conftest import Desk
from tests.web.visiting import Visitors


def is_held(desk: Desk, item: Made) -> bool:
    return "held" in desk.house.item(item).flags.split()


def describe(desk: Desk, item: Made, **changed: object) -> None:
    house = desk.house
    said = {"title": "理赔案卷", "tier": 3, "volume": item.volume or uuid4(), **changed}
    house.describe(item, **said)  # type: ignore[arg-type]  # fields of a description, checked as it is made


# --- setting ---------------------------------------------------------------------------------------------------


def test_a_hold_is_in_force_when_it_is_set(desk: Desk) -> None:
    one, other = desk.claim(), desk.claim()
    desk.hold(one)
    assert (is_held(desk, one), is_held(desk, other)) == (True, False)


def test_a_search_holds_its_hits_of_that_moment_and_no_later_ones(desk: Desk) -> None:
    now = desk.claim(texts=("腰椎压缩性骨折",))
    hold = desk.hold(query="腰椎压缩性骨折")
    later = desk.claim(texts=("腰椎压缩性骨折",))
    assert [item.uid for item in desk.holds_of(desk.house.legal)[hold].items] == [now.uid]
    assert not is_held(desk, later)


def test_a_search_holds_nothing_that_she_may_not_know_of(desk: Desk) -> None:
    known = desk.claim(texts=("腰椎压缩性骨折",))
    elsewhere = desk.house.archived_item(tier=3, unit="C2", texts=("腰椎压缩性骨折",))
    restricted = desk.house.archived_item(tier=5, texts=("腰椎压缩性骨折",))
    desk.hold(query="腰椎压缩性骨折")
    assert [is_held(desk, item) for item in (known, elsewhere, restricted)] == [True, False, False]


def test_what_would_be_held_is_shown_before(desk: Desk) -> None:
    item = desk.claim(texts=("腰椎压缩性骨折",))
    gate = desk.house.gate_of(desk.house.legal, holding.preview_hold)
    found = gate.run(holding.preview_hold, None, holding.Wanted(query="腰椎")).value
    assert [one.uid for one in found] == [item.uid]
    assert not is_held(desk, item)


def test_an_item_that_she_may_not_know_of_is_held_like_one_that_is_not_there(desk: Desk) -> None:
    hidden = desk.house.archived_item(tier=4, unit="C2")
    for item in (hidden, Made(uuid4(), 0)):
        with pytest.raises(NotFound):
            desk.hold(item)
    assert not is_held(desk, hidden)


def test_a_hold_needs_a_reason_and_something_to_hold(desk: Desk) -> None:
    gate = desk.house.gate_of(desk.house.legal, holding.set_hold)
    wanted = holding.Wanted((str(desk.claim().uid),))
    with pytest.raises(Invalid, match="reason"):
        gate.run(holding.set_hold, None, holding.NewHold(wanted, " "))
    with pytest.raises(Invalid, match="nothing to hold"):
        gate.run(holding.set_hold, None, holding.NewHold(holding.Wanted(query="无此词"), "诉讼保全"))


@pytest.mark.parametrize("who", ["handler", "supervisor", "archivist", "auditor", "administrator"])
def test_only_legal_sets_a_hold(desk: Desk, who: str) -> None:
    with pytest.raises(Refused):
        desk.hold(desk.claim(), by=getattr(desk.house, who))


def test_the_log_names_every_item_that_was_held(desk: Desk) -> None:
    one, two = desk.claim(), desk.claim()
    hold = desk.hold(one, two)
    entry = desk.house.log()[-1]
    assert (entry.action, entry.outcome) == ("hold:set", "done")
    assert set(entry.objects) == {f"item:{one.uid}", f"item:{two.uid}", f"hold:{hold}"}


# --- what it blocks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed", [{"title": "另一题名"}, {"notes": "附注"}, {"numbers": (("claim", "CLM1"),)}]
)
def test_the_description_of_a_held_item_is_not_changed(desk: Desk, changed: dict[str, object]) -> None:
    item = desk.claim()
    desk.hold(item)
    with pytest.raises(Conflict, match="legal hold"):
        describe(desk, item, **changed)
    assert desk.house.item(item).title == "理赔案卷"


def test_its_tier_is_raised_all_the_same(desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    describe(desk, item, tier=4)
    assert desk.house.item(item).tier == 4


def test_a_tier_is_not_raised_together_with_another_change(desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    with pytest.raises(Conflict):
        describe(desk, item, tier=4, title="另一题名")


def test_a_second_hold_is_set_on_a_held_item(desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    desk.hold(item)
    assert is_held(desk, item)


# --- where it is seen ------------------------------------------------------------------------------------------


def test_whoever_sees_the_item_sees_that_it_is_held(web: Visitors, desk: Desk) -> None:
    item = desk.claim(texts=("腰椎压缩性骨折",))
    pages = (f"/items/{item.uid}", "/items", "/search?q=腰椎")
    browser = web.browser(desk.house.supervisor)
    assert ["冻结</span>" in browser.get(page).text for page in pages] == [False, False, False]
    desk.hold(item)
    assert ["冻结</span>" in browser.get(page).text for page in pages] == [True, True, True]


def test_legal_is_offered_to_hold_an_item_or_the_hits_of_a_search(web: Visitors, desk: Desk) -> None:
    item = desk.claim(texts=("腰椎压缩性骨折",))
    pages = {f"/items/{item.uid}": f"/holds/new?items={item.uid}", "/search?q=腰椎": "/holds/new?q="}
    for person, is_offered in ((desk.house.legal, True), (desk.house.supervisor, False)):
        browser = web.browser(person)
        assert [way in browser.get(page).text for page, way in pages.items()] == [is_offered] * 2


def test_whoever_reads_its_pages_sees_it_too(desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    gate = desk.house.gate_of(desk.house.legal, show_page)
    assert gate.run(show_page, PageAddress(item.uid, 1), purpose=Purpose.LITIGATION).value.held


def test_the_archivist_is_told_why_she_cannot_describe(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    browser = web.browser(desk.house.archivist)
    fields = {"revision": "2", "key": str(uuid4()), "volume": str(item.volume), "tier": "3"}
    answer = browser.post(f"/items/{item.uid}/describe", title="另一题名", doc_type="理赔案卷", **fields)
    assert answer.status_code == 409
    assert "此件已依法冻结" in answer.text


# --- releasing -------------------------------------------------------------------------------------------------


def test_another_person_releases_and_the_item_is_free(desk: Desk) -> None:
    item = desk.claim()
    hold = desk.hold(item)
    desk.propose(hold)
    assert is_held(desk, item)
    desk.agree(hold, by=desk.house.archivist)
    assert not is_held(desk, item)
    describe(desk, item, title="另一题名")


def test_whoever_set_it_does_not_release_it(desk: Desk) -> None:
    item = desk.claim()
    hold = desk.hold(item)
    desk.propose(hold)
    with pytest.raises(Refused) as caught:
        desk.agree(hold, by=desk.house.legal)
    assert caught.value.rule == "R_SOD"
    assert is_held(desk, item)


def test_whoever_set_it_does_not_release_it_when_another_proposes(desk: Desk) -> None:
    item = desk.claim()
    desk.house.assign(item, to=desk.other_legal)
    hold = desk.hold(item)
    desk.propose(hold, by=desk.other_legal)
    for person in (desk.house.legal, desk.other_legal):
        with pytest.raises(Refused):
            desk.agree(hold, by=person)
    desk.agree(hold, by=desk.house.archivist)
    assert not is_held(desk, item)


def test_a_different_person_of_legal_releases(desk: Desk) -> None:
    item = desk.claim()
    desk.house.assign(item, to=desk.other_legal)
    hold = desk.hold(item)
    desk.propose(hold)
    desk.agree(hold, by=desk.other_legal)
    assert not is_held(desk, item)


def test_nothing_is_released_that_nobody_proposed(desk: Desk) -> None:
    hold = desk.hold(desk.claim())
    with pytest.raises(Conflict):
        desk.agree(hold, by=desk.house.archivist, revision=1)


def test_a_refused_release_leaves_the_hold_in_force(desk: Desk) -> None:
    item = desk.claim()
    hold = desk.hold(item)
    desk.propose(hold)
    desk.agree(hold, by=desk.house.archivist, agreed=False)
    assert is_held(desk, item)
    desk.propose(hold, revision=3)
    desk.agree(hold, by=desk.house.archivist, revision=4)
    assert not is_held(desk, item)


def test_an_item_stays_held_while_another_hold_stands_on_it(desk: Desk) -> None:
    item = desk.claim()
    first, _second = desk.hold(item), desk.hold(item)
    desk.propose(first)
    desk.agree(first, by=desk.house.archivist)
    assert is_held(desk, item)


def test_a_hold_is_not_there_for_whoever_may_know_of_none_of_its_items(desk: Desk) -> None:
    item = desk.house.archived_item(tier=5)
    _name(desk, item, desk.house.legal)
    hold = desk.hold(item)
    desk.propose(hold)
    for person in (desk.other_legal, desk.house.other_archivist):
        assert hold not in desk.holds_of(person)
        with pytest.raises(NotFound):
            desk.agree(hold, by=person)


def _name(desk: Desk, item: Made, reader: Person) -> UUID:
    """Two persons name her as a reader of a restricted item."""
    new = assigning.NewNaming(reader.login, "supervisor", Purpose.LITIGATION, "a reason", 10)
    house = desk.house
    naming = house.gate_of(house.archivist, assigning.propose_reader).run(
        assigning.propose_reader, item.uid, new
    )
    verdict = assigning.Verdict(confirmed=True, opinion="yes", revision=1)
    gate = house.gate_of(house.supervisor, assigning.confirm_reader)
    return gate.run(assigning.confirm_reader, naming.value, verdict).value


def test_the_pages_preview_set_propose_and_release(web: Visitors, desk: Desk) -> None:
    item = desk.claim(texts=("腰椎压缩性骨折",), title="人伤案卷")
    legal, archivist = web.browser(desk.house.legal), web.browser(desk.house.archivist)
    assert "人伤案卷" in legal.get("/holds/new", q="腰椎").text
    assert legal.post("/holds/new", q="腰椎", key="k", reason="诉讼保全").status_code == 303
    [hold] = desk.holds_of(desk.house.legal)
    assert "人伤案卷" in archivist.get("/holds").text
    assert legal.post(f"/holds/{hold}/propose", revision="1", reason="已结案").status_code == 303
    answer = archivist.post(f"/holds/{hold}/decision", revision="2", opinion="同意", decision="grant")
    assert answer.status_code == 303
    assert not is_held(desk, item)


def test_a_hold_without_its_reason_comes_back_as_it_was_filled_in(web: Visitors, desk: Desk) -> None:
    desk.claim(texts=("腰椎压缩性骨折",))
    answer = web.browser(desk.house.legal).post("/holds/new", q="腰椎", key="k", reason=" ")
    assert answer.status_code == 422
    assert "尚未填写理由" in answer.text
    assert 'name="q" value="腰椎"' in answer.text


def test_programs_do_what_the_pages_do(web: Visitors, desk: Desk) -> None:
    item = desk.claim()
    legal, archivist = web.program(desk.house.legal), web.program(desk.house.archivist)
    body = {"items": [str(item.uid)], "reason": "诉讼保全"}
    hold = legal.post("/api/v1/holds", json=body).json()["uid"]
    assert legal.get("/api/v1/holds").json()[0]["may_propose"]
    legal.post(f"/api/v1/holds/{hold}/propose-release", json={"reason": "已结案", "revision": 1})
    verdict = {"granted": True, "opinion": "同意", "revision": 2}
    assert legal.post(f"/api/v1/holds/{hold}/decision", json=verdict).status_code == 403
    assert archivist.post(f"/api/v1/holds/{hold}/decision", json=verdict).status_code == 200
    assert archivist.get("/api/v1/holds").json()[0]["state"] == "released"


def test_the_held_flag_is_told_to_programs(desk: Desk) -> None:
    item = desk.claim()
    desk.hold(item)
    gate = desk.house.gate_of(desk.house.supervisor, holdings.show_item)
    assert gate.run(holdings.show_item, item.uid).value.is_held
