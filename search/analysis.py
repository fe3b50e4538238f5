"""The one analysis of every index: fold, runs, tokens.

Folding brings full-width and half-width, upper and lower case, traditional and simplified characters
together. A *run* is a stretch of folded text inside which a phrase may match: CJK characters, with the
white space between them taken out (line ends of OCR), or one word of `[0-9a-z]`. Everything else ends a run.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from operator import add

from search.characters import CJK, HAN, character_table

LONGEST_WORD = 64
SHORTEST_CODE = 5
CODE_GRAM = 3
CODE_END = "|"

_TABLE = character_table()
_UNEVEN = re.compile("[" + "".join(re.escape(chr(c)) for c, form in _TABLE.items() if len(form) != 1) + "]")

_RUN = re.compile(rf"[{CJK}]+(?:\s+[{CJK}]+)*|[0-9a-z]+")
_SPACE = re.compile(r"\s+")
_CODE = re.compile(rf"[0-9a-z]{{{SHORTEST_CODE},}}")
_DIGIT = re.compile("[0-9]")

_GLOSS = re.compile(rf"(?<=[{HAN}])[(（]([^\W\d_][^()（）\n]{{0,40}})[)）]")
_BETWEEN_SYLLABLES = re.compile(r"[\s'’·-]+")
_TONE_MARK = re.compile("[\u0300\u0301\u0304\u030c]")
_OTHER_MARK = re.compile("[\u0302\u0308]")
_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    r"(?:i?ang?|i?ong|uang?|u?eng?|uen|ing?|ung?|iao|uai|[iu]a|[iuv]e|[iu]o|ui|iu|ai|ei|ao|ou|er|[aeiouv]|m|n|ng)"
)


def _fold_version() -> str:
    rules = [_RUN.pattern, _CODE.pattern, _GLOSS.pattern, _SYLLABLE.pattern, str(LONGEST_WORD)]
    table = [f"{point}:{form}" for point, form in sorted(_TABLE.items())]
    return hashlib.sha256("\n".join(rules + table).encode("utf-8", "surrogatepass")).hexdigest()[:16]


FOLD_VERSION: str = _fold_version()
"""Digest of the character table and of the rules of runs: texts folded under another one do not compare."""


@dataclass(frozen=True, slots=True)
class Folded:
    """`offsets[i]` is the place in the original of folded character i; None means that all places are equal."""

    text: str
    offsets: tuple[int, ...] | None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Run:
    """`text` is free of white space; `places[i]` is the place of its i-th character in the folded text."""

    text: str
    places: tuple[int, ...]


def fold(text: str) -> Folded:
    glosses = [match.span() for match in _GLOSS.finditer(text) if _is_pinyin(match[1])]
    if not glosses and not _UNEVEN.search(text):
        return Folded(text.translate(_TABLE), None)
    dropped = {place for start, end in glosses for place in range(start, end)}
    forms: list[str] = []
    offsets: list[int] = []
    for place, char in enumerate(text):
        if place in dropped:
            continue
        form = _TABLE.get(ord(char), char)
        forms.append(form)
        offsets.extend([place] * len(form))
    return Folded("".join(forms), tuple(offsets))


def runs(folded: Folded) -> list[Run]:
    return [_run(match) for match in _RUN.finditer(folded.text)]


def normal_text(folded: Folded) -> str:
    """The text that phrases are substrings of: the runs, joined by one space."""
    return " ".join(_run_texts(folded))


def body_tokens(folded: Folded) -> list[str]:
    """Words whole; CJK runs as overlapping bigrams, then the last character, which proves that the run ends."""
    tokens: list[str] = []
    for text in _run_texts(folded):
        if text[0].isascii():
            tokens.append(text)
        else:
            tokens.extend(map(add, text, text[1:]))
            tokens.append(text[-1])
    return tokens


def code_tokens(folded: Folded) -> list[str]:
    """Character trigrams of the words that hold digits, each word closed by `CODE_END`."""
    tokens: list[str] = []
    for word in _CODE.findall(folded.text):
        if _DIGIT.search(word):
            tokens.extend(code_grams(word))
            tokens.append(CODE_END)
    return tokens


def code_grams(word: str) -> list[str]:
    return [word[place : place + CODE_GRAM] for place in range(len(word) - CODE_GRAM + 1)]


def phrase_tokens(normal: str) -> list[str]:
    """Tokens of a phrase given as `normal_text`; the last run may go on in the text that is searched.

    So a last CJK run has no closing unigram, unless it is a single character: that one is to be asked
    for as a prefix.
    """
    *closed, last = normal.split(" ")
    tokens: list[str] = []
    for text in closed:
        tokens.extend([text] if text[0].isascii() else [*map(add, text, text[1:]), text[-1]])
    if last[0].isascii() or len(last) == 1:
        return [*tokens, last]
    return [*tokens, *map(add, last, last[1:])]


def _run_texts(folded: Folded) -> list[str]:
    return [
        match[:LONGEST_WORD] if match[0].isascii() else _SPACE.sub("", match)
        for match in _RUN.findall(folded.text)
    ]


def _run(match: re.Match[str]) -> Run:
    start, text = match.start(), match[0]
    if text[0].isascii():
        kept = text[:LONGEST_WORD]
        return Run(kept, tuple(range(start, start + len(kept))))
    places = tuple(start + place for place, char in enumerate(text) if not char.isspace())
    return Run("".join(text.split()), places)


def _is_pinyin(gloss: str) -> bool:
    """Syllables one by one, with a tone mark: (quán), (zhāng wěi); neither (WBC), (min) nor (Ménière)."""
    marked = unicodedata.normalize("NFD", gloss.lower())
    if not _TONE_MARK.search(marked):
        return False
    plain = _OTHER_MARK.sub("", _TONE_MARK.sub("", marked.replace("u\u0308", "v")))
    return all(_SYLLABLE.fullmatch(part) for part in _BETWEEN_SYLLABLES.split(plain.strip()))
