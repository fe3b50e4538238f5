"""Looking into the objects of a stranger's PDF: each step checks what it finds and is bounded.

Nothing here recurses: trees are walked with a list of what is left, and what was seen is not walked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

_LONGEST_CHAIN = 8


def resolved(value: Any) -> Any:
    """What a reference leads to; None when it leads nowhere or in a circle."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(value, IndirectObject):
            return value if isinstance(value, PdfObject) else None
        value = value.get_object()
    return None


def raw(holder: DictionaryObject, key: str) -> Any:
    return holder.raw_get(key) if key in holder else None


def dictionary(holder: DictionaryObject, key: str) -> DictionaryObject:
    """The dictionary (or stream) under the key; an empty one when there is none."""
    found = resolved(raw(holder, key))
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def array(holder: DictionaryObject, key: str) -> list[Any]:
    """The unresolved entries of the array under the key."""
    found = resolved(raw(holder, key))
    return list(found) if isinstance(found, ArrayObject) else []


def text(holder: DictionaryObject, key: str) -> str:
    found = resolved(raw(holder, key))
    return str(found) if isinstance(found, str) else ""


def identity(value: Any) -> tuple[int, int]:
    """Equal for references to the same object."""
    return (value.idnum, value.generation) if isinstance(value, IndirectObject) else (-1, id(value))


@dataclass
class Walker:
    """Walks trees. `most` nodes in all; `is_cut` tells afterwards that there were more."""

    most: int
    is_cut: bool = False
    _walked: int = 0
    _kept: list[Any] = field(default_factory=list)

    def tree(self, roots: list[Any], *branches: str) -> Iterator[DictionaryObject]:
        """Each dictionary reached from the roots by the branches (arrays or single references), in reading order."""
        waiting, seen = list(reversed(roots)), set[tuple[int, int]]()
        while waiting:
            value = waiting.pop()
            if identity(value) in seen:
                continue
            seen.add(identity(value))
            self._kept.append(value)  # or its id() would be given to another
            node = resolved(value)
            if not isinstance(node, DictionaryObject):
                continue
            if self._walked >= self.most:
                self.is_cut = True
                return
            self._walked += 1
            yield node
            waiting.extend(reversed([leaf for key in branches for leaf in _leaves(node, key)]))


def _leaves(node: DictionaryObject, key: str) -> list[Any]:
    value = raw(node, key)
    found = resolved(value)
    return list(found) if isinstance(found, ArrayObject) else [value]
