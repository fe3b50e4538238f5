"""The two codes of a print: a QR that names the folder beyond doubt, and a Code 128 for hand-held readers."""

import re
from uuid import UUID
from zlib import crc32

import zxingcpp

from archive.desks.binding.printing.folder import Folder

VERSION = "V1"
DOTS = str.maketrans(dict.fromkeys("·・•‧", "."))
"""Code 128 has no middle dot; DA/T 13 lets a reader take the full stop for it."""


def payload(uid: UUID, reference_code: str) -> str:
    """``V1;VOL=<档号>;UID=<uid>;CRC=<CRC-32 of all before it, eight hex digits>``. A draft has an empty VOL."""
    told = f"{VERSION};VOL={reference_code};UID={uid}"
    return f"{told};CRC={crc32(told.encode()):08x}"


def drawn(folder: Folder) -> dict[str, str | int]:
    """For the templates: ``qr`` and ``bars`` as SVG, ``modules`` as the width of the bars in their narrowest bar.

    ``bars`` is empty for a draft, and for a reference code that Code 128 cannot write (Han characters).
    """
    bars = _bars(folder.reference_code.translate(DOTS))
    width = re.search(r'width="(\d+)"', bars)
    return {
        "qr": _svg(payload(folder.uid, folder.reference_code), zxingcpp.BarcodeFormat.QRCode, ec_level="M"),
        "bars": bars,
        "modules": 0 if width is None else int(width[1]),
    }


def _bars(written: str) -> str:
    return _svg(written, zxingcpp.BarcodeFormat.Code128) if written and written.isascii() else ""


def _svg(text: str, kind: zxingcpp.BarcodeFormat, **options: str) -> str:
    return zxingcpp.create_barcode(text, kind, **options).to_svg(add_quiet_zones=False)
