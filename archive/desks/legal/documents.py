"""A PDF of page images, written as a stream: a foot under each image carries its Bates number and the stamp.

Nothing in it depends on when, where or by whom it is written: the same pages give the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.core.errors import Altered
from archive.desks.legal.stamp import drawn

FOOT = 26
"""Points below the image, so that nothing of the page is covered."""

LETTER, NUMBER = 11, 10
POINTS_PER_INCH = 72
A4 = (595, 842)
_NOT_DRAWN = "No image of this page; see the original."
_COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB"}
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Start of frame: baseline, extended, progressive."""


@dataclass(frozen=True)
class Sheet:
    """``jpeg`` is called when the page is written, so that one image is in memory at a time; None: there is none."""

    number: str
    dpi: int
    jpeg: Callable[[], bytes] | None


def pdf(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """Chunks of the file in order. Raises what ``jpeg`` raises, and ``Altered`` for an image that is no JPEG of ours."""
    writer = _Writer()
    pages = list(sheets)
    kids = " ".join(f"{4 + 3 * place} 0 R" for place in range(len(pages)))
    yield writer.head()
    yield writer.object(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    yield writer.object(2, f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    yield writer.object(
        3, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    for place, sheet in enumerate(pages):
        yield from _page(writer, 4 + 3 * place, sheet)
    yield writer.tail()


def _page(writer: "_Writer", first: int, sheet: Sheet) -> Iterator[bytes]:
    """Three objects: the page, what is drawn on it, and its image."""
    jpeg = b"" if sheet.jpeg is None else sheet.jpeg()
    shape = _shape(jpeg) if jpeg else None
    dpi = max(36, sheet.dpi)
    width, height = (
        A4 if shape is None else (shape[0] * POINTS_PER_INCH / dpi, shape[1] * POINTS_PER_INCH / dpi)
    )
    image = "" if shape is None else f" /XObject << /Im {first + 2} 0 R >>"
    yield writer.object(
        first,
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height + FOOT:.2f}] "
        f"/Resources << /Font << /F 3 0 R >>{image} >> /Contents {first + 1} 0 R >>".encode(),
    )
    yield writer.stream(first + 1, b"", _drawing(sheet.number, width, height, is_drawn=shape is not None))
    if shape is None:
        yield writer.object(first + 2, b"null")
        return
    form = (
        f"/Type /XObject /Subtype /Image /Width {shape[0]} /Height {shape[1]} "
        f"/ColorSpace {_COLOURS[shape[2]]} /BitsPerComponent 8 /Filter /DCTDecode "
    )
    yield writer.stream(first + 2, form.encode(), jpeg)


def _drawing(number: str, width: float, height: float, *, is_drawn: bool) -> bytes:
    image = f"q {width:.2f} 0 0 {height:.2f} 0 {FOOT} cm /Im Do Q\n" if is_drawn else ""
    missing = "" if is_drawn else f"BT /F {LETTER} Tf 60 {height / 2:.2f} Td ({_NOT_DRAWN}) Tj ET\n"
    line = f"0.6 G 0.5 w 0 {FOOT - 1} m {width:.2f} {FOOT - 1} l S\n"
    label = f"BT /F {NUMBER} Tf {max(4, width - 6.2 * len(number) - 8):.2f} 9 Td ({number}) Tj ET\n"
    return f"{image}{missing}{line}0 g\n{label}".encode("ascii") + drawn(8, 8, LETTER)


def _shape(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and number of colours, from the frame header. (Decoding is not this program's business.)"""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 9 < len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        if marker in _FRAMES and jpeg[at + 9] in _COLOURS:
            return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7]), jpeg[at + 9]
        at += 2 + length
    raise Altered("The image of a page is not one that was drawn here.", "Restore it from a backup.")


class _Writer:
    """Knows how many bytes were written and where each object began."""

    def __init__(self) -> None:
        self._at = 0
        self._begins: dict[int, int] = {}

    def head(self) -> bytes:
        return self._count(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def object(self, number: int, body: bytes) -> bytes:
        self._begins[number] = self._at
        return self._count(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def stream(self, number: int, form: bytes, data: bytes) -> bytes:
        body = b"<< %b/Length %d >>\nstream\n%b\nendstream" % (form, len(data), data)
        return self.object(number, body)

    def tail(self) -> bytes:
        count = len(self._begins) + 1
        rows = b"".join(b"%010d 00000 n \n" % self._begins[number] for number in range(1, count))
        return (
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (
                count,
                rows,
                count,
                self._at,
            )
        )

    def _count(self, data: bytes) -> bytes:
        self._at += len(data)
        return data
