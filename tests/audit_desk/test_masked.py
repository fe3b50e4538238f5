"""The auditor reads no content: titles and persons are masked, and shown once, for a written reason, or not at all."""

from uuid import uuid4

import pytest

from archive.core.audit.event import Entry
from archive.core.audit.log import detail_of
from archive.holdings.operations import PersonNamed
from tests.cast import House, Made
from tests.web.visiting import Visitors, read

NAME, TITLE, READ = "王小明", "机动车人伤理赔案卷", "主诉颈部疼痛"
REASON = "核对投诉所指的案卷"


def of_wang(house: House, tier: int = 4) -> Made:
    return house.archived_item(
        tier=tier, title=TITLE, texts=(READ,), persons=(PersonNamed(NAME, part="claimant"),)
    )


def code_of(house: House, made: Made) -> str:
    code = house.item(made).reference_code
    assert code is not None
    return code


def newest(house: House, action: str) -> Entry:
    return next(entry for entry in reversed(house.log()) if entry.action == action)


PAGES = (
    "/log",
    "/log?person=archivist",
    "/log?record={code}",
    "/log/people?person=archivist",
    "/log/records?record={code}",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_list_of_the_auditors_shows_a_title_or_the_name_of_a_persons_record(
    web: Visitors, path: str
) -> None:
    code = code_of(web.house, of_wang(web.house))
    page = web.browser(web.house.auditor).get(path.format(code=code)).text
    assert (code in page, TITLE in page, NAME in page, READ in page) == (True, False, False, False)


def test_the_persons_of_a_record_are_shown_by_their_first_character(web: Visitors) -> None:
    code = code_of(web.house, of_wang(web.house))
    page = web.browser(web.house.auditor).get("/log/records", record=code).text
    assert ("王*" in page, "已遮盖" in page) == (True, True)


def test_unmasking_shows_title_and_persons_and_nothing_of_the_pages(web: Visitors) -> None:
    code = code_of(web.house, of_wang(web.house))
    page = web.browser(web.house.auditor).post("/log/records/unmask", record=code, reason=REASON).text
    assert (TITLE in page, NAME in page, READ in page) == (True, True, False)


def test_unmasking_is_an_act_of_its_own_with_its_reason_sealed_beside_it(web: Visitors) -> None:
    item = of_wang(web.house)
    web.browser(web.house.auditor).post("/log/records/unmask", record=f"item:{item.uid}", reason=REASON)
    entry = newest(web.house, "log:unmask")
    told = web.house.read(lambda session: detail_of(session, entry))
    assert (entry.actor, entry.target) == (web.house.auditor.label, f"item:{item.uid}")
    assert told is not None
    assert REASON in told


def test_the_next_look_is_masked_again(web: Visitors) -> None:
    code = code_of(web.house, of_wang(web.house))
    browser = web.browser(web.house.auditor)
    browser.post("/log/records/unmask", record=code, reason=REASON)
    page = browser.get("/log/records", record=code).text
    assert (TITLE in page, NAME in page) == (False, False)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_unmasked(web: Visitors, reason: str) -> None:
    code = code_of(web.house, of_wang(web.house))
    answer = web.browser(web.house.auditor).post("/log/records/unmask", record=code, reason=reason)
    assert (answer.status_code, TITLE in answer.text) == (422, False)


def test_a_program_gives_a_reason_too(web: Visitors) -> None:
    code = code_of(web.house, of_wang(web.house))
    auditor = web.program(web.house.auditor)
    assert auditor.post("/api/v1/log/record/unmask", json={"record": code, "reason": "  "}).status_code == 422
    unmasked = auditor.post("/api/v1/log/record/unmask", json={"record": code, "reason": REASON}).json()
    assert (unmasked["title"], unmasked["persons"]) == (TITLE, [{"name": NAME, "part": "claimant"}])


@pytest.mark.parametrize("login", ["handler", "archivist", "legal", "administrator"])
def test_nobody_else_unmasks(web: Visitors, login: str) -> None:
    code = code_of(web.house, of_wang(web.house))
    answer = web.browser(getattr(web.house, login)).post("/log/records/unmask", record=code, reason=REASON)
    assert (answer.status_code >= 403, TITLE in answer.text) == (True, False)


def test_the_title_that_an_archivist_typed_is_masked_among_what_was_typed(web: Visitors) -> None:
    of_wang(web.house, tier=5)
    entry = newest(web.house, "item:describe")
    page = web.browser(web.house.auditor).post(f"/log/entries/{entry.event}/detail").text
    assert ("题名" in page, "已遮盖" in page, TITLE in page) == (True, True, False)


# --- T5 --------------------------------------------------------------------------------------------------------


def test_a_t5_record_stays_a_number_in_every_list(web: Visitors) -> None:
    item = of_wang(web.house, tier=5)
    code = code_of(web.house, item)
    browser = web.browser(web.house.auditor)
    for path in ("/log", "/log/people?person=archivist", f"/log/records?record=item:{item.uid}"):
        page = browser.get(path).text
        assert (str(item.uid)[-8:] in page, code in page, "王*" in page) == (True, False, False)


def test_whoever_reached_a_t5_record_is_told_to_whoever_has_its_number(web: Visitors) -> None:
    item = of_wang(web.house, tier=5)
    asked = {"record": f"item:{item.uid}"}
    people = web.program(web.house.auditor).get("/api/v1/log/record", params=asked).json()["people"]
    assert web.house.archivist.label in {one["actor"] for one in people}


def answers(web: Visitors, method: str, path: str, codes: tuple[str, str], **more: str) -> list[bytes]:
    client = web.program(web.house.auditor)
    sent = [{"record": code, **more} for code in codes]
    return [
        (client.get(path, params=one) if method == "GET" else client.post(path, json=one)).content
        for one in sent
    ]


@pytest.mark.parametrize("path", ["/api/v1/log", "/api/v1/log/record"])
def test_the_code_of_a_t5_record_is_answered_like_one_that_nobody_gave(web: Visitors, path: str) -> None:
    code = code_of(web.house, of_wang(web.house, tier=5))
    known, unknown = answers(web, "GET", path, (code, code[:-3] + "999"))
    assert known == unknown


def test_a_t5_record_is_not_unmasked_by_code_or_number(web: Visitors) -> None:
    item = of_wang(web.house, tier=5)
    code = code_of(web.house, item)
    path, why = "/api/v1/log/record/unmask", REASON
    known, unknown = answers(web, "POST", path, (code, code[:-3] + "999"), reason=why)
    assert known == unknown
    known, unknown = answers(web, "POST", path, (f"item:{item.uid}", f"item:{uuid4()}"), reason=why)
    assert known == unknown


def test_a_page_raised_above_its_item_is_not_called_by_its_number(web: Visitors) -> None:
    """Its item is T1; the page itself is not for her to know."""
    from archive.holdings.queries import pages_of

    item = of_wang(web.house, tier=1)
    read(web.house, item, web.house.handler)
    web.house.change(lambda s: setattr(pages_of(s, item.id)[0], "tier", 5))
    asked = {"action": "page:show"}
    lines = web.program(web.house.auditor).get("/api/v1/log", params=asked).json()["lines"]
    assert [(line["reference_code"], line["page"]) for line in lines] == [(None, None)]


@pytest.mark.parametrize("path", ["/log/people", "/log/records"])
def test_the_empty_search_form_is_for_whoever_may_read_the_log(web: Visitors, path: str) -> None:
    people = (web.house.stranger, web.house.archivist, web.house.auditor)
    assert [web.browser(person).get(path).status_code for person in people] == [303, 403, 200]
