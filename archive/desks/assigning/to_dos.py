"""What of naming readers waits for a person: those whom she was asked to confirm."""

from sqlalchemy import func, select

from archive.core.access.actions import Action
from archive.core.gate import Work
from archive.desks.assigning.tables import ReaderNaming
from archive.web.guarded import GuardedRouter
from archive.web.language import N_
from archive.web.menu import Waiting


def readers_to_confirm(work: Work) -> int:
    asked = select(func.count()).where(
        ReaderNaming.asked_id == work.person(),
        ReaderNaming.state == "proposed",
        ReaderNaming.until > work.now,
    )
    return work.session.scalar(asked) or 0


router = GuardedRouter(
    waiting=[Waiting(N_("阅览提名待确认"), "/readers", Action.READER_CONFIRM, readers_to_confirm)]
)
