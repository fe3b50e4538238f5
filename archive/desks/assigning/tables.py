"""Who was given a case, and who was named as a reader of a restricted item. The rights themselves are grants."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasRevision, HasUid, SealedText, Utc


class CaseAssignment(HasUid, HasRevision, Base):
    """A volume in the hands of a handler, until it is ended."""

    __tablename__ = "case_assignment"

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    assigned_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class ReaderNaming(HasUid, HasRevision, Base):
    """Two persons name a reader of a T5 item: one proposes, the one she asks confirms. ``state``: proposed → confirmed or refused."""

    __tablename__ = "reader_naming"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str]
    reason: Mapped[str | None] = mapped_column(SealedText("reader_naming.reason"))
    opinion: Mapped[str | None] = mapped_column(SealedText("reader_naming.opinion"))
    state: Mapped[str] = mapped_column(default="proposed")
    until: Mapped[datetime] = mapped_column(Utc)
    at: Mapped[datetime] = mapped_column(Utc)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
