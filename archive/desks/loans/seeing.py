"""What is seen of requests and loans: by whoever made them, by whoever decides, and what is known of the asker."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive.accounts.tables import Account
from archive.core.access.actions import Action
from archive.core.access.policy import Allowed
from archive.core.gate import Work, listing, operation
from archive.desks.loans import queries, renewals
from archive.desks.loans.operations import LentItem, lent_item, to_decide
from archive.desks.loans.tables import Approval, Loan, LoanRequest
from archive.desks.loans.waiting import for_her
from archive.holdings.queries import item_target
from archive.holdings.tables import Item

MOST_WAITING = 100
"""Requests in one list; when they are decided the next ones follow."""

MOST_EARLIER = 200
"""How many of somebody's requests, newest first, her history looks at."""


@dataclass(frozen=True)
class RequestSeen:
    """``state``: submitted, granted, refused or withdrawn. ``loan`` is there from approval on; ``reading`` says whether pages
    can be opened now. ``items`` are those that whoever looks may still know of; ``renews`` is the number of the request
    whose loan this one carries on.
    """

    uid: UUID
    no: str
    revision: int
    account: UUID
    asked_by: str
    purpose: str
    reason: str | None
    state: str
    created_at: datetime
    items: tuple[LentItem, ...]
    loan: UUID | None
    loan_no: str | None
    lent_at: datetime | None
    due_at: datetime | None
    returned_at: datetime | None
    reading: bool
    decided_by: str | None
    decided_at: datetime | None
    opinion: str | None
    withdrawn_at: datetime | None
    renews: str | None
    may_renew: bool


@operation(Action.LOAN_LIST, on=listing("loan_requests"), reads=True)
def list_requests(work: Work, _place: None) -> tuple[RequestSeen, ...]:
    """The asker's own requests and loans, newest first."""
    mine = LoanRequest.account_id == work.person()
    return _seen(work, queries.requests_where(work.session, mine, limit=200))


@operation(Action.LOAN_DECIDE, on=listing("loan_requests"), reads=True)
def list_waiting(work: Work, _place: None) -> tuple[RequestSeen, ...]:
    """What waits for this very person: requests of others that she may decide."""
    return _seen(work, for_her(work, most=MOST_WAITING))


def _may(work: Work, action: Action, row: LoanRequest, items: list[Item]) -> bool:
    return isinstance(work.decide(action, queries.request_target(row, items)), Allowed)


def _seen(work: Work, rows: list[LoanRequest]) -> tuple[RequestSeen, ...]:
    files = _Files.of(work, rows)
    return tuple(_one_seen(work, row, files) for row in rows)


@dataclass(frozen=True)
class _Files:
    """What stands beside the requests, each in one statement: keyed by request, names by account."""

    items: dict[int, list[Item]]
    loans: dict[int, Loan]
    approvals: dict[int, Approval]
    earlier: dict[int, str]
    people: dict[int, Account]

    @staticmethod
    def of(work: Work, rows: list[LoanRequest]) -> "_Files":
        session, ids = work.session, [row.id for row in rows]
        approvals = queries.approvals_by_request(session, ids)
        people = {row.account_id for row in rows} | {one.account_id for one in approvals.values()}
        return _Files(
            queries.items_by_request(session, ids),
            queries.loans_by_request(session, ids),
            approvals,
            queries.numbers_of(session, {row.renews_id for row in rows if row.renews_id is not None}),
            queries.accounts_by_id(session, people),
        )


def _one_seen(work: Work, row: LoanRequest, files: _Files) -> RequestSeen:
    loan, approval = files.loans.get(row.id), files.approvals.get(row.id)
    items = tuple(lent_item(item) for item in files.items.get(row.id, []) if _knows(work, item))
    for item in items:
        work.touch(f"item:{item.uid}")
    return RequestSeen(
        uid=row.uid,
        no=row.no,
        revision=row.revision,
        account=files.people[row.account_id].uid,
        asked_by=files.people[row.account_id].name,
        purpose=row.purpose,
        reason=row.reason,
        state=row.state,
        created_at=row.created_at,
        items=items,
        loan=None if loan is None else loan.uid,
        loan_no=None if loan is None else loan.no,
        lent_at=None if loan is None else loan.from_,
        due_at=None if loan is None else loan.due_at,
        returned_at=None if loan is None else loan.returned_at,
        reading=renewals.is_running(work, loan),
        decided_by=None if approval is None else files.people[approval.account_id].name,
        decided_at=None if approval is None else approval.at,
        opinion=None if approval is None else approval.opinion,
        withdrawn_at=row.withdrawn_at,
        renews=None if row.renews_id is None else files.earlier[row.renews_id],
        may_renew=row.account_id == work.actor.id and renewals.may_renew(work, row, loan),
    )


def _knows(work: Work, item: Item) -> bool:
    """An item that was raised out of somebody's reach leaves her old requests as well."""
    return isinstance(work.decide(Action.ITEM_FIND, item_target(item)), Allowed)


# --- one request, and whoever made it ----------------------------------------------------------------------


@dataclass(frozen=True)
class OutNow:
    loan_no: str
    due_at: datetime
    items: tuple[LentItem, ...]


@dataclass(frozen=True)
class AskerHistory:
    """Of earlier requests of the same person, those that this decider may know of. ``ran_out``: loans that were not
    given back before their time was over.
    """

    earlier: int
    granted: int
    refused: int
    withdrawn: int
    waiting: int
    ran_out: int
    out_now: tuple[OutNow, ...]
    is_capped: bool


@dataclass(frozen=True)
class WithHistory:
    request: RequestSeen
    history: AskerHistory


@operation(Action.LOAN_DECIDE, on=to_decide, reads=True)
def look_into(work: Work, row: LoanRequest) -> WithHistory:
    """One request as it stands, decided or not, with the history of its maker."""
    work.touch(f"loan_request:{row.uid}")
    rows = queries.requests_where(
        work.session, LoanRequest.account_id == row.account_id, limit=MOST_EARLIER + 1
    )
    others = [one for one in rows[:MOST_EARLIER] if one.id != row.id]
    [seen] = _seen(work, [row])
    return WithHistory(seen, _history(work, others, is_capped=len(rows) > MOST_EARLIER))


def _history(work: Work, rows: list[LoanRequest], *, is_capped: bool) -> AskerHistory:
    """A request counts where the decider may see requests of its unit and knows of every item in it: a number must not
    tell of an item that she cannot find.
    """
    items = queries.items_by_request(work.session, [row.id for row in rows])
    known = [
        row
        for row in rows
        if _may(work, Action.LOAN_LIST, row, items.get(row.id, []))
        and all(_knows(work, item) for item in items.get(row.id, []))
    ]
    states = Counter(row.state for row in known)
    loans = queries.loans_by_request(work.session, [row.id for row in known])
    return AskerHistory(
        earlier=len(known),
        granted=states["granted"],
        refused=states["refused"],
        withdrawn=states["withdrawn"],
        waiting=states["submitted"],
        ran_out=sum(_ran_out(work, loan) for loan in loans.values()),
        out_now=tuple(
            OutNow(loan.no, loan.due_at, tuple(lent_item(item) for item in items[request_id]))
            for request_id, loan in loans.items()
            if renewals.is_running(work, loan)
        ),
        is_capped=is_capped,
    )


def _ran_out(work: Work, loan: Loan) -> bool:
    ended = loan.returned_at or work.now
    return ended >= loan.due_at
