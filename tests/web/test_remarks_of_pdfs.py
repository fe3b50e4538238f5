"""Whatever is said of a PDF has its words on the screen."""

import pytest

from archive.desks.intake.wording import remark_in_words
from ocr.pdf_remarks import WORDS


@pytest.mark.parametrize("code", WORDS)
def test_a_remark_has_its_words(code: str) -> None:
    shown = remark_in_words(code, WORDS[code].format(7))

    assert not shown.startswith(("The ", "Files", "Damaged", "Digital", "Parts", "Attached"))
    assert ("7" in shown) is ("{}" in WORDS[code])
