"""What is opened of a page after the gate has allowed it: its text with the places of the hits, its marked image."""

from archive.core.gate import BoundGate, Released
from archive.core.settings import Settings
from archive.desks.reading_room.operations import Leaf
from archive.desks.reading_room.watermark import burn, decode, find_font, lines, not_drawn
from archive.holdings.turning import turned_jpeg, turned_quad
from archive.web.language import _
from ocr.page import BLANK, NO_TEXT, PageText, Quad
from search.highlight import spans
from search.query import parse


def read_text(gate: BoundGate, released: Released[Leaf]) -> PageText | None:
    text = released.value.text
    return None if text is None else PageText.from_json(gate.load(released.permit, text))


def hits_on(reading: PageText | None, words: str, rotation: int) -> list[Quad]:
    """Where the words stand on the page as it is shown: several quads for a hit that goes on in the next line."""
    if reading is None:
        return []
    return [turned_quad(quad, rotation) for quad in reading.spans_to_quads(spans(reading.text, parse(words)))]


def points(quad: Quad) -> str:
    """For an SVG polygon in a view box of 1 by 1."""
    return " ".join(f"{x:.5f},{y:.5f}" for x, y in quad)


def marked_image(gate: BoundGate, released: Released[Leaf], settings: Settings) -> bytes:
    """The stored JPEG with the reader's mark. Raises ``Conflict`` for a page that could not be drawn."""
    leaf = released.value
    if leaf.view is None:
        raise not_drawn()
    font = find_font(settings.watermark_font)
    view = gate.load(released.permit, leaf.view)
    if leaf.rotation:
        decode(view)  # refuses what would unfold to gigabytes
        view = turned_jpeg(view, leaf.rotation)
    return burn(view, lines(leaf), font)


def why_no_text(leaf: Leaf) -> str:
    """Empty for a page with text."""
    if leaf.reason is None and leaf.text is not None:
        return ""
    if leaf.is_blank or leaf.reason == BLANK:
        return _("此页是空白页。")
    if leaf.reason == NO_TEXT:
        return _("此页上没有识别出文字，不能按页面文字检索到。")
    return _("此页的文字未能识别，不能按页面文字检索到。")
