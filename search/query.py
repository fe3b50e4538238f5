"""What a person typed, as a tree that every index adapter translates.

Words are joined by AND. `OR`, `或` and `|` bind tighter than that: `张伟 高血压 OR 糖尿病` asks for 张伟 together
with either of the two. `NOT`, `非` and a leading `-` exclude the term that follows. Quotation marks of any
kind hold a phrase together; a trailing `*` leaves the last word open.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from search.analysis import fold, normal_text

LONGEST_QUERY = 1000
MOST_TERMS = 32
SHORTEST_NUMBER = 4

_QUOTES = '"＂“”„‟「」『』'
_LEXEME = re.compile(
    rf"(?P<choice>[|｜])"
    rf"|(?P<minus>[-－−](?=[^\s|｜]))?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)(?P<star>[*＊])?|(?P<word>[^\s|｜{_QUOTES}]+))"
)
_CHOICES = frozenset({"OR", "或"})
_EXCLUSIONS = frozenset({"NOT", "非"})
_JOINS = frozenset({"AND"})


class Note(StrEnum):
    """What the asker should be told about her query; the value is the sentence to show."""

    NOTHING_ASKED = "请输入要查找的字词。"
    ONLY_EXCLUSIONS = "只写了要排除的词，因此不作查找；请至少写一个要查找的词。"
    EXCLUSION_IN_CHOICE = "“或”的一侧不能是排除词，该词已略去。"
    CUT = "查询太长，只用了开头的部分。"


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` is normal text: runs joined by one space. It matches as a substring, words only whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A phrase whose last word, or single last CJK character, may go on."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """Digits: a word that equals them, or any part of a longer word that holds digits."""

    digits: str


Leaf = Phrase | Prefix | Number


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Leaf


@dataclass(frozen=True, slots=True)
class And:
    """At least one part is no `Not`."""

    parts: tuple[Leaf | Or | Not, ...]

    def __post_init__(self) -> None:
        if all(isinstance(part, Not) for part in self.parts):
            raise ValueError("a query needs something to find, not only something to exclude")


@dataclass(frozen=True, slots=True)
class Query:
    tree: And | None
    notes: tuple[Note, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for, so nothing is found; `notes` say why."""
        return self.tree is None

    @property
    def wanted(self) -> tuple[Leaf, ...]:
        """The terms that are asked for, without those to exclude."""
        found: list[Leaf] = []
        for part in self.tree.parts if self.tree else ():
            if isinstance(part, Or):
                found.extend(part.parts)
            elif not isinstance(part, Not):
                found.append(part)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Term:
    leaf: Leaf
    is_excluded: bool
    is_choice: bool
    """Stands after an OR."""


def parse(text: str) -> Query:
    """Never raises, whatever the text is."""
    terms = list(_terms(text[:LONGEST_QUERY]))
    notes = []
    if len(text) > LONGEST_QUERY or len(terms) > MOST_TERMS:
        notes.append(Note.CUT)
    parts: list[Leaf | Or | Not] = []
    for group in _groups(terms[:MOST_TERMS]):
        if len(group) > 1 and any(term.is_excluded for term in group):
            notes.append(Note.EXCLUSION_IN_CHOICE)
        parts.extend(_group_parts(group))
    if all(isinstance(part, Not) for part in parts):
        notes.append(Note.ONLY_EXCLUSIONS if terms else Note.NOTHING_ASKED)
        return Query(None, _once(notes))
    return Query(And(tuple(dict.fromkeys(parts))), _once(notes))


def _terms(text: str) -> Iterator[_Term]:
    is_choice = is_excluded = False
    for lexeme in _LEXEME.finditer(text):
        operator = _operator(lexeme)
        if operator in _CHOICES:
            is_choice = True
        elif operator in _EXCLUSIONS:
            is_excluded = True
        elif operator is None and (leaf := _leaf(lexeme)):
            yield _Term(leaf, is_excluded or bool(lexeme["minus"]), is_choice)
            is_choice = is_excluded = False


def _operator(lexeme: re.Match[str]) -> str | None:
    if lexeme["choice"]:
        return "OR"
    word = unicodedata.normalize("NFKC", lexeme["word"] or "")
    return word if word in _CHOICES | _EXCLUSIONS | _JOINS else None


def _leaf(lexeme: re.Match[str]) -> Leaf | None:
    word, phrase = lexeme["word"], lexeme["phrase"]
    text = normal_text(fold(phrase if word is None else word))
    if not text:
        return None
    last = text.rsplit(" ", 1)[-1]
    is_open = bool(lexeme["star"]) or (word is not None and word.endswith(("*", "＊")))
    if (is_open and last.isascii()) or (len(last) == 1 and not last.isascii()):
        return Prefix(text)
    if word is not None and len(text) >= SHORTEST_NUMBER and text.isdecimal():
        return Number(text)
    return Phrase(text)


def _groups(terms: list[_Term]) -> list[list[_Term]]:
    groups: list[list[_Term]] = []
    for term in terms:
        if term.is_choice and groups:
            groups[-1].append(term)
        else:
            groups.append([term])
    return groups


def _group_parts(group: list[_Term]) -> list[Leaf | Or | Not]:
    wanted = tuple(dict.fromkeys(term.leaf for term in group if not term.is_excluded))
    if not wanted:
        return [Not(term.leaf) for term in group[:1]] if len(group) == 1 else []
    return [wanted[0]] if len(wanted) == 1 else [Or(wanted)]


def _once(notes: list[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))
