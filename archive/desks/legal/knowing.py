"""What the asker may know and read: an item that she may not know of is no item, in whatever way it is named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.errors import Invalid, NotFound, Refused
from archive.core.gate import Work
from archive.desks.legal import queries
from archive.holdings.holds import is_held
from archive.holdings.queries import item_by_uid, item_target, page_counts
from archive.holdings.tables import Item

MOST_NAMED = 200
"""Items that one form or body may name."""


@dataclass(frozen=True)
class KnownItem:
    """``may_read``: her roles, cases and loans open its pages, once a purpose is said."""

    uid: UUID
    reference_code: str | None
    title: str | None
    tier: int
    pages: int
    held: bool
    may_read: bool


def knows(work: Work, item: Item) -> bool:
    return isinstance(work.decide(Action.ITEM_SHOW, item_target(item)), Allowed)


def named(work: Work, references: Iterable[str]) -> list[Item]:
    """The items behind uids or reference codes, each once. Raises ``NotFound`` for what is not there for this asker."""
    wanted = list(dict.fromkeys(reference.strip() for reference in references if reference.strip()))
    if len(wanted) > MOST_NAMED:
        raise Invalid("items", f"At most {MOST_NAMED} items are named at once.", "Do it in several steps.")
    return list({item.id: item for item in (_named(work, one) for one in wanted)}.values())


def _named(work: Work, reference: str) -> Item:
    uid = _uid(reference)
    found = (
        queries.item_by_reference(work.session, reference) if uid is None else item_by_uid(work.session, uid)
    )
    if found is None:
        raise NotFound
    if not knows(work, found):
        raise NotFound(hidden=item_target(found).label)
    return found


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def seen(work: Work, items: Iterable[Item], counts: Mapping[int, int] | None = None) -> tuple[KnownItem, ...]:
    """Those of the items that the asker may still know of; the entry names them. ``counts``: their pages, if known."""
    known = [item for item in items if knows(work, item)]
    if counts is None:
        counts = page_counts(work.session, (item.id for item in known))
    reach = work.scope(Action.PAGE_SHOW)
    for item in known:
        work.touch(f"item:{item.uid}")
    return tuple(
        KnownItem(
            item.uid,
            item.reference_code,
            item.title,
            item.tier,
            counts.get(item.id, 0),
            is_held(item),
            reach.covers(item_target(item)),
        )
        for item in known
    )


def unit_of(work: Work) -> int:
    if work.actor.unit_id is None:
        raise Refused("R_ROLE", "This act needs a person.", "Sign in with an account of your own.")
    return work.actor.unit_id


def sentence(field: str, text: str) -> str:
    """A reason or an opinion. Raises ``Invalid`` for an empty one."""
    if not text.strip():
        raise Invalid(field, "This act needs a written reason.", "Write a sentence.")
    return text.strip()
