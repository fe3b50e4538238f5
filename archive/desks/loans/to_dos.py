"""What of loans waits for a person: requests of others, and her own loans that end soon."""

from datetime import timedelta

from sqlalchemy import func, select

from archive.core.access.actions import Action
from archive.core.gate import Work
from archive.desks.loans.tables import Loan
from archive.desks.loans.waiting import for_her
from archive.web.guarded import GuardedRouter
from archive.web.language import N_
from archive.web.menu import MOST_COUNTED, Waiting

SOON = timedelta(days=2)


def requests_to_decide(work: Work) -> int:
    return len(for_her(work, most=MOST_COUNTED))


def loans_ending_soon(work: Work) -> int:
    ending = select(func.count()).where(
        Loan.account_id == work.person(),
        Loan.returned_at.is_(None),
        Loan.due_at > work.now,
        Loan.due_at <= work.now + SOON,
    )
    return work.session.scalar(ending) or 0


router = GuardedRouter(
    waiting=[
        Waiting(N_("借阅申请待审批"), "/loans/waiting", Action.LOAN_DECIDE, requests_to_decide),
        Waiting(N_("借阅两天内到期"), "/loans", Action.LOAN_LIST, loans_ending_soon),
    ]
)
