"""Folders bound in a real browser: by mouse, by keyboard alone, over a lost line and beside a colleague who was faster."""

from collections.abc import Callable

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect

from tests.binding.conftest import Desk as Binding
from tests.browser.sitting import Desk, chromium, web
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser

TITLES = {"survey_report": "查勘报告", "claim_form": "理赔申请书", "conclusion": "结案报告书"}
LOST = "没有连上服务器"


@pytest.fixture
def binding(web: Visitors) -> Binding:
    """Three loose documents, described, and a folder that nobody has begun to bind."""
    binding = Binding(web.house, web.house.open_volume(tier=2))
    for kind, title in TITLES.items():
        binding.described(kind, "一页", "二页", title=title)
    return binding


def loose(page: Page) -> Locator:
    return page.locator(".loose li[data-item]")


def rows(page: Page) -> Locator:
    return page.locator(".folder li[data-item]")


def row(page: Page, title: str) -> Locator:
    return page.locator(f'#bench li[data-title="{title}"]')


def expect_order(page: Page, *titles: str) -> None:
    expect(rows(page).locator(".name")).to_have_text(titles)


def open_folder(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="组卷").click()
    page.locator("main tbody a").first.click()
    expect(page.locator("#bench")).to_be_visible()


def drag(page: Page, title: str, to: Locator, *, below: bool = True) -> None:
    """From the grip of a document to the upper or lower edge of another, or into the empty folder."""
    expect(page.locator("#bench:not([aria-busy])")).to_be_visible()
    grip = row(page, title).locator("[data-grip]").bounding_box()
    aim = to.bounding_box()
    assert grip is not None
    assert aim is not None
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 20, grip["y"] + 20, steps=3)
    page.mouse.move(aim["x"] + 60, aim["y"] + (aim["height"] - 3 if below else 3), steps=8)
    page.mouse.up()


def press_until(page: Page, key: str, is_there: Callable[[], bool]) -> None:
    for _ in range(150):
        if is_there():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead there")


def tab_to(page: Page, label: str) -> None:
    """As a person without a mouse finds a button or field."""
    said = (
        "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"
    )
    press_until(page, "Tab", lambda: page.evaluate(said) == label)


def qr_of(page: Page) -> str:
    answer = page.request.get(f"{page.url.split('?')[0]}/cover.pdf")
    assert answer.status == 200
    image = pypdfium2.PdfDocument(answer.body())[0].render(scale=300 / 72, grayscale=True).to_pil()
    (text,) = [
        code.text for code in zxingcpp.read_barcodes(image) if code.format == zxingcpp.BarcodeFormat.QRCode
    ]
    return text


def test_documents_are_arranged_by_keyboard_alone(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    binding.begin("cn.policy_book")
    desk = Desk(chromium, web.address)
    page = desk.sit_down("archivist")
    page.goto(f"{web.address}/binding/{binding.volume}")
    page.keyboard.press("l")
    first = loose(page).first.get_attribute("data-title") or ""
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("l")
    press_until(page, "l", lambda: page.evaluate("Boolean(document.activeElement.closest('.loose'))"))
    second = page.evaluate("document.activeElement.dataset.title")
    page.keyboard.press("Enter")
    expect_order(page, first, second)
    page.keyboard.press("j")
    press_until(page, "j", lambda: page.evaluate("document.activeElement.dataset.title") == second)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#told")).to_contain_text(f"《{second}》移到第 1 件，共 2 件")
    expect(page.locator("#bench")).to_have_attribute("data-told", "次序已更新。")
    expect_order(page, second, first)
    expect(row(page, second)).to_be_focused()
    page.keyboard.press("Control+z")
    expect_order(page, first, second)
    assert desk.troubles == []


@pytest.mark.long
def test_a_folder_is_bound_by_mouse_checked_by_another_and_its_cover_reads_back(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    desk = Desk(chromium, web.address)
    binder = desk.sit_down("archivist")
    open_folder(binder)
    binder.get_by_label("整理模板").select_option(label="理赔案卷")
    binder.get_by_role("button", name="开始组卷").click()
    expect(loose(binder)).to_have_count(3)
    drag(binder, "查勘报告", binder.locator(".folder ol.documents"))
    expect_order(binder, "查勘报告")
    drag(binder, "理赔申请书", rows(binder).first, below=False)
    expect_order(binder, "理赔申请书", "查勘报告")
    drag(binder, "结案报告书", rows(binder).last)
    expect_order(binder, "理赔申请书", "查勘报告", "结案报告书")
    drag(binder, "结案报告书", rows(binder).nth(1), below=False)
    expect_order(binder, "理赔申请书", "结案报告书", "查勘报告")
    expect(rows(binder).last).to_contain_text("第 5–6 页")
    binder.get_by_role("button", name="按模板排序").click()
    expect_order(binder, "结案报告书", "查勘报告", "理赔申请书")
    binder.get_by_label("本卷情况说明").fill("第二页有折痕。")
    binder.get_by_role("button", name="整理完毕，送检查").click()
    expect(binder.locator(".folder h2 .badge")).to_have_text("待检查")
    check(desk, binding)
    assert desk.troubles == []


def check(desk: Desk, binding: Binding) -> None:
    """By another person, who also says what need not be there."""
    page = desk.sit_down("other_archivist")
    page.on("dialog", lambda dialog: dialog.accept())
    open_folder(page)
    page.get_by_role("button", name="开始检查").click()
    expect(rows(page)).to_have_count(3)
    missing = page.locator(".slots .missing")
    while count := missing.count():
        missing.first.locator("summary").click()
        missing.first.get_by_label("理由").fill("无此材料")
        missing.first.get_by_role("button", name="准予").click()
        expect(missing).to_have_count(count - 1)
    page.get_by_role("button", name="检查合格，归档").click()
    expect(page.locator(".folder h2 .badge")).to_have_text("已归档")
    code = page.locator(".facts .code").inner_text()
    assert qr_of(page).startswith(f"V1;VOL={code};UID={binding.volume};CRC=")


@pytest.mark.long
def test_a_folder_is_bound_checked_and_archived_by_keyboard_alone(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    desk = Desk(chromium, web.address)
    binder = desk.sit_down("archivist")
    binder.goto(f"{web.address}/binding/{binding.volume}")
    binder.locator("select[name=template]").focus()
    binder.keyboard.press("End")
    tab_to(binder, "开始组卷")
    binder.keyboard.press("Enter")
    expect(loose(binder)).to_have_count(3)
    for count in (1, 2, 3):
        press_until(
            binder, "l", lambda: binder.evaluate("Boolean(document.activeElement.closest('.loose li'))")
        )
        binder.keyboard.press("Enter")
        expect(rows(binder)).to_have_count(count)
    tab_to(binder, "整理完毕，送检查")
    binder.keyboard.press("Enter")
    expect(binder.locator(".folder h2 .badge")).to_have_text("待检查")
    checker = desk.sit_down("other_archivist")
    checker.on("dialog", lambda dialog: dialog.accept())
    checker.goto(f"{web.address}/binding/{binding.volume}")
    tab_to(checker, "开始检查")
    checker.keyboard.press("Enter")
    expect(rows(checker)).to_have_count(3)
    tab_to(checker, "检查合格，归档")
    checker.keyboard.press("Enter")
    expect(checker.locator(".folder h2 .badge")).to_have_text("已归档")
    assert str(binding.volume) in qr_of(checker)
    assert desk.troubles == []


@pytest.mark.long
def test_a_line_that_is_lost_in_mid_drag_puts_the_order_back_and_says_so(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    binding.begin("cn.policy_book")
    page = Desk(chromium, web.address).sit_down("archivist")
    page.goto(f"{web.address}/binding/{binding.volume}")
    for title in TITLES.values():
        row(page, title).get_by_role("button", name="放入案卷").click()
        expect(row(page, title).locator(".number")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    drag(page, "查勘报告", rows(page).last)
    expect(page.locator("#says")).to_contain_text(LOST)
    expect_order(page, *TITLES.values())
    page.context.set_offline(False)
    drag(page, "查勘报告", rows(page).last)
    expect_order(page, "理赔申请书", "结案报告书", "查勘报告")


@pytest.mark.long
def test_a_stale_tab_is_told_who_changed_what_and_loads_it_by_a_button(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    binding.begin("cn.policy_book")
    page = Desk(chromium, web.address).sit_down("archivist")
    page.goto(f"{web.address}/binding/{binding.volume}")
    row(page, "查勘报告").get_by_role("button", name="放入案卷").click()
    expect_order(page, "查勘报告")
    other = page.context.new_page()
    other.goto(page.url)
    row(other, "理赔申请书").get_by_role("button", name="放入案卷").click()
    expect_order(other, "查勘报告", "理赔申请书")
    row(page, "结案报告书").get_by_role("button", name="放入案卷").click()
    expect(page.locator("#stale")).to_contain_text("Archivist：放入文件")
    expect_order(page, "查勘报告")
    page.get_by_role("link", name="载入最新内容").click()
    expect_order(page, "查勘报告", "理赔申请书")


@pytest.mark.long
def test_a_stack_is_split_on_its_page_strip_and_the_step_is_taken_back(
    web: Visitors, chromium: Chromium, binding: Binding
) -> None:
    binding.begin("cn.policy_book")
    page = Desk(chromium, web.address).sit_down("archivist")
    page.goto(f"{web.address}/binding/{binding.volume}")
    row(page, "查勘报告").get_by_role("button", name="放入案卷").click()
    row(page, "查勘报告").get_by_role("link", name="拆分").click()
    image = page.locator(".strip img")
    expect(image).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_label("第 2 页").check()
    page.get_by_role("button", name="拆分").click()
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(rows(page)).to_have_count(1)
