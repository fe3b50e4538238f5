"""PP-OCRv6 small through `rapidocr`: one model reads simplified, traditional and English."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from math import hypot
from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from ocr.engine import EngineFailed
from ocr.han import language_of
from ocr.layout import fraction, reading_order, tidy_line
from ocr.page import NO_TEXT, Line, PageText, Quad, even_centres, page_text, unread

_VERTICAL = 1.5
_SETTINGS: dict[str, object] = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # pages reach the engine upright; turning single lines only costs
    "Global.return_word_box": True,
    "Global.return_single_char_box": True,
    "Global.max_side_len": 5000,  # lines are cut from the full page …
    "Det.limit_type": "max",
    "Det.limit_side_len": 1440,  # … but looked for on a small one: half the CPU, the same boxes
    "Rec.rec_batch_num": 1,  # as fast as a batch of six, and half the memory
    "Rec.rec_img_shape": [3, 48, 96],  # the narrowest line; 320 by default costs pages of tables 30 % more
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class RapidEngine:
    name = "rapidocr"

    def __init__(self) -> None:
        self.model = f"PP-OCRv6-small/{version('rapidocr')}"
        self._engine = RapidOCR(params=dict(_SETTINGS))

    def read(self, image: Image.Image, _dpi: int, /) -> PageText:
        """The resolution is not needed: the detector works on a page of fixed size."""
        try:
            found: Any = self._engine(np.asarray(image.convert("RGB"))[:, :, ::-1])
        except MemoryError:
            raise
        except Exception as error:
            raise EngineFailed(f"rapidocr stopped with {type(error).__name__}") from error
        if not found.txts:
            return unread(self.name, NO_TEXT, self.model)
        lines = reading_order(_lines(found, image.size))
        text = "\n".join(line.text for line in lines)
        return page_text(lines, self.name, self.model, language_of(text))


def load(_variant: str) -> RapidEngine:
    return RapidEngine()


def _lines(found: Any, size: tuple[int, int]) -> list[Line]:
    characters = list(found.word_results or ())
    lines = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        corners = [(float(x), float(y)) for x, y in box]
        vertical = _is_vertical(corners)
        # rapidocr leaves out the entry of a line whose characters it could not place: match by text.
        placed = characters.pop(0) if characters and _spells(characters[0], text) else ()
        centres = _centres(text, placed, corners, vertical=vertical)
        lines.append(tidy_line(text, _quad(corners, size), float(score), centres, vertical=vertical))
    return [line for line in lines if line is not None]


def _spells(placed: Sequence[Any], text: str) -> bool:
    return "".join(character for character, _, _ in placed) == "".join(text.split())


def _is_vertical(corners: Sequence[tuple[float, float]]) -> bool:
    width = hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
    height = hypot(corners[3][0] - corners[0][0], corners[3][1] - corners[0][1])
    return height >= _VERTICAL * width


def _quad(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> Quad:
    a, b, c, d = ((fraction(x, size[0]), fraction(y, size[1])) for x, y in corners)
    return a, b, c, d


def _centres(
    text: str, placed: Sequence[Any], corners: Sequence[tuple[float, float]], *, vertical: bool
) -> Sequence[float]:
    """The share of the line at which each character's box has its middle; blanks lie between their neighbours."""
    if not placed:
        return even_centres(len(text))
    start, end = (corners[0], corners[3]) if vertical else (corners[0], corners[1])
    shares = iter([_share(np.mean(box, axis=0), start, end) for _, _, box in placed])
    known = [None if character.isspace() else next(shares) for character in text]
    return [_filled(known, index) for index in range(len(text))]


def _share(point: Any, start: tuple[float, float], end: tuple[float, float]) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    return (
        float(((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length)
        if length
        else 0.5
    )


def _filled(known: Sequence[float | None], index: int) -> float:
    here = known[index]
    if here is not None:
        return here
    before = next((value for value in reversed(known[:index]) if value is not None), 0.0)
    after = next((value for value in known[index:] if value is not None), 1.0)
    return (before + after) / 2
