"""Carrying a running loan on: a request like any other, decided by another person, that names the loan before it."""

from uuid import UUID

from archive.core.errors import Conflict, Invalid, NotFound
from archive.core.gate import Work
from archive.desks.loans import queries
from archive.desks.loans.tables import Loan, LoanRequest
from archive.desks.loans.terms import load_terms
from archive.holdings.tables import Item


def renewed(work: Work, uid: UUID, items: list[Item]) -> LoanRequest:
    """The request whose loan is carried on. Raises ``NotFound`` for anybody else's, ``Conflict`` where it cannot be."""
    row = queries.request_by_uid(work.session, uid)
    if row is None or row.account_id != work.person():
        raise NotFound
    loan = queries.loan_of(work.session, row.id)
    if not is_running(work, loan):
        raise Conflict("This loan has ended already.", "Ask for a new one if you need the pages again.")
    if queries.renewal_of(work.session, row.id) is not None:
        raise Conflict("A renewal of this loan has been asked for already.", "Wait for the decision.")
    if queries.renewals_before(work.session, row) >= load_terms().most_renewals:
        raise Conflict(
            "This loan has been renewed as often as it may be.", "Return it, then ask for a new one."
        )
    if not {item.id for item in items} <= {item.id for item in queries.items_of(work.session, row.id)}:
        raise Invalid(
            "items", "A renewal is about what is on loan.", "Ask for further items in a request of their own."
        )
    return row


def is_running(work: Work, loan: Loan | None) -> bool:
    return loan is not None and loan.returned_at is None and loan.due_at > work.now


def may_renew(work: Work, row: LoanRequest, loan: Loan | None) -> bool:
    """What ``renewed`` would find, for the button."""
    return (
        is_running(work, loan)
        and queries.renewal_of(work.session, row.id) is None
        and queries.renewals_before(work.session, row) < load_terms().most_renewals
    )
