"""The binding desk in a browser without a script: every act is a plain form, and says what came of it."""

import html
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from pypdf import PdfReader

from archive.desks.binding import pages, pages_arranging, pages_checking, prints
from tests.cast import House
from tests.web.visiting import Browser, Visitors, visiting

ROUTERS = (pages.router, pages_arranging.router, pages_checking.router, prints.router)


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def volume(house: House) -> UUID:
    return house.open_volume()


@pytest.fixture
def binder(web: Visitors, volume: UUID) -> Browser:
    """An archivist who has begun to bind the folder."""
    browser = web.browser(web.house.archivist)
    assert act(browser, volume, "begin", template="cn.claim").status_code == 303
    return browser


def shown(browser: Browser, volume: UUID) -> str:
    answer = browser.get(f"/binding/{volume}")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def revision(browser: Browser, volume: UUID) -> str:
    found = re.search(r'data-revision="(\d+)"', shown(browser, volume))
    assert found is not None
    return found[1]


def act(browser: Browser, volume: UUID, what: str, **fields: str) -> httpx.Response:
    fields = {"revision": revision(browser, volume), **fields}
    return browser.post(f"/binding/{volume}/{what}", **fields)


def order(browser: Browser, volume: UUID) -> list[str]:
    """The documents of the folder as the page shows them."""
    folder = shown(browser, volume).partition('<ol class="documents"')[2]
    return re.findall(r'<li data-item="([^"]+)"', folder)


def loose(browser: Browser, volume: UUID) -> list[str]:
    beside = shown(browser, volume).partition('<section class="folder"')[0]
    return re.findall(r'<li data-item="([^"]+)"', beside)


def drafts(house: House, count: int) -> list[str]:
    return [str(house.draft_item([f"第{n}件", "二"]).uid) for n in range(count)]


def bound(binder: Browser, volume: UUID, items: list[str]) -> list[str]:
    for item in items:
        assert act(binder, volume, "take", item=item).status_code == 303
    return items


def test_an_empty_desk_says_what_to_do_next(web: Visitors) -> None:
    assert "没有正在整理的案卷" in html.unescape(web.browser(web.house.archivist).get("/binding").text)


def test_a_folder_that_is_being_arranged_stands_on_the_desk(binder: Browser, volume: UUID) -> None:
    desk = html.unescape(binder.get("/binding").text)
    assert f'href="/binding/{volume}"' in desk
    assert "整理中" in desk


def test_loose_documents_are_taken_in_and_put_back(web: Visitors, binder: Browser, volume: UUID) -> None:
    first, second = drafts(web.house, 2)
    assert set(loose(binder, volume)) == {first, second}
    answer = act(binder, volume, "take", item=first)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/binding/{volume}"
    assert (order(binder, volume), loose(binder, volume)) == ([first], [second])
    act(binder, volume, "back", item=first)
    assert order(binder, volume) == []


@pytest.mark.parametrize(
    ("place", "expected"), [("1", [2, 0, 1]), ("2", [0, 2, 1]), ("99", [0, 1, 2]), ("0", [2, 0, 1])]
)
def test_a_document_is_moved_to_a_number(
    web: Visitors, binder: Browser, volume: UUID, place: str, expected: list[int]
) -> None:
    items = bound(binder, volume, drafts(web.house, 3))
    act(binder, volume, "move", item=items[2], place=place)
    assert order(binder, volume) == [items[n] for n in expected]


def test_pages_are_numbered_through_as_they_lie(web: Visitors, binder: Browser, volume: UUID) -> None:
    bound(binder, volume, drafts(web.house, 2))
    page = shown(binder, volume)
    assert "第 1–2 页" in page
    assert "第 3–4 页" in page


def test_the_last_step_is_undone_and_done_again(web: Visitors, binder: Browser, volume: UUID) -> None:
    items = bound(binder, volume, drafts(web.house, 2))
    act(binder, volume, "move", item=items[1], place="1")
    act(binder, volume, "undo")
    assert order(binder, volume) == items
    act(binder, volume, "redo")
    assert order(binder, volume) == items[::-1]


def test_a_script_is_given_the_desk_alone_and_a_word_for_the_live_region(
    web: Visitors, binder: Browser, volume: UUID
) -> None:
    (item,) = drafts(web.house, 1)
    answer = act(binder, volume, "take", item=item, part="bench")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="bench"' in answer.text
    assert 'data-told="已放入案卷。"' in answer.text


@pytest.mark.parametrize("part", ["bench", ""])
def test_a_stale_page_is_told_what_changed_and_by_whom(
    web: Visitors, binder: Browser, volume: UUID, part: str
) -> None:
    items = bound(binder, volume, drafts(web.house, 2))
    seen = revision(binder, volume)
    act(binder, volume, "move", item=items[1], place="1")
    answer = binder.post(f"/binding/{volume}/back", revision=seen, item=items[0], part=part)
    text = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "Archivist：调整次序" in text
    assert "载入最新内容" in text
    assert ("<html" in text) == (part == "")
    assert order(binder, volume) == items[::-1]


@pytest.mark.parametrize("part", ["bench", ""])
def test_what_cannot_be_done_is_said_in_words(
    web: Visitors, binder: Browser, volume: UUID, part: str
) -> None:
    answer = act(binder, volume, "undo", part=part)
    assert answer.status_code == 409
    assert 'class="trouble"' in answer.text
    assert ("<html" in answer.text) == (part == "")


def test_a_stack_is_split_where_documents_begin(web: Visitors, binder: Browser, volume: UUID) -> None:
    stack = web.house.draft_item(["一", "二", "三", "四"])
    act(binder, volume, "take", item=str(stack.uid))
    form = html.unescape(binder.get(f"/binding/{volume}/split/{stack.uid}").text)
    assert form.count('name="first"') == 4
    answer = act(binder, volume, f"split/{stack.uid}", first="3")
    assert answer.status_code == 303
    assert len(order(binder, volume)) == 2
    assert "第 3–4 页" in shown(binder, volume)


def test_splitting_nothing_is_said_on_the_strip(web: Visitors, binder: Browser, volume: UUID) -> None:
    stack = web.house.draft_item(["一", "二"])
    act(binder, volume, "take", item=str(stack.uid))
    answer = act(binder, volume, f"split/{stack.uid}")
    assert answer.status_code == 422
    assert 'class="trouble"' in answer.text


def test_a_document_that_is_not_there_has_no_strip(binder: Browser, volume: UUID) -> None:
    assert binder.get(f"/binding/{volume}/split/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["", "/cover.pdf", "/spine.pdf", "/register.pdf", "/remarks.pdf", f"/split/{UUID(int=7)}"],
)
def test_a_folder_that_is_hidden_looks_like_none(web: Visitors, address: str) -> None:
    """A title of T4 is above what a claims handler may know of."""
    hidden = web.house.open_volume(tier=4)
    answers = [web.browser(web.house.handler).get(f"/binding/{uid}{address}") for uid in (hidden, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("kind", ["cover", "spine", "register", "remarks"])
def test_a_draft_is_printed_as_one(web: Visitors, binder: Browser, volume: UUID, kind: str) -> None:
    bound(binder, volume, drafts(web.house, 1))
    answer = binder.get(f"/binding/{volume}/{kind}.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert PdfReader(BytesIO(answer.content)).pages
    program = web.program(web.house.archivist).get(f"/api/v1/volumes/{volume}/prints/{kind}")
    assert program.content == answer.content


def test_a_print_is_an_entry_of_the_log(web: Visitors, binder: Browser, volume: UUID) -> None:
    before = len(web.house.log())
    binder.get(f"/binding/{volume}/cover.pdf")
    (entry,) = web.house.log()[before:]
    assert f"volume:{volume}" in {entry.target, *entry.objects}
