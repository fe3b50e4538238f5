"""A born-digital PDF: marks as real text in embedded fonts, each character mapped back to Unicode."""

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from demo import fonts
from demo.containers import add_object, written
from demo.marks import PAPER_HEIGHT, PAPER_WIDTH, Face, Mark, Rule, Run
from demo.truetype import TrueTypeFace

_BASE_NAME: dict[Face, str] = {
    "hei": "DEMOAA+WenQuanYiMicroHei",
    "song-cn": "DEMOAB+ARPLUMingCN",
    "song-tw": "DEMOAC+ARPLUMingTW",
}
_INK = {"black": "0.1 0.1 0.12 rg", "blue": "0.1 0.15 0.44 rg"}
_SYMBOLIC = 4
_CMAP_BLOCK = 100


def text_pdf(pages: tuple[tuple[Mark, ...], ...], title: str) -> bytes:
    """Runs and rules only; other marks have no place on a form that never was paper.

    Raises KeyError when a font lacks a character.
    """
    faces = sorted({mark.face for marks in pages for mark in marks if isinstance(mark, Run)})
    opened = {face: TrueTypeFace(*fonts.locate(face)) for face in faces}
    writer = PdfWriter()
    resources = DictionaryObject()
    for face in faces:
        text = "".join(m.text for marks in pages for m in marks if isinstance(m, Run) and m.face == face)
        resources[NameObject(f"/{face}")] = _embed(writer, opened[face], _BASE_NAME[face], text)
    for marks in pages:
        page = writer.add_blank_page(PAPER_WIDTH, PAPER_HEIGHT)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): resources})
        page[NameObject("/Contents")] = _stream(writer, _operators(marks, opened))
    writer.add_metadata({NameObject("/Title"): TextStringObject(title)})
    return written(writer)


def _operators(marks: tuple[Mark, ...], faces: dict[Face, TrueTypeFace]) -> bytes:
    lines = []
    for mark in marks:
        match mark:
            case Run():
                codes = "".join(f"{faces[mark.face].glyph(character):04X}" for character in mark.text)
                place = f"{mark.x:.2f} {PAPER_HEIGHT - mark.y:.2f} Td"
                lines.append(f"BT {_INK[mark.ink]} /{mark.face} {mark.size:g} Tf {place} <{codes}> Tj ET")
            case Rule():
                start = f"{mark.x0:.2f} {PAPER_HEIGHT - mark.y0:.2f} m"
                end = f"{mark.x1:.2f} {PAPER_HEIGHT - mark.y1:.2f} l"
                lines.append(f"{mark.width:g} w {start} {end} S")
    return "\n".join(lines).encode("ascii")


def _embed(writer: PdfWriter, face: TrueTypeFace, name: str, text: str) -> IndirectObject:
    """A Type0 font whose codes are glyph numbers (ISO 32000-1, 9.7.4)."""
    glyphs = {face.glyph(character): character for character in sorted(set(text))}
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject(f"/{name}"),
            NameObject("/CIDSystemInfo"): DictionaryObject(
                {
                    NameObject("/Registry"): TextStringObject("Adobe"),
                    NameObject("/Ordering"): TextStringObject("Identity"),
                    NameObject("/Supplement"): NumberObject(0),
                }
            ),
            NameObject("/FontDescriptor"): _descriptor(writer, face, name, set(glyphs)),
            NameObject("/DW"): NumberObject(1000),
            NameObject("/W"): _widths(face, sorted(glyphs)),
            NameObject("/CIDToGIDMap"): NameObject("/Identity"),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject(f"/{name}"),
            NameObject("/Encoding"): NameObject("/Identity-H"),
            NameObject("/DescendantFonts"): ArrayObject([add_object(writer, descendant)]),
            NameObject("/ToUnicode"): _stream(writer, _to_unicode(glyphs)),
        }
    )
    return add_object(writer, font)


def _descriptor(writer: PdfWriter, face: TrueTypeFace, name: str, glyphs: set[int]) -> IndirectObject:
    per_mille = 1000 / face.units_per_em
    program = face.subset(glyphs)
    box = [FloatObject(round(edge * per_mille)) for edge in face.box]
    descriptor = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject(f"/{name}"),
            NameObject("/Flags"): NumberObject(_SYMBOLIC),
            NameObject("/FontBBox"): ArrayObject(box),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(round(face.ascent * per_mille)),
            NameObject("/Descent"): NumberObject(round(face.descent * per_mille)),
            NameObject("/CapHeight"): NumberObject(round(face.ascent * per_mille)),
            NameObject("/StemV"): NumberObject(80),
            NameObject("/FontFile2"): _stream(writer, program),
        }
    )
    return add_object(writer, descriptor)


def _widths(face: TrueTypeFace, glyphs: list[int]) -> ArrayObject:
    widths = ArrayObject()
    for glyph in glyphs:
        width = NumberObject(round(face.advance(glyph) * 1000 / face.units_per_em))
        widths += [NumberObject(glyph), ArrayObject([width])]
    return widths


def _to_unicode(glyphs: dict[int, str]) -> bytes:
    entries = [
        f"<{glyph:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for glyph, character in glyphs.items()
    ]
    blocks = [entries[start : start + _CMAP_BLOCK] for start in range(0, len(entries), _CMAP_BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    plain = DecodedStreamObject()
    plain.set_data(data)
    packed = plain.flate_encode()
    packed[NameObject("/Length1")] = NumberObject(len(data))
    return add_object(writer, packed)
