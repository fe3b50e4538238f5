"""Writes PDFs by hand, right or wrong, byte for byte the same each time."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

BINARY = b"%\xe2\xe3\xcf\xd3\n"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def words(text: str = "Claim ABC-1234 of 2024-03-17") -> bytes:
    """Content that sets one line of text."""
    return b"BT /F1 12 Tf 20 150 Td (%s) Tj ET" % text.encode("latin-1")


@dataclass
class Pdf:
    """Objects numbered in the order in which they come; a catalog, a page tree and pages of 300 × 200 points around them."""

    version: bytes = b"1.7"
    bodies: dict[int, bytes] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.catalog, self.tree, self.font = self.reserve(), self.reserve(), self.add(FONT)

    def reserve(self) -> int:
        self.bodies[len(self.bodies) + 1] = b"null"
        return len(self.bodies)

    def add(self, body: bytes) -> int:
        number = self.reserve()
        self.bodies[number] = body
        return number

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        packed = zlib.compress(data, 9)
        return self.add(stream(packed, b"/Filter/FlateDecode" + entries))

    def plain(self, data: bytes, entries: bytes = b"") -> int:
        return self.add(stream(data, entries))

    def page(self, content: bytes | None = None, entries: bytes = b"", resources: bytes = b"") -> int:
        """``entries`` may name a /MediaBox or /Contents of their own."""
        if b"/MediaBox" not in entries:
            entries += b"/MediaBox[0 0 300 200]"
        if b"/Contents" not in entries:
            entries += b"/Contents %d 0 R" % self.stream(words() if content is None else content)
        if b"/Resources" not in entries:
            entries += b"/Resources<</Font<</F1 %d 0 R>>%s>>" % (self.font, resources)
        self.pages.append(self.add(b"<</Type/Page/Parent %d 0 R%s>>" % (self.tree, entries)))
        return self.pages[-1]

    def finish(self, catalog: bytes = b"", tree: bytes | None = None) -> None:
        """The catalog and the page tree; a page of text where there is none yet."""
        if not self.pages:
            self.page()
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        if tree is None:
            tree = b"/Kids[%s]/Count %d" % (kids, len(self.pages))
        self.bodies[self.tree] = b"<</Type/Pages%s>>" % tree
        self.bodies[self.catalog] = b"<</Type/Catalog/Pages %d 0 R%s>>" % (self.tree, catalog)

    def file(self, catalog: bytes = b"", tree: bytes | None = None, trailer: bytes = b"") -> bytes:
        self.finish(catalog, tree)
        head = b"%%PDF-%s\n" % self.version + BINARY
        return section(head, self.bodies, b"/Root %d 0 R%s" % (self.catalog, trailer), len(self.bodies) + 1)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


def section(before: bytes, bodies: dict[int, bytes], trailer: bytes, size: int) -> bytes:
    """``before``, these objects, a table of them and a trailer: the whole file, or one more revision of it."""
    out, offsets = bytearray(before), {}
    for number, body in bodies.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for start, run in _runs(sorted(offsets)):
        out += b"%d %d\n" % (start, len(run))
        out += b"".join(b"%010d 00000 n \n" % offsets[number] for number in run)
    out += b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(out)


def _runs(numbers: Sequence[int]) -> list[tuple[int, list[int]]]:
    runs: list[tuple[int, list[int]]] = []
    for number in numbers:
        if runs and runs[-1][0] + len(runs[-1][1]) == number:
            runs[-1][1].append(number)
        else:
            runs.append((number, [number]))
    return runs


def updated(before: bytes, pdf: Pdf, bodies: dict[int, bytes], entries: bytes = b"") -> bytes:
    """The file with one more revision that puts these objects in the place of the old ones."""
    previous = int(before.rpartition(b"startxref\n")[2].split()[0])
    trailer = b"/Root %d 0 R/Prev %d%s" % (pdf.catalog, previous, entries)
    return section(before, bodies, trailer, max([*pdf.bodies, *bodies]) + 1)


def packed(pdf: Pdf, catalog: bytes = b"", entries: bytes = b"", index: bytes | None = None) -> bytes:
    """The file as PDF 1.5 writes it: all that is no stream in one object stream, and the table as a stream."""
    pdf.finish(catalog)
    loose = {number: body for number, body in pdf.bodies.items() if b"stream\n" not in body}
    streams = {number: body for number, body in pdf.bodies.items() if number not in loose}
    holder, table = len(pdf.bodies) + 1, len(pdf.bodies) + 2
    numbers, inside = b"", b""
    for number, body in loose.items():
        numbers += b"%d %d " % (number, len(inside))
        inside += body + b" "
    head = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(loose), len(numbers))
    streams[holder] = stream(zlib.compress(numbers + inside, 9), head + entries)
    out, rows = bytearray(b"%%PDF-%s\n" % pdf.version + BINARY), {0: (0, 0, 65535)}
    rows |= {number: (2, holder, place) for place, number in enumerate(loose)}
    for number, body in streams.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows[table] = (1, len(out), 0)
    data = b"".join(
        kind.to_bytes(1) + at.to_bytes(4) + last.to_bytes(2) for _, (kind, at, last) in sorted(rows.items())
    )
    told = b"/Type/XRef/W[1 4 2]/Root %d 0 R/Size %d%s" % (pdf.catalog, table + 1, index or b"")
    start = len(out)
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, stream(data, told), start)
    return bytes(out)
