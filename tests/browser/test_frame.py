"""The frame in a real browser: its keys, lists, themes, and forms that lose nothing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from archive.accounts.tables import SignedIn
from tests.browser.sitting import Desk, chromium, web
from tests.cast import PASSWORD
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(web: Visitors, chromium: Chromium) -> Iterator[Desk]:
    sitting = Desk(chromium, web.address)
    yield sitting
    assert sitting.troubles == []


def test_the_list_of_items_is_worked_through_by_keys_alone(web: Visitors, desk: Desk) -> None:
    volume = web.house.archived_item(title="甲案卷").volume
    web.house.archived_item(title="乙案卷", volume=volume)
    page = desk.sit_down("archivist")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    items = key_of(page, "档案")
    page.keyboard.press("g")
    page.keyboard.press(items)
    expect(page.get_by_role("heading", name="档案", exact=False).first).to_be_visible()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="本页可用的按键")
    expect(keys).to_contain_text("下一件，并在右侧预览")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.get_by_role("complementary", name="预览")).to_contain_text("甲案卷")
    expect(page.get_by_text("已选 2 件，本页共 2 件")).to_be_visible()
    page.get_by_role("button", name="申请借阅所选").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="甲案卷")).to_be_visible()
    expect(page.get_by_role("cell", name="乙案卷")).to_be_visible()


def key_of(page: Page, entry: str) -> str:
    link = page.get_by_role("navigation", name="菜单").get_by_role("link", name=entry, exact=True)
    return link.get_attribute("data-key") or ""


# --- keys --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_single_keys_can_be_switched_off(desk: Desk) -> None:
    page = desk.sit_down("archivist")
    page.get_by_role("button", name="快捷键").click()
    page.get_by_label("使用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


@pytest.mark.long
def test_keys_do_nothing_while_somebody_types(desk: Desk) -> None:
    page = desk.sit_down("archivist")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("g1?/")
    expect(page.get_by_role("searchbox")).to_have_value("g1?/")
    expect(page.get_by_role("dialog")).to_be_hidden()


# --- what waits --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_bar_counts_what_waits_and_leads_there(web: Visitors, desk: Desk) -> None:
    web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    page = desk.sit_down("supervisor")
    expect(page.locator("#to-do-count")).to_have_text("1")
    page.get_by_role("link", name="待办").click()
    page.get_by_role("link", name="借阅申请待审批").click()
    expect(page.get_by_role("button", name="同意")).to_be_visible()


@pytest.mark.long
def test_it_is_counted_once_a_minute_and_anew_after_every_act(web: Visitors, desk: Desk) -> None:
    page = desk.sit_down("handler")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/to-dos") else None)
    for path in ("/loans", "/search", "/loans"):
        page.goto(web.address + path)
        page.wait_for_load_state("networkidle")
    assert asked == []
    page.evaluate(
        "document.querySelector('form[action=\"/sign-out\"]').dispatchEvent(new Event('submit', {bubbles: true}))"
    )
    page.goto(f"{web.address}/loans")
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


# --- forms that lose nothing ---------------------------------------------------------------------------------------


def open_description(web: Visitors, page: Page) -> None:
    made = web.house.archived_item(title="甲案卷")
    page.goto(f"{web.address}/items/{made.uid}/describe")


def end_sessions(web: Visitors) -> None:
    web.house.change(lambda session: session.execute(delete(SignedIn)))


@pytest.mark.long
def test_a_session_that_ends_while_somebody_writes_is_entered_again_on_the_same_page(
    web: Visitors, chromium: Chromium
) -> None:
    page = Desk(chromium, web.address).sit_down("archivist")
    open_description(web, page)
    page.get_by_label("附注").fill("写了很久的附注")
    end_sessions(web)
    page.get_by_role("button", name=re.compile("^保存")).first.click()
    dialog = page.get_by_role("dialog", name="登录已结束")
    dialog.get_by_label("密码").fill("not this one")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_be_visible()
    expect(page.get_by_text("写了很久的附注")).to_be_visible()


@pytest.mark.long
def test_somebody_else_who_signs_in_there_does_not_send_it(web: Visitors, chromium: Chromium) -> None:
    page = Desk(chromium, web.address).sit_down("archivist")
    open_description(web, page)
    page.get_by_label("附注").fill("不该由别人提交")
    end_sessions(web)
    page.get_by_role("button", name=re.compile("^保存")).first.click()
    dialog = page.get_by_role("dialog", name="登录已结束")
    dialog.get_by_label("用户名").fill("handler")
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("登录的是另一个账号")
    expect(page.get_by_label("附注")).to_have_value("不该由别人提交")


@pytest.mark.long
def test_what_was_written_stays_when_the_server_cannot_be_reached(web: Visitors, chromium: Chromium) -> None:
    page = Desk(chromium, web.address).sit_down("archivist")
    open_description(web, page)
    page.get_by_label("附注").fill("断网时写的")
    page.context.set_offline(True)
    page.get_by_role("button", name=re.compile("^保存")).first.click()
    expect(page.get_by_role("alert").first).to_contain_text("没有连上服务器")
    expect(page.get_by_label("附注")).to_have_value("断网时写的")
    page.context.set_offline(False)
    page.get_by_role("button", name=re.compile("^保存")).first.click()
    expect(page.get_by_text("断网时写的")).to_be_visible()


@pytest.mark.long
def test_ten_thousand_and_one_characters_are_told_and_nothing_is_cut_off(web: Visitors, desk: Desk) -> None:
    web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    page = desk.sit_down("supervisor")
    page.goto(f"{web.address}/loans/new?item={web.house.archived_item(title='甲').uid}")
    reason = page.get_by_label("理由")
    reason.fill("长" * 10_001)
    expect(page.get_by_text("现在有 10001 个")).to_be_visible()
    page.get_by_role("button", name="提交申请").click()
    assert "/loans/new" in page.url
    assert len(reason.input_value()) == 10_001
    reason.fill("短")
    expect(page.locator(".over")).to_have_text("")


@pytest.mark.long
def test_enter_while_composing_chooses_a_word_and_sends_nothing(web: Visitors, desk: Desk) -> None:
    page = desk.sit_down("archivist")
    field = page.get_by_role("searchbox")
    field.fill("陈")
    for told in ({"isComposing": True, "keyCode": 229}, {"isComposing": False, "keyCode": 229}):
        was_stopped = field.evaluate(
            """(field, told) => {
                const key = new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...told});
                return !field.dispatchEvent(key);
            }""",
            told,
        )
        assert was_stopped
    field.dispatch_event("compositionstart")
    field.press("Enter")
    assert page.url == f"{web.address}/"
    field.dispatch_event("compositionend")
    page.wait_for_timeout(50)
    field.press("Enter")
    page.wait_for_url("**/search?*")


@pytest.mark.long
def test_a_double_click_sends_once(web: Visitors, desk: Desk) -> None:
    web.house.ask_for(web.house.archived_item(), to=web.house.handler)
    page = desk.sit_down("supervisor")
    page.goto(f"{web.address}/loans/waiting")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_label("意见").first.fill("同意")
    page.get_by_role("button", name="同意").first.dblclick()
    expect(page.locator(".notice")).to_be_visible()
    assert len(posts) == 1


# --- without scripts, at twice the size, in the dark, on paper ---------------------------------------------------------


@pytest.mark.long
def test_without_scripts_everything_is_reached_by_links_and_forms(web: Visitors, chromium: Chromium) -> None:
    web.house.archived_item(title="甲案卷")
    page = chromium.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{web.address}/")
    page.get_by_label("用户名").fill("archivist")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="待办").click()
    expect(page.get_by_text("现在没有等您办理的事")).to_be_visible()
    page.get_by_role("link", name="档案", exact=True).click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="申请借阅所选").click()
    expect(page.get_by_role("cell", name="甲案卷")).to_be_visible()
    page.get_by_text("Archivist", exact=False).first.click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录卷宗")).to_be_visible()


@pytest.mark.long
def test_at_twice_the_size_nothing_is_lost_to_the_right(web: Visitors, desk: Desk) -> None:
    made = web.house.archived_item(title="甲" * 60)
    page = desk.sit_down("archivist")
    page.set_viewport_size({"width": 683, "height": 384})
    paths = [
        "/",
        "/to-dos",
        "/items",
        f"/items/{made.uid}",
        f"/items/{made.uid}/describe",
        "/holdings",
        "/intake",
    ]
    for path in [
        *paths,
        "/search?q=甲",
        "/loans",
        "/loans/waiting",
        "/roles",
        "/tokens",
        "/password",
        "/trail",
    ]:
        page.goto(web.address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.long
def test_the_dark_theme_is_chosen_and_page_images_stay_as_they_are(web: Visitors, desk: Desk) -> None:
    page = desk.sit_down("archivist")
    page.locator("details.mine summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(19, 24, 28)"
    made = web.house.archived_item()
    page.goto(f"{web.address}/read/{made.uid}/1?purpose=archive_work")
    image = page.get_by_role("img").first
    assert image.evaluate("image => getComputedStyle(image).filter") == "none"


@pytest.mark.long
def test_paper_has_what_was_read_and_nothing_to_press(web: Visitors, desk: Desk) -> None:
    web.house.archived_item(title="甲案卷")
    page = desk.sit_down("archivist")
    page.goto(f"{web.address}/items")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("link", name="甲案卷")).to_be_visible()
    for gone in ("header.bar", "nav.menu", "form.bulk", "td.acts"):
        expect(page.locator(gone).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
