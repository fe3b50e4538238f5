"""Every odd file ends accepted, accepted with a warning, or refused with reason and remedy, within the limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.desks.intake.wording import in_words, remark_in_words
from ocr.sandbox import Launcher, Limits, PageUnreadable, Sandbox, Unacceptable, choose_launcher, launch
from tests.hostile import pdfs, pictures
from tests.hostile.apart import Apart, Found
from tests.hostile.making import jpeg
from tests.hostile.odd import Must, Odd

ODD = (*pictures.ODD, *pdfs.ODD)
MIB = 1 << 20
MIB_OF_THE_PROGRAM = 400
NASTIEST = {
    "largest.png",
    "loop.tif",
    "same-page.tif",
    "one-scrambled.tif",
    "frames.gif",
    "tiles.j2k",
    "\ud800.png",
}


COSTLY = {
    "bomb-attached-dense.pdf",
    "bomb-attached.pdf",
    "bomb-curves.pdf",
    "bomb-dashes.pdf",
    "bomb-missing.pdf",
    "bomb-notes.pdf",
    "bomb-string.pdf",
    "comments.gif",
    "large.jpg",
    "largest-grey.png",
    "many-scans.jpg",
    "runs-slow.bmp",
    "text-bombs.png",
}
"""Half a second of CPU and more: in the long run only."""

QUICK = [odd for odd in ODD if odd.name not in COSTLY]


def titled(odd: Odd) -> str:
    return odd.what.replace(" ", "-")


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart() as program:
        yield program


@pytest.fixture(scope="module")
def launcher() -> Launcher:
    return choose_launcher()


def ending(found: Found) -> Must:
    if found.refused:
        return Must.REFUSED
    return Must.WARNED if found.codes or found.unreadable else Must.ACCEPTED


def test_the_corpus_has_150_files_and_no_two_of_one_name_and_content() -> None:
    assert len(ODD) >= 150
    assert len({(odd.name, odd.what) for odd in ODD}) == len(ODD)


@pytest.mark.parametrize("odd", QUICK, ids=titled)
def test_it_ends_as_it_must(apart: Apart, odd: Odd) -> None:
    check_ending(odd, apart.look(odd))


@pytest.mark.long
@pytest.mark.parametrize("odd", [odd for odd in ODD if odd.name in COSTLY], ids=titled)
def test_what_costs_more_ends_as_it_must(apart: Apart, odd: Odd) -> None:
    check_ending(odd, apart.look(odd))


def check_ending(odd: Odd, found: Found) -> None:
    """A process may draw three pages, each within its limits; the last second is the kernel's to notice."""
    assert not found.died
    assert ending(found) is odd.must, found
    assert odd.code is None or odd.code in found.codes + found.unreadable
    assert found.refused or found.pages == odd.pages
    assert found.cpu <= Limits().probe_cpu + min(3, odd.pages) * (Limits().render_cpu + 1)
    assert found.memory <= Limits().render_memory // MIB + MIB_OF_THE_PROGRAM
    assert all(found.sentences)


@pytest.mark.parametrize(
    "odd", [odd for odd in QUICK if odd in pictures.ODD and odd.must is not Must.ACCEPTED], ids=titled
)
def test_what_is_said_of_a_picture_is_said_in_chinese(apart: Apart, odd: Odd) -> None:
    found = apart.look(odd)
    said = in_words(*found.sentences) if found.refused else map(remark_in_words, found.codes, found.sentences)

    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in said)


def opened(launcher: Launcher, name: str, content: bytes) -> Sandbox:
    return launch(
        launcher,
        lambda offset, length: content[offset : offset + length],
        name,
        len(content),
        Limits(),
        "failing:raise",
    )


def examined(launcher: Launcher, odd: Odd) -> tuple[Must, list[str], int]:
    """How it ended, with which codes, and how many of the first pages were drawn."""
    with opened(launcher, odd.name, odd.make()) as sandbox:
        try:
            found = sandbox.probe()
        except Unacceptable as refusal:
            return Must.REFUSED, [refusal.code], 0
        unreadable = [code for page in found.pages[:3] if (code := trouble(sandbox, page.number))]
    codes = [remark.code for remark in found.remarks] + unreadable
    return Must.WARNED if codes else Must.ACCEPTED, codes, min(3, len(found.pages)) - len(unreadable)


def trouble(sandbox: Sandbox, number: int) -> str:
    """Why the page could not be drawn; nothing when it was."""
    try:
        return "" if sandbox.read_page(number).image.jpeg else "empty"
    except PageUnreadable as unreadable:
        return unreadable.code


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd.name in NASTIEST], ids=titled)
def test_the_nastiest_end_so_in_the_sandbox(launcher: Launcher, odd: Odd) -> None:
    must, codes, drawn = examined(launcher, odd)

    assert must is odd.must
    assert odd.code is None or odd.code in codes
    assert must is Must.REFUSED or drawn > 0


@pytest.mark.long
def test_all_end_so_in_the_sandbox_and_a_good_file_is_served_after_each(launcher: Launcher) -> None:
    wrong = []
    for odd in ODD:
        must, codes, _ = examined(launcher, odd)
        if must is not odd.must or (odd.code is not None and odd.code not in codes):
            wrong.append((odd.what, must, codes))
        good = examined(launcher, Odd("good.jpg", "a good file", Must.ACCEPTED, jpeg))
        assert good == (Must.ACCEPTED, [], 1)
    assert wrong == []
