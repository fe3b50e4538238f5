"""Requests, their items, the decisions on them, and the loans that follow."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasId, HasRevision, HasUid, SealedText, Utc


class LoanRequest(HasUid, HasRevision, Base):
    """``state``: submitted → granted, refused or withdrawn. The list of items is fixed when it is asked.

    ``renews_id``: the request whose running loan this one asks to carry on.
    """

    __tablename__ = "loan_request"

    no: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    purpose: Mapped[str]
    reason: Mapped[str | None] = mapped_column(SealedText("loan_request.reason"))
    actions: Mapped[str]
    state: Mapped[str] = mapped_column(default="submitted", index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("loan_request.id"), index=True)


class RequestItem(HasId, Base):
    __tablename__ = "request_item"
    __table_args__ = (UniqueConstraint("request_id", "item_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("loan_request.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)


class Approval(HasId, Base):
    """``decision`` is granted or refused. Levels above the first come with the chains of approval."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("request_id", "level"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("loan_request.id"))
    level: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decision: Mapped[str]
    opinion: Mapped[str | None] = mapped_column(SealedText("approval.opinion"))
    at: Mapped[datetime] = mapped_column(Utc)


class Loan(HasUid, HasRevision, Base):
    """借阅. ``mode`` is screen; paper comes with the lending counter."""

    __tablename__ = "loan"

    no: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("loan_request.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    mode: Mapped[str] = mapped_column(default="screen")
    purpose: Mapped[str]
    from_: Mapped[datetime] = mapped_column("from", Utc)
    due_at: Mapped[datetime] = mapped_column(Utc)
    returned_at: Mapped[datetime | None] = mapped_column(Utc)
    obligations: Mapped[str] = mapped_column(default="watermark")
