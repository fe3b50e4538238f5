"""Reading pages by browser and by program: to whom they open, what is outlined on them, whose mark they bear."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image, ImageChops
from sqlalchemy import delete, update

from archive.core.access.actions import Purpose
from archive.desks.reading_room import api, pages, turning_over
from archive.desks.reading_room.operations import Leaf, PageAddress, show_page
from archive.desks.reading_room.watermark import lines
from archive.holdings.tables import PageReading, StoredObject
from archive.web.render import moment
from ocr.page import BLANK, NO_TEXT
from tests import cast
from tests.cast import House, Made, Person, enter
from tests.web.visiting import Visitors, visiting

REPORT = "警員到場處理\n傷者陳怡君主訴頸部疼痛"
PATHS = ("/read/{item}/{number}", "/read/{item}/{number}.jpg")
ROUTES = ("/api/v1/items/{item}/pages/{number}", "/api/v1/items/{item}/pages/{number}/image")


@cache
def blank_sheet(mode: str = "L") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (700, 1000), "white").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def web(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    """Pages as large as a mark needs."""
    monkeypatch.setattr(cast, "small_jpeg", blank_sheet)
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


@pytest.fixture
def item(web: Visitors) -> Made:
    return web.house.archived_item(title="陳怡君理賠案卷", texts=["封面", REPORT])


def lend(web: Visitors, made: Made) -> UUID:
    return web.house.lend(made, to=web.house.handler, by=web.house.supervisor)


def ask_all(web: Visitors, person: Person, item: UUID, number: object = 1) -> list[httpx.Response]:
    """The page, its image, and both for programs."""
    browser, program = web.browser(person), web.program(person)
    return [browser.get(path.format(item=item, number=number)) for path in PATHS] + [
        program.get(path.format(item=item, number=number)) for path in ROUTES
    ]


def statuses(answers: list[httpx.Response]) -> list[int]:
    return [answer.status_code for answer in answers]


def pixels(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


# --- to whom a page opens --------------------------------------------------------------------------------------


def test_a_page_opens_for_who_borrowed_it(web: Visitors, item: Made) -> None:
    lend(web, item)
    page, image, facts, same = ask_all(web, web.house.handler, item.uid)
    assert statuses([page, image, facts, same]) == [200] * 4
    assert "陳怡君理賠案卷" in page.text
    assert f'src="/read/{item.uid}/1.jpg"' in page.text
    assert (facts.json()["number"], facts.json()["of"], facts.json()["text"]) == (1, 2, "封面")
    assert image.headers["content-type"] == same.headers["content-type"] == "image/jpeg"


def test_no_answer_is_kept_by_the_browser(web: Visitors, item: Made) -> None:
    lend(web, item)
    answers = ask_all(web, web.house.handler, item.uid)
    assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * 4


def test_without_a_loan_the_way_to_one_is_shown(web: Visitors, item: Made) -> None:
    answers = ask_all(web, web.house.handler, item.uid)
    assert statuses(answers) == [403] * 4
    assert f'href="/loans/new?item={item.uid}"' in answers[0].text
    assert "陳怡君" not in answers[0].text
    assert answers[2].json()["rule"] == "R_NOLOAN"


def test_a_page_is_closed_again_once_it_is_given_back(web: Visitors, item: Made) -> None:
    loan = lend(web, item)
    web.house.give_back(loan, by=web.house.handler)
    assert statuses(ask_all(web, web.house.handler, item.uid)) == [403] * 4


def test_a_page_is_closed_when_the_time_is_over(web: Visitors, item: Made) -> None:
    lend(web, item)
    web.house.clock.forward(days=15)
    assert statuses(ask_all(web, web.house.handler, item.uid)) == [403] * 4


def test_a_loan_opens_to_nobody_else(web: Visitors, item: Made) -> None:
    lend(web, item)
    assert statuses(ask_all(web, web.house.supervisor, item.uid)) == [403] * 4


def test_a_purpose_is_asked_for_where_nothing_brings_one(web: Visitors, item: Made) -> None:
    page, image, facts, same = ask_all(web, web.house.archivist, item.uid)
    assert statuses([page, image, facts, same]) == [403] * 4
    assert '<option value="archive_work">档案整理</option>' in page.text
    assert f'action="/read/{item.uid}/1"' in page.text
    assert facts.json()["rule"] == "R_PURPOSE"


def test_with_a_purpose_the_page_opens_and_carries_it_on(web: Visitors, item: Made) -> None:
    page = web.browser(web.house.archivist).get(f"/read/{item.uid}/1", purpose="archive_work", q="頸")
    assert page.status_code == 200
    assert f'src="/read/{item.uid}/1.jpg?purpose=archive_work"' in page.text
    assert f'href="/read/{item.uid}/2?purpose=archive_work&amp;q=%E9%A0%B8"' in page.text


def test_a_purpose_that_is_none_is_refused(web: Visitors, item: Made) -> None:
    assert web.browser(web.house.archivist).get(f"/read/{item.uid}/1", purpose="fun").status_code == 422


def test_every_page_that_is_shown_is_an_entry_with_its_purpose(web: Visitors, item: Made) -> None:
    lend(web, item)
    ask_all(web, web.house.handler, item.uid, 2)
    entries = [entry for entry in web.house.log() if entry.action == "page:show"]
    assert [(e.outcome, e.purpose, e.actor) for e in entries] == [
        ("done", "claim_handling", web.house.handler.label)
    ] * 4
    assert all(f"item:{item.uid}" in entry.objects for entry in entries)


# --- to whom it does not ---------------------------------------------------------------------------------------


def test_a_stranger_gets_nothing(web: Visitors, item: Made) -> None:
    answers = ask_all(web, web.house.stranger, item.uid)
    assert statuses(answers) == [303, 303, 401, 401]
    assert not any("陳怡君" in answer.text for answer in answers)


@pytest.mark.parametrize("login", ["auditor", "administrator", "legal", "other_handler"])
def test_whoever_may_not_know_of_a_page_gets_the_answer_of_one_that_is_not_there(
    web: Visitors, item: Made, login: str
) -> None:
    person = getattr(web.house, login)
    known, unknown = (ask_all(web, person, uid) for uid in (item.uid, uuid4()))
    assert statuses(known) == [404] * 4
    assert [answer.content for answer in known] == [answer.content for answer in unknown]


@pytest.mark.parametrize("login", ["handler", "supervisor", "legal", "other_archivist"])
def test_a_restricted_page_and_an_unknown_one_are_answered_with_the_same_bytes(
    web: Visitors, login: str
) -> None:
    restricted = web.house.archived_item(tier=5, title="青松")
    person = getattr(web.house, login)
    hidden, unknown = (ask_all(web, person, uid) for uid in (restricted.uid, uuid4()))
    assert statuses(hidden) == [404] * 4
    assert [answer.content for answer in hidden] == [answer.content for answer in unknown]


def test_a_named_reader_reads_a_restricted_page(web: Visitors) -> None:
    restricted = web.house.archived_item(tier=5, title="青松")
    web.house.name_reader(restricted, reader=web.house.handler)
    assert statuses(ask_all(web, web.house.handler, restricted.uid)) == [200] * 4


@pytest.mark.parametrize("number", [0, 3, -1, 10**19, "one"])
def test_a_page_that_is_not_there_is_not_found(web: Visitors, item: Made, number: object) -> None:
    lend(web, item)
    assert statuses(ask_all(web, web.house.handler, item.uid, number)) == [404] * 4


# --- what is outlined ------------------------------------------------------------------------------------------


def test_hits_are_outlined_on_the_image_in_either_script(web: Visitors, item: Made) -> None:
    lend(web, item)
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/2", q="颈部疼痛").text
    [points] = [line for line in page.splitlines() if "<polygon" in line]
    assert '<svg class="hits" viewBox="0 0 1 1"' in page
    corners = [float(value) for value in points.split('"')[1].replace(",", " ").split()]
    assert corners == pytest.approx([7 / 11, 0.5, 1, 0.5, 1, 1, 7 / 11, 1], abs=1e-4)
    assert "style=" not in page


def test_a_program_is_told_where_the_hits_are(web: Visitors, item: Made) -> None:
    lend(web, item)
    answer = web.program(web.house.handler).get(f"/api/v1/items/{item.uid}/pages/2?q=警员")
    [quad] = answer.json()["hits"]
    assert quad == [
        [0.0, 0.0],
        [pytest.approx(1 / 3, abs=1e-4), 0.0],
        [pytest.approx(1 / 3, abs=1e-4), 0.5],
        [0.0, 0.5],
    ]


def test_words_that_are_not_on_the_page_outline_nothing_and_say_so(web: Visitors, item: Made) -> None:
    lend(web, item)
    page = web.browser(web.house.handler).get(f"/read/{item.uid}/1", q="頸部").text
    assert "<polygon" not in page
    assert "不在本页的文字中" in page


def test_a_long_item_shows_the_pages_around_this_one(web: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning_over, "MOST_LISTED", 10)
    monkeypatch.setattr(turning_over, "NEIGHBOURS", 4)
    long = web.house.archived_item(texts=["页"] * 12)
    lend(web, long)
    page = web.browser(web.house.handler).get(f"/read/{long.uid}/1").text
    shown = [n for n in range(1, 13) if f'href="/read/{long.uid}/{n}">{n}</a>' in page]
    assert shown == [2, 3, 4, 5, 12]
    assert f'href="/read/{long.uid}/1" aria-current="page">1</a>' in page


# --- pages that have no text or no image -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (BLANK, "此页是空白页"),
        (NO_TEXT, "没有识别出文字"),
        ("the engine failed: out of memory", "文字未能识别"),
    ],
)
def test_a_page_without_text_says_why(web: Visitors, reason: str, words: str) -> None:
    silent = web.house.archived_item(texts=[""])
    lend(web, silent)
    web.house.change(lambda s: s.execute(update(PageReading).values(reason=reason)))
    assert words in web.browser(web.house.handler).get(f"/read/{silent.uid}/1").text
    answer = web.program(web.house.handler).get(f"/api/v1/items/{silent.uid}/pages/1").json()
    assert (answer["text"], answer["reason"], answer["has_image"]) == ("", reason, True)


def test_a_page_that_could_not_be_drawn_says_why_and_has_no_image(web: Visitors) -> None:
    torn = web.house.archived_item()
    lend(web, torn)
    reason = "this page could not be drawn: the picture is cut off"
    web.house.change(
        lambda s: s.execute(
            delete(StoredObject).where(StoredObject.item_id == torn.id, StoredObject.role == "view")
        )
    )
    web.house.change(lambda s: s.execute(update(PageReading).values(reason=reason)))
    page, image, facts, same = ask_all(web, web.house.handler, torn.uid)
    assert statuses([page, image, facts, same]) == [200, 409, 200, 409]
    assert "此页的图像未能生成" in page.text
    assert reason in page.text
    assert (facts.json()["has_image"], facts.json()["reason"]) == (False, reason)


# --- the mark --------------------------------------------------------------------------------------------------


def marked(web: Visitors, person: Person, made: Made, number: int = 1) -> Image.Image:
    purpose = {} if person is web.house.handler else {"purpose": "archive_work"}
    answer = web.browser(person).get(f"/read/{made.uid}/{number}.jpg", **purpose)
    assert answer.status_code == 200
    return pixels(answer.content)


def test_a_page_never_leaves_without_the_readers_mark(web: Visitors, item: Made) -> None:
    lend(web, item)
    for image in (marked(web, web.house.handler, item), marked(web, web.house.archivist, item)):
        assert ImageChops.difference(image, pixels(blank_sheet())).getbbox() is not None


def marked_as(web: Visitors, person: Person, made: Made, purpose: Purpose | None = None) -> tuple[UUID, Leaf]:
    door = web.house.gate_of(person, show_page)
    released = door.run(show_page, PageAddress(made.uid, 2), purpose=purpose)
    return released.event, released.value


def test_the_mark_of_a_borrower_bears_the_loan_and_its_purpose(web: Visitors, item: Made) -> None:
    lend(web, item)
    _, leaf = marked_as(web, web.house.handler, item)
    assert lines(leaf) == (
        "Handler（handler） C1",
        "L2026-000001",
        f"{moment(web.house.clock())} 第2页",
        "仅供理赔处理使用 严禁翻印",
    )


def test_the_mark_of_who_needs_no_loan_bears_the_entry_of_the_log(web: Visitors, item: Made) -> None:
    event, leaf = marked_as(web, web.house.archivist, item, Purpose.ARCHIVE_WORK)
    assert (lines(leaf)[1], lines(leaf)[3]) == (str(event), "仅供档案整理使用 严禁翻印")


def test_two_readers_get_two_marks(web: Visitors, item: Made) -> None:
    lend(web, item)
    images = [marked(web, person, item) for person in (web.house.handler, web.house.archivist)]
    assert ImageChops.difference(*images).getbbox() is not None


def test_two_pages_get_two_marks(web: Visitors, item: Made) -> None:
    lend(web, item)
    images = [marked(web, web.house.handler, item, number) for number in (1, 2)]
    assert ImageChops.difference(*images).getbbox() is not None


def test_a_missing_font_shows_no_page_at_all(web: Visitors, item: Made, tmp_path: Path) -> None:
    """A page without its mark must not leave."""
    lend(web, item)
    elsewhere = enter(web.house.template, tmp_path / "elsewhere", watermark_font=tmp_path / "none.ttf")
    made = elsewhere.archived_item()
    elsewhere.lend(made, to=elsewhere.handler)
    with visiting(elsewhere, tmp_path / "other", (api.router, pages.router)) as visitors:
        answer = visitors.program(elsewhere.handler).get(f"/api/v1/items/{made.uid}/pages/1/image")
    elsewhere.archive.close()
    assert answer.status_code == 503
    assert "fonts-wqy-microhei" in answer.json()["remedy"]
    assert "none.ttf" not in answer.text
