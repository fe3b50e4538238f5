"""Files come in by the page's script: dragged, cancelled, broken off and gone on with, also after the tab was closed."""

import random
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Locator, Page, expect

from archive.desks.intake import processing
from archive.desks.intake.parts import PART_BYTES
from tests.browser.sitting import Desk, chromium, web
from tests.cast import House, sign_in, small_jpeg
from tests.web.test_parts import send
from tests.web.visiting import Visitors

__all__ = ["chromium", "web"]

pytestmark = pytest.mark.browser

LARGE = random.Random(3).randbytes(3 * PART_BYTES - 5000)
SLOW = 3 * 1024 * 1024
"""Bytes a second."""

DROP = """([name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def program(web: Visitors) -> httpx.Client:
    return web.program(web.house.archivist)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "大卷.tif"
    path.write_bytes(LARGE)
    return path


def at_the_board(desk: Desk) -> Page:
    page = desk.sit_down("archivist")
    page.goto(f"{desk.address}/intake")
    expect(page.get_by_role("button", name="选择文件", exact=True)).to_be_visible()
    return page


def slowed(page: Page) -> CDPSession:
    line = page.context.new_cdp_session(page)
    connect(line, is_on=True)
    return line


def connect(line: CDPSession, *, is_on: bool) -> None:
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": not is_on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW},
    )


def choose(page: Page, *files: Path) -> None:
    page.locator("[data-files]").set_input_files(files)


def row(page: Page, name: str) -> Locator:
    """The newest of this name."""
    return page.locator("#uploads li").filter(has_text=name).last


def deposits(program: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = program.get("/api/v1/deposits").json()
    return found


def parts_of(program: httpx.Client, deposit: object) -> int:
    return len(program.get(f"/api/v1/deposits/{deposit}/parts").json()["kept"])


def until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to this")


def content_of(house: House, deposit: object) -> bytes:
    gate = house.reader_gate()
    taken = gate.run(processing.take, UUID(str(deposit)))
    return gate.load(taken.permit, taken.value.master)


def is_sealed(house: House, deposit: object) -> bool:
    return sha256(content_of(house, deposit)).digest() == sha256(LARGE).digest()


def test_a_file_that_is_dropped_on_the_page_is_received_and_stands_on_the_board(
    web: Visitors, chromium: Chromium, program: httpx.Client
) -> None:
    desk = Desk(chromium, web.address)
    page = at_the_board(desk)
    page.locator("select[name=into]").select_option("fonds:A001")
    page.evaluate(DROP, ["第一页.jpg", _base64(small_jpeg())])
    expect(row(page, "第一页.jpg")).to_contain_text("已收到")
    expect(page.locator("#deposits tbody tr")).to_contain_text("待识别")
    expect(page.locator("select[name=into] option:checked")).to_have_text("刚才开始的一批，全宗 A001")
    page.evaluate(DROP, ["合同.docx", _base64(b"PK")])
    expect(row(page, "合同.docx")).to_contain_text("不接收扩展名为 .docx 的文件")
    assert [(d["name"], d["state"]) for d in deposits(program)] == [("第一页.jpg", "received")]
    assert desk.troubles == []


@pytest.mark.long
def test_progress_is_what_the_server_has_and_a_cancelled_upload_leaves_nothing(
    web: Visitors, chromium: Chromium, program: httpx.Client, large: Path
) -> None:
    page = at_the_board(Desk(chromium, web.address))
    slowed(page)
    page.locator("select[name=into]").select_option("fonds:A001")
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已存妥 8.0 MiB", timeout=20_000)
    expect(row(page, large.name).get_by_role("progressbar")).to_have_attribute("aria-valuenow", "33")
    [deposit] = deposits(program)
    assert parts_of(program, deposit["deposit"]) == 1
    row(page, large.name).get_by_role("button", name="取消").click()
    expect(row(page, large.name)).to_contain_text("已取消")
    until(page, lambda: deposits(program)[0]["state"] == "refused")
    assert not [path for path in web.house.archive.settings.objects.rglob("*") if path.is_file()]


@pytest.mark.long
def test_a_lost_connection_is_waited_for_and_the_file_goes_on(
    web: Visitors, chromium: Chromium, program: httpx.Client, large: Path
) -> None:
    page = at_the_board(Desk(chromium, web.address))
    line = slowed(page)
    page.locator("select[name=into]").select_option("fonds:A001")
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已存妥 8.0 MiB", timeout=20_000)
    connect(line, is_on=False)
    expect(row(page, large.name)).to_contain_text("网络已断开")
    connect(line, is_on=True)
    expect(row(page, large.name)).to_contain_text("已收到", timeout=20_000)
    [deposit] = deposits(program)
    assert is_sealed(web.house, deposit["deposit"])


@pytest.mark.long
def test_after_the_tab_was_closed_the_same_file_goes_on_where_it_broke_off(
    web: Visitors, chromium: Chromium, program: httpx.Client, large: Path
) -> None:
    desk = Desk(chromium, web.address)
    page = at_the_board(desk)
    slowed(page)
    page.locator("select[name=into]").select_option("fonds:A001")
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已存妥 8.0 MiB", timeout=20_000)
    page.context.close()

    page = at_the_board(desk)
    expect(row(page, large.name)).to_contain_text("上次未传完")
    [deposit] = deposits(program)
    there = parts_of(program, deposit["deposit"])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已收到", timeout=20_000)
    assert [url.rpartition("/")[2] for url in sent] == [str(n) for n in range(there + 1, 4)]
    assert is_sealed(web.house, deposit["deposit"])
    assert len(deposits(program)) == 1


@pytest.mark.long
def test_another_file_of_the_same_name_and_size_is_no_resumption(
    web: Visitors, chromium: Chromium, program: httpx.Client, tmp_path: Path
) -> None:
    name = "同名.tif"
    begun = program.post("/api/v1/deposits", json={"name": name, "size": len(LARGE), "fonds": "A001"}).json()
    send(program, begun["deposit"], 1, LARGE[:PART_BYTES])
    page = at_the_board(Desk(chromium, web.address))
    page.locator("select[name=into]").select_option(index=1)
    other = tmp_path / name
    other.write_bytes(bytes(len(LARGE)))
    choose(page, other)
    expect(row(page, name)).to_contain_text("已收到", timeout=20_000)
    newest, older = deposits(program)
    assert (newest["state"], older["state"], older["parts_kept"]) == ("received", "receiving", 1)


@pytest.mark.long
def test_a_session_that_ends_in_mid_upload_is_waited_for(
    web: Visitors, chromium: Chromium, program: httpx.Client, large: Path
) -> None:
    desk = Desk(chromium, web.address)
    page = at_the_board(desk)
    slowed(page)
    page.locator("select[name=into]").select_option("fonds:A001")
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已存妥 8.0 MiB", timeout=20_000)
    page.context.clear_cookies()
    expect(page.get_by_role("link", name="重新登录")).to_be_visible(timeout=20_000)
    again = sign_in(web.house.archive, "archivist").token
    assert again is not None
    page.context.add_cookies([{"name": "juanzong", "value": again, "url": web.address}])
    expect(row(page, large.name)).to_contain_text("已收到", timeout=30_000)
    assert is_sealed(web.house, deposits(program)[0]["deposit"])


@pytest.mark.long
def test_three_hundred_files_at_once_two_of_one_name_among_them_arrive_in_one_batch(
    web: Visitors, chromium: Chromium, program: httpx.Client, tmp_path: Path
) -> None:
    page = at_the_board(Desk(chromium, web.address))
    page.locator("select[name=into]").select_option("fonds:A001")
    files = [tmp_path / f"{n}" / ("同名.jpg" if n < 2 else f"第{n}页.jpg") for n in range(300)]
    for n, file in enumerate(files):
        file.parent.mkdir()
        file.write_bytes(small_jpeg() + bytes([n % 256, n // 256]))
    page.locator("[data-files]").set_input_files(files)
    expect(page.locator("[data-sum]")).to_contain_text("300 / 300 个文件", timeout=120_000)
    found = program.get("/api/v1/deposits", params={"limit": 500}).json()
    assert {d["state"] for d in found} == {"received"}
    assert len({d["batch"] for d in found}) == 1
    assert sorted(d["name"] for d in found).count("同名.jpg") == 2
    assert len(found) == 300


@pytest.mark.long
def test_a_file_that_changes_while_it_is_uploaded_is_told_and_called_off(
    web: Visitors, chromium: Chromium, program: httpx.Client, large: Path
) -> None:
    page = at_the_board(Desk(chromium, web.address))
    slowed(page)
    page.locator("select[name=into]").select_option("fonds:A001")
    choose(page, large)
    expect(row(page, large.name)).to_contain_text("已存妥 8.0 MiB", timeout=20_000)
    large.write_bytes(LARGE[::-1])
    expect(row(page, large.name)).to_contain_text("文件在上传期间被修改", timeout=20_000)
    until(page, lambda: deposits(program)[0]["state"] == "refused")


@pytest.mark.long
def test_what_is_marked_and_focused_stays_so_when_the_board_is_fresh(
    web: Visitors, chromium: Chromium, program: httpx.Client
) -> None:
    for name in ("一.tif", "二.tif"):
        program.post("/api/v1/deposits", json={"name": name, "size": 9, "fonds": "A001"})
    page = at_the_board(Desk(chromium, web.address))
    page.get_by_label("选中 一.tif").check()
    cancel = page.locator("#deposits tr", has_text="二.tif").get_by_role("button", name="取消上传")
    cancel.focus()
    web.house.receive()
    expect(page.locator("#deposits tbody tr")).to_have_count(3, timeout=15_000)
    expect(page.get_by_label("选中 一.tif")).to_be_checked()
    expect(page.get_by_label("选中 二.tif")).not_to_be_checked()
    expect(cancel).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".many").get_by_role("button", name="取消上传").click()
    expect(page.locator("[data-board-said]")).to_have_text("已取消 1 个文件的上传。")
    expect(page.locator("#deposits tbody tr", has_text="一.tif")).to_contain_text("已拒收")


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
