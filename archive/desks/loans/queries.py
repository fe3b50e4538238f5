"""Requests and loans, and the targets they stand for."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

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


def waiting(session: Session, *, limit: int) -> list[LoanRequest]:
    """Every request that waits; the caller keeps those that the asker may decide."""
    rows = select(LoanRequest).where(LoanRequest.state == "submitted").order_by(LoanRequest.id).limit(limit)
    return list(session.scalars(rows))


def loan_of(session: Session, request_id: int) -> Loan | None:
    return session.scalars(select(Loan).where(Loan.request_id == request_id)).one_or_none()


def approval_of(session: Session, request_id: int) -> Approval | None:
    return session.scalars(select(Approval).where(Approval.request_id == request_id)).one_or_none()


def next_number(session: Session, table: type[LoanRequest] | type[Loan], prefix: str, year: int) -> str:
    """Runs within the year: the write lock makes it gapless."""
    count = session.scalar(
        select(func.count()).select_from(table).where(table.no.startswith(f"{prefix}{year}-"))
    )
    return f"{prefix}{year}-{(count or 0) + 1:06d}"
