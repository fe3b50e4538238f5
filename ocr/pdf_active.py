"""What a PDF would do in a viewer, and what else its archivist should know. Nothing of it is ever done here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, NumberObject

from ocr.facts import Unacceptable
from ocr.pdf_attached import Files
from ocr.pdf_objects import Walker, array, dictionary, identity, raw, resolved, text
from ocr.pdf_streams import lies_elsewhere
from ocr.pdf_text import shows_text

_MOST_OBJECTS = 60_000
"""30 a page at the most pages that are taken in; walking one takes 20 µs."""

_ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/URI": "links",
    "/GoToR": "other_files",
    "/GoToE": "other_files",
    "/Thread": "other_files",
    "/SubmitForm": "submits",
    "/ImportData": "imports",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
_ANNOTATIONS = {
    "/RichMedia": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/3D": "media",
    "/Redact": "redactions",
}
_TEXT_SAMPLE = 16
_MOST_DRAWN = 20
_GOES_NOWHERE = {"/GoTo", "/Named", ""}


@dataclass
class Finds:
    """How often each thing was met, by the code of its remark, and where the signed bytes end."""

    counts: Counter[str] = field(default_factory=Counter)
    signed_to: dict[tuple[int, int], int] = field(default_factory=dict)
    incomplete: bool = False
    shows_text: bool = False


class Inspection:
    """One walk over the catalog, the form, the bookmarks, the pages and their annotations; never over streams."""

    def __init__(self, reader: PdfReader, files: Files) -> None:
        self.finds = Finds()
        self._reader = reader
        self._catalog = reader.root_object
        self._files = files
        self._walker = Walker(_MOST_OBJECTS)

    def walk(self) -> None:
        """A part that cannot be understood is left out and makes the finds incomplete."""
        for part in (
            self._the_catalog,
            self._the_names,
            self._the_form,
            self._the_pages,
            self._the_bookmarks,
        ):
            self._guarded(part)
        self.finds.incomplete |= self._walker.is_cut

    def _guarded(self, part: Callable[[], None]) -> None:
        try:
            part()
        except Unacceptable:
            raise
        except Exception:  # noqa: BLE001 - pypdf raises TypeError, AssertionError and others; the rest is still looked at
            self.finds.incomplete = True

    def _the_catalog(self) -> None:
        self._opens_with(resolved(raw(self._catalog, "/OpenAction")))
        self._triggers(self._catalog)
        if "/Collection" in self._catalog:
            self.finds.counts["portfolio"] = 1
        layers = dictionary(dictionary(self._catalog, "/OCProperties"), "/D")
        if array(layers, "/OFF") or text(layers, "/BaseState") == "/OFF":
            self.finds.counts["layers"] = 1
        self._files.linked_from(self._catalog)

    def _the_names(self) -> None:
        names = dictionary(self._catalog, "/Names")
        for node in self._walker.tree([raw(names, "/JavaScript")], "/Kids"):
            self.finds.counts["javascript"] += len(array(node, "/Names")) // 2
        for node in self._walker.tree([raw(names, "/EmbeddedFiles")], "/Kids"):
            for name, spec in zip(*[iter(array(node, "/Names"))] * 2, strict=False):
                self._files.add(spec, str(resolved(name) or ""))

    def _the_form(self) -> None:
        form = dictionary(self._catalog, "/AcroForm")
        if "/XFA" in form:
            self.finds.counts["xfa"] = 1
        for holder in self._walker.tree(array(form, "/Fields"), "/Kids"):
            self._field(holder)
        approval = dictionary(self._catalog, "/Perms")
        for key in ("/DocMDP", "/UR3"):
            self._signature(raw(approval, key))

    def _the_pages(self) -> None:
        sheets = (
            node for node in self._walker.tree([raw(self._catalog, "/Pages")], "/Kids") if "/Kids" not in node
        )
        for number, page in enumerate(sheets):
            self._guarded(partial(self._page, page))
            if number < _TEXT_SAMPLE and not self.finds.shows_text:
                self._guarded(partial(self._text, page))

    def _page(self, page: DictionaryObject) -> None:
        self._triggers(page)
        self._files.linked_from(page)
        self.finds.counts["external"] += any(lies_elsewhere(self._reader, part) for part in _parts(page))
        for note in self._walker.tree(array(page, "/Annots")):
            self._annotation(note)

    def _text(self, page: DictionaryObject) -> None:
        self.finds.shows_text = shows_text(page)

    def _annotation(self, note: DictionaryObject) -> None:
        kind = text(note, "/Subtype")
        if kind in _ANNOTATIONS:
            self.finds.counts[_ANNOTATIONS[kind]] += 1
        if kind == "/Widget":
            self._field(note)
        elif kind == "/FileAttachment":
            self._files.add(raw(note, "/FS"), text(note, "/Contents"))
        elif kind == "/RichMedia":
            self._assets(note)
        self._actions(resolved(raw(note, "/A")))
        self._triggers(note)
        self._files.linked_from(note)

    def _assets(self, note: DictionaryObject) -> None:
        assets = raw(dictionary(note, "/RichMediaContent"), "/Assets")
        for node in self._walker.tree([assets], "/Kids"):
            for name, spec in zip(*[iter(array(node, "/Names"))] * 2, strict=False):
                self._files.add(spec, str(resolved(name) or ""))

    def _the_bookmarks(self) -> None:
        first = raw(dictionary(self._catalog, "/Outlines"), "/First")
        for entry in self._walker.tree([first], "/First", "/Next"):
            self._actions(resolved(raw(entry, "/A")))

    def _field(self, holder: DictionaryObject) -> None:
        self.finds.counts["form"] += text(holder, "/FT") != "/Sig"
        self._triggers(holder)
        self._actions(resolved(raw(holder, "/A")))
        value = resolved(raw(holder, "/V"))
        if isinstance(value, DictionaryObject) and "/ByteRange" in value:
            self._signature(raw(holder, "/V"))

    def _signature(self, value: Any) -> None:
        signed = resolved(value)
        if not isinstance(signed, DictionaryObject):
            return
        key = identity(value) if isinstance(value, IndirectObject) else identity(signed)
        numbers = [resolved(number) for number in array(signed, "/ByteRange")]
        ends = [number for number in numbers if isinstance(number, NumberObject)]
        self.finds.signed_to[key] = ends[-2] + ends[-1] if len(ends) >= 2 else 0

    def _opens_with(self, action: Any) -> None:
        if isinstance(action, DictionaryObject) and text(action, "/S") not in _GOES_NOWHERE:
            self.finds.counts["automatic"] += 1
        self._actions(action)

    def _triggers(self, holder: DictionaryObject) -> None:
        triggers = dictionary(holder, "/AA")
        for event in list(triggers)[: self._walker.most]:
            self._opens_with(resolved(raw(triggers, event)))

    def _actions(self, first: Any) -> None:
        if not isinstance(first, DictionaryObject):
            return
        for action in self._walker.tree([first], "/Next"):
            kind = text(action, "/S")
            if kind in _ACTIONS:
                self.finds.counts[_ACTIONS[kind]] += 1
            if kind != "/JavaScript" and "/JS" in action:
                self.finds.counts["javascript"] += 1
            self._files.add(raw(action, "/F"), "")


def _parts(page: DictionaryObject) -> list[Any]:
    """The streams that a page is drawn from, as references."""
    drawn = dictionary(dictionary(page, "/Resources"), "/XObject")
    return [raw(page, "/Contents"), *(raw(drawn, key) for key in list(drawn)[:_MOST_DRAWN])]
