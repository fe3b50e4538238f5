"""What of deposits waits for a person: files that wait for a word on their twins, or to be tried again."""

from sqlalchemy import func, select

from archive.core.access.actions import Action
from archive.core.gate import Work
from archive.desks.intake import queries
from archive.holdings.tables import Deposit
from archive.web.guarded import GuardedRouter
from archive.web.language import N_
from archive.web.menu import MOST_COUNTED, Waiting


def deposits_stuck(work: Work) -> int:
    reach = work.scope(Action.DEPOSIT_LIST).where(queries.DEPOSIT_COLUMNS)
    stuck = select(Deposit.id).where(reach, Deposit.state.in_(("duplicate", "failed"))).limit(MOST_COUNTED)
    return work.session.scalar(select(func.count()).select_from(stuck.subquery())) or 0


router = GuardedRouter(
    waiting=[Waiting(N_("上传的文件待处理"), "/intake", Action.DEPOSIT_LIST, deposits_stuck)]
)
