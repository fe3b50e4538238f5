"""Items are described once and by whoever may; a stale tab loses nothing; a form sent twice does its work once."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from archive.holdings.tables import Item, Page, PageReading
from tests.cast import House, Made
from tests.web.filing import CLAIM, NAME, ROUTERS, body_of, describe, form_of, hidden, text_of
from tests.web.visiting import Browser, Visitors, visiting


@pytest.fixture
def visitors(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


@pytest.fixture
def archivist(visitors: Visitors) -> Browser:
    return visitors.browser(visitors.house.archivist)


@pytest.fixture
def program(visitors: Visitors) -> httpx.Client:
    return visitors.program(visitors.house.archivist)


@pytest.fixture
def draft(house: House) -> Made:
    """A draft, and a volume that it may be described into."""
    made = house.draft_item(["一", "二"])
    return Made(made.uid, made.id, house.open_volume())


@pytest.fixture
def archived(house: House) -> Made:
    return house.archived_item(title="[理赔案卷]", texts=["一", "二"])


# --- describing by form ----------------------------------------------------------------------------------------


def test_a_draft_that_is_described_gets_its_reference_code(archivist: Browser, draft: Made) -> None:
    answer = describe(archivist, draft, form_of(archivist, draft))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{draft.uid}")
    shown = text_of(archivist.get(f"/items/{draft.uid}"))
    for part in (
        "A001-LP-2026-00001-001",
        "已归档",
        "理赔案卷",
        "2026-10-30",
        NAME,
        "伤者",
        CLAIM,
        "赔案号",
        "缺第二页",
    ):
        assert part in shown


def test_a_word_from_the_list_is_kept_as_its_code(
    archivist: Browser, program: httpx.Client, draft: Made
) -> None:
    describe(archivist, draft, form_of(archivist, draft))
    seen = program.get(f"/api/v1/items/{draft.uid}").json()
    assert (seen["doc_type"], seen["persons"][0]["part"]) == ("claim_file", "injured")


def test_a_type_that_is_on_no_list_is_kept_as_typed(
    archivist: Browser, program: httpx.Client, draft: Made
) -> None:
    describe(archivist, draft, form_of(archivist, draft, doc_type="转院证明"))
    assert program.get(f"/api/v1/items/{draft.uid}").json()["doc_type"] == "转院证明"


def test_the_form_shows_what_stands_there(archivist: Browser, draft: Made) -> None:
    describe(archivist, draft, form_of(archivist, draft))
    shown = text_of(archivist.get(f"/items/{draft.uid}/describe"))
    for part in ("机动车人伤理赔案卷", "理赔案卷", "2026-10-30", NAME, "伤者", "990105196602110037", CLAIM):
        assert f'value="{part}"' in shown
    assert "缺第二页</textarea>" in shown
    assert '<option value="3" selected>' in shown


def test_more_persons_than_the_form_has_lines_for_are_not_lost(
    archivist: Browser, program: httpx.Client, archived: Made
) -> None:
    persons = [{"name": f"甲{n}"} for n in range(9)]
    program.put(f"/api/v1/items/{archived.uid}/description", json=body_of(program, archived, persons=persons))
    page = archivist.get(f"/items/{archived.uid}/describe").text
    lines = {f"person{n}_name": hidden(page, f"person{n}_name") for n in range(1, 10)}
    typed = form_of(archivist, archived, **lines, person_rows=hidden(page, "person_rows"))
    describe(archivist, archived, typed)
    assert len(program.get(f"/api/v1/items/{archived.uid}").json()["persons"]) == 9


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "题名不能为空"),
        ("volume", str(UUID(int=7)), "没有选择案卷，或案卷不存在"),
        ("doc_type", "", "文件类型不能为空"),
        ("doc_date", "30.10.2026", "日期有误"),
        ("tier", "", "没有选择密级"),
        ("tier", "9", "没有选择密级"),
        ("person1_name", "", "有一行人员没有姓名"),
        ("number1_kind", "shoe", "没有这种号码类型"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    archivist: Browser, program: httpx.Client, draft: Made, field: str, value: str, words: str
) -> None:
    answer = describe(archivist, draft, form_of(archivist, draft, **{field: value}))
    assert answer.status_code == 422
    shown = text_of(answer)
    assert words in shown
    assert 'value="990105196602110037"' in shown
    assert f'value="{CLAIM}"' in shown
    assert program.get(f"/api/v1/items/{draft.uid}").json()["state"] == "draft"


def test_a_form_without_its_token_describes_nothing(
    archivist: Browser, program: httpx.Client, draft: Made
) -> None:
    answer = archivist.client.post(f"/items/{draft.uid}/describe", data=form_of(archivist, draft))
    assert answer.status_code == 403
    assert program.get(f"/api/v1/items/{draft.uid}").json()["state"] == "draft"


# --- two tabs ----------------------------------------------------------------------------------------------------


def test_a_stale_form_shows_what_happened_and_keeps_what_was_typed(
    visitors: Visitors, archivist: Browser, archived: Made
) -> None:
    mine = form_of(archivist, archived, title="我的题名")
    other = visitors.browser(visitors.house.other_archivist)
    describe(other, archived, form_of(other, archived, title="他人的题名"))
    answer = describe(archivist, archived, mine)
    assert answer.status_code == 409
    assert "他人已修改了" in text_of(answer)
    assert "<td>我的题名</td><td>他人的题名</td>" in text_of(answer)
    assert re.search(r"Other_Archivist.* 于 .* 保存了以下不同内容", text_of(answer))
    assert 'value="我的题名"' in text_of(answer)


def test_a_stale_form_changes_nothing(visitors: Visitors, archivist: Browser, archived: Made) -> None:
    mine = form_of(archivist, archived, title="我的题名")
    other = visitors.browser(visitors.house.other_archivist)
    describe(other, archived, form_of(other, archived, title="他人的题名"))
    describe(archivist, archived, mine)
    assert "他人的题名" in text_of(archivist.get(f"/items/{archived.uid}"))


def test_saving_again_after_a_stale_form_replaces_knowingly(
    visitors: Visitors, archivist: Browser, archived: Made
) -> None:
    mine = form_of(archivist, archived, title="我的题名")
    other = visitors.browser(visitors.house.other_archivist)
    describe(other, archived, form_of(other, archived, title="他人的题名"))
    again = describe(archivist, archived, mine).text
    answer = describe(
        archivist, archived, {**mine, "revision": hidden(again, "revision"), "key": hidden(again, "key")}
    )
    assert answer.status_code == 303
    assert "我的题名" in text_of(archivist.get(f"/items/{archived.uid}"))


def test_a_form_sent_twice_is_not_stale(archivist: Browser, program: httpx.Client, archived: Made) -> None:
    typed = form_of(archivist, archived)
    revision = int(typed["revision"])
    assert [describe(archivist, archived, typed).status_code for _ in range(2)] == [303, 303]
    assert program.get(f"/api/v1/items/{archived.uid}").json()["revision"] == revision + 1


def test_a_key_of_one_item_answers_for_no_other(
    archivist: Browser, program: httpx.Client, house: House, archived: Made, draft: Made
) -> None:
    typed = form_of(archivist, archived)
    describe(archivist, archived, typed)
    describe(archivist, draft, form_of(archivist, draft, key=typed["key"]))
    assert program.get(f"/api/v1/items/{draft.uid}").json()["state"] == "archived"


def test_lowering_a_tier_is_refused_in_words_and_keeps_what_was_typed(
    archivist: Browser, archived: Made
) -> None:
    answer = describe(archivist, archived, form_of(archivist, archived, tier="2", title="新题名"))
    assert answer.status_code == 403
    assert "密级不能在此降低" in text_of(answer)
    assert 'value="新题名"' in text_of(answer)


@pytest.mark.parametrize(
    ("field", "length", "words"),
    [("title", 10_000, "题名有 10000 个字，最多 500 个"), ("notes", 4_001, "附注有 4001 个字，最多 4000 个")],
)
def test_what_is_too_long_is_told_in_words_and_not_cut_off(
    archivist: Browser, program: httpx.Client, draft: Made, field: str, length: int, words: str
) -> None:
    answer = describe(archivist, draft, form_of(archivist, draft, **{field: "字" * length}))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "字" * length in text_of(answer)
    assert program.get(f"/api/v1/items/{draft.uid}").json()["state"] == "draft"


def test_an_item_without_a_volume_is_described_and_stays_a_draft(
    archivist: Browser, program: httpx.Client, draft: Made
) -> None:
    answer = describe(archivist, draft, form_of(archivist, draft, volume=""))
    assert answer.status_code == 303
    seen = program.get(f"/api/v1/items/{draft.uid}").json()
    assert (seen["state"], seen["title"], seen["volume"]) == ("draft", "机动车人伤理赔案卷", None)
    assert "此件仍是草稿" in text_of(archivist.get(f"/items/{draft.uid}"))


# --- what was read, to be confirmed ---------------------------------------------------------------------------------


@pytest.fixture
def read(house: House) -> Made:
    return house.draft_item(["入院记录\n姓名：张伟\n病案号：00123456", "出院日期：2024年3月18日"])


def test_what_was_read_is_proposed_with_its_page_and_stands_in_no_field(
    archivist: Browser, read: Made
) -> None:
    shown = text_of(archivist.get(f"/items/{read.uid}/describe"))
    taken = re.findall(r'name="take" value="([^"]+)"', shown)
    assert {"name:patient:张伟", "number:record:00123456", "doc_date::2024-03-18"} <= set(taken)
    assert re.search(r'<b>张伟</b>\s*<a href="/read/[^"]+/1\?[^"]+" data-page="1"', shown)
    assert hidden(shown, "person1_name") == hidden(shown, "number1_value") == ""


def test_a_proposal_that_is_taken_stands_in_the_form_and_nothing_is_saved(
    archivist: Browser, program: httpx.Client, read: Made
) -> None:
    typed = form_of(archivist, read, person1_name="", person1_part="", person1_id_no="", title="我的题名")
    shown = text_of(describe(archivist, read, {**typed, "take": "name:patient:张伟"}))
    assert hidden(shown, "person1_name") == "张伟"
    assert 'value="患者"' in shown
    assert hidden(shown, "title") == "我的题名"
    assert program.get(f"/api/v1/items/{read.uid}").json()["title"] is None


def test_a_page_that_is_left_out_proposes_nothing(house: House, archivist: Browser, read: Made) -> None:
    house.change(lambda s: s.execute(update(Page).where(Page.seq == 1).values(is_excluded=True)))
    assert "张伟" not in archivist.get(f"/items/{read.uid}/describe").text


def test_proposals_are_for_programs_too_and_not_for_strangers(
    visitors: Visitors, program: httpx.Client, read: Made
) -> None:
    path = f"/api/v1/items/{read.uid}/proposals"
    found = {one["value"]: one for one in program.get(path).json()}
    assert (found["张伟"]["detail"], found["张伟"]["page"], len(found["张伟"]["quads"])) == ("patient", 1, 1)
    assert visitors.program(visitors.house.other_archivist).get(path).status_code == 404


def test_saving_leads_to_the_next_draft_of_the_batch_with_the_volume_chosen(
    house: House, archivist: Browser, draft: Made
) -> None:
    other = house.draft_item(["三"])
    batch = house.item(draft).batch_id
    house.change(lambda s: s.execute(update(Item).where(Item.id == other.id).values(batch_id=batch)))
    answer = describe(archivist, draft, form_of(archivist, draft, then="next"))
    assert answer.headers["location"] == f"/items/{other.uid}/describe?volume={draft.volume}"
    last = Made(other.uid, other.id, draft.volume)
    assert describe(archivist, last, form_of(archivist, last, then="next")).headers["location"] == "/items"


# --- T5 ----------------------------------------------------------------------------------------------------------


def test_the_maker_of_a_restricted_item_is_led_to_it_and_may_name_a_reader(
    archivist: Browser, draft: Made
) -> None:
    answer = describe(archivist, draft, form_of(archivist, draft, tier="5"))
    shown = archivist.get(answer.headers["location"])
    assert f"/readers/new?item={draft.uid}" in shown.text
    assert "/loans/new" not in shown.text


def test_whoever_raises_an_item_to_the_top_is_not_led_into_the_dark(
    archivist: Browser, archived: Made
) -> None:
    answer = describe(archivist, archived, form_of(archivist, archived, tier="5"))
    assert answer.headers["location"] == "/items"
    assert "已归档为 T5" in text_of(archivist.get("/items"))


def test_a_restricted_item_looks_like_none(visitors: Visitors, house: House) -> None:
    restricted = house.archived_item(tier=5, title="秘密备忘")
    for person in (house.handler, house.supervisor, house.other_archivist):
        program = visitors.program(person)
        there, nowhere = (
            program.get(f"/api/v1/items/{restricted.uid}"),
            program.get(f"/api/v1/items/{uuid4()}"),
        )
        assert (there.status_code, there.content) == (404, nowhere.content)
        assert "秘密备忘" not in visitors.browser(person).get("/items").text


# --- showing -------------------------------------------------------------------------------------------------------


def test_a_handler_who_may_not_read_is_shown_the_way_to_a_loan(visitors: Visitors, archived: Made) -> None:
    shown = visitors.browser(visitors.house.handler).get(f"/items/{archived.uid}").text
    assert f"/loans/new?item={archived.uid}" in shown
    assert "/read/" not in shown
    assert "/describe" not in shown


def test_a_handler_with_a_loan_is_shown_the_pages(visitors: Visitors, house: House, archived: Made) -> None:
    house.lend(archived, to=house.handler)
    shown = visitors.browser(house.handler).get(f"/items/{archived.uid}").text
    assert [f"/read/{archived.uid}/{n}" in shown for n in (1, 2, 3)] == [True, True, False]


def test_a_page_without_text_says_why(house: House, archivist: Browser, program: httpx.Client) -> None:
    made = house.draft_item(["一", "二"])
    no_text = update(PageReading).where(PageReading.id == 2).values(reason="no text was found on this page")
    house.change(lambda session: session.execute(no_text))
    assert "无文字" in text_of(archivist.get(f"/items/{made.uid}"))
    pages = program.get(f"/api/v1/items/{made.uid}").json()["pages"]
    assert [page["trouble"] for page in pages] == [None, "no text was found on this page"]


def test_the_images_of_a_draft_stand_beside_its_form(archivist: Browser, draft: Made) -> None:
    shown = text_of(archivist.get(f"/items/{draft.uid}/describe"))
    assert re.findall(r'<img src="([^"]+)"', shown) == [
        f"/read/{draft.uid}/{n}.jpg?purpose=archive_work" for n in (1, 2)
    ]


def test_the_form_of_an_archived_item_shows_no_images(archivist: Browser, archived: Made) -> None:
    assert "<img" not in archivist.get(f"/items/{archived.uid}/describe").text


def test_what_was_described_is_shown_as_text(house: House, archivist: Browser) -> None:
    made = house.archived_item(title="<script>alert(1)</script>")
    for path in ("/items", f"/items/{made.uid}", f"/items/{made.uid}/describe"):
        assert "<script>alert" not in archivist.get(path).text


def test_the_list_holds_what_one_may_know_of(
    visitors: Visitors, house: House, archived: Made, draft: Made
) -> None:
    listed = {
        login: {item["uid"] for item in visitors.program(getattr(house, login)).get("/api/v1/items").json()}
        for login in ("archivist", "other_archivist", "handler", "other_handler")
    }
    assert listed == {
        "archivist": {str(archived.uid), str(draft.uid)},
        "other_archivist": {str(archived.uid)},
        "handler": {str(archived.uid)},
        "other_handler": set(),
    }


def test_the_page_of_the_list_holds_the_same(
    visitors: Visitors, house: House, archived: Made, draft: Made
) -> None:
    shown = visitors.browser(house.handler).get("/items").text
    assert f"/items/{archived.uid}" in shown
    assert str(draft.uid) not in shown


# --- strangers to a draft --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["other_archivist", "handler", "supervisor"])
def test_a_draft_looks_like_nothing_to_all_but_its_maker(
    visitors: Visitors, house: House, draft: Made, login: str
) -> None:
    browser = visitors.browser(getattr(house, login))
    there, nowhere = browser.get(f"/items/{draft.uid}"), browser.get(f"/items/{uuid4()}")
    assert (there.status_code, there.content) == (404, nowhere.content)


def test_a_stranger_describes_nothing(
    visitors: Visitors, house: House, archivist: Browser, archived: Made
) -> None:
    typed = form_of(archivist, archived, title="改写")
    handler = visitors.browser(house.handler)
    assert handler.get(f"/items/{archived.uid}/describe").headers["location"] == f"/items/{archived.uid}"
    assert describe(handler, archived, typed).status_code == 403
    assert describe(visitors.browser(house.other_handler), archived, typed).status_code == 404
    assert "改写" not in text_of(archivist.get(f"/items/{archived.uid}"))


def test_a_program_of_a_stranger_describes_nothing(
    visitors: Visitors, house: House, program: httpx.Client, archived: Made
) -> None:
    body = body_of(program, archived, title="改写")
    path = f"/api/v1/items/{archived.uid}/description"
    answers = [
        visitors.program(getattr(house, login)).put(path, json=body) for login in ("handler", "other_handler")
    ]
    assert [answer.status_code for answer in answers] == [403, 404]
    assert program.get(f"/api/v1/items/{archived.uid}").json()["title"] == "[理赔案卷]"


def test_without_a_session_there_is_nothing(visitors: Visitors, house: House, archived: Made) -> None:
    browser, program = visitors.browser(house.stranger), visitors.program(house.stranger)
    for path in ("/items", f"/items/{archived.uid}", "/holdings", "/volumes/new"):
        assert browser.get(path).headers["location"].startswith("/sign-in")
    for path in ("/api/v1/items", f"/api/v1/items/{archived.uid}", "/api/v1/holdings"):
        assert program.get(path).status_code == 401
