"""Pages and files for the tests, drawn on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import TiffImageFile
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject, StreamObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

HEI = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
MING = "/usr/share/fonts/truetype/arphic/uming.ttc"

SIMPLIFIED = ("入院记录", "姓名：陈小明", "住院号 ZY20240317", "诊断：左侧手腕骨折，高血压")
TRADITIONAL = (
    "汽車保險理賠申請書",
    "被保險人：陳小明",
    "保單號碼 TW20240317",
    "事故經過：與機車發生碰撞，車門凹陷",
)

STRIP_OFFSETS = 273
A4 = (595.0, 842.0)


def page(lines: Sequence[str], font: str = HEI, size: tuple[int, int] = (1240, 600)) -> Image.Image:
    """Black on white, one line every 110 pixels, letters of 46 pixels: a strip of an A4 page at 150 dpi."""
    picture = Image.new("L", size, 255)
    draw, letters = ImageDraw.Draw(picture), ImageFont.truetype(font, 46)
    for index, line in enumerate(lines):
        draw.text((80, 60 + index * 110), line, font=letters, fill=0)
    return picture


def picture_bytes(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def tiff_bytes(pages: Sequence[Image.Image]) -> bytes:
    return picture_bytes(
        pages[0],
        "TIFF",
        save_all=True,
        append_images=list(pages[1:]),
        dpi=(150, 150),
        compression="tiff_adobe_deflate",
    )


def with_broken_picture(stack: bytes, index: int) -> bytes:
    """The TIFF with the compressed pixels of one picture overwritten."""
    with Image.open(io.BytesIO(stack)) as pictures:
        assert isinstance(pictures, TiffImageFile)
        pictures.seek(index)
        start = pictures.tag_v2[STRIP_OFFSETS][0]
    return stack[:start] + b"\xff" * 64 + stack[start + 64 :]


def pdf_bytes(*drawn: Callable[[Canvas], None]) -> bytes:
    """A PDF of A4 pages, one for each function that draws it."""
    pdfmetrics.registerFont(TTFont("hei", HEI, subfontIndex=0))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for draw in drawn:
        canvas.setFont("hei", 14)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines_of_text(lines: Sequence[str]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for index, line in enumerate(lines):
            canvas.drawString(72, 760 - index * 30, line)

    return draw


def full_page_scan(picture: Image.Image, hidden: Sequence[str] = ()) -> Callable[[Canvas], None]:
    """The picture over the whole page as a JPEG, with invisible text under it when there is some."""
    jpeg = io.BytesIO(picture_bytes(picture, "JPEG", quality=90))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
        text = canvas.beginText(72, 760)
        text.setTextRenderMode(3)
        for line in hidden:
            text.textLine(line)
        canvas.drawText(text)

    return draw


def form(value: str, lines: Sequence[str] = ()) -> bytes:
    """A page with one form field that holds the value."""

    def draw(canvas: Canvas) -> None:
        lines_of_text(lines)(canvas)
        canvas.acroForm.textfield(name="plate", value=value, x=100, y=300, width=200, height=30)

    return pdf_bytes(draw)


def encrypted(pdf: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def hidden_by_mask(scan: bytes) -> bytes:
    """The one-picture PDF with a soft mask that makes its picture wholly transparent."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(scan)))
    mask = StreamObject()
    mask.set_data(b"\0")
    for key, value in {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray"}.items():
        mask[NameObject(key)] = NameObject(value)
    for key, number in {"/Width": 1, "/Height": 1, "/BitsPerComponent": 8}.items():
        mask[NameObject(key)] = NumberObject(number)
    pictures = writer.pages[0]["/Resources"]["/XObject"]  # type: ignore[index]  # pypdf types every entry as its base
    for picture in pictures.values():
        picture.get_object()[NameObject("/SMask")] = writer._add_object(mask)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def noise(size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """An empty sheet as a scanner sees it."""
    return Image.effect_noise(size, 6).point(lambda value: min(255, value + 110))
