"""A contact sheet: the images of one screen in small, side by side in one picture."""

from collections.abc import Iterable
from io import BytesIO

from PIL import Image

from archive.core.errors import ArchiveError
from archive.core.gate import BoundGate, Released
from archive.core.vault.vault import Handle

CELL = 180
"""Pixels of a square cell; ``quality.css`` cuts the picture up by the same measure."""

EDGE = 4
ACROSS = 8
LARGEST_SIDE = 4096
"""No view is as large: a few bytes can unfold to gigabytes of pixels."""

GROUND = (228, 231, 235)
QUALITY = 72


def contact_sheet(gate: BoundGate, released: Released[tuple[Handle | None, ...]]) -> bytes:
    """A JPEG. The cell of a page that could not be drawn or opened stays empty; an opening that failed is in the log."""
    handles = released.value
    rows = max(1, -(-len(handles) // ACROSS))
    sheet = Image.new("RGB", (ACROSS * CELL, rows * CELL), GROUND)
    for place, small in enumerate(_smalls(gate, released)):
        if small is not None:
            left = place % ACROSS * CELL + (CELL - small.width) // 2
            top = place // ACROSS * CELL + (CELL - small.height) // 2
            sheet.paste(small, (left, top))
    file = BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _smalls(gate: BoundGate, released: Released[tuple[Handle | None, ...]]) -> Iterable[Image.Image | None]:
    for handle in released.value:
        if handle is None:
            yield None
            continue
        try:
            yield small_image(gate.load(released.permit, handle))
        except ArchiveError:  # the other pages are looked through all the same
            yield None


def small_image(jpeg: bytes) -> Image.Image | None:
    """At a sixteenth of the work of a whole one: the decoder leaves out what a small picture does not need."""
    try:
        image = Image.open(BytesIO(jpeg), formats=("JPEG",))
        if max(image.size) > LARGEST_SIDE:
            return None
        image.draft("RGB", (CELL * 2, CELL * 2))
        image.thumbnail((CELL - EDGE, CELL - EDGE), Image.Resampling.BOX)
        return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
