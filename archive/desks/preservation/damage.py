"""Damage of sealed objects: written on their rows, and repaired where the original is still there."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from archive.core.errors import ObjectMissing
from archive.core.gate import Work
from archive.core.jobs.tables import JobKind
from archive.desks.preservation.findings import OF_FIXITY, Fixity, Kind, Looked, Tally
from archive.desks.preservation.keeper import Keeper, RoundPermit
from archive.holdings.tables import Page, StoredObject

NOT_READ = frozenset({Fixity.UNREADABLE, Fixity.MISSING})


def refuse_a_dead_store(keeper: Keeper, round_: UUID, looked: Sequence[Looked]) -> None:
    """A disk that is not there is no damage of objects. Raises ``StoreUnavailable``.

    How many objects are lost says nothing: all that are looked at may be. The store itself is asked, for an object that
    never was: one that is there answers that it is missing.
    """
    if any(look.fixity in NOT_READ for look in looked):
        with suppress(ObjectMissing):
            keeper.vault.sealed_size(RoundPermit(keeper, round_)(), round_)


def mark(work: Work, row: StoredObject, fixity: Fixity, tally: Tally, *, repairs: bool) -> None:
    """Damage stands on the row until a later check finds the object whole. It is written also by whoever only reports: it
    is what is so, and no repair. A picture or text of a page is made again from the original only by whoever repairs.
    """
    row.fixity, row.checked_at = fixity, work.now
    tally.found(OF_FIXITY[fixity], row.uid)
    work.touch(f"object:{row.uid}")
    page = _page_of(work, row)
    if repairs and page is not None:
        work.later(JobKind.REMAKE, page, dedupe_key=f"remake:{row.uid}:{work.event}", priority=150)
        work.touch(f"page:{page}")
        tally.repaired(Kind.PAGE_REMADE)


def _page_of(work: Work, row: StoredObject) -> UUID | None:
    """The page whose picture or text it is; None for an original, which nothing here can make again."""
    if row.page_id is None or row.role not in {"view", "text"}:
        return None
    return work.session.get_one(Page, row.page_id).uid
