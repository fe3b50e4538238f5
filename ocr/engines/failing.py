"""Engines that fail in every way a real one can, for tests and drills: `failing:<how>`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from PIL import Image

from ocr.engine import EngineFailed
from ocr.page import Line, PageText

_SECRET_LINE = Line(
    "破", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), 7.0, (0.9, 0.1, 0.5), vertical=False
)


@dataclass(frozen=True)
class FailingEngine:
    how: str
    name: str = "failing"
    model: str = "none"

    def read(self, _image: Image.Image, _dpi: int, /) -> PageText:
        match self.how:
            case "raise":
                raise EngineFailed("this engine always raises")
            case "hang":
                while True:
                    time.sleep(3600)
            case "spin":
                while True:
                    pass
            case "crash":
                os.abort()
            case "hoard":
                return self._hoard()
        return PageText("not the lines", (_SECRET_LINE,), self.name, self.model, "und", None)

    def _hoard(self) -> PageText:
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))


def load(variant: str) -> FailingEngine:
    """`raise`, `hang` (waits), `spin` (burns CPU), `crash`, `hoard` (memory) or `rubbish` (a malformed reading)."""
    if variant not in {"raise", "hang", "spin", "crash", "hoard", "rubbish"}:
        raise EngineFailed(f"there is no failing engine {variant!r}")
    return FailingEngine(variant)
