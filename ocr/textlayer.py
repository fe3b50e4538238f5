"""Text layers of born-digital PDF pages, read instead of OCR when they are good."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from ocr.han import is_han, language_of
from ocr.layout import Box, quad_of, tidy_line
from ocr.page import Line, PageText, page_text

ENGINE = "text-layer"
_GRID = 1_000_000
_MOST_COVER = 0.2
_FEWEST_CHARACTERS = 16
_MOST_CHARACTERS = 50_000
"""A closely printed A3 page has 15,000. A file of 160 KB can claim 200,000 for each of 2,000 pages (measured)."""
_MOST_ODD = 0.02
_MOST_DOUBLED = 0.05
_MOST_COMMON_HAN = 0.15
_ENOUGH_HAN = 40
_SILENT = {pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP}
_HYPHEN_AT_LINE_END = 2


@dataclass(frozen=True)
class _Glyph:
    character: str
    box: Box | None


def text_layer(pdf: pypdfium2.PdfDocument, number: int) -> PageText | None:
    """The page's own text with the boxes of its characters; None when the page has to be read by an engine.

    That is when pictures cover a fifth of the page or more (they may hold text; under old OCR layers they do), when
    something was filled in or noted on the page (the layer does not hold that), when there is hardly any text or more
    than a page can show, or when the text is garbage.
    """
    page = pdf[number - 1]
    if picture_cover(page) >= _MOST_COVER or _has_notes(page):
        return None
    layer = page.get_textpage()
    if layer.count_chars() > _MOST_CHARACTERS:
        return None
    lines = [line for glyphs in _glyph_lines(page, layer) for line in _lines(glyphs)]
    text = "\n".join(line.text for line in lines)
    if is_garbage(text):
        return None
    return page_text(lines, ENGINE, "pdfium", language_of(text))


def picture_cover(page: pypdfium2.PdfPage) -> float:
    """The share of the page that lies under pictures; overlapping ones count twice."""
    width, height = page.get_size()
    area = 0.0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = thing.get_bounds()
        area += max(0.0, min(right - left, width)) * max(0.0, min(top - bottom, height))
    return min(area / (width * height), 1.0) if width * height > 0 else 1.0


def _has_notes(page: pypdfium2.PdfPage) -> bool:
    """Whether the page has form fields, stamps or comments: annotations other than links."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    return any(_annotation_kind(page, index) not in _SILENT for index in range(count))


def _annotation_kind(page: pypdfium2.PdfPage, index: int) -> int:
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    kind = int(pdfium.FPDFAnnot_GetSubtype(annotation))
    pdfium.FPDFPage_CloseAnnot(annotation)
    return kind


def is_garbage(text: str) -> bool:
    """Too little text, or characters that no typist set: a font without a map to Unicode, a broken old layer."""
    visible = [character for character in text if not character.isspace()]
    if len(visible) < _FEWEST_CHARACTERS or not any(character.isalpha() for character in visible):
        return True
    if sum(map(_is_odd, visible)) > _MOST_ODD * len(visible):
        return True
    han = [character for character in visible if is_han(character)]
    if len(han) < _ENOUGH_HAN:
        return False
    doubled = sum(a == b and is_han(a) for a, b in pairwise(visible))
    commonest = Counter(han).most_common(1)[0][1]
    return doubled > _MOST_DOUBLED * len(han) or commonest > _MOST_COMMON_HAN * len(han)


def _is_odd(character: str) -> bool:
    """Private use, control, surrogate, replacement."""
    return (
        character < " "
        or "\x7f" <= character <= "\x9f"
        or "\ud800" <= character <= "\uf8ff"
        or character in "\ufffd\ufffe\uffff"
        or character >= "\U000f0000"
    )


def _glyph_lines(page: pypdfium2.PdfPage, layer: pypdfium2.PdfTextPage) -> Iterator[list[_Glyph]]:
    glyphs: list[_Glyph] = []
    for index in range(layer.count_chars()):
        code = pdfium.FPDFText_GetUnicode(layer, index)
        if code in {10, 13}:
            yield glyphs
            glyphs = []
        else:
            box = None if pdfium.FPDFText_IsGenerated(layer, index) == 1 else _box(page, layer, index)
            glyphs.append(_Glyph("-" if code == _HYPHEN_AT_LINE_END else chr(code), box))
    yield glyphs


def _box(page: pypdfium2.PdfPage, layer: pypdfium2.PdfTextPage, index: int) -> Box:
    left, bottom, right, top = layer.get_charbox(index, loose=True)
    corners = [_on_page(page, x, y) for x, y in ((left, bottom), (right, top))]
    across, down = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return across[0], down[0], across[1], down[1]


def _on_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """From points in the file to fractions of the page as it is shown, whatever its boxes and rotation."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return min(max(across.value / _GRID, 0.0), 1.0), min(max(down.value / _GRID, 0.0), 1.0)


def _lines(glyphs: Sequence[_Glyph]) -> Iterator[Line]:
    boxes = [glyph.box for glyph in glyphs if glyph.box is not None]
    if not boxes:
        return
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    quad = quad_of((left, min(box[1] for box in boxes), right, max(box[3] for box in boxes)))
    line = tidy_line("".join(glyph.character for glyph in glyphs), quad, 1.0, _centres(glyphs, left, right))
    if line is not None:
        yield line


def _centres(glyphs: Sequence[_Glyph], left: float, right: float) -> list[float]:
    """A generated blank has no box of its own: it stands where the character before it ends."""
    edge, centres = left, []
    for glyph in glyphs:
        middle = edge if glyph.box is None else (glyph.box[0] + glyph.box[2]) / 2
        edge = edge if glyph.box is None else glyph.box[2]
        centres.append((middle - left) / (right - left) if right > left else 0.5)
    return centres
