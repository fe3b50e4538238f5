"""Bates numbers: one a page that leaves the house, ``PREFIX-0000001``, never given twice."""

import re

from archive.core.errors import Invalid

WIDTH = 7
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,11}")


def check_prefix(text: str) -> str:
    """Raises ``Invalid``: the prefix becomes the name of a file and is read aloud in court."""
    prefix = text.strip().upper()
    if _PREFIX.fullmatch(prefix) is None:
        raise Invalid(
            "prefix",
            "A prefix has 1 to 12 letters A to Z and digits, a letter first.",
            "Type for example ZY.",
        )
    return prefix


def bates(prefix: str, number: int) -> str:
    return f"{prefix}-{number:0{WIDTH}d}"
