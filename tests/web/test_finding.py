"""Searching by browser and by program: what is found, what is shown of it, and to whom."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.desks.finding import api, operations, pages
from archive.desks.finding.presenting import pieces
from archive.holdings.operations import PersonNamed
from archive.holdings.tables import StoredObject
from search.highlight import Snippet
from search.index import IndexStale, IndexUnavailable
from tests.cast import House, Person
from tests.web.visiting import Visitors, visiting

REPORT = "警員到場處理\n傷者陳怡君主訴頸部疼痛\n現場照片已存卷"


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    with visiting(house, tmp_path / "scratch", (api.router, pages.router)) as visitors:
        yield visitors


def found(web: Visitors, person: Person, words: str, **query: str) -> list[dict[str, Any]]:
    answer = web.program(person).get("/api/v1/search", params={"q": words, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def shown(web: Visitors, person: Person, words: str) -> str:
    answer = web.browser(person).get("/search", q=words)
    assert answer.status_code == 200, answer.text
    return answer.text


# --- what is found ---------------------------------------------------------------------------------------------


def test_a_traditional_page_is_found_in_simplified_and_shown_as_it_stands(web: Visitors) -> None:
    web.house.archived_item(texts=["封面", REPORT])
    [item] = found(web, web.house.archivist, "陈怡君")
    [page] = item["pages"]
    [snippet] = page["snippets"]
    assert page["seq"] == 2
    assert [snippet["text"][start:end] for start, end in snippet["marks"]] == ["陳怡君"]


def test_a_hit_lies_where_the_words_stand_on_the_page(web: Visitors) -> None:
    web.house.archived_item(texts=["封面\n患者張偉高血壓史"])
    [item] = found(web, web.house.archivist, "张伟")
    assert item["pages"][0]["quads"] == [[[0.25, 0.5], [0.5, 0.5], [0.5, 1.0], [0.25, 1.0]]]


def test_a_described_name_finds_the_item_once_and_none_of_its_pages(web: Visitors) -> None:
    web.house.archived_item(texts=["一", "二", "三"], persons=(PersonNamed("陳怡君"),))
    [item] = found(web, web.house.handler, "陈怡君")
    assert (item["described"], item["pages"]) == (True, [])
    assert "著录信息相符" in shown(web, web.house.handler, "陈怡君")


def test_a_described_name_and_a_word_of_a_page_meet_on_that_page(web: Visitors) -> None:
    web.house.archived_item(texts=["封面", "頸部疼痛"], persons=(PersonNamed("陳怡君"),))
    [item] = found(web, web.house.archivist, "陈怡君 颈部")
    assert [page["seq"] for page in item["pages"]] == [2]


def test_results_go_on_where_they_stopped(web: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "PAGE_OF_HITS", 2)
    made = [str(web.house.archived_item(title="骨折", texts=["骨折"]).uid) for _ in range(3)]
    seen: list[str] = []
    following: dict[str, str] = {}
    for _ in range(3):
        answer = (
            web.program(web.house.archivist).get("/api/v1/search", params={"q": "骨折", **following}).json()
        )
        seen += [item["item"] for item in answer["items"]]
        following = {"before": answer["next"]}
    assert (seen, answer["next"]) == (made[::-1], None)


def test_the_page_links_to_further_results_only_when_there_are_some(
    web: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.house.archived_item(texts=["骨折", "骨折"])
    assert "下一页" not in shown(web, web.house.archivist, "骨折")
    monkeypatch.setattr(operations, "PAGE_OF_HITS", 1)
    assert "下一页" in shown(web, web.house.archivist, "骨折")


def test_the_entry_names_the_items_that_were_shown(web: Visitors) -> None:
    item = web.house.archived_item(texts=[REPORT])
    found(web, web.house.handler, "疼痛")
    entry = web.house.log()[-1]
    assert (entry.action, entry.outcome, entry.objects) == ("item:find", "done", (f"item:{item.uid}",))


# --- what is shown of it ---------------------------------------------------------------------------------------


def test_without_a_loan_a_hit_is_told_and_nothing_around_it(web: Visitors) -> None:
    item = web.house.archived_item(texts=["封面", REPORT])
    [hit] = found(web, web.house.handler, "颈部")
    assert [(page["seq"], page["is_open"], page["snippets"], page["quads"]) for page in hit["pages"]] == [
        (2, False, None, None)
    ]
    page = shown(web, web.house.handler, "颈部")
    assert "第 2 页有匹配；借阅后可见上下文" in page
    assert f'href="/loans/new?item={item.uid}&amp;back=' in page
    assert "主訴" not in page
    assert "/read/" not in page


def test_with_a_loan_the_words_around_the_hit_are_shown_until_it_is_given_back(web: Visitors) -> None:
    house = web.house
    item = house.archived_item(texts=[REPORT])
    loan = house.lend(item, to=house.handler, by=house.supervisor)
    page = shown(web, house.handler, "颈部")
    assert "傷者陳怡君主訴<mark>頸部</mark>疼痛" in page
    assert f"/read/{item.uid}/1?q=%E9%A2%88%E9%83%A8" in page
    house.give_back(loan, by=house.handler)
    assert "主訴" not in shown(web, house.handler, "颈部")


def test_no_more_than_ten_texts_are_opened_and_every_item_has_its_turn(web: Visitors) -> None:
    older = web.house.archived_item(texts=["骨折"])
    newer = web.house.archived_item(texts=["骨折"] * 12)
    hits = {item["item"]: item["pages"] for item in found(web, web.house.archivist, "骨折")}
    opened = {uid: sum(page["snippets"] is not None for page in pages) for uid, pages in hits.items()}
    assert opened == {str(older.uid): 1, str(newer.uid): 9}
    assert all(page["is_open"] for pages in hits.values() for page in pages)
    assert "另在第" in shown(web, web.house.archivist, "骨折")


def test_what_stands_on_a_page_is_text_and_never_markup(web: Visitors) -> None:
    web.house.archived_item(title="<b>案</b>", texts=["<script>骨折</script>"])
    page = shown(web, web.house.archivist, "骨折")
    assert "&lt;script&gt;<mark>骨折</mark>&lt;/script&gt;" in page
    assert "&lt;b&gt;案&lt;/b&gt;" in page


def test_a_text_that_cannot_be_opened_does_not_take_the_other_results_away(web: Visitors) -> None:
    broken = web.house.archived_item(texts=["骨折其一"])
    web.house.archived_item(texts=["骨折其二"])
    item_id = web.house.item(broken).id
    wanted = select(StoredObject.uid).where(StoredObject.item_id == item_id, StoredObject.role == "text")
    [lost] = web.house.read(lambda session: list(session.scalars(wanted)))
    [file] = [
        path
        for path in web.house.archive.settings.objects.rglob("*")
        if lost.hex in path.name.replace("-", "")
    ]
    file.unlink()
    page = shown(web, web.house.archivist, "骨折")
    assert "封存的文件缺失" in page
    assert "<mark>骨折</mark>其二" in page
    assert web.house.log()[-1].outcome == "failed: ObjectMissing"


def test_pieces_cut_a_snippet_at_its_marks() -> None:
    snippet = Snippet("骨折与骨折", ((0, 2), (3, 5)), 0)
    assert pieces(snippet) == [("骨折", True), ("与", False), ("骨折", True)]


# --- what is said when nothing is found ------------------------------------------------------------------------


def test_nothing_found_never_speaks_of_permission(web: Visitors) -> None:
    page = shown(web, web.house.handler, "青松")
    assert "没有找到与“青松”相符的内容" in page
    assert not any(word in page for word in ("权限", "无权", "密级", "不可见", "T5"))


def test_a_query_that_only_excludes_is_explained(web: Visitors) -> None:
    web.house.archived_item(texts=["骨折"])
    page = shown(web, web.house.archivist, "-骨折")
    assert "只写了要排除的词，因此不作查找" in page
    assert "没有找到" not in page
    assert web.program(web.house.archivist).get("/api/v1/search?q=-骨折").json()["notes"] != []


def test_a_query_without_a_word_is_told_so(web: Visitors) -> None:
    assert "没有可以查找的文字或号码" in shown(web, web.house.handler, '"*')


def test_a_type_of_document_is_shown_by_its_word(web: Visitors) -> None:
    web.house.archived_item(texts=["骨折"], title="一件")
    page = shown(web, web.house.archivist, "骨折")
    assert ("理赔案卷" in page, ">claim_file" in page) == (True, False)


def test_an_empty_search_shows_how_to_ask(web: Visitors) -> None:
    assert "引号内的文字须连在一起" in shown(web, web.house.handler, "")


@pytest.mark.parametrize(("error", "words"), [(IndexUnavailable, "doctor"), (IndexStale, "reindex")])
def test_an_index_that_fails_is_a_clear_error(
    web: Visitors, monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(web.house.archive.index, "find", fail)
    answer = web.program(web.house.archivist).get("/api/v1/search?q=骨折")
    assert (answer.status_code, answer.json()["code"]) == (503, "search_unavailable")
    assert words in answer.json()["remedy"]
    assert "检索暂时不能使用" in web.browser(web.house.archivist).get("/search", q="骨折").text


# --- to whom ---------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(web: Visitors) -> None:
    web.house.archived_item(texts=["骨折"])
    assert web.program(web.house.stranger).get("/api/v1/search?q=骨折").status_code == 401
    page = web.browser(web.house.stranger).get("/search", q="骨折")
    assert (page.status_code, page.headers["location"].startswith("/sign-in?next=")) == (303, True)


@pytest.mark.parametrize("login", ["auditor", "administrator"])
def test_whoever_reads_no_content_does_not_search_either(web: Visitors, login: str) -> None:
    person = getattr(web.house, login)
    answer = web.program(person).get("/api/v1/search?q=骨折")
    assert (answer.status_code, answer.json()["rule"]) == (403, "R_ROLE")
    assert web.browser(person).get("/search", q="骨折").status_code == 403


@pytest.mark.parametrize(
    ("login", "tier", "is_found"),
    [
        ("handler", 3, True),
        ("handler", 4, False),
        ("other_handler", 3, False),
        ("supervisor", 4, True),
        ("legal", 3, False),
        ("other_archivist", 4, True),
        ("other_archivist", 5, False),
    ],
)
def test_everybody_finds_what_her_role_may_know_of(
    web: Visitors, login: str, tier: int, is_found: bool
) -> None:
    web.house.archived_item(tier=tier, title="青松")
    assert bool(found(web, getattr(web.house, login), "青松")) is is_found


@pytest.mark.parametrize("login", ["handler", "supervisor", "legal", "other_archivist"])
def test_a_restricted_item_answers_like_a_word_that_stands_nowhere(web: Visitors, login: str) -> None:
    web.house.archived_item(tier=5, title="青松", texts=["青松"])
    program, browser = web.program(getattr(web.house, login)), web.browser(getattr(web.house, login))
    hidden, absent = (program.get("/api/v1/search", params={"q": words}) for words in ("青松", "白桦"))
    assert hidden.content == absent.content
    pages = [browser.get("/search", q=words).text.replace(words, "") for words in ("青松", "白桦")]
    quoted = [page.replace("%E9%9D%92%E6%9D%BE", "").replace("%E7%99%BD%E6%A1%A6", "") for page in pages]
    assert quoted[0] == quoted[1]


def test_a_named_reader_finds_the_restricted_item(web: Visitors) -> None:
    item = web.house.archived_item(tier=5, title="青松")
    web.house.name_reader(item, reader=web.house.handler)
    assert [hit["item"] for hit in found(web, web.house.handler, "青松")] == [str(item.uid)]


def test_the_restricted_index_is_asked_only_for_who_holds_a_grant_in_it(
    web: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = web.house.archive.index
    find, asked = index.find, []

    def watched(*given: Any, restricted: bool, **options: Any) -> Any:
        asked.append(restricted)
        return find(*given, restricted=restricted, **options)

    monkeypatch.setattr(index, "find", watched)
    restricted = web.house.archived_item(tier=5, title="青松")
    found(web, web.house.handler, "青松")
    web.house.name_reader(restricted, reader=web.house.handler)
    found(web, web.house.handler, "青松")
    assert asked == [False, False, True, False]  # what is counted never asks it


def test_an_identifier_that_is_none_is_refused(web: Visitors) -> None:
    answer = web.program(web.house.archivist).get("/api/v1/search?q=骨折&before=17")
    assert (answer.status_code, answer.json()["field"]) == (422, "before")
