"""补充: an archived folder is not rearranged; what is still found comes behind what is there, with a reason, by two people."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.access.actions import Action, Tier
from archive.core.access.policy import State, Target
from archive.core.errors import Conflict
from archive.core.gate import Found, Look, Work, operation
from archive.desks.binding import queries
from archive.desks.binding.arranging import loose_document
from archive.desks.binding.checking import archive_document, last_page
from archive.desks.binding.folder import ARCHIVED, in_hand, note, volume
from archive.desks.binding.tables import BindingPlace, Supplement
from archive.desks.binding.waiving import sentence
from archive.holdings.holds import refuse_held
from archive.holdings.queries import next_item_number
from archive.holdings.tables import Item, Volume


@dataclass(frozen=True)
class NewSupplement:
    """``item``: a loose document that has been described."""

    revision: int
    item: UUID
    reason: str


@operation(Action.BINDING_ARRANGE, on=volume)
def add_supplement(work: Work, it: Volume, said: NewSupplement) -> int:
    """It lies beside the folder until somebody else has agreed."""
    in_hand(work, it, ARCHIVED, revision=said.revision)
    reason, item = sentence("reason", said.reason), loose_document(work, said.item)
    if not (item.title or "").strip() or not item.doc_type:
        raise Conflict("This document has not been described.", "Describe it first, without a volume.")
    if any(
        row.item_id == item.id and row.state == "asked" for row in queries.supplements(work.session, it.id)
    ):
        raise Conflict("This document waits to be added already.", "Somebody else has to agree.")
    row = Supplement(
        uid=work.new_uid(),
        volume_id=it.id,
        item_id=item.id,
        reason=reason,
        asked_by=work.person(),
        at=work.now,
    )
    work.session.add(row)
    return note(work, it, "supplement", reason=reason)


Asked = tuple[Supplement, Volume]


def supplement(look: Look, uid: UUID) -> Found[Asked] | None:
    """Finder: reached as its folder is; its only party is whoever asked for it.

    One whose document became restricted meanwhile is not there.
    """
    rows = select(Supplement).join(Item, Item.id == Supplement.item_id)
    row = look.session.scalars(rows.where(Supplement.uid == uid, Item.tier < Tier.T5)).one_or_none()
    if row is None:
        return None
    it = look.session.get_one(Volume, row.volume_id)
    return Found(deciding_target(look.session, row, it), (row, it))


def deciding_target(session: Session, row: Supplement, it: Volume) -> Target:
    return replace(queries.volume_target(session, it), parties=frozenset({row.asked_by}))


@dataclass(frozen=True)
class SupplementDecision:
    """``revision``: of the volume."""

    revision: int
    agreed: bool
    opinion: str


@operation(Action.BINDING_CHECK, on=supplement)
def decide_supplement(work: Work, asked: Asked, said: SupplementDecision) -> int:
    """Agreed, the document gets the next reference code and the next page numbers. Refused, it stays loose."""
    row, it = asked
    in_hand(work, it, ARCHIVED, revision=said.revision)
    if row.state != "asked":
        raise Conflict("Somebody has decided on this supplement already.", "Load the folder again.")
    row.opinion = sentence("opinion", said.opinion)
    row.state = "approved" if said.agreed else "refused"
    row.decided_by, row.decided_at = work.person(), work.now
    if said.agreed:
        _append(work, it, work.session.get_one(Item, row.item_id))
    return note(work, it, "decide_supplement", decision=row.state, opinion=row.opinion)


def _append(work: Work, it: Volume, item: Item) -> None:
    """Raises ``Conflict`` when something has become of the document since it was asked for."""
    refuse_held(item)
    if item.state not in {State.DRAFT, State.ARCHIVED}:
        raise Conflict("Pages of this document lie elsewhere by now.", "Refuse the supplement.")
    if item.volume_id is not None:
        raise Conflict("This document lies in a folder already.", "Refuse the supplement.")
    if queries.unread(work.session, [item.id]) or queries.unsealed(work.session, [item.id]):
        raise Conflict("This document is still being read.", "Wait until its pages have been read.")
    places = queries.places(work.session, it.id)
    before, place = last_page(places), max((row.place for row in places.values()), default=0) + 1
    faces = queries.faces(work.session, [item.id]).get(item.id, 0)
    numbers = (before + 1, before + faces) if faces else (0, 0)
    work.session.add(
        BindingPlace(volume_id=it.id, item_id=item.id, place=place, first=numbers[0], last=numbers[1])
    )
    archive_document(work, item, it, next_item_number(work.session, it.id))
    work.access_changed()


OPERATIONS = (add_supplement, decide_supplement)
