"""What one character becomes when text is folded, and which characters are letters of a script without spaces."""

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from opencc import OpenCC

FOLDED_RANGES = (
    (0x0020, 0x2FFF),
    (0x3000, 0x33FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFB00, 0xFB06),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x2FA1F),
)
FIRST_HAN = 0x3400
LONGEST_EXPANSION = 4
INVISIBLE = "\u200b\u200c\u200d\ufeff\u00ad\u2060"

# OpenCC leaves the first line alone; the second makes texts of all three traditional standards meet.
VARIANTS = (
    "裏里 妳你 祂他 牠它 喫吃 姪侄 咀嘴 汙污 暱昵 啓启 峯峰 羣群 牀床 衆众 塩盐 鉄铁 厳严 薬药 気气 発发 図图 桜樱 竜龙 "
    "著着 衞卫 敍叙 覆复 瞭了 藉借 甦苏 锺钟 迳径 簷檐 枱台"
)

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f\U00030000-\U000323af"
CJK = (
    "\u1100-\u11ff"  # hangul letters
    "\u2e80-\u2fdf"  # radicals
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b"  # 々 〆 〇, counting rods, kana repeat marks
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"  # kana
    "\u3105-\u312f\u31a0-\u31bf"  # bopomofo
    "\u3131-\u318e\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff"  # hangul
    f"{HAN}"
)


def character_table() -> Mapping[int, str]:
    """Code point → its folded form, for `str.translate`; characters that stay as they are have no entry.

    The value has up to four characters and may be empty. A folded form folds to itself.
    """
    normal = {char: _normalised(char) for char in _characters()}
    simplified = _simplified({form for form in normal.values() if _is_han(form)})
    table = {char: simplified.get(form, form) for char, form in normal.items()}
    table |= {pair[0]: pair[1] for pair in VARIANTS.split()}
    table |= dict.fromkeys(INVISIBLE, "")
    settled = {char: _settled(form, table) for char, form in table.items()}
    return MappingProxyType({ord(char): form for char, form in settled.items() if form != char})


def _characters() -> Iterator[str]:
    for first, last in FOLDED_RANGES:
        yield from map(chr, range(first, last + 1))


def _normalised(char: str) -> str:
    point = ord(char)
    if 0x3400 <= point <= 0x9FFF or 0x20000 <= point <= 0x2F7FF:
        return char
    form = char
    if point < 0x3000 or point >= 0xFF00:
        form = "".join(
            part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
        )
    form = unicodedata.normalize("NFKC", form).lower()
    return form if len(form) <= LONGEST_EXPANSION else char


def _is_han(form: str) -> bool:
    return len(form) == 1 and ord(form) >= FIRST_HAN


def _simplified(characters: set[str]) -> dict[str, str]:
    """Each character by itself: the line breaks keep OpenCC from seeing phrases."""
    listed = sorted(characters)
    converted = OpenCC("t2s").convert("\n".join(listed)).split("\n")
    return {char: form for char, form in zip(listed, converted, strict=True) if len(form) == 1}


def _settled(form: str, table: Mapping[str, str]) -> str:
    """Follow chains (薴 → 苧 → 苎, 鍾 → 锺 → 钟), so that all members of a chain meet."""
    following = "".join(table.get(char, char) for char in form)
    while following != form and len(following) <= LONGEST_EXPANSION:
        form, following = following, "".join(table.get(char, char) for char in following)
    return form
