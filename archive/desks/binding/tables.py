"""What people did to a folder while it was bound, in order; what it may lack; what came into it later."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasId, HasUid, SealedText, Utc


class Binding(HasId, Base):
    """组卷: one row a folder that is or was bound. ``template`` names its class and version; ``flags``: conditions that apply.

    ``remark`` and ``returned`` are the words of the remarks sheet 备考表 and of the last sending back.
    """

    __tablename__ = "binding"

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"), unique=True)
    template: Mapped[str]
    template_version: Mapped[str]
    flags: Mapped[str] = mapped_column(default="")
    remark: Mapped[str | None] = mapped_column(SealedText("binding.remark"))
    returned: Mapped[str | None] = mapped_column(SealedText("binding.returned"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    archived_at: Mapped[datetime | None] = mapped_column(Utc)


class BindingStep(HasId, Base):
    """One act. ``before`` and ``after``: ids of the folder's documents in their order, as JSON; None where none moved.

    ``revision``: of the volume, after it. ``undone_by``: the number of the step that took it back.
    """

    __tablename__ = "binding_step"
    __table_args__ = (UniqueConstraint("volume_id", "revision"),)

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"))
    revision: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    is_undone: Mapped[bool] = mapped_column(default=False)


class BindingPlace(HasId, Base):
    """Where a document stands in its folder: ``place`` from 1 on, and its page numbers once the folder is archived."""

    __tablename__ = "binding_place"

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), unique=True)
    place: Mapped[int]
    first: Mapped[int | None]
    last: Mapped[int | None]


class Waiver(HasId, Base):
    """A required document that need not be there: said by a second person, with a reason."""

    __tablename__ = "binding_waiver"

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"), index=True)
    slot: Mapped[str]
    reason: Mapped[str] = mapped_column(SealedText("binding_waiver.reason"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class Supplement(HasUid, Base):
    """补充: a document that comes into an archived folder, behind what is there. ``state``: asked → approved or refused."""

    __tablename__ = "binding_supplement"

    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    reason: Mapped[str] = mapped_column(SealedText("binding_supplement.reason"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(default="asked")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    opinion: Mapped[str | None] = mapped_column(SealedText("binding_supplement.opinion"))
