"""Required documents that need not be there: a second person says so, with a reason."""

from dataclasses import dataclass

from archive.core.access.actions import Action
from archive.core.errors import Conflict, Invalid
from archive.core.gate import Work, operation
from archive.desks.binding import queries
from archive.desks.binding.classes import Slot
from archive.desks.binding.folder import ARRANGING, CHECKING, Folder, in_hand, note, volume
from archive.desks.binding.ordering import missing
from archive.desks.binding.tables import Waiver
from archive.holdings.tables import Volume


@dataclass(frozen=True)
class Waive:
    """``slot``: the code of the required document."""

    revision: int
    slot: str
    reason: str


@dataclass(frozen=True)
class Unwaive:
    revision: int
    slot: str


@operation(Action.BINDING_WAIVE, on=volume)
def waive(work: Work, it: Volume, said: Waive) -> int:
    folder = in_hand(work, it, ARRANGING, CHECKING, revision=said.revision)
    if said.slot not in {slot.code for slot in missing_slots(folder)}:
        raise Conflict("This document is not missing in the folder.", "Load the folder again.")
    if said.slot in queries.waivers(work.session, it.id):
        raise Conflict("This document has been waived already.", "Load the folder again.")
    reason = sentence("reason", said.reason)
    work.session.add(
        Waiver(volume_id=it.id, slot=said.slot, reason=reason, account_id=work.person(), at=work.now)
    )
    return note(work, it, "waive", slot=said.slot, reason=reason)


@operation(Action.BINDING_WAIVE, on=volume)
def unwaive(work: Work, it: Volume, said: Unwaive) -> int:
    in_hand(work, it, ARRANGING, CHECKING, revision=said.revision)
    row = queries.waivers(work.session, it.id).get(said.slot)
    if row is None:
        raise Conflict("This document has not been waived.", "Load the folder again.")
    row.ended_at = work.now
    return note(work, it, "unwaive", slot=said.slot)


def missing_slots(folder: Folder) -> tuple[Slot, ...]:
    return missing(folder.rules, folder.flags, {item.doc_type for item in folder.documents})


def sentence(field: str, text: str) -> str:
    """A reason or an opinion. Raises ``Invalid`` for an empty one."""
    if not text.strip():
        raise Invalid(field, "This act needs a written reason.", "Write a sentence.")
    return text.strip()


OPERATIONS = (waive, unwaive)
