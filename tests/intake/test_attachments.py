"""Files inside files: the reading program unpacks them, so that the scanner looks at each as it is."""

from pathlib import Path

import pytest

from archive.desks.intake.clamd import TEST_FILE
from tests.cast import House
from tests.crash.working import upload
from tests.intake.examining import examine
from tests.intake.files import pdf_with_attachment, with_broken_attachment
from tests.intake.scanner import MOST, Running, clamd_in


def test_malware_in_an_attachment_is_found_because_we_unpack_it(house: House, tmp_path: Path) -> None:
    """This clamd looks into no PDF: to it, the file as it stands is clean."""
    file = pdf_with_attachment(b"harmless", TEST_FILE, b"never looked at")
    with clamd_in(tmp_path / "clamd", unpacks=False) as clamd:
        assert clamd.asked().scan([file]).outcome == "clean"
        it = examine(house, upload(house, "claim.pdf", file), clamd.asked())
    assert (it.state, it.scan) == ("refused", "infected")


def test_a_pdf_with_harmless_attachments_is_clean(house: House, clamd: Running) -> None:
    file = pdf_with_attachment(b"harmless", b"harmless as well")
    assert examine(house, upload(house, "claim.pdf", file), clamd.asked()).scan == "clean"


def test_an_attachment_that_is_larger_than_the_scanner_looks_at_leaves_the_file_not_scanned(
    house: House, tmp_path: Path
) -> None:
    with clamd_in(tmp_path / "clamd", unpacks=False) as clamd:
        it = examine(house, upload(house, "claim.pdf", pdf_with_attachment(bytes(MOST + 1))), clamd.asked())
    assert (it.state, it.scan) == ("reading", "not scanned")
    assert "An attachment was not scanned" in (it.remarks or "")


def test_malware_in_a_file_attached_to_an_attached_file_is_found(house: House, tmp_path: Path) -> None:
    file = pdf_with_attachment(pdf_with_attachment(TEST_FILE))
    with clamd_in(tmp_path / "clamd", unpacks=False) as clamd:
        it = examine(house, upload(house, "claim.pdf", file), clamd.asked())
    assert (it.state, it.scan) == ("refused", "infected")


HARMLESS = pdf_with_attachment(b"harmless")


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(with_broken_attachment(b"harmless, if one could read it"), id="broken"),
        pytest.param(HARMLESS.replace(b"/FlateDecode", b"/FlatEDecode"), id="packed in an unknown way"),
        pytest.param(pdf_with_attachment(pdf_with_attachment(HARMLESS)), id="three deep"),
    ],
)
def test_an_attachment_that_is_not_unpacked_leaves_the_file_not_scanned(
    house: House, clamd: Running, file: bytes
) -> None:
    it = examine(house, upload(house, "claim.pdf", file), clamd.asked())
    assert (it.state, it.scan) == ("reading", "not scanned")
    assert "An attachment was not scanned for malware: it cannot be unpacked." in (it.remarks or "")
