"""Requests and loans, and the targets they stand for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.accounts.tables import Account
from archive.core.access.policy import ScopeColumns, Target
from archive.desks.loans.tables import Approval, Loan, LoanRequest, RequestItem
from archive.holdings.tables import Item

REQUEST_COLUMNS = ScopeColumns(owner=LoanRequest.account_id, unit=LoanRequest.unit_id)


def request_by_uid(session: Session, uid: UUID) -> LoanRequest | None:
    return session.scalars(select(LoanRequest).where(LoanRequest.uid == uid)).one_or_none()


def loan_by_uid(session: Session, uid: UUID) -> Loan | None:
    return session.scalars(select(Loan).where(Loan.uid == uid)).one_or_none()


def items_of(session: Session, request_id: int) -> list[Item]:
    return list(
        session.scalars(
            select(Item)
            .join(RequestItem, RequestItem.item_id == Item.id)
            .where(RequestItem.request_id == request_id)
            .order_by(RequestItem.id)
        )
    )


def request_target(request: LoanRequest, items: list[Item]) -> Target:
    """As sensitive as its most sensitive item; in a unit only if all its items are."""
    units = {item.unit_id for item in items}
    states = {item.state for item in items}
    return Target(
        "loan_request",
        uid=request.uid,
        unit_id=units.pop() if len(units) == 1 else None,
        tier=max((item.tier for item in items), default=None),
        state=states.pop() if len(states) == 1 else None,
        owner_id=request.account_id,
        parties=frozenset({request.account_id}),
        guarded=True,
    )


def requests_where(session: Session, reach: ColumnElement[bool], *, limit: int) -> list[LoanRequest]:
    return list(
        session.scalars(select(LoanRequest).where(reach).order_by(LoanRequest.id.desc()).limit(limit))
    )


def waiting(session: Session, *, after: int, limit: int) -> list[LoanRequest]:
    """Requests that wait, behind the one with the id ``after``; the caller keeps those that the asker may decide."""
    rows = select(LoanRequest).where(LoanRequest.state == "submitted", LoanRequest.id > after)
    return list(session.scalars(rows.order_by(LoanRequest.id).limit(limit)))


def loan_of(session: Session, request_id: int) -> Loan | None:
    return session.scalars(select(Loan).where(Loan.request_id == request_id)).one_or_none()


def items_by_request(session: Session, request_ids: Sequence[int]) -> dict[int, list[Item]]:
    rows = session.execute(
        select(RequestItem.request_id, Item)
        .join(Item, Item.id == RequestItem.item_id)
        .where(RequestItem.request_id.in_(request_ids))
        .order_by(RequestItem.id)
    )
    items: dict[int, list[Item]] = {}
    for request_id, item in rows:
        items.setdefault(request_id, []).append(item)
    return items


def loans_by_request(session: Session, request_ids: Sequence[int]) -> dict[int, Loan]:
    rows = session.scalars(select(Loan).where(Loan.request_id.in_(request_ids)).order_by(Loan.id.desc()))
    return {loan.request_id: loan for loan in rows}


def approvals_by_request(session: Session, request_ids: Sequence[int]) -> dict[int, Approval]:
    rows = session.scalars(select(Approval).where(Approval.request_id.in_(request_ids)))
    return {approval.request_id: approval for approval in rows}


def accounts_by_id(session: Session, ids: set[int]) -> dict[int, Account]:
    return {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(ids)))}


def numbers_of(session: Session, request_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(LoanRequest.id, LoanRequest.no).where(LoanRequest.id.in_(request_ids)))
    return {row.id: row.no for row in rows}


def renewal_of(session: Session, request_id: int) -> LoanRequest | None:
    """The request that carries its loan on, waiting or granted."""
    return session.scalars(
        select(LoanRequest).where(
            LoanRequest.renews_id == request_id, LoanRequest.state.in_(("submitted", "granted"))
        )
    ).first()


def renewals_before(session: Session, row: LoanRequest) -> int:
    """How often the loan of this request has been carried on already."""
    number, earlier = 0, row
    while earlier.renews_id is not None:
        number, earlier = number + 1, session.get_one(LoanRequest, earlier.renews_id)
    return number


def next_number(session: Session, table: type[LoanRequest] | type[Loan], prefix: str, year: int) -> str:
    """Runs within the year: the write lock makes it gapless."""
    count = session.scalar(
        select(func.count()).select_from(table).where(table.no.startswith(f"{prefix}{year}-"))
    )
    return f"{prefix}{year}-{(count or 0) + 1:06d}"
