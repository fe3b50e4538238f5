"""The requests that wait for one person: found in slices, so that those of other units in front hide none of hers."""

from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.gate import Work
from archive.desks.loans import queries
from archive.desks.loans.tables import LoanRequest

SLICE = 500


def for_her(work: Work, *, most: int) -> list[LoanRequest]:
    """Requests of others that she may decide, the oldest first."""
    found: list[LoanRequest] = []
    after = 0
    while len(found) < most and (rows := queries.waiting(work.session, after=after, limit=SLICE)):
        items = queries.items_by_request(work.session, [row.id for row in rows])
        found += [
            row
            for row in rows
            if isinstance(
                work.decide(Action.LOAN_DECIDE, queries.request_target(row, items.get(row.id, []))), Allowed
            )
        ]
        after = rows[-1].id
    return found[:most]
