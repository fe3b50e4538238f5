"""Pictures of pages into the files that scanners and cameras write. No file carries a clock time."""

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
)


def jpeg(image: Image.Image, dpi: int, quality: int = 82) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, dpi=(dpi, dpi))
    return target.getvalue()


def png(image: Image.Image, dpi: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", dpi=(dpi, dpi))
    return target.getvalue()


def group4_tiff(images: tuple[Image.Image, ...], dpi: int) -> bytes:
    return _tiff(images, dpi, "group4")


def deflate_tiff(images: tuple[Image.Image, ...], dpi: int) -> bytes:
    return _tiff(images, dpi, "tiff_adobe_deflate")


def scanned_pdf(images: tuple[Image.Image, ...], dpi: int) -> bytes:
    """One JPEG a page, over the whole page, and nothing else: what an office scanner delivers."""
    writer = PdfWriter()
    for image in images:
        _add_picture_page(writer, image, dpi)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def add_object(writer: PdfWriter, thing: PdfObject) -> IndirectObject:
    return writer._add_object(thing)  # noqa: SLF001 - pypdf offers no public way to add a bare object


def _add_picture_page(writer: PdfWriter, image: Image.Image, dpi: int) -> None:
    width, height = image.width * 72 / dpi, image.height * 72 / dpi
    picture = DecodedStreamObject()
    picture.set_data(jpeg(image, dpi))
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(image.width),
            NameObject("/Height"): NumberObject(image.height),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB" if image.mode == "RGB" else "/DeviceGray"),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    content = DecodedStreamObject()
    content.set_data(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q".encode("ascii"))
    page = writer.add_blank_page(width, height)
    pictures = DictionaryObject({NameObject("/Im0"): add_object(writer, picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    page[NameObject("/Contents")] = add_object(writer, content)


def _tiff(images: tuple[Image.Image, ...], dpi: int, compression: str) -> bytes:
    target = io.BytesIO()
    first, *others = images
    first.save(target, "TIFF", save_all=True, append_images=others, compression=compression, dpi=(dpi, dpi))
    return target.getvalue()
