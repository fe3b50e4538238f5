"""PDFs that are damaged, cut off, put together wrongly, or something else as well."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from tests.hostile.odd import Must, Odd
from tests.hostile.pdf_writer import Pdf, packed, section, stream, updated, words


def plain() -> bytes:
    return Pdf().file()


def pages(count: int) -> Pdf:
    pdf = Pdf()
    for number in range(count):
        pdf.page(words(f"Page {number + 1} ABC-1234"))
    return pdf


def cut(share: float) -> bytes:
    data = pages(8).file()
    return data[: int(len(data) * share)]


def wrong_start() -> bytes:
    return re.sub(rb"startxref\n\d+", b"startxref\n99999999", plain())


def wrong_offsets() -> bytes:
    """Every object stands seven bytes before the place that the table names."""
    return re.sub(rb"(\d{10}) 00000 n", lambda found: b"%010d 00000 n" % (int(found[1]) + 7), plain())


def without(*gone: bytes) -> bytes:
    data = plain()
    for piece in gone:
        data = data.replace(piece, b"")
    return data


def table_of_nothing() -> bytes:
    data = plain()
    start = data.rindex(b"xref\n0 1")
    return data[:start] + b"xref\n0 0\n" + data[data.rindex(b"trailer") :]


def endless_previous() -> bytes:
    """The newest table is its own predecessor."""
    pdf = Pdf()
    data = pdf.file()
    return updated(data, pdf, {}).replace(b"/Prev %d" % data.rindex(b"xref\n0 1"), b"/Prev %d" % len(data))


def previous_in_circles() -> bytes:
    pdf = Pdf()
    first = pdf.file(trailer=b"/Prev 0000000000")
    second = updated(first, pdf, {})
    return second.replace(b"/Prev 0000000000", b"/Prev %010d" % len(first))


def wild_previous() -> bytes:
    pdf = Pdf()
    return pdf.file(trailer=b"/Prev -1")


def self_holding_object_stream() -> bytes:
    """The table says that the object stream lies within itself."""
    data = packed(Pdf())
    holder = int(re.findall(rb"(\d+) 0 obj\n<</Length \d+/Type/ObjStm", data)[0])
    table = data.rindex(b"stream\n", 0, data.rindex(b"endstream")) + len(b"stream\n")
    row = table + 7 * holder
    return data[:row] + b"\x02" + holder.to_bytes(4) + b"\0\0" + data[row + 7 :]


def object_streams_extending_each_other() -> bytes:
    return packed(Pdf(), entries=b"/Extends 7 0 R")


def lying_object_stream() -> bytes:
    return packed(Pdf()).replace(b"/First ", b"/First 9")


def wrong_lengths() -> bytes:
    return re.sub(rb"/Length \d+", b"/Length 5", plain())


def huge_lengths() -> bytes:
    return re.sub(rb"/Length \d+", b"/Length 2147483647", plain())


def length_of_itself() -> bytes:
    """The length of the content is the content."""
    pdf = Pdf()
    content = pdf.reserve()
    pdf.bodies[content] = b"<</Length %d 0 R>>stream\n%s\nendstream" % (content, words())
    pdf.page(entries=b"/Contents %d 0 R" % content)
    return pdf.file()


def own_kid() -> bytes:
    pdf = pages(2)
    kids = b" ".join(b"%d 0 R" % page for page in [*pdf.pages, pdf.tree])
    return pdf.file(tree=b"/Kids[%s]/Count 3" % kids)


def same_page_often() -> bytes:
    pdf = pages(1)
    return pdf.file(tree=b"/Kids[%s]/Count 5" % (b"%d 0 R " % pdf.pages[0] * 5))


def deep_tree(depth: int) -> bytes:
    pdf = pages(1)
    kid = pdf.pages[0]
    for _ in range(depth):
        kid = pdf.add(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % kid)
    return pdf.file(tree=b"/Kids[%d 0 R]/Count 1" % kid)


def counted(claimed: bytes) -> bytes:
    pdf = pages(1)
    return pdf.file(tree=b"/Kids[%d 0 R]/Count %s" % (pdf.pages[0], claimed))


def one_good_page() -> bytes:
    """Four of five pages are no pages."""
    pdf = pages(5)
    for page in pdf.pages[1:]:
        pdf.bodies[page] = b"(nothing)"
    return pdf.file()


def no_good_page() -> bytes:
    pdf = pages(3)
    for page in pdf.pages:
        pdf.bodies[page] = b"42"
    return pdf.file()


def box(numbers: bytes, more: bytes = b"") -> bytes:
    pdf = Pdf()
    pdf.page(entries=b"/MediaBox[%s]%s" % (numbers, more))
    return pdf.file()


def no_box() -> bytes:
    pdf = Pdf()
    pdf.page()
    pdf.bodies[pdf.pages[0]] = pdf.bodies[pdf.pages[0]].replace(b"/MediaBox[0 0 300 200]", b"")
    return pdf.file()


def cropped_away() -> bytes:
    return box(b"0 0 300 200", b"/CropBox[1000 1000 1001 1001]")


def broken_content(data: bytes) -> bytes:
    pdf = Pdf()
    content = pdf.add(stream(data, b"/Filter/FlateDecode"))
    pdf.page(entries=b"/Contents %d 0 R" % content)
    return pdf.file()


def unknown_filter() -> bytes:
    pdf = Pdf()
    pdf.page(entries=b"/Contents %d 0 R" % pdf.plain(words(), b"/Filter/AcmeDecode"))
    return pdf.file()


def broken_font() -> bytes:
    pdf = Pdf()
    program = pdf.stream(bytes(range(256)) * 20, b"/Length1 5120")
    told = pdf.add(b"<</Type/FontDescriptor/FontName/A/Flags 4/FontFile2 %d 0 R>>" % program)
    cmap = pdf.stream(b"1 beginbfrange <0000> <FFFF> <0000> endbfrange " * 50)
    pdf.font = pdf.add(
        b"<</Type/Font/Subtype/TrueType/BaseFont/A/FontDescriptor %d 0 R/ToUnicode %d 0 R"
        b"/FirstChar -5/LastChar 999999999/Widths[(a)]>>" % (told, cmap)
    )
    pdf.page()
    return pdf.file()


def circular_font() -> bytes:
    """A composite font whose descendant is itself."""
    pdf = Pdf()
    font = pdf.reserve()
    pdf.bodies[font] = (
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[%d 0 R]>>" % font
    )
    pdf.font = font
    pdf.page()
    return pdf.file()


def circular_reference() -> bytes:
    """A catalog entry that leads to a reference that leads back."""
    pdf = Pdf()
    one, two = pdf.reserve(), pdf.reserve()
    pdf.bodies[one], pdf.bodies[two] = b"%d 0 R" % two, b"%d 0 R" % one
    return pdf.file(b"/Names %d 0 R/AcroForm %d 0 R/OpenAction %d 0 R" % (one, two, one))


def root_is_an_array() -> bytes:
    pdf = Pdf()
    pdf.finish()
    pdf.bodies[pdf.catalog] = b"[1 2 3]"
    return section(b"%PDF-1.7\n", pdf.bodies, b"/Root %d 0 R" % pdf.catalog, len(pdf.bodies) + 1)


def with_zip_behind() -> bytes:
    out = io.BytesIO(plain())
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo("evil.exe"), b"MZ" + bytes(2000))
    return out.getvalue()


MAIL = b"From: claims@example.org\nSubject: scan\nContent-Type: application/pdf\n\n"


def _warned(
    name: str, what: str, make: Callable[[], bytes], code: str | None = "repaired", pages_: int = 1
) -> Odd:
    return Odd(name, what, Must.WARNED, make, code, pages_)


def _refused(name: str, what: str, make: Callable[[], bytes], code: str = "broken") -> Odd:
    return Odd(name, what, Must.REFUSED, make, code)


ODD: tuple[Odd, ...] = (
    _refused("head-only.pdf", "nothing but the first line: refused", lambda: b"%PDF-1.7\n"),
    _refused(
        "words-only.pdf",
        "a first line and words: refused",
        lambda: b"%PDF-1.7\nnothing of a PDF follows\n" * 9,
    ),
    _refused("cut-early.pdf", "cut off after a twentieth: refused", lambda: cut(0.05)),
    _refused(
        "cut-half.pdf",
        "cut off in the middle, with nothing that says where to begin: refused",
        lambda: cut(0.55),
    ),
    _refused("cut-late.pdf", "cut off in its table: refused", lambda: cut(0.9)),
    _warned("no-eof.pdf", "the end marker is missing: told", lambda: without(b"%%EOF\n")),
    _warned("no-startxref.pdf", "nothing says where the table is: told", lambda: without(b"startxref")),
    _warned("no-table.pdf", "no table and no trailer word: told", lambda: without(b"xref", b"start")),
    _warned("wrong-startxref.pdf", "the table is elsewhere: told", wrong_start),
    _warned("wrong-offsets.pdf", "every object is elsewhere: told", wrong_offsets),
    _warned("empty-table.pdf", "the table names no object: told", table_of_nothing),
    _warned("prev-itself.pdf", "a table that is its own predecessor: it ends, told", endless_previous),
    _warned("prev-circle.pdf", "two tables that precede each other: it ends, told", previous_in_circles),
    _warned("prev-wild.pdf", "a predecessor before the file: told", wild_previous, "unexamined"),
    _warned(
        "objstm-itself.pdf",
        "an object stream within itself: it ends",
        self_holding_object_stream,
        "unexamined",
    ),
    Odd(
        "objstm-extends.pdf",
        "an object stream that extends itself: taken in",
        Must.ACCEPTED,
        object_streams_extending_each_other,
    ),
    _refused(
        "objstm-lies.pdf",
        "an object stream that lies about where its objects begin: refused",
        lying_object_stream,
    ),
    _warned("short-lengths.pdf", "streams longer than they say: taken in", wrong_lengths, None),
    _warned("huge-lengths.pdf", "streams of two gigabytes, they say: taken in", huge_lengths, None),
    Odd("length-itself.pdf", "a stream whose length is itself: taken in", Must.ACCEPTED, length_of_itself),
    _warned("own-kid.pdf", "a page tree that is its own branch: its pages are taken in", own_kid, None, 3),
    Odd("same-page.pdf", "one page five times: taken in", Must.ACCEPTED, same_page_often, None, 5),
    _refused("deep-tree.pdf", "a page tree 5,000 deep: refused", lambda: deep_tree(5000)),
    _refused(
        "count-million.pdf",
        "a million pages, it says: refused",
        lambda: counted(b"1000000"),
        "too_many_pages",
    ),
    Odd(
        "count-nothing.pdf", "no pages, it says, and has one: taken in", Must.ACCEPTED, lambda: counted(b"0")
    ),
    Odd("count-negative.pdf", "minus five pages, it says: taken in", Must.ACCEPTED, lambda: counted(b"-5")),
    Odd("count-word.pdf", "as many pages as a word: taken in", Must.ACCEPTED, lambda: counted(b"(many)")),
    _refused("no-pages.pdf", "an empty page tree: refused", lambda: pages(1).file(tree=b"/Kids[]/Count 0")),
    _warned(
        "one-good-page.pdf",
        "four of five pages are none: the one is taken in, told",
        one_good_page,
        "missing_pages",
        5,
    ),
    _refused("no-good-page.pdf", "no page is one: refused", no_good_page),
    Odd("box-none.pdf", "a page without a size: taken in as letter", Must.ACCEPTED, no_box),
    Odd("box-zero.pdf", "a page of no size: taken in as letter", Must.ACCEPTED, lambda: box(b"0 0 0 0")),
    Odd(
        "box-negative.pdf",
        "corners the wrong way round: taken in",
        Must.ACCEPTED,
        lambda: box(b"300 200 0 0"),
    ),
    Odd(
        "box-words.pdf", "a size of words: taken in as letter", Must.ACCEPTED, lambda: box(b"(a)/b null NaN")
    ),
    _refused(
        "box-huge.pdf",
        "a page of 350 km: refused",
        lambda: box(b"0 0 1000000000 1000000000"),
        "too_many_pixels",
    ),
    _refused(
        "box-sliver.pdf",
        "a page of a point by 350 km: refused",
        lambda: box(b"0 0 1 1000000000"),
        "too_many_pixels",
    ),
    Odd("box-tiny.pdf", "a page of a hundredth point: taken in", Must.ACCEPTED, lambda: box(b"0 0 .01 .01")),
    Odd(
        "box-units.pdf",
        "units a million times larger: taken in",
        Must.ACCEPTED,
        lambda: box(b"0 0 300 200", b"/UserUnit 1e6"),
    ),
    Odd(
        "rotate-odd.pdf",
        "turned by 45 degrees: taken in",
        Must.ACCEPTED,
        lambda: box(b"0 0 300 200", b"/Rotate 45"),
    ),
    Odd(
        "rotate-wild.pdf",
        "turned by minus a billion: taken in",
        Must.ACCEPTED,
        lambda: box(b"0 0 300 200", b"/Rotate -999999990"),
    ),
    _refused("crop-away.pdf", "cropped to nothing: refused, there is nothing to see", cropped_away),
    Odd(
        "content-garbage.pdf",
        "content that does not unpack: a blank page",
        Must.ACCEPTED,
        lambda: broken_content(b"garbage"),
    ),
    Odd(
        "filter-unknown.pdf",
        "content in a filter that nobody knows: a blank page",
        Must.ACCEPTED,
        unknown_filter,
    ),
    Odd("font-broken.pdf", "a font of noise and a map of nonsense: taken in", Must.ACCEPTED, broken_font),
    Odd("font-circle.pdf", "a font that is its own descendant: taken in", Must.ACCEPTED, circular_font),
    _warned("reference-circle.pdf", "references in a circle: it ends", circular_reference, None),
    _refused("root-array.pdf", "a catalog that is a list: refused", root_is_an_array),
    _warned(
        "mail-prefix.pdf", "a mail with the PDF as its body: taken in, told", lambda: MAIL + plain(), "before"
    ),
    _warned(
        "garbage-prefix.pdf",
        "a kilobyte of noise first: taken in, told",
        lambda: b"\x01\x9a" * 450 + plain(),
        "before",
    ),
    _warned("zip-behind.pdf", "a ZIP archive as well: taken in, told", with_zip_behind, "after"),
    _refused(
        "html-first.pdf",
        "a web page as well: refused",
        lambda: b"<html><script>1</script>" + plain(),
        "wrong_extension",
    ),
    Odd("nul-behind.pdf", "padded with zeros: taken in", Must.ACCEPTED, lambda: plain() + bytes(3000)),
)
