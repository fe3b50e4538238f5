"""A legal hold 冻结 as its item shows it: one word among the item's flags, which the legal desk sets and clears."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from archive.core.errors import Conflict
from archive.holdings import queries
from archive.holdings.tables import Item, Volume

if TYPE_CHECKING:
    from archive.holdings.operations import Description

HELD = "held"


def is_held(item: Item) -> bool:
    return HELD in item.flags.split()


def mark_held(item: Item, *, held: bool) -> None:
    """In the commit that sets the hold, or ends the last one."""
    words = set(item.flags.split()) - {HELD}
    item.flags = " ".join(sorted(words | {HELD} if held else words))


def refuse_held(item: Item) -> None:
    """Asked by whatever would change or dispose of the item. Raises ``Conflict``."""
    if is_held(item):
        raise Conflict(
            "This item is under a legal hold and is not changed.",
            "Its tier may be raised; for anything else ask legal to have the hold released.",
        )


def refuse_held_description(session: Session, item: Item, volume: Volume | None, said: "Description") -> None:
    """The same for a description, which may still raise the tier when it says nothing else anew."""
    if not (said.tier >= item.tier and _says_the_same(session, item, volume, said)):
        refuse_held(item)


def _says_the_same(session: Session, item: Item, volume: Volume | None, said: "Description") -> bool:
    stands = (
        item.volume_id,
        item.title or "",
        item.doc_type,
        item.doc_date,
        item.notes or "",
        [(p.name, p.id_no or "", p.phone or "", part) for p, part in queries.persons_of(session, item.id)],
        [(number.kind, number.value) for number in queries.numbers_of(session, item.id)],
    )
    return stands == (
        None if volume is None else volume.id,
        said.title.strip(),
        said.doc_type.strip(),
        said.doc_date,
        said.notes.strip(),
        [
            (p.name.strip(), p.id_no.strip(), p.phone.strip(), p.part.strip())
            for p in said.persons
            if p.name.strip()
        ],
        [(kind, value.strip()) for kind, value in said.numbers if value.strip()],
    )
