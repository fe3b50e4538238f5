"""Matters, holds and evidence packages, and the numbers that were given to pages that left the house."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasId, HasRevision, HasUid, SealedText, Utc


class Matter(HasUid, HasRevision, Base):
    """案件. ``state``: open → closed."""

    __tablename__ = "matter"

    no: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str | None] = mapped_column(SealedText("matter.title"))
    court: Mapped[str | None] = mapped_column(SealedText("matter.court"))
    opponent: Mapped[str | None] = mapped_column(SealedText("matter.opponent"))
    state: Mapped[str] = mapped_column(default="open")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)


class MatterItem(HasId, Base):
    __tablename__ = "matter_item"
    __table_args__ = (UniqueConstraint("matter_id", "item_id"),)

    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    added_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Utc)


class LegalHold(HasUid, HasRevision, Base):
    """冻结. ``state``: active → proposed (for release) → released, or back to active. ``query``: the search that found the items."""

    __tablename__ = "legal_hold"

    no: Mapped[str] = mapped_column(unique=True)
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    set_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(SealedText("legal_hold.reason"))
    query: Mapped[str | None] = mapped_column(SealedText("legal_hold.query"))
    state: Mapped[str] = mapped_column(default="active", index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closing: Mapped[str | None] = mapped_column(SealedText("legal_hold.closing"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opinion: Mapped[str | None] = mapped_column(SealedText("legal_hold.opinion"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class HoldItem(HasId, Base):
    __tablename__ = "hold_item"
    __table_args__ = (UniqueConstraint("hold_id", "item_id"),)

    hold_id: Mapped[int] = mapped_column(ForeignKey("legal_hold.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)


class EvidencePackage(HasUid, HasRevision, Base):
    """证据包. ``state``: waiting → released or refused; a released one is taken until ``until``, as often as needed."""

    __tablename__ = "evidence_package"

    no: Mapped[str] = mapped_column(unique=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str]
    recipient: Mapped[str | None] = mapped_column(SealedText("evidence_package.recipient"))
    document_no: Mapped[str | None] = mapped_column(SealedText("evidence_package.document_no"))
    prefix: Mapped[str]
    first_number: Mapped[int]
    page_count: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opinion: Mapped[str | None] = mapped_column(SealedText("evidence_package.opinion"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    until: Mapped[datetime | None] = mapped_column(Utc)


class EvidenceItem(HasId, Base):
    """``first_number`` and ``page_count`` were fixed when the package was asked for: one number a page, in the item's order."""

    __tablename__ = "evidence_item"
    __table_args__ = (UniqueConstraint("package_id", "item_id"),)

    package_id: Mapped[int] = mapped_column(ForeignKey("evidence_package.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    first_number: Mapped[int]
    page_count: Mapped[int]


class BatesCounter(HasId, Base):
    """The next number of a prefix. A number that was given once is never given again, whatever became of its package."""

    __tablename__ = "bates_counter"

    prefix: Mapped[str] = mapped_column(unique=True)
    next: Mapped[int] = mapped_column(default=1)
