"""What a file's name and size tell before a byte of it is sent: whether it can be taken in at all."""

from archive.core.errors import Invalid, TooLarge
from ocr.kinds import extension_of

TAKEN = (
    *(".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng"),
    *(".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc", ".webp", ".bmp", ".dib", ".gif"),
)
"""Ends of names that the reading program takes. Other ends either mean a kind that it refuses, or nothing."""

_PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab")


def check_announced(name: str, size: int, most_bytes: int) -> None:
    """Raises ``TooLarge``, and ``Invalid`` for an empty file or a kind that is never taken in."""
    if size > most_bytes:
        raise TooLarge(
            f"This file is larger than {most_bytes // 2**20} MiB.",
            "Split it by document and upload the parts.",
        )
    if size == 0:
        raise Invalid("file", "The file is empty.", "Check the scanner or the copy and upload it again.")
    end = extension_of(name)
    if end in _PACKED:
        raise Invalid("name", f"Files named {end} are not taken in.", "Unpack it and upload what is in it.")
    if end and end not in TAKEN:
        raise Invalid(
            "name",
            f"Files named {end} are not taken in.",
            "Save it as PDF, TIFF, JPEG or PNG and upload that.",
        )
