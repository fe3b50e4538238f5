"""What still stands against archiving a folder, and what should be looked at."""

from dataclasses import dataclass

from archive.core.access.policy import State
from archive.desks.binding import queries
from archive.desks.binding.folder import Folder
from archive.desks.binding.ordering import parts
from archive.desks.binding.waiving import missing_slots
from archive.holdings.quality import Limits, unaccepted
from archive.holdings.tables import Item


@dataclass(frozen=True)
class Problem:
    """``code``: empty, undescribed, unread, unsealed, missing, unaccepted or too_thick.

    ``blocks``: the folder is not archived with it. ``detail``: the code of what is missing, the numbers of pages, or the
    number of volumes that the folder would fill.
    """

    code: str
    item: Item | None = None
    detail: str = ""

    @property
    def blocks(self) -> bool:
        return self.code not in {"unaccepted", "too_thick"}


BEFORE_CHECK = frozenset({"empty", "undescribed", "unread"})
"""What the binder sees to before anybody checks; the checker may still waive what is missing."""


def problems(folder: Folder, limits: Limits) -> tuple[Problem, ...]:
    session, waived = folder.work.session, queries.waivers(folder.work.session, folder.volume.id)
    drafts = [item for item in folder.documents if item.state == State.DRAFT]
    ids = {item.id for item in drafts}
    unread, unsealed = queries.unread(session, ids), queries.unsealed(session, ids)
    doubtful = unaccepted(session, ids, limits)
    found = [] if folder.documents else [Problem("empty")]
    for item in drafts:
        if not (item.title or "").strip() or not item.doc_type:
            found.append(Problem("undescribed", item))
        if item.id in unread:
            found.append(Problem("unread", item))
        elif item.id in unsealed:
            found.append(Problem("unsealed", item))
        if pages := doubtful.get(item.id):
            found.append(Problem("unaccepted", item, ", ".join(str(page) for page in pages)))
    found += [Problem("missing", None, s.code) for s in missing_slots(folder) if s.code not in waived]
    if len(cut := parts(folder.leaves(), folder.rules)) > 1:
        found.append(Problem("too_thick", None, str(len(cut))))
    return tuple(found)
