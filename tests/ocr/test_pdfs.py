"""What is found in a PDF and told, and what hangs on it."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ocr.facts import Code, Limits, Unacceptable
from ocr.pdf_attached import printable
from ocr.pdf_bounds import CpuSpent, cpu_share, undivided
from ocr.pdf_structure import structure
from ocr.pdfs import PdfLook, look
from tests.hostile import pdf_active, pdf_broken
from tests.hostile.pdf_writer import Pdf, packed, updated, words

ROOT = Path(__file__).parents[2]
LIMITS = Limits()


def codes(data: bytes, limits: Limits = LIMITS) -> list[str]:
    return [remark.code for remark in looked(data, limits).remarks]


def looked(data: bytes, limits: Limits = LIMITS) -> PdfLook:
    return look(io.BytesIO(data), limits)


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    return [(file.name, file.unpack()) for file in structure(io.BytesIO(data), LIMITS).embedded]


def test_an_ordinary_pdf_has_no_remarks() -> None:
    assert codes(pdf_active.plain(3)) == []


def test_a_script_hidden_in_an_object_stream_is_found() -> None:
    assert codes(pdf_active.packed_with_script()) == ["javascript", "automatic"]


def test_what_several_notes_would_do_is_told_once_each() -> None:
    notes = (
        b"<</Subtype/Link/A<</S/Launch/F(a)>>>><</Subtype/Link/A<</S/Launch/F(b)/Next<</S/URI/URI(c)>>>>>>"
    )

    assert codes(pdf_active.with_page(b"/Annots[%s]" % notes)) == ["launch", "links"]


def test_a_later_revision_that_hides_a_script_is_looked_at_in_its_last_state() -> None:
    pdf = Pdf()
    first = pdf.file(b"/OpenAction<</S/JavaScript/JS(1)>>")
    pdf.finish()

    assert codes(updated(first, pdf, {pdf.catalog: pdf.bodies[pdf.catalog]})) == ["updates"]


def test_the_number_of_later_revisions_is_told() -> None:
    (remark,) = looked(pdf_active.changed_twice()).remarks

    assert "2 times" in remark.words


def test_a_signature_over_the_whole_file_is_not_said_to_be_outdated() -> None:
    assert codes(pdf_active.signed()) == ["signature"]
    assert "changed_after_signature" in codes(pdf_active.signed_then_changed())


def test_an_attached_file_is_unpacked_byte_for_byte() -> None:
    data = pdf_active.attached((b"eicar.com", pdf_active.EICAR))

    assert unpacked(data) == [("eicar.com", pdf_active.EICAR)]
    (attachment,) = looked(data).attachments
    assert (attachment.number, attachment.name, attachment.size) == (1, "eicar.com", 68)


@pytest.mark.parametrize("make", [pdf_active.attached_to_a_note, pdf_active.associated])
def test_an_attached_file_is_found_wherever_it_hangs(make: object) -> None:
    assert callable(make)
    assert len(unpacked(make())) == 1


def hung(specification: bytes = b"<</Type/Filespec/UF(a.com)/EF<</F %d 0 R>>>>") -> tuple[Pdf, int]:
    """A PDF with the file in it, tied to nothing yet, and the number of its specification."""
    pdf = Pdf()
    held = pdf.stream(pdf_active.EICAR, b"/Type/EmbeddedFile")
    return pdf, pdf.add(specification % held)


def on_a_picture() -> bytes:
    pdf, file = hung()
    told = b"/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/AF[%d 0 R]" % file
    pdf.page(b"/I Do", resources=b"/XObject<</I %d 0 R>>" % pdf.plain(b"\0", told))
    return pdf.file()


def from_the_catalog(entry: bytes) -> bytes:
    pdf, file = hung()
    return pdf.file(entry % file)


def in_an_object_stream() -> bytes:
    pdf, file = hung()
    return packed(pdf, b"/StructTreeRoot<</K<</S/Figure/AF %d 0 R>>>>" % file)


@pytest.mark.parametrize(
    "data",
    [
        on_a_picture(),
        from_the_catalog(b"/StructTreeRoot<</K<</Type/StructElem/S/Figure/AF %d 0 R>>>>"),
        from_the_catalog(b"/DPartRoot<</AF %d 0 R>>"),
        from_the_catalog(b"/Names<</Renditions<</Names[(r)<</S/MR/C<</D %d 0 R>>>>]>>>>"),
        in_an_object_stream(),
        hung(b"<</UF(a.com)/E#46<</F %d 0 R>>>>")[0].file(),
        hung(b"<</Within[<</UF(a.com)/EF<</F %d 0 R>>>>]>>")[0].file(),
    ],
    ids=["picture", "structure", "part", "rendition", "object stream", "spelled", "within an object"],
)
def test_a_file_that_no_list_names_is_found_by_its_specification(data: bytes) -> None:
    assert unpacked(data) == [("a.com", pdf_active.EICAR)]
    assert "attachment" in codes(data)


def test_a_file_that_nothing_leads_to_is_found() -> None:
    assert unpacked(hung(b"(%d)")[0].file()) == [("", pdf_active.EICAR)]


def test_a_specification_that_cannot_be_understood_is_told() -> None:
    assert codes(hung(b"]/EF %d")[0].file()) == ["unexamined", "attachment"]


def test_files_in_attached_pdfs_are_unpacked_to_the_second_level() -> None:
    names = [name for name, _ in unpacked(pdf_active.nested_attachments(3))]

    assert names == ["level2.pdf", "level2.pdf/level1.pdf"]
    assert "nested" in codes(pdf_active.nested_attachments(3))


def test_an_encrypted_attachment_is_unpacked_where_the_owner_alone_has_a_password() -> None:
    data = pdf_active.locked("", "b", data=pdf_active.attached((b"a.com", pdf_active.EICAR)))

    assert unpacked(data) == [("a.com", pdf_active.EICAR)]


def test_a_broken_attachment_is_listed_and_says_so_when_it_is_asked_for() -> None:
    data = pdf_active.attached((b"a", b"x" * 500)).replace(b"/FlateDecode", b"/AcmeDecode ")

    assert [file.size for file in looked(data).attachments] == [0]
    with pytest.raises(NotImplementedError):
        unpacked(data)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_embedded=1), Code.TOO_MANY_FILES),
        (Limits(max_embedded_bytes=99), Code.TOO_LARGE),
    ],
)
def test_attached_files_beyond_the_limits_refuse_the_file(limits: Limits, code: Code) -> None:
    data = pdf_active.attached((b"a", b"x" * 50), (b"b", b"x" * 50))

    with pytest.raises(Unacceptable) as caught:
        looked(data, limits)

    assert caught.value.code is code
    assert "Save the attached files" in caught.value.remedy


def test_a_name_is_data() -> None:
    assert printable("a\u202egnp.exe\x00\x1b\u2066" + "x" * 300) == "agnp.exe" + "x" * 247


def test_a_damaged_page_among_good_ones_is_told() -> None:
    found = looked(pdf_broken.one_good_page())

    assert len(found.pages) == 5
    assert found.remarks[0].words.startswith("Damaged pages of the PDF: 4.")


def test_a_table_that_had_to_be_put_together_is_told() -> None:
    assert codes(pdf_broken.wrong_start()) == ["repaired"]
    assert codes(pdf_broken.wrong_offsets()) == ["repaired"]


def alone(function: Callable[[], object]) -> str:
    """What it returns in a process of its own, as the reading program is: one thread, and nobody's callbacks in the collector."""
    code = f"from tests.ocr.test_pdfs import {function.__name__} as f; print(f(), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def of_many_links() -> str:
    pdf = Pdf()
    pdf.page(entries=b"/Annots[%s]" % (b"<</Subtype/Link/Rect[0 0 1 1]>>" * 70_000))
    return " ".join(codes(pdf.file(), Limits(probe_cpu=1)))


def test_a_structure_that_takes_too_long_is_told_and_refuses_nothing() -> None:
    assert "unexamined" in alone(of_many_links)


def spin_within_a_share() -> None:
    with cpu_share(0.01):
        while True:
            words()


def what_a_share_leaves_behind() -> tuple[object, bool]:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(CpuSpent):
        spin_within_a_share()
    return signal.getitimer(signal.ITIMER_PROF), signal.getsignal(signal.SIGPROF) is before


def test_the_share_of_time_is_taken_back_afterwards() -> None:
    assert alone(what_a_share_leaves_behind) == "((0.0, 0.0), True)"


def an_answer_of_half_a_second() -> list[bool]:
    heard = []
    with pytest.raises(CpuSpent), cpu_share(0.01), undivided():
        heard.append(spun(0.5))
    return heard


def test_an_answer_is_awaited_before_the_share_ends() -> None:
    assert alone(an_answer_of_half_a_second) == "[True]"


def spun(seconds: float) -> bool:
    end = time.process_time() + seconds
    while time.process_time() < end:
        words()
    return True


def ending(data: bytes) -> Code | None:
    try:
        looked(data)
    except Unacceptable as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("cut", range(0, 960, 40))
def test_a_signed_pdf_cut_off_anywhere_is_refused_as_broken_or_taken_in(cut: int) -> None:
    assert ending(pdf_active.signed()[:cut]) in {None, Code.BROKEN}
