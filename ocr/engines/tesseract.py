"""Debian's Tesseract through `pytesseract`: the second engine, for machines where the first cannot run.

pytesseract writes the page to TMPDIR, which the sandbox puts on a tmpfs. It drops the resolution, which is
therefore always passed: without it one page took 72 s instead of 6. One language a page: three at once are four
times as often wrong.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean

import pytesseract
from PIL import Image, ImageChops

from ocr.engine import EngineFailed
from ocr.han import is_cjk
from ocr.layout import Box, fraction, quad_of, reading_order, tidy_line
from ocr.page import NO_TEXT, Line, PageText, page_text, unread

_LANGUAGES = {"chi_sim": "zh-Hans", "chi_tra": "zh-Hant", "eng": "en"}
_SURE = 88.0


@dataclass(frozen=True)
class _Word:
    text: str
    line: tuple[int, int, int]
    box: Box
    confidence: float


class TesseractEngine:
    """Reads in one language: the given one (`chi_sim`, `chi_tra`, `eng`), or the one it is surer of.

    Without a given language the page is read in simplified Chinese and, when Tesseract is unsure of that, in
    traditional too. Counting the characters that only one script has does not work here: chi_sim answers a
    traditional page in simplified characters.
    """

    name = "tesseract"

    def __init__(self, script: str | None = None) -> None:
        os.environ["OMP_THREAD_LIMIT"] = "1"  # two workers without it: four times the CPU
        self.model = f"tesseract/{_version()}"
        self._script = script

    def read(self, image: Image.Image, dpi: int, /) -> PageText:
        clean = _without_red_ink(image)
        language, words = self._surest(clean, dpi)
        lines = reading_order(list(_lines(words, image.size)))
        model = f"{self.model}/{language}"
        if not lines:
            return unread(self.name, NO_TEXT, model)
        return page_text(lines, self.name, model, _LANGUAGES[language])

    def _surest(self, image: Image.Image, dpi: int) -> tuple[str, list[_Word]]:
        if self._script is not None:
            return self._script, _words(image, dpi, self._script)
        simplified = _words(image, dpi, "chi_sim")
        if not simplified or _confidence(simplified) >= _SURE:
            return "chi_sim", simplified
        traditional = _words(image, dpi, "chi_tra")
        if _confidence(traditional) > _confidence(simplified):
            return "chi_tra", traditional
        return "chi_sim", simplified


def load(variant: str) -> TesseractEngine:
    """`tesseract` or `tesseract:<language>`."""
    if variant and variant not in _LANGUAGES:
        raise EngineFailed(f"tesseract is not set up for the language {variant!r}")
    return TesseractEngine(variant or None)


def _version() -> str:
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as error:
        raise EngineFailed("the program tesseract is not installed") from error


def _words(image: Image.Image, dpi: int, language: str) -> list[_Word]:
    try:
        table = pytesseract.image_to_data(
            image,
            lang=language,
            config=f"--dpi {dpi}",
            output_type=pytesseract.Output.DICT,
        )
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        raise EngineFailed(f"tesseract stopped with {type(error).__name__}") from error
    return [_word(table, row) for row, text in enumerate(table["text"]) if text.strip()]


def _word(table: dict[str, list[int]], row: int) -> _Word:
    left, top = table["left"][row], table["top"][row]
    box = (left, top, left + table["width"][row], top + table["height"][row])
    line = (table["block_num"][row], table["par_num"][row], table["line_num"][row])
    return _Word(str(table["text"][row]), line, box, float(table["conf"][row]))


def _confidence(words: Sequence[_Word]) -> float:
    return fmean([word.confidence for word in words]) if words else 0.0


def _without_red_ink(image: Image.Image) -> Image.Image:
    """The red channel: a red stamp is as light there as the paper, print stays black. A quarter of the errors."""
    if image.mode == "L":
        return image
    red, green, blue = image.convert("RGB").split()
    return ImageChops.lighter(red, ImageChops.darker(green, blue))


def _lines(words: Sequence[_Word], size: tuple[int, int]) -> Iterator[Line]:
    for _, group in groupby(words, key=lambda word: word.line):
        line = _line(list(group), size)
        if line is not None:
            yield line


def _line(words: Sequence[_Word], size: tuple[int, int]) -> Line | None:
    box = (
        min(word.box[0] for word in words),
        min(word.box[1] for word in words),
        max(word.box[2] for word in words),
        max(word.box[3] for word in words),
    )
    text, middles = words[0].text, list(_middles(words[0]))
    for before, word in pairwise(words):
        if not (is_cjk(before.text[-1]) and is_cjk(word.text[0])):
            text += " "
            middles.append((before.box[2] + word.box[0]) / 2)
        text += word.text
        middles.extend(_middles(word))
    centres = [fraction(middle - box[0], box[2] - box[0]) for middle in middles]
    left, top, right, bottom = box
    on_page = (
        fraction(left, size[0]),
        fraction(top, size[1]),
        fraction(right, size[0]),
        fraction(bottom, size[1]),
    )
    return tidy_line(text, quad_of(on_page), _confidence(words) / 100, centres)


def _middles(word: _Word) -> Iterator[float]:
    """The characters of a word share its box evenly."""
    left, _, right, _ = word.box
    for index in range(len(word.text)):
        yield left + (right - left) * (index + 0.5) / len(word.text)
