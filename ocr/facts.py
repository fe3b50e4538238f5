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
    TOO_DENSE = "too_dense"
    TOO_DEEP = "too_deep"
    TOO_MANY_FILES = "too_many_files"
    UNSUPPORTED = "unsupported"
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
    - `max_side`: 100,000 pixels: eight metres of receipt at 300 dpi; longer than scanners go, and views stay drawable.
    - `max_nesting`: 32 levels of one thing within another (forms in forms, files in files): real files have five.
    - `max_embedded`: 100 files inside a file, and `max_embedded_bytes`: 256 MiB of them, unpacked: each is unpacked in
      memory and looked through for malware; a portfolio with more is to be taken apart.
    - `max_ratio`: 10,000 unpacked bytes per packed one, where at least 64 MiB are unpacked. Deflate reaches 1,030 and an
      empty fax page 7,000, so what unpacks to more was made to.
    - `probe_cpu`, `render_cpu`: 10 s; a dense scanned page takes 0.2 s, so only a hostile file gets there.
    - `engine_cpu`: 60 s; the slowest real page measured took 7 s (one took 72 s with wrong settings).
    - `render_memory`: 1 GiB above what the program already holds; `engine_memory`: 2 GiB in all.
    - `patience`: wall-clock seconds per CPU second, because workers share cores and pages wait for the disk.
    - `start_wall`: 60 s for the sandbox to start and load its libraries on a busy machine.
    """

    max_bytes: int = 2048 * MIB
    max_pages: int = 2000
    max_pixels: int = 80_000_000
    max_side: int = 100_000
    max_nesting: int = 32
    max_embedded: int = 100
    max_embedded_bytes: int = 256 * MIB
    max_ratio: int = 10_000
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
    JPEG2000 = "jpeg2000"
    WEBP = "webp"
    BMP = "bmp"
    GIF = "gif"


MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.TIFF: "image/tiff",
    Kind.JPEG2000: "image/jp2",
    Kind.WEBP: "image/webp",
    Kind.BMP: "image/bmp",
    Kind.GIF: "image/gif",
}


@dataclass(frozen=True)
class PageFacts:
    """Size in pixels at `dpi`. PDF pages are counted at the resolution they will be rendered in.

    `at`: where the directory of a TIFF page lies, so that the child need not walk to it again; the parent never learns it.
    """

    number: int
    width: int
    height: int
    dpi: int
    at: int = 0


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
