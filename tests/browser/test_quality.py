"""A batch is checked by keyboard alone, and its item described with what the reading proposes and somebody confirms."""

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.browser.sitting import Desk, chromium, web
from tests.cast import Made
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGES = ["入院记录\n姓名：张伟\n病案号：00123456", "測試頁", "出院记录\n出院日期：2024年3月18日"]


def chosen(page: Page) -> str:
    return page.locator("input[name=page]:checked + label .name").inner_text()


def check(page: Page) -> None:
    """Accept the first, leave out the second with a reason, turn the third and take it back."""
    page.get_by_role("navigation").get_by_role("link", name="质检").click()
    page.get_by_role("link", name="质检", exact=True).last.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".leaf")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.locator(".leaf").nth(0)).to_contain_text("已通过")
    assert chosen(page).startswith("第 2 页")
    page.keyboard.press("x")
    page.keyboard.type("测试页")
    page.keyboard.press("Enter")
    expect(page.locator(".leaf").nth(1)).to_contain_text("已排除")
    expect(page.locator(".leaf:has(input:checked) .about")).to_contain_text("测试页")
    page.keyboard.press("j")
    page.keyboard.press("]")
    expect(page.locator(".leaf").nth(2).locator("img")).to_have_class("c2 turn-90")
    page.keyboard.press("u")
    expect(page.locator(".leaf").nth(2).locator("img")).to_have_class("c2 turn-0")
    expect(page.locator(".head .num")).to_have_text("2/3")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.locator(".leaf").nth(2)).not_to_contain_text("待重扫")


def describe(page: Page, made: Made, address: str) -> None:
    page.goto(f"{address}/items/{made.uid}/describe")
    expect(page.locator("[name=person1_name]")).to_have_value("")
    chip = page.locator(".chip", has_text="张伟")
    chip.get_by_role("link", name="第 1 页").click()
    expect(page.locator("#leaf-1 svg.hits polygon")).to_have_count(1)
    for number in range(1, page.locator("[data-nth]").count() + 1):
        page.keyboard.press(f"Alt+{number}")
    expect(page.locator("[name=person1_name]")).to_have_value("张伟")
    expect(page.locator("[name=person1_part]")).to_have_value("患者")
    expect(page.locator("[name=number1_value]")).to_have_value("00123456")
    expect(page.locator("[name=doc_date]")).to_have_value("2024-03-18")
    page.locator("select[name=volume]").select_option(index=1)
    page.locator("[name=tier]").select_option("3")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("著录已保存")


def test_a_batch_is_checked_by_keyboard_and_described_with_confirmed_proposals(
    web: Visitors, chromium: Chromium
) -> None:
    made = web.house.draft_item(PAGES)
    web.house.open_volume()
    desk = Desk(chromium, web.address)
    page = desk.sit_down("archivist")
    check(page)
    web.house.index()
    describe(page, made, web.address)
    assert desk.troubles == []
