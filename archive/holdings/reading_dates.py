"""Days in the ways in which documents write them: 2024-05-18, 2024年5月18日, 民國113年5月18日, 二〇二四年五月十八日."""

import re
from collections.abc import Iterator
from datetime import date

REPUBLIC = 1911
"""Year 1 of 民國 is 1912."""

EARLIEST, LATEST = 1900, 2100

_HAN = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_DIGIT = "〇零○一二三四五六七八九"
_SMALL = "一二三四五六七八九十"

_WESTERN = re.compile(r"(?<![\d.-])(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?![\d.-])\s*日?")
_OF_THE_REPUBLIC = re.compile(
    r"(?:民国|民國)\s*(\d{1,3})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)\s*日?"
)
_IN_HAN = re.compile(rf"([{_DIGIT}]{{4}})年([{_SMALL}]{{1,2}})月([{_SMALL}]{{1,3}})日")


def dates_in(text: str) -> Iterator[tuple[int, int, date]]:
    """(start, end, day) of each day that the calendar knows. ``text`` in simplified characters, digits in half width."""
    for match in _WESTERN.finditer(text):
        yield from _day(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _OF_THE_REPUBLIC.finditer(text):
        yield from _day(match, int(match[1]) + REPUBLIC, int(match[2]), int(match[3]))
    for match in _IN_HAN.finditer(text):
        year = int("".join(str(_HAN[digit]) for digit in match[1]))
        yield from _day(match, year, _small(match[2]), _small(match[3]))


def _day(match: re.Match[str], year: int, month: int, day: int) -> Iterator[tuple[int, int, date]]:
    try:
        found = date(year, month, day)
    except ValueError:  # 2024年13月40日 is no day
        return
    if EARLIEST <= year <= LATEST:
        yield match.start(), match.end(), found


def _small(text: str) -> int:
    """Up to 99: 五, 十二, 三十一."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN.get(text, 0) if len(text) == 1 else 0
    return _HAN.get(tens, 1) * 10 + _HAN.get(ones, 0)
