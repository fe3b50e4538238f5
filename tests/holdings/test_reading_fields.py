"""What was read becomes proposals: both scripts, next cells, days of three kinds; wrong check digits are told."""

from datetime import date

import pytest

from archive.holdings.reading_dates import dates_in
from archive.holdings.reading_fields import Field, Proposal, is_identity_number, proposals
from demo.blocks import FormPage
from demo.layout import lay_out
from demo.marks import Run
from demo.model import Description
from demo.texts import inpatient, memo, motor_claim, policy
from search.analysis import fold
from tests.cast import reading_of


def read(*pages: str) -> tuple[Proposal, ...]:
    return proposals((number, reading_of(text)) for number, text in enumerate(pages, start=1))


def said(field: Field, *pages: str) -> list[tuple[str, str]]:
    return [(one.detail, one.value) for one in read(*pages) if one.field is field]


def printed(form: FormPage) -> str:
    """What is printed on a page of the demonstration, cell by cell."""
    return "\n".join(mark.text for mark in lay_out(form) if isinstance(mark, Run))


@pytest.mark.parametrize(
    ("forms", "description"),
    [
        ((motor_claim.CLAIM_FORM, motor_claim.SURVEY, motor_claim.SETTLEMENT), motor_claim.CLAIM_FILE),
        ((inpatient.FRONT_SHEET, inpatient.ADMISSION, inpatient.DISCHARGE), inpatient.RECORD_FILE),
        ((policy.SCHEDULE,), policy.POLICY_FILE),
        ((memo.MEMO,), memo.MEMO_FILE),
    ],
)
def test_persons_numbers_and_the_day_of_a_demonstration_file_are_among_its_proposals(
    forms: tuple[FormPage, ...], description: Description
) -> None:
    values = {fold(one.value).text for one in read(*map(printed, forms))}
    wanted = [person.name for person in description.persons] + [number for _, number in description.numbers]
    assert {fold(value).text for value in (*wanted, description.doc_date)} <= values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓名：张伟", [("", "张伟")]),
        ("被保險人\n陳怡君", [("insured", "陳怡君")]),
        ("投保人 Policyholder\n陈怡君 Chen Yijun", [("policyholder", "陈怡君")]),
        ("患者姓名: 欧阳青", [("patient", "欧阳青")]),
        ("姓名\n张伟\n病案号：00123456", [("patient", "张伟")]),
        ("联系人姓名\n李秀兰", []),
        ("姓名\n性别\n男", []),
        ("被保险人应当在四十八小时内报案", []),
    ],
)
def test_names_stand_after_their_labels(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(Field.NAME, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("病案号：00123456", [("record", "00123456")]),
        ("賠案號：CLM2024-0012345678", [("claim", "CLM2024-0012345678")]),
        ("保险单号 Policy No.\nPOL2023-5500667788", [("policy", "POL2023-5500667788")]),
        ("車牌號碼\n示AD8052", [("plate", "示AD8052")]),
        ("车辆 京A12345 停放", [("plate", "京A12345")]),
        ("保险单号\n无", []),
    ],
)
def test_numbers_stand_after_their_labels_or_are_known_by_their_shape(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert said(Field.NUMBER, text) == expected


def test_the_check_digit_of_an_identity_number_is_computed() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("1101051949123100")


def test_an_identity_number_that_does_not_fit_is_shown_and_called_doubtful() -> None:
    found = [
        one
        for one in read("身份证号：110105194912310021\n证件 11010519491231002x")
        if one.field is Field.ID_NO
    ]
    assert [(one.value, one.is_doubtful) for one in found] == [
        ("110105194912310021", True),
        ("11010519491231002X", False),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年5月18日", date(2024, 5, 18)),
        ("2024-05-18 09:20", date(2024, 5, 18)),
        ("民国113年5月18日", date(2024, 5, 18)),
        ("二〇二四年五月十八日", date(2024, 5, 18)),
        ("二○二四年十二月三十一日", date(2024, 12, 31)),
        ("一九九九年十月二十日", date(1999, 10, 20)),
    ],
)
def test_days_are_read_as_documents_write_them(text: str, day: date) -> None:
    assert [found for _start, _end, found in dates_in(text)] == [day]


@pytest.mark.parametrize(
    "text", ["2024年13月40日", "二〇二四年十三月一日", "0024-05-18", "12024-05-18", "2024-05-181"]
)
def test_what_no_calendar_knows_is_no_day(text: str) -> None:
    assert list(dates_in(text)) == []


def test_a_day_in_traditional_characters_is_read_too() -> None:
    assert said(Field.DATE, "民國一百年\n民國113年5月18日") == [("", "2024-05-18")]


def test_a_day_of_birth_is_not_the_day_of_the_document() -> None:
    assert said(Field.DATE, "出生日期\n1966年2月11日\n签单日期 2024-03-18") == [("", "2024-03-18")]


def test_a_heading_names_the_type_and_a_sentence_does_not() -> None:
    assert said(Field.DOC_TYPE, "示范医院\n出院記錄\n正文") == [("", "discharge_note")]
    assert said(Field.DOC_TYPE, "请携带出院记录，到窗口办理。\n正文") == []


def test_a_proposal_knows_its_page_and_its_place() -> None:
    (name,) = [one for one in read("封面", "第一行\n姓名：张伟") if one.field is Field.NAME]
    assert (name.page, name.score) == (2, 1.0)
    ((left, top), (right, _), (_, bottom), _) = name.quads[0]
    assert (left, top, right, bottom) == pytest.approx((0.6, 0.5, 1.0, 1.0))


def test_a_value_that_stands_on_many_pages_is_one_proposal() -> None:
    assert [one.page for one in read("姓名：张伟", "姓名：张伟") if one.field is Field.NAME] == [1]
