"""Paper: a typst template and data in, the bytes of a PDF out, all of it in memory.

What people wrote reaches the template as data and is set as text; nothing of it can become markup.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import category

import typst
from PIL import ImageFont

from archive.core.errors import NotReady
from archive.web.language import _

FAMILIES = ("WenQuanYi Micro Hei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
"""The first of these that the machine has sets the text; what it lacks comes from any other font that is installed."""

MISSING = "〓"
"""What printers set for a character that their case does not hold."""

DRAW_NOTHING = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
"""Categories of characters that no font needs to have a sign for."""

_PRELUDE = """\
#let data = json(bytes(sys.inputs.data))
#set document(date: none)
#set text(font: data.fonts, lang: "zh", region: "cn")
"""


def typeset(template: str, data: Mapping[str, object], font: Path | None = None) -> bytes:
    """The same input gives the same bytes. The template finds its input in ``data``, and in ``data.missing`` a sentence
    that names the characters which no font here can draw (empty when there are none): it has to stand on the paper.

    ``font``: a font file that a site chose; its typeface comes first. Raises ``NotReady`` without a Chinese font.
    """
    book = _book(font)
    lacking = sorted({letter for text in _texts(data) for letter in text if not _is_drawn(book, letter)})
    whole = {**data, "fonts": _families(book, font), "missing": _said(lacking)}
    written = json.dumps(whole, ensure_ascii=False).translate({ord(one): MISSING for one in lacking})
    return typst.compile(
        (_PRELUDE + template).encode(), font_paths=book, sys_inputs={"data": written}, format="pdf"
    )


def _said(lacking: list[str]) -> str:
    if not lacking:
        return ""
    return _("〓 代表本机字体缺少的字：{0}").format(" ".join(f"U+{ord(one):04X}" for one in lacking))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


@lru_cache(maxsize=4)
def _book(font: Path | None) -> typst.Fonts:
    """Every font of this machine: whoever installs one with rare characters has them on paper at the next start."""
    return typst.Fonts(include_embedded_fonts=False, font_paths=[] if font is None else [str(font.parent)])


def _families(book: typst.Fonts, font: Path | None) -> list[str]:
    chosen = [one.family for one in book.fonts() if font is not None and one.path == str(font)]
    known = [family for family in FAMILIES if family in book.families()]
    if not chosen + known:
        raise NotReady(
            "No font with Chinese is installed; nothing can be printed.",
            "Run: apt install fonts-wqy-microhei, or set JUANZONG_WATERMARK_FONT to a font with Chinese.",
        )
    return list(dict.fromkeys(chosen + known))


@lru_cache(maxsize=16384)
def _is_drawn(book: typst.Fonts, letter: str) -> bool:
    if letter.isascii() or category(letter) in DRAW_NOTHING:
        return True
    return any(_has(face.path, face.index, letter) for face in book.fonts() if face.path is not None)


def _has(path: str, index: int, letter: str) -> bool:
    face = _face(path, index)
    return face is not None and bytes(face.getmask(letter)) != _no_glyph(path, index)


@cache
def _face(path: str, index: int) -> ImageFont.FreeTypeFont | None:
    """None for a font that cannot be drawn with."""
    try:
        return ImageFont.truetype(path, 20, index=index, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


@cache
def _no_glyph(path: str, index: int) -> bytes:
    face = _face(path, index)
    assert face is not None
    return bytes(face.getmask("\U0010ffff"))
