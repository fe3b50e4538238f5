"""What the sandbox says about a file, and the limits it works under. Pure data, safe to import anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ocr.page import PageImage, PageText

MIB = 1 << 20


class Code(StrEnum):
    EMPTY = "empty"
    WRONG_EXTENSION = "wrong_extension"
    UNKNOWN_KIND = "unknown_kind"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"


class Unacceptable(Exception):
    """The file cannot be taken in. `reason` says what is wrong with it, `remedy` what the person can do."""

    def __init__(self, code: Code, reason: str, remedy: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.remedy = remedy


class PageUnreadable(Exception):
    """Not even a picture of the page could be made; the other pages are not affected."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How much one file may cost. Memory in bytes, times in seconds.

    - `max_bytes`: 2 GiB, a thousand colour pages at 300 dpi; larger ones are split before they are uploaded.
    - `max_pages`: 2000, twice the thickest volume that a record room binds.
    - `max_pixels`: 80 million a page: A3 at 600 dpi is 70 million, and a grey page of it fits the memory limit.
    - `probe_cpu`, `render_cpu`: 10 s; a dense scanned page takes 0.2 s, so only a hostile file gets there.
    - `engine_cpu`: 60 s; the slowest real page measured took 7 s (one took 72 s with wrong settings).
    - `render_memory`: 1 GiB above what the program already holds; `engine_memory`: 2 GiB in all.
    - `patience`: wall-clock seconds per CPU second, because workers share cores and pages wait for the disk.
    - `start_wall`: 60 s for the sandbox to start and load its libraries on a busy machine.
    """

    max_bytes: int = 2048 * MIB
    max_pages: int = 2000
    max_pixels: int = 80_000_000
    probe_cpu: int = 10
    render_cpu: int = 10
    engine_cpu: int = 60
    render_memory: int = 1024 * MIB
    engine_memory: int = 2048 * MIB
    patience: float = 5.0
    start_wall: float = 60.0


class Kind(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"


MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.TIFF: "image/tiff",
}


@dataclass(frozen=True)
class PageFacts:
    """Size in pixels at `dpi`. PDF pages are counted at the resolution they will be rendered in."""

    number: int
    width: int
    height: int
    dpi: int


@dataclass(frozen=True)
class Remark:
    """What the archivist should know about a file that is taken in all the same. `code` is one word, `words` a sentence."""

    code: str
    words: str


@dataclass(frozen=True)
class Attachment:
    """A file inside the file, numbered from 1. `size` in bytes, unpacked."""

    number: int
    name: str
    size: int


@dataclass(frozen=True)
class Probe:
    """`has_text`: one of the first pages carries a text layer. Whether it is good is decided page by page."""

    kind: Kind
    media_type: str
    pages: tuple[PageFacts, ...]
    has_text: bool
    remarks: tuple[Remark, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class PageResult:
    image: PageImage
    text: PageText
