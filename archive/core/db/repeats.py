"""What a repeated request answers: a form sent twice does its work once."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.core.db.types import Base, Utc


class Repeat(Base):
    """The first answer to one question of one account, by operation. ``key`` is a blind digest of it."""

    __tablename__ = "repeat"

    account_id: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Utc)


def question(key: str, target: str, given: object) -> str:
    """A key stands for one question: for another target, or with other words, it is another request."""
    return sha256(f"{key}\0{target}\0{given!r}".encode()).hexdigest()


def earlier_result(session: Session, account_id: int, operation: str, key: str) -> UUID | None:
    return session.execute(
        select(Repeat.result).where(
            Repeat.account_id == account_id, Repeat.operation == operation, Repeat.key == key
        )
    ).scalar_one_or_none()


def remember(
    session: Session, account_id: int, operation: str, key: str, result: UUID, now: datetime
) -> None:
    session.execute(
        insert(Repeat).values(account_id=account_id, operation=operation, key=key, result=result, at=now)
    )
