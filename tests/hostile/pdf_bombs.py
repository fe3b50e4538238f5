"""Small PDFs that grow without measure when they are unpacked, parsed or drawn."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache

from tests.hostile.odd import Must, Odd
from tests.hostile.pdf_writer import Pdf, packed, stream, words

MIB = 1 << 20


@cache
def zeros(mebibytes: int, times: int = 1) -> bytes:
    """So many MiB of blanks, deflated, and the result deflated again: 1:1,000 each time."""
    pack = zlib.compressobj(9)
    out = b"".join(pack.compress(b" " * MIB) for _ in range(mebibytes)) + pack.flush()
    for _ in range(times - 1):
        out = zlib.compress(out, 9)
    return out


def content(data: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    pdf = Pdf()
    pdf.page(entries=b"/Contents %d 0 R" % pdf.add(stream(data, b"/Filter[%s]" % filters)))
    return pdf.file()


def content_many_times(count: int) -> bytes:
    """One stream of 100 MiB, named as the content so many times."""
    pdf = Pdf()
    bomb = pdf.add(stream(zeros(100), b"/Filter/FlateDecode"))
    pdf.page(entries=b"/Contents[%s]" % (b"%d 0 R " % bomb * count))
    return pdf.file()


def nested_forms(depth: int, times: int) -> bytes:
    """Forms that draw the next one so many times each: times to the power of depth in all."""
    pdf = Pdf()
    inner = pdf.stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]")
    for _ in range(depth):
        told = b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]/Resources<</XObject<</X %d 0 R>>>>" % inner
        inner = pdf.stream(b"/X Do " * times, told)
    pdf.page(b"/X Do", resources=b"/XObject<</X %d 0 R>>" % inner)
    return pdf.file()


def form_in_itself() -> bytes:
    pdf = Pdf()
    form = pdf.reserve()
    told = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % form
    pdf.bodies[form] = stream(b"/X Do /X Do", told)
    pdf.page(words() + b" /X Do", resources=b"/XObject<</X %d 0 R>>" % form)
    return pdf.file()


def nested_brackets(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return Pdf().file(b"/Acme " + opening * depth + closing * depth)


def nested_content(depth: int) -> bytes:
    return content(zlib.compress(b"[" * depth + b"]" * depth + b" TJ"))


def unbalanced_states(count: int) -> bytes:
    return content(zlib.compress(b"q 1 0 0 1 0 0 cm " * count))


def long_name() -> bytes:
    return Pdf().file(b"/" + b"A" * MIB + b" 1/Names/" + b"B" * MIB)


def long_string() -> bytes:
    return Pdf().file(b"/Lang(" + b"x" * (2 * MIB) + b")")


def long_number() -> bytes:
    return Pdf().file(b"/Acme " + b"9" * MIB)


def picture(entries: bytes, data: bytes = b"\0" * 9, masks: bytes = b"") -> bytes:
    pdf = Pdf()
    shown = pdf.add(stream(data, b"/Type/XObject/Subtype/Image%s%s" % (entries, masks)))
    pdf.page(words() + b" q 200 0 0 100 0 0 cm /X Do Q", resources=b"/XObject<</X %d 0 R>>" % shown)
    return pdf.file()


SIDES = b"/Width 100000/Height 100000/BitsPerComponent %d/ColorSpace/Device%s"


def mask_in_itself() -> bytes:
    pdf = Pdf()
    shown = pdf.reserve()
    told = b"/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/SMask %d 0 R" % shown
    pdf.bodies[shown] = stream(b"\0\x80\xa0\xff", told)
    pdf.page(words() + b" q 99 0 0 99 0 0 cm /X Do Q", resources=b"/XObject<</X %d 0 R>>" % shown)
    return pdf.file()


def drawn(content_: bytes, resources: bytes, *parts: bytes) -> bytes:
    """A page of this content; ``%d`` in the resources is the number of the last part, which may name those before it."""
    pdf = Pdf()
    for part in parts:
        last = pdf.add(
            part.replace(b"PREVIOUS", b"%d" % len(pdf.bodies)).replace(b"SELF", b"%d" % (len(pdf.bodies) + 1))
        )
    pdf.page(content_, resources=resources % last)
    return pdf.file()


def tiny_pattern() -> bytes:
    """A pattern whose step is a billionth of the page."""
    tile = (
        b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .0000001/YStep .0000001/Resources<<>>"
    )
    return drawn(
        b"/Pattern cs /P scn 0 0 300 200 re f", b"/Pattern<</P %d 0 R>>", stream(b"0 0 1 1 re f", tile)
    )


def pattern_in_itself() -> bytes:
    tile = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<</Pattern<</P SELF 0 R>>>>"
    return drawn(
        b"/Pattern cs /P scn 0 0 300 200 re f",
        b"/Pattern<</P %d 0 R>>",
        stream(b"/Pattern cs /P scn 0 0 9 9 re f", tile),
    )


def shading_of_functions(count: int) -> bytes:
    """A shading whose function is stitched from itself many times over."""
    inner = b"<</FunctionType 2/Domain[0 1]/N 1/C0[0]/C1[1]>>"
    parts = [inner]
    for _ in range(count):
        subs = b"PREVIOUS 0 R " * 20
        bounds = b" ".join(b"%d" % number for number in range(1, 20))
        parts.append(
            b"<</FunctionType 3/Domain[0 20]/Functions[%s]/Bounds[%s]/Encode[%s]>>"
            % (subs, bounds, b"0 20 " * 20)
        )
    shading = b"<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 300 200]/Function PREVIOUS 0 R/Extend[true true]>>"
    return drawn(b"/S sh", b"/Shading<</S %d 0 R>>", *parts, shading)


def function_of_itself() -> bytes:
    stitched = b"<</FunctionType 3/Domain[0 1]/Functions[SELF 0 R]/Bounds[]/Encode[0 1]>>"
    shading = b"<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 9 9]/Function PREVIOUS 0 R>>"
    return drawn(words() + b" /S sh", b"/Shading<</S %d 0 R>>", stitched, shading)


def sampled_function() -> bytes:
    """A table of samples in twelve dimensions."""
    told = b"/FunctionType 0/Domain[%s]/Range[0 1]/Size[%s]/BitsPerSample 8" % (b"0 1 " * 12, b"250 " * 12)
    shading = b"<</ShadingType 1/ColorSpace/DeviceGray/Function PREVIOUS 0 R>>"
    return drawn(words() + b" /S sh", b"/Shading<</S %d 0 R>>", stream(b"\0" * 99, told), shading)


def calculator() -> bytes:
    """A PostScript function that calculates long for every pixel."""
    code = b"{" + b"dup mul " * 20_000 + b"}"
    told = b"/FunctionType 4/Domain[0 1 0 1]/Range[0 1]"
    shading = b"<</ShadingType 1/ColorSpace/DeviceGray/Matrix[300 0 0 200 0 0]/Function PREVIOUS 0 R>>"
    return drawn(b"/S sh", b"/Shading<</S %d 0 R>>", stream(code, told), shading)


def glyph_of_itself() -> bytes:
    """A Type 3 font whose letter is drawn with the letter itself."""
    pdf = Pdf()
    font = pdf.reserve()
    glyph = pdf.stream(b"500 0 d0 BT /F 9 Tf (aaaa) Tj ET")
    pdf.bodies[font] = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
        b"/Encoding<</Differences[97/a]>>/CharProcs<</a %d 0 R>>/Resources<</Font<</F %d 0 R>>>>>>"
        % (glyph, font)
    )
    pdf.page(b"BT /F 12 Tf 9 9 Td (aaa) Tj ET", resources=b"/Font<</F %d 0 R>>" % font)
    return pdf.file()


def colours_of_colours(depth: int) -> bytes:
    parts = [b"/DeviceGray", *[b"[/Indexed PREVIOUS 0 R 0 <00>]"] * depth]
    return drawn(words() + b" /C cs 0 sc 0 0 9 9 re f", b"/ColorSpace<</C %d 0 R>>", *parts)


def many_notes(count: int) -> bytes:
    pdf = Pdf()
    pdf.page(entries=b"/Annots[%s]" % (b"<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(a)>>>>" * count))
    return pdf.file()


def missing_objects(count: int) -> bytes:
    """References to objects that are not there: each is looked for in the whole file."""
    pdf = Pdf()
    pdf.plain(b"\0" * (4 * MIB))
    pdf.page(entries=b"/Annots[%s]" % b" ".join(b"%d 0 R" % (10_000 + number) for number in range(count)))
    return pdf.file()


def packed_bomb() -> bytes:
    """An object stream of which a gigabyte unpacks."""
    return packed(Pdf(), entries=b"").replace(
        b"/Type/ObjStm", b"/Type/ObjStm/DecodeParms<</Predictor 12/Columns 200000000>>"
    )


def table_bomb() -> bytes:
    """A table of objects of 600 MiB."""
    told = b"/Type/XRef/W[1 4 2]/Size 3/Root 1 0 R/Filter[/FlateDecode/FlateDecode]"
    return b"%%PDF-1.5\n1 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF\n" % stream(zeros(600, 2), told)


def dashes() -> bytes:
    """A line of a million dashes, a million times."""
    return content(zlib.compress(b"[.0000001 .0000001] 0 d .001 w " + b"0 0 m 300 200 l S " * 3_000))


def curves(count: int) -> bytes:
    return content(zlib.compress(b"0 0 m " + b"10 200 290 0 300 200 c " * count + b"S"))


def clips(count: int) -> bytes:
    path = b"0 0 m " + b"10 200 290 0 300 200 c " * 20 + b"W n "
    return content(zlib.compress(path * count))


def letters(count: int) -> bytes:
    return content(zlib.compress(b"BT /F1 1 Tf 20 150 Td (" + b"A" * count + b") Tj ET"))


def transparency_groups(count: int) -> bytes:
    """Transparent groups in one another, each with a canvas of its own."""
    pdf = Pdf()
    state = pdf.add(b"<</ca .5/CA .5>>")
    inner = pdf.stream(b"0 0 300 200 re f", b"/Subtype/Form/BBox[0 0 300 200]")
    for _ in range(count):
        told = (
            b"/Subtype/Form/BBox[0 0 300 200]/Group<</S/Transparency/I true>>"
            b"/Resources<</ExtGState<</G %d 0 R>>/XObject<</X %d 0 R>>>>" % (state, inner)
        )
        inner = pdf.stream(b"/G gs /X Do /X Do", told)
    pdf.page(b"/X Do", resources=b"/XObject<</X %d 0 R>>" % inner)
    return pdf.file()


def attached_bomb() -> bytes:
    """Five files that unpack to 300 MiB together."""
    pdf = Pdf()
    names = b""
    for number in range(5):
        held = pdf.add(stream(zeros(60), b"/Filter/FlateDecode/DL %d" % number))
        names += b"(%d)<</Type/Filespec/F(%d)/EF<</F %d 0 R>>>>" % (number, number, held)
    return pdf.file(b"/Names<</EmbeddedFiles<</Names[%s]>>>>" % names)


def attached_dense() -> bytes:
    """A file of a hundred bytes that unpacks to 100 MiB."""
    pdf = Pdf()
    held = pdf.add(stream(zeros(100, 3), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))
    return pdf.file(b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)/EF<</F %d 0 R>>>>]>>>>" % held)


HUGE_JBIG2 = bytes.fromhex("00000000300001000000130000ffff0000ffff00000000000000000000000000")
HUGE_JPX = bytes.fromhex(
    "ff4fff51002f00000000ea600000ea600000000000000000000000ea600000ea6000000000000000000003070101070101070101"
)
HUGE_JPEG = bytes.fromhex("ffd8ffc0001108ffffffff03011100021100031100ffda")
FAX = b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 100000/Rows 100000>>"


def _ends(name: str, what: str, make: Callable[[], bytes]) -> Odd:
    """Costs no more than an ordinary page."""
    return Odd(name, f"{what}: taken in", Must.ACCEPTED, make)


def _unexamined(name: str, what: str, make: Callable[[], bytes]) -> Odd:
    return Odd(name, f"{what}: taken in, told that not all was examined", Must.WARNED, make, "unexamined")


ODD: tuple[Odd, ...] = (
    _ends("bomb-forms-deep.pdf", "forms in forms, 200 deep", lambda: nested_forms(200, 1)),
    _ends("bomb-content.pdf", "content of 50 MiB from 50 KB", lambda: content(zeros(50))),
    _ends("bomb-function-itself.pdf", "a function stitched of itself", function_of_itself),
    _ends("bomb-samples.pdf", "a function with a table in twelve dimensions", sampled_function),
    _ends("bomb-pattern.pdf", "a pattern of steps too small to see", tiny_pattern),
    _ends("bomb-pattern-itself.pdf", "a pattern painted with itself", pattern_in_itself),
    _ends("bomb-glyph.pdf", "a letter drawn with itself", glyph_of_itself),
    _ends("bomb-colours.pdf", "a palette of palettes, 50 deep", lambda: colours_of_colours(50)),
    _ends("bomb-dashes.pdf", "lines of endless dashes", dashes),
    _ends("bomb-curves.pdf", "8,000 curves", lambda: curves(8_000)),
    _ends("bomb-clips.pdf", "3,000 paths clipped by one another", lambda: clips(3000)),
    _ends("bomb-states.pdf", "300,000 states that are never left", lambda: unbalanced_states(300_000)),
    _ends("bomb-letters.pdf", "a million letters in one line", lambda: letters(1_000_000)),
    _ends(
        "bomb-brackets-content.pdf",
        "content of 100,000 brackets in one another",
        lambda: nested_content(100_000),
    ),
    _unexamined("bomb-brackets.pdf", "100,000 lists in one another", lambda: nested_brackets(100_000)),
    _unexamined(
        "bomb-dictionaries.pdf",
        "50,000 dictionaries in one another",
        lambda: nested_brackets(50_000, b"<</A", b">>"),
    ),
    _unexamined("bomb-name.pdf", "names of a megabyte", long_name),
    _ends("bomb-string.pdf", "a string of two megabytes", long_string),
    _unexamined("bomb-number.pdf", "a number of a million digits", long_number),
    _unexamined(
        "bomb-missing.pdf", "3,000 objects that are nowhere in the file", lambda: missing_objects(3000)
    ),
    _unexamined("bomb-notes.pdf", "50,000 links on a page", lambda: many_notes(50_000)),
    _ends("bomb-raw.pdf", "a picture of ten gigapixels, it says", lambda: picture(SIDES % (8, b"RGB"))),
    _ends(
        "bomb-flate.pdf",
        "a picture of ten gigapixels, deflated",
        lambda: picture(SIDES % (8, b"RGB") + b"/Filter/FlateDecode", zeros(50)),
    ),
    _ends(
        "bomb-fax.pdf",
        "a fax of ten gigapixels",
        lambda: picture(SIDES % (1, b"Gray") + FAX, b"\0\x10\1" * 30),
    ),
    _ends(
        "bomb-jbig2.pdf",
        "a JBIG2 picture of four gigapixels",
        lambda: picture(SIDES % (1, b"Gray") + b"/Filter/JBIG2Decode", HUGE_JBIG2),
    ),
    _ends(
        "bomb-jpx.pdf",
        "a JPEG 2000 picture of 3.6 gigapixels",
        lambda: picture(b"/Width 60000/Height 60000/Filter/JPXDecode", HUGE_JPX),
    ),
    _ends(
        "bomb-jpeg.pdf",
        "a JPEG of four gigapixels",
        lambda: picture(SIDES % (8, b"RGB") + b"/Filter/DCTDecode", HUGE_JPEG),
    ),
    _ends(
        "bomb-runs.pdf",
        "runs of zeros of ten gigapixels",
        lambda: picture(SIDES % (8, b"RGB") + b"/Filter/RunLengthDecode", b"\x81\0" * 200_000),
    ),
    _ends("bomb-mask-itself.pdf", "a picture that is its own mask", mask_in_itself),
    Odd("bomb-attached.pdf", "attached files of 300 MiB: refused", Must.REFUSED, attached_bomb, "too_large"),
    Odd(
        "bomb-attached-dense.pdf",
        "100 MiB attached in a hundred bytes: refused",
        Must.REFUSED,
        attached_dense,
        "too_dense",
    ),
    Odd(
        "bomb-objects.pdf",
        "an object stream with rows of 200 MB: refused",
        Must.REFUSED,
        packed_bomb,
        "broken",
    ),
)

STOPPED: dict[str, Callable[[], bytes]] = {
    "content of 600 MiB from 2 KB": lambda: content(zeros(600, 2), b"/FlateDecode/FlateDecode"),
    "the same 100 MiB of content 40 times": lambda: content_many_times(40),
    "forms in forms, 10 to the power of 8 of them": lambda: nested_forms(8, 10),
    "a form that draws itself twice": form_in_itself,
    "transparent groups, 2 to the power of 20 of them": lambda: transparency_groups(20),
    "functions stitched of functions, 20 to the power of 12": lambda: shading_of_functions(12),
    "a shading that calculates 20,000 times for each pixel": calculator,
}
"""Taken in, for only the page is one: drawing it takes the child down, and the page is told to be unreadable."""
