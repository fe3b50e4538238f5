"""立卷检查 and 归档: whoever bound a folder does not check it; archived, its order and its codes are fixed."""

from dataclasses import dataclass

from archive.core.access.actions import Action
from archive.core.access.grants import revoke_on
from archive.core.errors import Conflict
from archive.core.gate import Work, operation
from archive.core.jobs.tables import JobKind
from archive.desks.binding import queries
from archive.desks.binding.folder import (
    ARCHIVED,
    ARRANGING,
    CHECKING,
    Folder,
    Plain,
    done,
    in_hand,
    note,
    put_in_order,
    volume,
)
from archive.desks.binding.ordering import numbered
from archive.desks.binding.tables import BindingPlace
from archive.desks.binding.troubles import BEFORE_CHECK, problems
from archive.desks.binding.waiving import sentence
from archive.holdings.placing import archive_in
from archive.holdings.quality import Limits
from archive.holdings.queries import next_item_number
from archive.holdings.tables import Item, Volume


@dataclass(frozen=True)
class Submit:
    """``limits``: when a page counts as doubtful, from the site's settings."""

    revision: int
    limits: Limits


@operation(Action.BINDING_ARRANGE, on=volume)
def submit(work: Work, it: Volume, said: Submit) -> int:
    """Nothing is arranged any more until the check is over. Raises ``Conflict`` while a document is not described or read."""
    folder = in_hand(work, it, ARRANGING, revision=said.revision)
    if any(problem.code in BEFORE_CHECK for problem in problems(folder, said.limits)):
        raise Conflict("This folder is not ready.", "Look at the list of what is still to be done.")
    put_in_order(folder, list(folder.documents))
    it.state = CHECKING
    folder.binding.submitted_by, folder.binding.submitted_at = work.person(), work.now
    folder.binding.returned = None
    return done(folder, "submit")


@operation(Action.BINDING_ARRANGE, on=volume)
def take_back(work: Work, it: Volume, said: Plain) -> int:
    """As long as nobody has begun to check."""
    folder = in_hand(work, it, CHECKING, revision=said.revision)
    if folder.binding.checker_id is not None:
        raise Conflict("Somebody is checking this folder.", "Ask the checker to send it back.")
    it.state = ARRANGING
    return done(folder, "take_back")


@operation(Action.BINDING_CHECK, on=volume)
def begin_check(work: Work, it: Volume, said: Plain) -> int:
    """The checker is let in to the folder's drafts until the check is over."""
    folder = in_hand(work, it, CHECKING, revision=said.revision)
    folder.binding.checker_id = work.person()
    return done(folder, "begin_check")


@dataclass(frozen=True)
class SendBack:
    revision: int
    reason: str


@operation(Action.BINDING_CHECK, on=volume)
def send_back(work: Work, it: Volume, said: SendBack) -> int:
    folder = in_hand(work, it, CHECKING, revision=said.revision)
    _refuse_other_checker(folder)
    folder.binding.returned = sentence("reason", said.reason)
    folder.binding.checker_id = None
    it.state = ARRANGING
    return done(folder, "send_back", reason=said.reason.strip())


def _refuse_other_checker(folder: Folder) -> None:
    if folder.binding.checker_id != folder.work.person():
        raise Conflict(
            "You have not begun to check this folder.", "Begin the check, and look at its documents."
        )


@operation(Action.BINDING_CHECK, on=volume)
def archive_folder(work: Work, it: Volume, said: Submit) -> int:
    """Every document gets its reference code 档号 in the folder's order, and its page numbers 页号: all in one commit.

    Raises ``Conflict`` when something still stands against it.
    """
    folder = in_hand(work, it, CHECKING, revision=said.revision)
    _refuse_other_checker(folder)
    if any(problem.blocks for problem in problems(folder, said.limits)):
        raise Conflict("This folder is not ready.", "Look at the list of what is still to be done.")
    _number_pages(folder)
    number = next_item_number(work.session, it.id)
    for item in folder.documents:
        if item.reference_code is None:
            archive_document(work, item, it, number)
            number += 1
    it.state = ARCHIVED
    folder.binding.archived_at = work.now
    work.access_changed()
    return note(work, it, "archive")


def _number_pages(folder: Folder) -> None:
    known = queries.places(folder.work.session, folder.volume.id)
    for item, (first, last) in zip(folder.documents, numbered(folder.leaves()), strict=True):
        known[item.id].first, known[item.id].last = first, last


def archive_document(work: Work, item: Item, volume: Volume, number: int) -> None:
    """A draft that was bound becomes an archived item; whoever reached it as a draft of the folder does so no more."""
    archive_in(work, item, volume, number)
    item.revision += 1
    item.index_version += 1
    revoke_on(work.session, target=("item", item.id), source_kind="batch", now=work.now)
    work.later(
        JobKind.INDEX,
        item.uid,
        dedupe_key=f"index:{item.uid}:{item.index_version}",
        revision=item.index_version,
        priority=50,
    )


def last_page(places: dict[int, BindingPlace]) -> int:
    return max((row.last or 0 for row in places.values()), default=0)


OPERATIONS = (submit, take_back, begin_check, send_back, archive_folder)
