"""A stack of files on whose every page stands a pair of words that stands on no other, for text layers and for Tesseract."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from random import Random

from tests.crash.paper import page, tiff
from tests.ocr import drawing

NOUNS = (
    *("HARBOUR", "LANTERN", "GARDEN", "WINTER", "BRIDGE", "COPPER", "FOREST", "MARKET", "PENCIL", "SUMMER"),
    *("TRAVEL", "VALLEY", "WINDOW", "ANCHOR", "BUTTER", "CANDLE", "DOCTOR", "ENGINE", "FARMER", "HAMMER"),
    *("ISLAND", "KITCHEN", "LETTER", "MIRROR", "NUMBER", "ORANGE"),
)
MOST_PAGES = 4


@dataclass(frozen=True)
class File:
    """``words``: the pair on each page, in order."""

    name: str
    content: bytes
    words: tuple[str, ...]


def stack(pages: int, seed: int) -> Iterator[File]:
    """Files of one to four pages; every other one is born digital, the rest are scans. At most 650 pages."""
    random = Random(seed)
    pairs = [" ".join(pair) for pair in permutations(NOUNS, 2)]
    random.shuffle(pairs)
    del pairs[pages:]
    number = 0
    while pairs:
        taken = tuple(pairs.pop() for _ in range(min(len(pairs), random.randint(1, MOST_PAGES))))
        yield _born_digital(number, taken) if number % 2 else _scanned(number, taken)
        number += 1


def _born_digital(number: int, words: tuple[str, ...]) -> File:
    pages = [
        drawing.lines_of_text([pair, "was written on this page of a claim,", "理赔案卷的一页，病历与保险单"])
        for pair in words
    ]
    return File(f"{number:03}.pdf", drawing.pdf_bytes(*pages), words)


def _scanned(number: int, words: tuple[str, ...]) -> File:
    """The words stand well apart, or Tesseract would take some pairs for one word."""
    return File(f"{number:03}.tif", tiff([page(pair.replace(" ", " " * 5)) for pair in words]), words)
