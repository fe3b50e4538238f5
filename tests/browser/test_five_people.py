"""From an upload to a proved log, as five people do it in a whole office: real processes, a real engine, a real browser.

One story with a journey for each of the archivist, the handler, the supervisor, legal and the auditor; a second archivist
checks what the first has bound. ``--pictures FOLDER`` keeps what they saw: README and manual show it.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from archive.cli.session import Client
from demo.generate import case_files
from tests.browser.office import Office, office
from tests.legal.bags import is_valid, packed_verifier, sums_hold

pytestmark = [pytest.mark.browser, pytest.mark.long]

STACK = case_files(seed=7)[0]
NAME = "理赔案卷_新.pdf"
READ_NAME = "陈怡君"
SECOND = "second"


@pytest.fixture(scope="module")
def whole_office(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Office]:
    pictures = request.config.getoption("--pictures")
    with office(tmp_path_factory.mktemp("office"), Path(pictures) if pictures else None) as opened:
        hire_a_second_archivist(opened)
        yield opened


def hire_a_second_archivist(opened: Office) -> None:
    """The administrator makes the account, its owner chooses a password, an archivist approves the role."""
    crew = opened.crew
    made = crew.client("admin").post(
        "/api/v1/accounts", {"login": SECOND, "name": "程检", "unit": "HQ", "role": "archivist"}
    )
    crew.passwords[SECOND] = made["password"]
    chosen = "a checker of folders"
    crew.client(SECOND).put("/api/v1/me/password", {"old": made["password"], "new": chosen})
    crew.passwords[SECOND] = chosen
    archivist = crew.client("archivist")
    for waiting in archivist.get("/api/v1/roles/waiting"):
        archivist.post(f"/api/v1/roles/{waiting['uid']}/approve", {})


def go_to(page: Page, entry: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=entry, exact=True).click()


# --- the archivist -----------------------------------------------------------------------------------------


def upload(opened: Office, page: Page) -> None:
    go_to(page, "上传")
    page.locator("select[name=into]").select_option("fonds:A001")
    page.locator("[data-files]").set_input_files(
        FilePayload(name=NAME, mimeType="application/pdf", buffer=STACK.content)
    )
    expect(page.locator("#uploads li").filter(has_text=NAME)).to_contain_text("已收到")
    row = page.locator("#deposits tbody tr").filter(has_text=NAME)
    expect(row).to_contain_text("已识别", timeout=120_000)
    opened.picture(page, "board")


def look_at_the_pages(opened: Office, page: Page) -> None:
    go_to(page, "质检")
    page.locator("main tbody a").first.click()
    opened.picture(page, "quality")
    page.keyboard.press("a")


def open_a_volume(archivist: Client) -> str:
    holdings = archivist.get("/api/v1/holdings")
    series = next(one["uid"] for one in holdings["series"] if one["code"] == "LP")
    new = {"series": series, "title": "陈怡君机动车人伤理赔", "year": 2026, "tier": 3}
    return str(archivist.post("/api/v1/volumes", new)["uid"])


TITLES = {
    "1": ("claim_form", "理赔申请书"),
    "2": ("survey_report", "现场查勘记录"),
    "3": ("conclusion", "理赔决定通知书"),
}


def documents(page: Page) -> Locator:
    return page.locator(".folder li[data-item]")


def bind(opened: Office, page: Page, volume: str) -> None:
    page.goto(f"{opened.crew.address}/binding/{volume}")
    page.get_by_label("整理模板").select_option(label="理赔案卷")
    page.get_by_role("button", name="开始组卷").click()
    page.locator(".loose li[data-item]").first.get_by_role("button", name="放入案卷").click()
    expect(documents(page)).to_have_count(1)
    documents(page).first.get_by_role("link", name="拆分").click()
    page.get_by_label("第 2 页").check()
    page.get_by_label("第 3 页").check()
    opened.picture(page, "split")
    page.get_by_role("button", name="拆分").click()
    expect(documents(page)).to_have_count(3)
    describe_all(opened.crew.client("archivist"), volume)
    page.reload()
    page.get_by_role("button", name="按模板排序").click()
    expect(documents(page).first).to_contain_text("理赔决定通知书")
    opened.picture(page, "binding")
    page.get_by_role("button", name="整理完毕，送检查").click()
    expect(page.locator(".folder h2 .badge")).to_have_text("待检查")


def describe_all(archivist: Client, volume: str) -> None:
    folder = archivist.get(f"/api/v1/volumes/{volume}/binding")
    for document, (doc_type, title) in zip(folder["documents"], TITLES.values(), strict=True):
        item = document["item"]
        archivist.put(
            f"/api/v1/items/{item}/description",
            {
                "revision": archivist.get(f"/api/v1/items/{item}")["revision"],
                "volume": volume,
                "title": title,
                "doc_type": doc_type,
                "tier": 3,
                "persons": [{"name": "陳怡君", "part": "injured"}],
            },
        )


def check(opened: Office, page: Page, volume: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{opened.crew.address}/binding/{volume}")
    page.get_by_role("button", name="开始检查").click()
    expect(page.get_by_role("button", name="检查合格，归档")).to_be_visible()
    missing = page.locator(".slots .missing")
    while count := missing.count():
        missing.first.locator("summary").click()
        missing.first.get_by_label("理由").fill("简易案件，免交")
        missing.first.get_by_role("button", name="准予").click()
        expect(missing).to_have_count(count - 1)
    opened.picture(page, "check")
    page.get_by_role("button", name="检查合格，归档").click()
    expect(page.locator(".folder h2 .badge")).to_have_text("已归档")


# --- the handler and the supervisor ------------------------------------------------------------------------


def find(opened: Office, page: Page) -> None:
    page.get_by_role("searchbox").fill(READ_NAME)
    page.keyboard.press("Enter")
    expect(page.locator(".results > li").filter(has_text="现场查勘记录")).to_be_visible()
    opened.picture(page, "search")


def ask(page: Page) -> None:
    hit = page.locator(".results > li").filter(has_text="现场查勘记录")
    hit.get_by_role("link", name="申请借阅").click()
    page.get_by_label("利用目的").first.select_option(label="理赔处理")
    page.get_by_label("理由").first.fill("核对伤情与查勘结论")
    page.get_by_role("button", name="提交申请").first.click()
    expect(page.get_by_role("status").filter(has_text="申请已提交")).to_be_visible()


def approve(opened: Office, page: Page) -> None:
    go_to(page, "借阅审批")
    expect(page.get_by_text("核对伤情与查勘结论")).to_be_visible()
    opened.picture(page, "queue")
    page.get_by_label("意见").first.fill("同意，限理赔使用")
    page.get_by_role("button", name="同意").first.click()
    expect(page.get_by_role("status").filter(has_text="已同意")).to_be_visible()


def read(opened: Office, page: Page) -> None:
    page.get_by_role("searchbox").fill(READ_NAME)
    page.keyboard.press("Enter")
    page.locator(".results > li").filter(has_text="现场查勘记录").get_by_role("link", name="阅览").click()
    image = page.get_by_alt_text("第 1 页的图像").first
    expect(image).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    opened.picture(page, "page")


def give_back(opened: Office, page: Page) -> None:
    go_to(page, "我的借阅")
    opened.picture(page, "loans")
    page.get_by_role("button", name="归还").first.click()
    expect(page.get_by_role("status").filter(has_text="已归还")).to_be_visible()


# --- legal -------------------------------------------------------------------------------------------------


def assign_the_case(supervisor: Client, volume: str) -> None:
    """What an item of T3 is called, legal learns with the case only."""
    supervisor.post(f"/api/v1/volumes/{volume}/assignments", {"handler": "legal"})


def secure(opened: Office, page: Page, code: str) -> None:
    go_to(page, "法务案件")
    page.get_by_label("名称或案由").fill("陈怡君诉本公司保险合同纠纷")
    page.get_by_role("button", name="建立").click()
    page.get_by_label("档号或档案编号").fill(code)
    page.get_by_role("button", name="收录", exact=True).click()
    expect(page.get_by_role("cell", name=code)).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="预览将要离开的内容").click()
    page.get_by_label("接收方").fill("示范区人民法院")
    page.get_by_label("法律文书号").fill("（2026）民初1号")
    opened.picture(page, "evidence")
    page.get_by_role("button", name="提交，等待第二人放行").click()
    expect(page.get_by_text("申请已提交")).to_be_visible()


def release(page: Page) -> None:
    go_to(page, "证据放行")
    page.get_by_label("意见").fill("核对无误")
    page.get_by_role("button", name="放行").click()
    expect(page.get_by_text("已放行，申请人现在可以下载")).to_be_visible()


def take_to_court(page: Page, folder: Path) -> Path:
    go_to(page, "证据包")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载").click()
    started.value.save_as(folder / "bag.zip")
    with zipfile.ZipFile(folder / "bag.zip") as archive:
        archive.extractall(folder / "unpacked")
    [bag] = (folder / "unpacked").iterdir()
    return bag


# --- the auditor -------------------------------------------------------------------------------------------


def review(opened: Office, page: Page) -> None:
    go_to(page, "访问日志")
    page.get_by_label("人员").fill("handler")
    page.get_by_role("button", name="筛选").click()
    told = page.locator("tbody tr td:nth-child(4)")
    expect(told.first).to_be_visible()
    assert {"检索档案", "申请借阅", "阅览页面", "归还"} <= set(told.all_inner_texts())
    opened.picture(page, "log")


def prove(opened: Office, page: Page) -> None:
    page.get_by_role("link", name="核验日志").click()
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="一致")).to_be_visible(timeout=60_000)
    opened.picture(page, "verify")


# --- the story ---------------------------------------------------------------------------------------------


def test_a_stack_is_uploaded_bound_lent_read_taken_to_court_and_proved(
    whole_office: Office, tmp_path: Path
) -> None:
    opened = whole_office
    archivist, second = opened.sit_down("archivist"), opened.sit_down(SECOND)
    upload(opened, archivist)
    look_at_the_pages(opened, archivist)
    volume = open_a_volume(opened.crew.client("archivist"))
    bind(opened, archivist, volume)
    check(opened, second, volume)
    handler = opened.sit_down("handler")
    find(opened, handler)
    ask(handler)
    approve(opened, opened.sit_down("supervisor"))
    read(opened, handler)
    give_back(opened, handler)
    legal = opened.sit_down("legal")
    folder = opened.crew.client("archivist").get(f"/api/v1/volumes/{volume}/binding")
    assign_the_case(opened.crew.client("supervisor"), volume)
    secure(opened, legal, folder["documents"][1]["reference_code"])
    release(archivist)
    bag = take_to_court(legal, tmp_path)
    assert (is_valid(bag), sums_hold(bag), packed_verifier(bag).code) == (True, True, 0)
    auditor = opened.sit_down("auditor")
    review(opened, auditor)
    prove(opened, auditor)
    # Chromium calls the request that became the download a failed one
    assert opened.troubles == []
