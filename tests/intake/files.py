"""Files that carry something besides their pages."""

import io
import struct
import zlib

from pypdf import PdfReader, PdfWriter
from pypdf.generic import EncodedStreamObject, StreamObject

from tests.cast import small_jpeg
from tests.ocr import drawing


def jpeg_with_comment(comment: bytes) -> bytes:
    image = small_jpeg()
    return image[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + image[2:]


def with_broken_attachment(content: bytes) -> bytes:
    """The packed bytes are no longer what they were packed to."""
    packed = zlib.compress(content)
    whole = pdf_with_attachment(content)
    assert whole.count(packed) == 1
    return whole.replace(packed, bytes(len(packed)))


def pdf_with_attachment(*contents: bytes) -> bytes:
    """Each attachment is compressed, so that its bytes stand nowhere in the file as they are."""
    writer = PdfWriter(
        clone_from=PdfReader(io.BytesIO(drawing.pdf_bytes(drawing.lines_of_text(["one page"]))))
    )
    for number, content in enumerate(contents, start=1):
        writer.add_attachment(f"{number}.bin", content)
    for index, thing in enumerate(writer._objects):
        if isinstance(thing, StreamObject) and not isinstance(thing, EncodedStreamObject):
            writer._objects[index] = thing.flate_encode()
    out = io.BytesIO()
    writer.write(out)
    assert not any(content in out.getvalue() for content in contents)
    return out.getvalue()
