"""The port that every reading engine fills."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from PIL import Image

from ocr.page import PageText


class EngineFailed(Exception):
    """The engine could not read the page. The message names the cause and never holds text of the page."""


class OcrEngine(Protocol):
    name: str
    model: str

    def read(self, image: Image.Image, dpi: int, /) -> PageText:
        """Read an upright page in mode L or RGB. Raises `EngineFailed`."""
        ...


_MODULES = {
    "rapidocr": "ocr.engines.rapid",
    "tesseract": "ocr.engines.tesseract",
    "failing": "ocr.engines.failing",
}


def is_known(name: str) -> bool:
    """Whether `engine_named` would look for it; loads nothing."""
    return name.partition(":")[0] in _MODULES


def engine_named(name: str) -> OcrEngine:
    """Load the engine `rapidocr`, `tesseract`, or `failing:<how>`. Its libraries are imported only here.

    Raises `EngineFailed` for an unknown name or an engine whose libraries or models are missing.
    """
    family, _, variant = name.partition(":")
    if family not in _MODULES:
        raise EngineFailed(f"there is no engine named {name!r}; known are {', '.join(sorted(_MODULES))}")
    try:
        return cast("OcrEngine", import_module(_MODULES[family]).load(variant))
    except ImportError as error:
        raise EngineFailed(f"the libraries of the engine {family} are missing: {error.name}") from error
