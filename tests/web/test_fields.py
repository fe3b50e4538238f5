"""What the bodies of the interface take for a date, and for the revision of a row."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from archive.web.fields import Day, Revision


@pytest.mark.parametrize("number", [0, "0", "0.5", -1])
def test_a_number_is_no_date(number: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(number)


def test_a_date_is_read_as_it_is_written() -> None:
    assert TypeAdapter(Day).validate_python("2026-11-24") == date(2026, 11, 24)


@pytest.mark.parametrize("number", [-1, 2**63, True, "1"])
def test_a_revision_that_no_row_can_have_is_refused(number: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Revision).validate_python(number)
