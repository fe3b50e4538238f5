"""The Chinese fonts that Debian and Ubuntu ship, and how wide a text is in them."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

from demo.marks import Face

_MICRO_HEI = ("truetype/wqy/wqy-microhei.ttc", "fonts-wqy-microhei")
_UMING = ("truetype/arphic/uming.ttc", "fonts-arphic-uming")
_COLLECTION: dict[Face, tuple[tuple[str, str], int]] = {
    "hei": (_MICRO_HEI, 0),
    "song-cn": (_UMING, 0),
    "song-tw": (_UMING, 2),
}
_MEASURED_AT = 200


class FontMissingError(Exception):
    """A font of the demonstration is not installed; the message names the Debian package."""


def locate(face: Face, folder: Path = Path("/usr/share/fonts")) -> tuple[Path, int]:
    """The font collection that holds `face`, and the number of the face in it.

    Raises FontMissingError when it is not installed.
    """
    (file, package), index = _COLLECTION[face]
    path = folder / file
    if not path.is_file():
        raise FontMissingError(
            f"The demonstration needs the font {path}. Install it with: apt-get install {package}"
        )
    return path, index


@cache
def load(face: Face, pixels: float) -> ImageFont.FreeTypeFont:
    path, index = locate(face)
    return ImageFont.truetype(str(path), pixels, index=index, layout_engine=ImageFont.Layout.BASIC)


def width(text: str, face: Face, size: float) -> float:
    return load(face, _MEASURED_AT).getlength(text) * size / _MEASURED_AT
