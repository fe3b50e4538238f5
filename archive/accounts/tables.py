"""People, the units they belong to, and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from archive.core.db.types import Base, HasId, HasRevision, HasUid, Utc


class Unit(HasUid, Base):
    """机构: a branch, a campus, a department. A tree."""

    __tablename__ = "unit"

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Account(HasUid, HasRevision, Base):
    """``state`` is active or closed; a closed account is never deleted, the log points at it."""

    __tablename__ = "account"

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    password_hash: Mapped[str]
    password_chosen_at: Mapped[datetime | None] = mapped_column(Utc)
    """When its holder chose the password; None while the one that the administrator saw still opens the account."""
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime] = mapped_column(Utc)
    language: Mapped[str | None]
    theme: Mapped[str | None]
    """What she chose for her pages; None: what her browser asks for."""


class SignedIn(HasUid, Base):
    """A session: the table keeps a digest of its token, never the token.

    ``kind`` is ``browser``, ``api`` or ``token``. The last three columns are those of API tokens.
    """

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Utc)
    idle_until: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    name: Mapped[str | None]
    role_grant_id: Mapped[int | None] = mapped_column(ForeignKey("role_grant.id"))
    """The one role that the token has. A grant that has ended never comes back, so neither does the token."""
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class LoginAttempt(HasId, Base):
    """A failed sign-in, under a digest of the name or of the address. Rows older than the window are dropped."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_key_at", "key", "at"),)

    key: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Utc)
