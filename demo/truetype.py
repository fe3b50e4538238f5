"""One face out of a TrueType collection, reduced to the glyphs that a document uses.

Glyph numbers stay as they are: the outlines of unused glyphs become empty, which compresses to almost nothing.
Sources of the rules: the OpenType specification, tables cmap (format 12), glyf, loca, head, hmtx.
"""

import struct
from pathlib import Path

_KEPT = (b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep")
_ARGS_ARE_WORDS = 0x0001
_HAS_SCALE = 0x0008
_MORE_COMPONENTS = 0x0020
_HAS_TWO_SCALES = 0x0040
_HAS_MATRIX = 0x0080


class TrueTypeFace:
    """Lengths are in font units; `units_per_em` of them make the font size."""

    def __init__(self, path: Path, index: int) -> None:
        data = path.read_bytes()
        offset = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
        self._tables = _tables(data, offset)
        head = self._tables[b"head"]
        self.units_per_em: int = struct.unpack_from(">H", head, 18)[0]
        self.box: tuple[int, int, int, int] = struct.unpack_from(">4h", head, 36)
        self.ascent, self.descent = struct.unpack_from(">2h", self._tables[b"hhea"], 4)
        self._glyph_of = _unicode_map(self._tables[b"cmap"])
        self._offsets = _glyph_offsets(self._tables, struct.unpack_from(">h", head, 50)[0])

    def glyph(self, character: str) -> int:
        """Raises KeyError when the face has no such character."""
        return self._glyph_of[ord(character)]

    def advance(self, glyph: int) -> int:
        measured: int = struct.unpack_from(">H", self._tables[b"hhea"], 34)[0]
        width: int = struct.unpack_from(">H", self._tables[b"hmtx"], 4 * min(glyph, measured - 1))[0]
        return width

    def subset(self, glyphs: set[int]) -> bytes:
        """A TrueType file with the outlines of `glyphs`, of what they are composed of, and of glyph 0."""
        kept = self._with_components(glyphs | {0})
        outlines, offsets = bytearray(), []
        for glyph in range(len(self._offsets) - 1):
            offsets.append(len(outlines))
            if glyph in kept:
                outlines += self._outline(glyph)
                outlines += bytes(-len(outlines) % 4)
        offsets.append(len(outlines))
        head = bytearray(self._tables[b"head"])
        struct.pack_into(">h", head, 50, 1)
        tables = {tag: self._tables[tag] for tag in _KEPT if tag in self._tables}
        tables[b"glyf"], tables[b"head"] = bytes(outlines), bytes(head)
        tables[b"loca"] = struct.pack(f">{len(offsets)}I", *offsets)
        return _font_file(tables)

    def _outline(self, glyph: int) -> bytes:
        return self._tables[b"glyf"][self._offsets[glyph] : self._offsets[glyph + 1]]

    def _with_components(self, glyphs: set[int]) -> set[int]:
        kept: set[int] = set()
        waiting = list(glyphs)
        while waiting:
            glyph = waiting.pop()
            if glyph not in kept:
                kept.add(glyph)
                waiting += _components(self._outline(glyph))
        return kept


def _tables(data: bytes, offset: int) -> dict[bytes, bytes]:
    count = struct.unpack_from(">H", data, offset + 4)[0]
    tables = {}
    for entry in range(count):
        tag, _, start, length = struct.unpack_from(">4s3I", data, offset + 12 + 16 * entry)
        tables[tag] = data[start : start + length]
    return tables


def _unicode_map(cmap: bytes) -> dict[int, int]:
    count = struct.unpack_from(">H", cmap, 2)[0]
    for entry in range(count):
        start = struct.unpack_from(">HHI", cmap, 4 + 8 * entry)[2]
        if struct.unpack_from(">H", cmap, start)[0] == 12:
            return _segmented_coverage(cmap, start)
    raise ValueError("the font has no cmap of format 12")


def _segmented_coverage(cmap: bytes, start: int) -> dict[int, int]:
    groups = struct.unpack_from(">I", cmap, start + 12)[0]
    mapped: dict[int, int] = {}
    for group in range(groups):
        first, last, glyph = struct.unpack_from(">3I", cmap, start + 16 + 12 * group)
        mapped |= {code: glyph + code - first for code in range(first, last + 1)}
    return mapped


def _glyph_offsets(tables: dict[bytes, bytes], long_format: int) -> tuple[int, ...]:
    count = struct.unpack_from(">H", tables[b"maxp"], 4)[0] + 1
    if long_format:
        return struct.unpack_from(f">{count}I", tables[b"loca"])
    return tuple(2 * half for half in struct.unpack_from(f">{count}H", tables[b"loca"]))


def _components(outline: bytes) -> list[int]:
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    found, at, flags = [], 10, _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags, glyph = struct.unpack_from(">2H", outline, at)
        found.append(glyph)
        at += 8 if flags & _ARGS_ARE_WORDS else 6
        at += 2 * bool(flags & _HAS_SCALE) + 4 * bool(flags & _HAS_TWO_SCALES) + 8 * bool(flags & _HAS_MATRIX)
    return found


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    power = len(tables).bit_length() - 1
    search = 16 << power
    header = struct.pack(">I4H", 0x00010000, len(tables), search, power, 16 * len(tables) - search)
    directory, body, start = b"", b"", 12 + 16 * len(tables)
    for tag in sorted(tables):
        table = tables[tag]
        padded = table + bytes(-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4s3I", tag, checksum, start + len(body), len(table))
        body += padded
    return header + directory + body
