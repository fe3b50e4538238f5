"""What of the holdings waits for a person: drafts that she may describe."""

from sqlalchemy import func, select

from archive.core.access.actions import Action
from archive.core.gate import Work
from archive.holdings import queries
from archive.holdings.tables import Item
from archive.web.guarded import GuardedRouter
from archive.web.language import N_
from archive.web.menu import MOST_COUNTED, Waiting


def drafts_to_describe(work: Work) -> int:
    reach = work.scope(Action.ITEM_DESCRIBE).where(queries.ITEM_COLUMNS)
    drafts = select(Item.id).where(Item.state == "draft", reach).limit(MOST_COUNTED)
    return work.session.scalar(select(func.count()).select_from(drafts.subquery())) or 0


router = GuardedRouter(
    waiting=[Waiting(N_("新接收的件待著录"), "/items", Action.ITEM_DESCRIBE, drafts_to_describe)]
)
