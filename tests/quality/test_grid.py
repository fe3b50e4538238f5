"""The grid shows one screen of pages with what may be wrong with each, as one act; its form works without a script."""

import html
import io
import re
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import update

from archive.desks.quality.contact import CELL, small_image
from archive.desks.quality.looking import MOST_BATCHES
from archive.holdings.quality import Limits, unaccepted
from archive.holdings.tables import Page, PageReading
from tests.cast import House, Made
from tests.quality.test_marks import marked, pages
from tests.web.visiting import Browser, Visitors

LIMITS = Limits(confidence=0.8, dpi=200, skew=2.0)


@pytest.fixture
def sharp(house: House, draft: Made) -> Made:
    """Four pages that nothing speaks against."""
    house.change(lambda s: s.execute(update(Page).values(dpi=300)))
    return draft


def change(house: House, number: int, **values: object) -> None:
    house.change(lambda s: s.execute(update(Page).where(Page.seq == number).values(**values)))


def reasons(program: httpx.Client, made: Made) -> list[list[str]]:
    return [page["reasons"] for page in pages(program, made)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"is_blank": True}, "blank"),
        ({"dpi": 199}, "low_resolution"),
        ({"skew": -2.1}, "skewed"),
        ({"width": 0}, "failed"),
        ({"wants_rescan": True}, "rescan"),
    ],
)
def test_what_is_wrong_with_a_page_is_named(
    house: House, program: httpx.Client, sharp: Made, values: dict[str, object], reason: str
) -> None:
    change(house, 3, **values)
    assert reasons(program, sharp) == [[], [], [reason], []]


@pytest.mark.parametrize(
    "values",
    [{"dpi": 200}, {"dpi": 100, "width": 1414, "height": 2000}, {"dpi": 0}, {"skew": 2.0}, {"skew": None}],
)
def test_what_is_within_the_limits_or_not_known_is_no_reason(
    house: House, program: httpx.Client, sharp: Made, values: dict[str, object]
) -> None:
    """A view of 2,000 pixels was made smaller: its resolution says nothing of the scan."""
    change(house, 3, **values)
    assert reasons(program, sharp) == [[], [], [], []]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"confidence": 0.79}, "low_confidence"),
        ({"reason": "no text was found on this page"}, "no_text"),
        ({"reason": "the engine took too long"}, "failed"),
    ],
)
def test_what_the_reading_says_of_a_page_is_a_reason(
    house: House, program: httpx.Client, sharp: Made, values: dict[str, object], reason: str
) -> None:
    house.change(lambda s: s.execute(update(PageReading).where(PageReading.page_id == 2).values(**values)))
    assert reasons(program, sharp) == [[], [reason], [], []]


def test_a_page_with_the_words_of_the_one_before_it_is_named(house: House, program: httpx.Client) -> None:
    made = house.draft_item(["同一页", "同一页", "另一页"])
    assert ["repeated" in found for found in reasons(program, made)] == [False, True, False]


def test_only_pages_that_nothing_speaks_against_are_accepted_together(
    house: House, program: httpx.Client, sharp: Made
) -> None:
    change(house, 2, skew=5.0)
    marked(program, sharp, 3, "exclude", "测试页")
    body = {"pages": [page["uid"] for page in pages(program, sharp)]}
    assert program.post("/api/v1/quality/accept", json=body).json() == {"accepted": 2}
    assert [page["is_accepted"] for page in pages(program, sharp)] == [True, False, False, True]


def test_the_binding_desk_is_told_of_marked_pages_that_nobody_accepted(
    house: House, program: httpx.Client, sharp: Made
) -> None:
    for number in (1, 2, 3):
        change(house, number, is_blank=True)
    marked(program, sharp, 1, "accept")
    marked(program, sharp, 2, "exclude", "测试页")
    assert house.read(lambda s: unaccepted(s, [sharp.id], LIMITS)) == {sharp.id: [3]}


# --- images --------------------------------------------------------------------------------------------------------


def test_the_images_of_a_screen_are_one_picture_and_one_entry_that_names_each_page(
    house: House, program: httpx.Client, draft: Made
) -> None:
    before = len(house.log())
    answer = program.get(f"/api/v1/quality/items/{draft.uid}/sheet")
    assert Image.open(io.BytesIO(answer.content)).size == (8 * CELL, CELL)
    entries = house.log()[before:]
    assert [(entry.action, entry.outcome) for entry in entries] == [("quality:show", "done")]
    named = {label for label in entries[0].objects if label.startswith("page:")}
    assert named == {f"page:{page['uid']}" for page in pages(program, draft)}


def test_a_small_image_fits_its_cell() -> None:
    file = io.BytesIO()
    Image.new("L", (1414, 2000), 200).save(file, "JPEG")
    small = small_image(file.getvalue())
    assert small is not None
    assert max(small.size) == CELL - 4


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_leaves_its_cell_empty(content: bytes) -> None:
    assert small_image(content) is None


def test_a_batch_that_is_hidden_looks_like_one_that_is_not_there(
    visitors: Visitors, program: httpx.Client, draft: Made
) -> None:
    other = visitors.program(visitors.house.other_archivist)
    there, nowhere = (
        other.get(f"/api/v1/quality/items/{uid}/{part}").content
        for uid, part in ((draft.uid, "pages"), (uuid4(), "pages"))
    )
    assert there == nowhere
    assert pages(program, draft) != []


# --- the form without a script ---------------------------------------------------------------------------------------


def grid(browser: Browser, made: Made) -> str:
    return html.unescape(browser.get(f"/quality/grid?item={made.uid}").text)


def values(page: str) -> list[str]:
    return re.findall(r'name="page" id="[^"]+" value="([^"]+)"', page)


def press(browser: Browser, made: Made, number: int, act: str, **more: str) -> httpx.Response:
    value = values(grid(browser, made))[number - 1]
    return browser.post("/quality/grid", item=str(made.uid), page=value, act=act, **more)


def test_the_list_of_batches_leads_to_their_pages(archivist: Browser, draft: Made) -> None:
    listed = archivist.get("/quality").text
    found = re.search(r'href="(/quality/grid\?batch=[^"]+)"', listed)
    assert found is not None
    assert len(values(html.unescape(archivist.get(found[1]).text))) == 4


def test_a_button_says_the_contrary_of_what_stands(
    archivist: Browser, program: httpx.Client, draft: Made
) -> None:
    stands = []
    for _time in range(2):
        assert press(archivist, draft, 1, "blank").status_code == 303
        stands.append(pages(program, draft)[0]["is_blank"])
    assert stands == [True, False]


def test_a_mark_without_its_reason_is_told_and_the_page_stays_chosen(archivist: Browser, draft: Made) -> None:
    answer = press(archivist, draft, 2, "exclude")
    assert answer.status_code == 422
    shown = html.unescape(answer.text)
    assert "此标记须写明理由" in shown
    assert re.findall(r'value="([^"]+)" checked', shown) == [values(shown)[1]]


def test_the_reason_stands_beside_the_page_with_who_and_when(archivist: Browser, draft: Made) -> None:
    press(archivist, draft, 2, "exclude", reason="重复扫描")
    assert re.search(r"Archivist 排除（2026-\d\d-\d\d \d\d:\d\d）：重复扫描", grid(archivist, draft))


def test_a_script_is_given_the_one_cell(archivist: Browser, draft: Made) -> None:
    answer = press(archivist, draft, 1, "right", part="cell")
    assert answer.status_code == 200
    assert answer.text.count('class="leaf') == 1
    assert "turn-90" in answer.text


def test_nothing_chosen_is_told_in_words(archivist: Browser, draft: Made) -> None:
    answer = archivist.post("/quality/grid", item=str(draft.uid), act="accept")
    assert (answer.status_code, "没有选择页面" in html.unescape(answer.text)) == (422, True)


def test_who_is_no_archivist_is_offered_no_quality_check(visitors: Visitors) -> None:
    handler = visitors.browser(visitors.house.handler)
    assert "/quality" not in handler.get("/items").text
    assert handler.get("/quality").status_code == 403


def test_older_batches_are_a_page_further_on(archivist: Browser, house: House, draft: Made) -> None:
    for _ in range(MOST_BATCHES):
        house.draft_item()
    first = batches_linked(archivist.get("/quality").text)
    assert len(first) == MOST_BATCHES
    further = archivist.get("/quality", before=first[-1]).text
    assert len(batches_linked(further)) == 1
    assert set(batches_linked(further)).isdisjoint(first)
    assert 'rel="next"' not in further


def batches_linked(html: str) -> list[str]:
    return re.findall(r'href="/quality/grid\?batch=([0-9a-f-]+)"', html)
