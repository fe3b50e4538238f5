"""What the keeper looked at, when, and what was found."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasUid, Utc


class Inspection(HasUid, Base):
    """巡检. ``kind``: sweep (orphans and leftovers) or fixity (sealed bytes read again). ``state``: running → done or broken.

    ``counts`` is a JSON object of numbers, ``findings`` a JSON list of [kind, uid]: never a name, never a text of a record.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        Index("ix_inspection_kind_id", "kind", "id"),
        CheckConstraint("kind IN ('sweep', 'fixity')", name="kind"),
        CheckConstraint("state IN ('running', 'done', 'broken')", name="state"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="running")
    asked_by: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    counts: Mapped[str] = mapped_column(default="{}")
    findings: Mapped[str] = mapped_column(default="[]")
