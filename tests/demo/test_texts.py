from decimal import Decimal

from demo.blocks import FormPage, Table
from demo.fonts import locate
from demo.layout import lay_out
from demo.marks import Run
from demo.texts import inpatient, memo, motor_claim, policy
from demo.truetype import TrueTypeFace

FORMS = (
    motor_claim.CLAIM_FORM,
    motor_claim.SURVEY,
    motor_claim.SETTLEMENT,
    motor_claim.MEDICAL_BILL,
    inpatient.FRONT_SHEET,
    inpatient.ADMISSION,
    inpatient.DISCHARGE,
    inpatient.ORDERS,
    inpatient.LAB_REPORT,
    policy.SCHEDULE,
    policy.CONDITIONS,
    memo.MEMO,
)


def table(form: FormPage) -> Table:
    return next(block for block in form.blocks if isinstance(block, Table))


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_every_table_with_a_total_adds_up() -> None:
    forms = (motor_claim.SURVEY, motor_claim.SETTLEMENT, motor_claim.MEDICAL_BILL, policy.SCHEDULE)
    for form in forms:
        *items, total = [money(row[-1]) for row in table(form).rows]
        assert sum(items) == total, table(form).header


def test_each_line_of_the_bill_is_quantity_times_price() -> None:
    *lines, _ = table(motor_claim.MEDICAL_BILL).rows
    assert all(money(quantity) * money(price) == money(amount) for *_, quantity, price, amount in lines)


def test_the_costs_on_the_front_sheet_add_up() -> None:
    costs = [block for block in inpatient.FRONT_SHEET.blocks if isinstance(block, Table)][-1]
    *items, total = [money(cell) for row in costs.rows for cell in (row[1], row[3])]
    assert sum(items) == total


def test_the_fonts_have_a_glyph_for_every_character() -> None:
    runs = [mark for form in FORMS for mark in lay_out(form) if isinstance(mark, Run)]
    for face in ("hei", "song-cn", "song-tw"):
        font = TrueTypeFace(*locate(face))
        used = {character for run in runs if run.face == face for character in run.text}
        assert used
        assert all(font.glyph(character) for character in used)
