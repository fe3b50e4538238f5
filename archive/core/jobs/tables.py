"""The ``job`` table: work still to be done, in the same database and commit as the rows it is about.

States::

    enqueue ──→ ready ──claim──→ running ──finish──→ done
                  ↑                 │
                  ├── fail, later ──┤   the lease ran out: claimed again, as the next attempt
                  │                 │
                  └──── retry ──── dead ←── fail for good · the fifth attempt failed or its lease ran out · give_up (also from ready)
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasUid, Utc


class JobKind(StrEnum):
    ACCEPT = "accept"  # look at a deposit: kind, limits, pages
    READ = "read"  # read its pages
    INDEX = "index"  # put the rows of an item where they now belong in the index
    EXPIRE = "expire"  # end loans and grants that have run out
    SWEEP = "sweep"  # look for orphans and leftovers
    FIXITY = "fixity"  # read sealed objects again and compare them with their digests
    RESEAL = "reseal"  # seal the pages of a document that was split off under its own key
    REMAKE = "remake"  # read a page again whose picture or text was damaged


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


IS_READY = text("state = 'ready'")
IS_RUNNING = text("state = 'running'")
IS_DEAD = text("state = 'dead'")
"""Spelled out, not bound: a plan made before the value is known cannot use a partial index."""


class Job(HasUid, Base):
    """``attempt`` counts claims; with ``worker`` it is the fence: whoever lost the lease matches no row any more.

    ``revision`` is that of the subject when the work was asked for; ``reason`` is shown to people and names nobody.
    """

    __tablename__ = "job"
    __table_args__ = (
        # Partial, so that finished jobs cost nothing however many there are.
        # ``kind`` last: a worker of one kind passes the others by without reading their rows.
        Index(
            "ix_job_ready",
            "priority",
            "run_at",
            "id",
            "kind",
            sqlite_where=IS_READY,
            postgresql_where=IS_READY,
        ),
        Index("ix_job_running", "lease_until", sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING),
        Index("ix_job_dead", "finished_at", sqlite_where=IS_DEAD, postgresql_where=IS_DEAD),
        Index("ix_job_subject_uid", "subject_uid"),
        CheckConstraint("state IN ('ready', 'running', 'done', 'dead')", name="state"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    subject_uid: Mapped[UUID] = mapped_column(Uuid)
    revision: Mapped[int | None]
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int]
    run_at: Mapped[datetime] = mapped_column(Utc)
    worker: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
