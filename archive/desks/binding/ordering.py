"""Order, page numbers, parts and required documents of a folder: pure, from plain facts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from archive.desks.binding.classes import FolderClass, Slot


@dataclass(frozen=True)
class Leaf:
    """A document as the rules see it. ``faces``: its pages that count. ``is_fixed``: it has its reference code already."""

    item: int
    doc_type: str
    faces: int
    is_fixed: bool = False


def by_class(leaves: Sequence[Leaf], rules: FolderClass, flags: Collection[str]) -> list[Leaf]:
    """Fixed documents stay in front. Types that the class does not name come last; equals keep their order."""
    places: dict[str, int] = {}
    for place, step in enumerate(rules.order):
        if step.when is None or step.when in flags:
            places.setdefault(step.type, place)
    fixed = [leaf for leaf in leaves if leaf.is_fixed]
    loose = [leaf for leaf in leaves if not leaf.is_fixed]
    return fixed + sorted(loose, key=lambda leaf: places.get(leaf.doc_type, len(rules.order)))


def numbered(leaves: Sequence[Leaf]) -> list[tuple[int, int]]:
    """First and last page number 页号 of each, counted through the folder; (0, 0) for one without a face that counts."""
    numbers, at = [], 0
    for leaf in leaves:
        numbers.append((at + 1, at + leaf.faces) if leaf.faces else (0, 0))
        at += leaf.faces
    return numbers


@dataclass(frozen=True)
class Part:
    items: tuple[int, ...]
    pages: int
    mm: float


def parts(leaves: Sequence[Leaf], rules: FolderClass) -> tuple[Part, ...]:
    """The folder in volumes that are no thicker and hold no more than the class allows; a document is never torn apart,
    so one that is too thick alone stands alone. One part: it fits.
    """
    cut: list[list[Leaf]] = [[]]
    for leaf in leaves:
        if cut[-1] and not _fits([*cut[-1], leaf], rules):
            cut.append([])
        cut[-1].append(leaf)
    return tuple(_part(part, rules) for part in cut if part)


def _part(leaves: Sequence[Leaf], rules: FolderClass) -> Part:
    pages = sum(leaf.faces for leaf in leaves)
    return Part(tuple(leaf.item for leaf in leaves), pages, rules.thickness_mm(pages))


def _fits(leaves: Sequence[Leaf], rules: FolderClass) -> bool:
    part = _part(leaves, rules)
    most = rules.most_items or len(part.items)
    return part.pages <= rules.most_pages and part.mm <= rules.most_mm and len(part.items) <= most


def needed(rules: FolderClass, flags: Collection[str]) -> tuple[Slot, ...]:
    return tuple(slot for slot in rules.slots if slot.when is None or slot.when in flags)


def missing(rules: FolderClass, flags: Collection[str], types: Collection[str]) -> tuple[Slot, ...]:
    """Required and not there, whether waived or not."""
    return tuple(slot for slot in needed(rules, flags) if not set(slot.types) & set(types))
