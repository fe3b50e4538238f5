"""The tables of the log. Rows are only ever inserted; ``archive.core.db.guards`` holds the triggers that say so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from archive.core.db.types import Base, HasUid, SealedText, Utc

_Size = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(HasUid, Base):
    """``leaf`` holds the exact bytes; the columns after it are copies for searching, compared by the verifier.

    ``writer`` names the process that wrote the row. It is not in the leaf, so nothing proves it.
    """

    __tablename__ = "audit_event"

    at: Mapped[datetime] = mapped_column(Utc)
    writer: Mapped[str] = mapped_column(Text)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    target: Mapped[str | None] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "actor", "at", "id"),
        Index(None, "target", "at", "id"),
        Index(None, "action", "at", "id"),
        Index(None, "purpose", "at", "id"),
        Index(None, "outcome", "at", "id"),
    )


class AuditTouch(Base):
    """Who saw this record: one row for each record that a done act reached. ``uid`` is ``item:<uid>`` and the like."""

    __tablename__ = "audit_touch"

    event: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    uid: Mapped[str] = mapped_column(Text, primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class AuditDetail(Base):
    """The words behind the digest in the leaf, as JSON ``{"salt": hex, "text": …}``. Deleting sets NULL."""

    __tablename__ = "audit_detail"

    event: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sealed: Mapped[str | None] = mapped_column(SealedText("audit_detail.sealed"))


class AuditLeaf(Base):
    """The place of an event in the tree."""

    __tablename__ = "audit_leaf"

    leaf_index: Mapped[int] = mapped_column(_Size, primary_key=True, autoincrement=False)
    event: Mapped[UUID] = mapped_column(Uuid, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A signed note over the first ``size`` leaves.

    ``edge`` is the tree's frontier at that size, so that the sequencer need not read the leaves again; its root must
    be the root of the note, or the sequencer refuses to go on.
    """

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(_Size, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Utc)
    note: Mapped[str] = mapped_column(Text)
    edge: Mapped[bytes] = mapped_column(LargeBinary)
