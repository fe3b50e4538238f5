"""Which script a text is written in, and the spaces that engines put between Han characters."""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK = _HAN + "\u3000-\u303f\uff00-\uffef"
_GAP = re.compile(rf"(?<=[{_CJK}])[ \u3000]+(?=[{_CJK}])")


def is_han(character: str) -> bool:
    return (
        "\u3400" <= character <= "\u4dbf"
        or "\u4e00" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
    )


def is_cjk(character: str) -> bool:
    """Han, and the punctuation and full-width forms set together with it."""
    return is_han(character) or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"


def without_han_gaps(text: str) -> str:
    return _GAP.sub("", text)


def looks_traditional(text: str) -> bool:
    """More Han characters that only Big5 has than such that only GB2312 has."""
    simplified, traditional = _votes(text)
    return traditional > simplified


def language_of(text: str) -> str:
    """`zh-Hans`, `zh-Hant`, `en` (letters but no Han) or `und`."""
    if any(is_han(character) for character in text):
        return "zh-Hant" if looks_traditional(text) else "zh-Hans"
    return "en" if any(character.isalpha() for character in text) else "und"


def _votes(text: str) -> tuple[int, int]:
    han = [character for character in text if is_han(character)]
    simplified = sum(_encodes(character, "gb2312") and not _encodes(character, "big5") for character in han)
    traditional = sum(_encodes(character, "big5") and not _encodes(character, "gb2312") for character in han)
    return simplified, traditional


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
