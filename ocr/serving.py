"""The work of the child: answers PROBE and PAGE over the frames, and asks for the bytes it needs."""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import asdict
from typing import Any, BinaryIO, cast

import cv2
import pypdfium2
from PIL import Image

from ocr.engine import EngineFailed, OcrEngine, engine_named
from ocr.facts import MIB, Code, Kind, Limits, Probe, Unacceptable
from ocr.frames import (
    MAX_PAYLOAD,
    Channel,
    Frame,
    FrameType,
    ProtocolError,
    encode,
    encode_range,
    encode_record,
)
from ocr.harden import allow_in_all, allow_more
from ocr.page import BLANK, UNDECODED, PageText, unread
from ocr.pdf_attached import Embedded
from ocr.pdf_bounds import undivided
from ocr.pdf_pictures import loses_a_picture
from ocr.pdf_structure import structure
from ocr.probe import probe
from ocr.render import is_blank, render, view_jpeg, within
from ocr.textlayer import text_layer

_BLOCK = 256 << 10
_BLOCKS_KEPT = 64
_LONGEST_READ_SIDE = 5000  # A3 at 300 dpi; more pixels cost the engines memory and tell them nothing


class RemoteFile(io.RawIOBase):
    """A seekable file whose bytes the parent hands over, block by block. Keeps the last 16 MiB."""

    def __init__(self, channel: Channel, size: int) -> None:
        self._channel = channel
        self._size = size
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("cannot seek before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        if self._at >= self._size or not target:
            return 0
        block = self._block(self._at // _BLOCK)
        piece = block[self._at % _BLOCK :][: len(target)]
        length = len(piece)
        target[:length] = piece
        self._at += length  # nothing is called after this: no signal comes between the step and its return
        return length

    def _block(self, index: int) -> bytes:
        if index not in self._blocks:
            self._blocks[index] = self._fetch(index * _BLOCK, min(_BLOCK, self._size - index * _BLOCK))
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(index)
        return self._blocks[index]

    def _fetch(self, offset: int, length: int) -> bytes:
        with undivided():
            self._channel.send(encode_range(offset, length))
            frame = self._channel.receive()
        if frame.type is not FrameType.DATA or len(frame.payload) != length:
            raise ProtocolError("the parent answered READ with something else")
        return frame.payload


class Service:
    """One file, one engine. Loads the engine only when a page needs it."""

    def __init__(self, channel: Channel, opened: Frame) -> None:
        cv2.setNumThreads(1)
        told = opened.record()
        self._channel = channel
        self._name = str(told["name"])
        self._engine_name = str(told["engine"])
        self._limits = Limits(**told["limits"])
        self._source = cast("BinaryIO", io.BufferedReader(RemoteFile(channel, int(told["size"])), _BLOCK))
        self._probe: Probe | None = None
        self._engine: OcrEngine | None = None
        self._embedded: tuple[Embedded, ...] | None = None

    def run(self) -> None:
        """Until BYE. Raises `ProtocolError` on a frame that no parent sends."""
        while (frame := self._channel.receive()).type is not FrameType.BYE:
            match frame.type:
                case FrameType.PROBE:
                    self._answer_probe()
                case FrameType.PAGE:
                    self._embedded = None
                    self._answer_page(int(frame.record()["number"]))
                case FrameType.ATTACHMENT:
                    self._answer_attachment(int(frame.record()["number"]))
                case _:
                    raise ProtocolError("a frame came at the wrong time")

    def _answer_probe(self) -> None:
        try:
            found = self._probed()
        except Unacceptable as refusal:
            told = {"code": refusal.code, "reason": refusal.reason, "remedy": refusal.remedy}
            self._channel.send(encode_record(FrameType.REFUSED, told))
        else:
            self._channel.send(encode_record(FrameType.PROBED, asdict(found)))

    def _probed(self) -> Probe:
        if self._probe is None:
            allow_more(self._limits.probe_cpu, self._limits.render_memory)
            self._probe = probe(self._source, self._name, self._limits)
        return self._probe

    def _answer_page(self, number: int) -> None:
        try:
            image, dpi, nothing = self._show(number)
        except Unacceptable as refusal:
            self._refuse(refusal.code, refusal.reason)
        except MemoryError:
            self._refuse(Code.OUT_OF_MEMORY, "the page needs more memory than is allowed")
        except (ProtocolError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - parsers raise anything on a broken page; the next page is served
            self._refuse(Code.BROKEN, f"the page is damaged ({type(error).__name__})")
        else:
            reading = unread("none", nothing) if nothing else self._read(image, dpi, number)
            self._channel.send(encode(FrameType.TEXT, reading.to_json()))

    def _answer_attachment(self, number: int) -> None:
        try:
            content = self._content(number)
        except Unacceptable as refusal:
            self._refuse(refusal.code, refusal.reason)
        except MemoryError:
            self._refuse(Code.OUT_OF_MEMORY, "the attached file needs more memory than is allowed")
        except (ProtocolError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - parsers raise anything on a broken file; the next one is served
            self._refuse(Code.BROKEN, f"the attached file is damaged ({type(error).__name__})")
        else:
            self._channel.send(encode(FrameType.CONTENT, content))

    def _content(self, number: int) -> bytes:
        """Raises `Unacceptable` and what pypdf raises."""
        if self._probed().kind is not Kind.PDF:
            raise LookupError
        if self._embedded is None:
            allow_more(self._limits.probe_cpu, self._limits.render_memory)
            self._embedded = structure(self._source, self._limits).embedded
        allow_more(self._limits.probe_cpu, self._limits.render_memory)
        content = self._embedded[number - 1].unpack()
        if len(content) > MAX_PAYLOAD:
            reason = f"the attached file has {len(content) // MIB} MiB, more than can be handed over"
            raise Unacceptable(Code.TOO_LARGE, reason, "")
        return content

    def _refuse(self, code: Code, reason: str) -> None:
        self._channel.send(encode_record(FrameType.UNREADABLE, {"code": code, "reason": reason}))

    def _show(self, number: int) -> tuple[Image.Image, int, str]:
        """Send the picture before anything is read: it is kept even if the engine takes the child down.

        Returns it, its dpi, and why there is nothing to read on it (empty where there may be).
        """
        found = self._probed()
        allow_more(self._limits.render_cpu, self._limits.render_memory)
        image, dpi = render(self._source, found, number)
        jpeg, (width, height) = view_jpeg(image)
        nothing = self._why_white(found, number) if is_blank(image) else ""
        facts = {
            "number": number,
            "width": width,
            "height": height,
            "dpi": max(1, round(dpi * width / image.width)),
            "is_blank": nothing == BLANK,
            "grey": image.mode == "L",
        }
        self._channel.send(encode_record(FrameType.PAGE_FACTS, facts))
        self._channel.send(encode(FrameType.VIEW, jpeg))
        return image, dpi, nothing

    def _why_white(self, found: Probe, number: int) -> str:
        """A sheet that is white, or one whose picture could not be drawn."""
        is_lost = found.kind is Kind.PDF and loses_a_picture(self._source, number)
        return UNDECODED if is_lost else BLANK

    def _read(self, image: Image.Image, dpi: int, number: int) -> PageText:
        layer = self._text_layer(number)
        if layer is not None:
            return layer
        allow_in_all(self._limits.engine_cpu, self._limits.engine_memory)
        try:
            if self._engine is None:
                self._engine = engine_named(self._engine_name)
            smaller = within(image, _LONGEST_READ_SIDE)
            return self._engine.read(smaller, round(dpi * smaller.width / image.width))
        except EngineFailed as failure:
            return unread(self._engine_name, str(failure))
        except MemoryError:
            return unread(self._engine_name, "the engine needed more memory than is allowed on this page")

    def _text_layer(self, number: int) -> PageText | None:
        if self._probed().kind is not Kind.PDF:
            return None
        self._source.seek(0)
        try:
            pdf = pypdfium2.PdfDocument(self._source)
            try:
                return text_layer(pdf, number)
            finally:
                pdf.close()
        except pypdfium2.PdfiumError:
            return None  # the picture of the page is there: it is read as a scan
