"""Finding a page by a name that the OCR read, borrowing it, approving with the asker's history, reading by keys, giving back."""

import io
import re
from functools import cache

import pytest
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import update

from archive.holdings.tables import Page as PageRow
from tests import cast
from tests.browser.sitting import Desk, chromium, web
from tests.cast import Made
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser

TITLE = "机动车人伤理赔案卷"
TEXTS = ["封面", "傷者陳怡君主訴頸部疼痛", "中頁", "陳怡君\n複診記錄\n陳怡君簽名", "末頁"]


@cache
def sheet() -> bytes:
    file = io.BytesIO()
    Image.new("L", (700, 1000), "white").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def item(web: Visitors, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setattr(cast, "small_jpeg", sheet)
    made = web.house.archived_item(title=TITLE, texts=TEXTS)
    web.house.change(lambda session: session.execute(update(PageRow).values(width=700, height=1000)))
    return made


def stands_at(page: Page, number: int) -> None:
    expect(page.get_by_alt_text(f"第 {number} 页的图像")).to_be_visible()
    page.wait_for_load_state("networkidle")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def width_of(page: Page) -> float:
    width: float = page.locator("figure").first.evaluate("figure => figure.getBoundingClientRect().width")
    return width


@pytest.mark.long
def test_the_reader_is_walked_by_keys_alone(web: Visitors, chromium: Chromium, item: Made) -> None:
    web.house.lend(item, to=web.house.handler)
    desk = Desk(chromium, web.address)
    page = desk.sit_down("handler")
    page.goto(f"{web.address}/read/{item.uid}/2?q=陈怡君")
    stands_at(page, 2)
    expect(page.locator(".strip .tick")).to_have_text([re.compile("2"), re.compile("4")])
    expect(page.locator("polygon.now")).to_have_count(1)

    press(page, "n")
    stands_at(page, 4)
    press(page, "n")
    expect(page.locator("polygon").nth(1)).to_have_class("now")
    press(page, "p", "p")
    stands_at(page, 2)
    press(page, "End")
    stands_at(page, 5)
    press(page, "3", "Enter")
    stands_at(page, 3)
    press(page, "f")
    fitted = width_of(page)
    press(page, "+")
    assert width_of(page) > fitted
    press(page, "f", "ArrowLeft")
    stands_at(page, 2)
    assert width_of(page) == pytest.approx(fitted, abs=2), "the zoom goes along from page to page"
    press(page, "d")
    stands_at(page, 3)
    press(page, "PageDown")
    stands_at(page, 5)
    press(page, "t")
    expect(page.locator(".words").first).to_contain_text("複診記錄")
    assert desk.troubles == []


@pytest.mark.long
def test_a_page_is_found_asked_for_in_place_approved_with_history_read_and_returned(
    web: Visitors, chromium: Chromium, item: Made
) -> None:
    desk = Desk(chromium, web.address)
    handler = desk.sit_down("handler")
    handler.goto(f"{web.address}/search?q=陈怡君")
    press(handler, "j", "l")
    handler.get_by_label("利用目的").select_option(label="理赔处理")
    handler.get_by_label("理由").fill("核对伤情")
    handler.get_by_role("button", name="提交申请").click()
    expect(handler.get_by_role("status").first).to_contain_text("申请已提交")
    expect(handler).to_have_url(re.compile(r"/search\?q="))

    supervisor = desk.sit_down("supervisor")
    supervisor.goto(f"{web.address}/loans/waiting")
    press(supervisor, "j", "h")
    expect(supervisor.locator(".history")).to_contain_text("没有以往的申请")
    press(supervisor, "a")
    supervisor.keyboard.type("案件在办")
    press(supervisor, "Control+Enter")
    expect(supervisor.get_by_role("status").first).to_contain_text("已同意")

    handler.goto(f"{web.address}/read/{item.uid}/2?q=陈怡君")
    stands_at(handler, 2)
    handler.goto(f"{web.address}/loans")
    expect(handler.get_by_text("剩余 15 天")).to_be_visible()
    handler.get_by_role("button", name="归还").click()
    expect(handler.get_by_role("status").first).to_contain_text("已归还")
    assert desk.troubles == []


@pytest.mark.long
def test_a_search_is_narrowed_in_place_and_the_address_says_to_what(
    web: Visitors, chromium: Chromium, item: Made
) -> None:
    web.house.archived_item(title="另一卷", texts=["陳怡君"], tier=2)
    desk = Desk(chromium, web.address)
    page = desk.sit_down("handler")
    page.goto(f"{web.address}/search?q=陈怡君")
    expect(page.locator(".results > li")).to_have_count(2)
    page.get_by_label("T2 内部").check()
    expect(page.locator(".results > li")).to_have_count(1)
    expect(page).to_have_url(re.compile("tier=2"))
    page.reload()
    expect(page.get_by_label("T2 内部")).to_be_checked()
    assert desk.troubles == []
