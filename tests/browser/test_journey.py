"""The main job in a real browser: found, asked for, approved, read, given back, and seen in the log.

One journey, because what is to be shown is that the pages lead from one to the next, with nothing blocked by the
content security policy, nothing complained of in the console, and nothing fetched from anywhere else.
"""

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.browser.sitting import Desk, chromium, web
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser

TITLE = "机动车人伤理赔案卷"
TEXTS = ["封面", "傷者陳怡君主訴頸部疼痛", "末頁"]


def look_for(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def ask(page: Page) -> None:
    look_for(page, "陈怡君")
    expect(page.get_by_text("第 2 页有匹配")).to_be_visible()
    page.get_by_role("link", name="申请借阅").click()
    page.get_by_label("利用目的").select_option(label="理赔处理")
    page.get_by_label("理由").fill("核对伤情")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_contain_text("申请已提交")


def approve(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="借阅审批").click()
    page.get_by_label("意见").fill("同意")
    page.get_by_role("button", name="同意").click()
    expect(page.get_by_role("status")).to_contain_text("已同意")


def read(page: Page) -> None:
    look_for(page, "陈怡君")
    expect(page.locator("mark")).to_have_text("陳怡君")
    page.get_by_role("link", name="阅览").click()
    expect_drawn(page, 2)
    expect(page.locator("svg.hits polygon")).to_have_count(1)
    page.get_by_role("link", name="下一页").first.click()
    expect_drawn(page, 3)
    page.go_back()
    expect_drawn(page, 2)


def expect_drawn(page: Page, number: int) -> None:
    image = page.get_by_alt_text(f"第 {number} 页的图像")
    expect(image).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")


def give_back(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="我的借阅").click()
    page.get_by_role("button", name="归还").click()
    expect(page.get_by_role("status")).to_contain_text("已归还")
    expect(page.get_by_role("button", name="归还")).to_have_count(0)


def see_in_the_log(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="访问日志").click()
    page.get_by_label("人员").fill("handler")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("link", name="清除")).to_be_visible()
    told = page.locator("tbody tr td:nth-child(4)").all_inner_texts()
    assert {"检索档案", "申请借阅", "阅览页面", "归还"} <= set(told)


def test_a_page_is_found_lent_read_returned_and_seen_in_the_log(web: Visitors, chromium: Chromium) -> None:
    web.house.archived_item(title=TITLE, texts=TEXTS)
    desk = Desk(chromium, web.address)

    handler = desk.sit_down("handler")
    ask(handler)
    approve(desk.sit_down("supervisor"))
    read(handler)
    give_back(handler)
    see_in_the_log(desk.sit_down("auditor"))

    assert desk.troubles == []
