"""How far the log has been signed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.audit.tables import AuditCheckpoint


@dataclass(frozen=True)
class Signed:
    """``size`` counts the entries under the newest checkpoint, which was signed ``at``."""

    size: int
    at: datetime


def newest_signed(session: Session) -> Signed | None:
    row = session.execute(
        select(AuditCheckpoint.size, AuditCheckpoint.at).order_by(AuditCheckpoint.size.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Signed(row.size, row.at)
