"""What of an item leaves the house: the untouched bytes of its deposits, and the picture of each page."""

from dataclasses import dataclass, replace
from uuid import UUID

from archive.core.access.actions import Action, Purpose
from archive.core.access.policy import Allowed
from archive.core.errors import Conflict, NotFound, Refused
from archive.core.gate import Work
from archive.core.vault.vault import Handle
from archive.desks.legal import queries
from archive.holdings.queries import master_of, page_target, pages_of
from archive.holdings.tables import Deposit, Item, Page, StoredObject


@dataclass(frozen=True)
class Original:
    """One deposit. ``sha256`` in hex: of the bytes as they arrived, sealed beside them at intake."""

    deposit: UUID
    media_type: str
    stored: StoredObject

    @property
    def size(self) -> int:
        return self.stored.size

    @property
    def sha256(self) -> str:
        return self.stored.sha256


@dataclass(frozen=True)
class Picture:
    """One page. ``view`` None: it could not be drawn, and the original alone shows it."""

    page: UUID
    seq: int
    width: int
    height: int
    dpi: int
    view: StoredObject | None


@dataclass(frozen=True)
class Leaving:
    item: Item
    originals: tuple[Original, ...]
    pages: tuple[Picture, ...]

    @property
    def view_size(self) -> int:
        return sum(page.view.size for page in self.pages if page.view is not None)


def leaving(work: Work, item: Item, purpose: Purpose | None) -> Leaving:
    """Raises ``Refused`` unless the asker may read every page of the item for this purpose, now."""
    pages = pages_of(work.session, item.id)
    for page in pages:
        _check_readable(work, item, page, purpose)
    return _contents(work, item, pages)


def contents(work: Work, item: Item) -> Leaving:
    """The same for whoever releases it: she is told of the item and reads nothing."""
    return _contents(work, item, pages_of(work.session, item.id))


def _contents(work: Work, item: Item, pages: list[Page]) -> Leaving:
    if not pages:
        raise Conflict("This item has no pages yet.", "Wait until it has been read.")
    views = queries.views_of(work.session, (page.id for page in pages))
    pictures = (Picture(p.uid, p.seq, p.width, p.height, p.dpi, views.get(p.id)) for p in pages)
    return Leaving(item, _originals(work, pages), tuple(pictures))


def _check_readable(work: Work, item: Item, page: Page, purpose: Purpose | None) -> None:
    asking = replace(work.asking, purpose=purpose)
    decision = asking.decide(Action.PAGE_SHOW, page_target(item, page))
    if not isinstance(decision, Allowed):
        if decision.hidden:
            raise NotFound(hidden=f"item:{item.uid}")
        raise Refused(
            decision.rule,
            "You may not read every page of this item.",
            "Ask for a loan, or for the case to be assigned to you.",
        )
    if decision.grant is not None:
        work.touch(f"access_grant:{decision.grant.uid}")


def _originals(work: Work, pages: list[Page]) -> tuple[Original, ...]:
    """In the order of the pages that came of them. Raises ``Conflict`` where a deposit's bytes are not there."""
    return tuple(_original(work, deposit_id) for deposit_id in dict.fromkeys(p.deposit_id for p in pages))


def _original(work: Work, deposit_id: int) -> Original:
    deposit, master = work.session.get_one(Deposit, deposit_id), master_of(work.session, deposit_id)
    if master is None:
        raise Conflict("An original of this item is not kept here.", "Ask the archivist.")
    return Original(deposit.uid, deposit.media_type, master)


def slip(work: Work, stored: StoredObject) -> Handle:
    """Only for what is taken out now: the permit that comes with the answer opens it."""
    return work.handle(stored.uid, stored.dek_id, stored.size, stored.media_type)
