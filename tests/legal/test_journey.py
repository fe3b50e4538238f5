"""The evidence journey in a real browser: a matter, a hold, a package, a second person, a bag that a court verifies."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.browser.sitting import Desk as Screens
from tests.browser.sitting import chromium, web
from tests.legal.bags import is_valid, packed_verifier, sums_hold
from tests.legal.conftest import Desk
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser


def go_to(page: Page, entry: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=entry, exact=True).click()


def file_the_claim(page: Page, code: str) -> None:
    go_to(page, "法务案件")
    page.get_by_label("名称或案由").fill("张三诉本公司")
    page.get_by_role("button", name="建立").click()
    page.get_by_label("档号或档案编号").fill(code)
    page.get_by_role("button", name="收录", exact=True).click()
    expect(page.get_by_role("cell", name=code)).to_be_visible()


def hold_it(page: Page) -> None:
    page.get_by_role("link", name="冻结档案").click()
    page.get_by_label("检索词").fill("腰椎")
    page.get_by_role("button", name="预览").click()
    page.get_by_label("理由").fill("诉讼保全")
    page.get_by_role("button", name="立即冻结").click()
    expect(page.get_by_text("已冻结，即时生效")).to_be_visible()


def ask_for_evidence(page: Page) -> None:
    go_to(page, "法务案件")
    page.get_by_role("link", name="M2026-000001").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="预览将要离开的内容").click()
    page.get_by_label("接收方").fill("某区人民法院")
    page.get_by_label("法律文书号").fill("（2026）民初1号")
    page.get_by_role("button", name="提交，等待第二人放行").click()
    expect(page.get_by_text("申请已提交")).to_be_visible()


def release(page: Page) -> None:
    go_to(page, "证据放行")
    page.get_by_label("意见").fill("核对无误")
    page.get_by_role("button", name="放行").click()
    expect(page.get_by_text("已放行，申请人现在可以下载")).to_be_visible()


def download(page: Page, folder: Path) -> Path:
    go_to(page, "证据包")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载").click()
    started.value.save_as(folder / "bag.zip")
    with zipfile.ZipFile(folder / "bag.zip") as archive:
        archive.extractall(folder / "unpacked")
    [bag] = (folder / "unpacked").iterdir()
    return bag


@pytest.mark.long
def test_from_a_matter_to_a_verified_bag(
    web: Visitors, desk: Desk, chromium: Chromium, tmp_path: Path
) -> None:
    item = desk.claim(texts=("腰椎压缩性骨折", "末页"), title="人伤案卷")
    screens = Screens(chromium, web.address)
    legal = screens.sit_down("legal")
    file_the_claim(legal, desk.house.item(item).reference_code or "")
    hold_it(legal)
    ask_for_evidence(legal)
    release(screens.sit_down("archivist"))
    bag = download(legal, tmp_path)
    assert (is_valid(bag), sums_hold(bag), packed_verifier(bag).code) == (True, True, 0)
    # Chromium calls the request that became the download a failed one
    assert [said for said in screens.troubles if not said.endswith("/take")] == []
