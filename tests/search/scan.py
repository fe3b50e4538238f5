"""Search without an index: what the rules of the query say, by looking at every character."""

import re

from search.analysis import fold
from search.index import Row
from search.query import And, Leaf, Not, Number, Or, Prefix, Query

ALNUM = "0123456789abcdefghijklmnopqrstuvwxyz"


def normal(text: str) -> str:
    """Folded text with one space for all that is neither Han nor `[0-9a-z]`; none within a script's run."""
    kept = ""
    gap = ""
    for char in fold(text).text:
        if is_han(char) or char in ALNUM:
            if kept and (
                gap.strip() or (gap and not (is_han(kept[-1]) and is_han(char))) or changes(kept[-1], char)
            ):
                kept += " "
            kept += char
            gap = ""
        else:
            gap += char
    return kept


def is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def changes(before: str, char: str) -> bool:
    return is_han(before) != is_han(char)


def row_matches(tree: And, row: Row) -> bool:
    return all(part_matches(part, row) for part in tree.parts) and (
        row.slot == 0 or any(column_matches(leaf, normal(row.body)) for leaf in Query(tree).wanted)
    )


def part_matches(part: Leaf | Or | Not, row: Row) -> bool:
    if isinstance(part, Not):
        return not leaf_matches(part.part, row)
    if isinstance(part, Or):
        return any(leaf_matches(leaf, row) for leaf in part.parts)
    return leaf_matches(part, row)


def leaf_matches(leaf: Leaf, row: Row) -> bool:
    return any(column_matches(leaf, normal(column)) for column in (row.about, row.body))


def column_matches(leaf: Leaf, column: str) -> bool:
    if isinstance(leaf, Number):
        words = re.findall(r"[0-9a-z]+", column)
        return any(word == leaf.digits or (len(word) >= 5 and leaf.digits in word) for word in words)
    is_open = isinstance(leaf, Prefix)
    place = column.find(leaf.text)
    while place >= 0:
        end = place + len(leaf.text)
        starts = leaf.text[0] not in ALNUM or place == 0 or column[place - 1] not in ALNUM
        ends = is_open or leaf.text[-1] not in ALNUM or end == len(column) or column[end] not in ALNUM
        if starts and ends:
            return True
        place = column.find(leaf.text, place + 1)
    return False
