"""A page as its mark says it lies: turned clockwise by 0, 90, 180 or 270 degrees when it is shown; what is stored stays."""

from io import BytesIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from ocr.page import Point, Quad

DEGREES = (0, 90, 180, 270)

_MOVES = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns the other way round
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def turned_image(image: Image.Image, degrees: int) -> Image.Image:
    return image.transpose(_MOVES[degrees]) if degrees in _MOVES else image


def turned_jpeg(jpeg: bytes, degrees: int) -> bytes:
    """The same bytes for 0; else compressed once more, with the tables of the stored view."""
    if degrees not in _MOVES:
        return jpeg
    image = JpegImageFile(BytesIO(jpeg))
    file = BytesIO()
    turned_image(image, degrees).save(
        file, "JPEG", qtables=image.quantization, subsampling=get_sampling(image)
    )
    return file.getvalue()


def turned_size(width: int, height: int, degrees: int) -> tuple[int, int]:
    return (height, width) if degrees in {90, 270} else (width, height)


def turned_quad(quad: Quad, degrees: int) -> Quad:
    """The place of the same word on the turned page. Its first corner stays the top left of the word, not of the page."""
    first, second, third, fourth = (_turned(point, degrees) for point in quad)
    return first, second, third, fourth


def _turned(point: Point, degrees: int) -> Point:
    x, y = point
    return {90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}.get(degrees, point)
